import { type HiddenStates, walshHadamard } from "./hidden-states.ts";
import type { ObservationPattern } from "./observation-pattern.ts";

const LOG_TWO_PI = 1.8378770664093453;
const LOG_TWO = Math.LN2;

/** What the networks say of one patient; the correlation R of the model belongs to it. METHODS.md, equation (N2). */
export interface OutcomeLaw {
  /** [n] μ. */
  readonly mean: Float64Array;
  /** [n] log τ, τ_j the precision of outcome j given the hidden units: its SD is s_j = τ_j^(−½). */
  readonly logPrecision: Float64Array;
  /** [n × H] W. */
  readonly coupling: Float64Array;
}

/** What a patient's likelihood leaves behind, and its scratch; one per user, so that no patient allocates. */
export interface HiddenPosterior {
  /** log p(y_o | x). */
  logDensity: number;
  /** [count] weights of the configurations given the outcomes observed (h and −h together), summing to 1. */
  readonly weight: Float64Array;
  /** [count] half the log-odds of h against −h. */
  readonly tilt: Float64Array;
  /** [count] scratch. */
  readonly pull: Float64Array;
  readonly scratch: Float64Array;
  /** [H] E[h | y_o]. */
  readonly first: Float64Array;
  /** [H × H] E[hhᵀ | y_o]. */
  readonly second: Float64Array;
  /** [count] prior weights of the configurations, summing to 1. */
  readonly priorWeight: Float64Array;
  /** [H × H] E[hhᵀ] without outcomes. */
  readonly priorSecond: Float64Array;
  /** [n × H] U = SW: couplings in SD units. */
  readonly scaled: Float64Array;
  /** [n × H] RU: shift of every outcome by the hidden units, in SDs. */
  readonly shift: Float64Array;
  /** [n × H] CU, C what remains unknown of the residuals: RU when nothing is observed. */
  readonly remaining: Float64Array;
  /** [n] e = (y − μ)/s where observed, else 0. */
  readonly residual: Float64Array;
  /** [n] expectation of all residuals given those observed. */
  readonly completed: Float64Array;
  /** [n] R_oo⁻¹ e. */
  readonly solved: Float64Array;
  /** [H × H] UᵀRU and UᵀCU, upper triangles. */
  readonly energy: Float64Array;
  readonly energyRemaining: Float64Array;
  /** [H] b. */
  readonly field: Float64Array;
}

export function createHiddenPosterior(outcomes: number, states: HiddenStates): HiddenPosterior {
  const H = states.units;
  const square = () => new Float64Array(H * H);
  const tall = () => new Float64Array(outcomes * H);
  const column = () => new Float64Array(outcomes);
  return {
    logDensity: Number.NaN,
    weight: new Float64Array(states.count),
    tilt: new Float64Array(states.count),
    pull: new Float64Array(states.count),
    scratch: new Float64Array(states.count),
    first: new Float64Array(H),
    second: square(),
    priorWeight: new Float64Array(states.count),
    priorSecond: square(),
    scaled: tall(),
    shift: tall(),
    remaining: tall(),
    residual: column(),
    completed: column(),
    solved: column(),
    energy: square(),
    energyRemaining: square(),
    field: new Float64Array(H),
  };
}

/**
 * Exact log-density of whatever outcomes are observed, and the law of the hidden units given them.
 *
 * log p(y_o) = Σ_o ½ log τ_j − ½(|o| log 2π + log|R_oo| + eᵀR_oo⁻¹e) + log Σ_h exp(½hᵀUᵀCUh + bᵀh) − log Σ_h exp(½hᵀUᵀRUh)
 * with e = (y_o − μ_o)/s_o, U = SW, b = Uᵀ R_·o R_oo⁻¹ e and C = R − R_·o R_oo⁻¹ R_o·. Outcomes not observed are
 * integrated out; the weights of the hidden units stay those of the whole W. Terms h and −h are taken together.
 * METHODS.md, equations (N3)–(N5).
 *
 * @param law - μ, log τ and W.
 * @param correlation - [n × n] R.
 * @param pattern - Which outcomes are observed.
 * @param states - Configurations of the hidden units.
 * @param outcomes - [n] from `offset`. With nothing observed the log-density is 0.
 * @param into - Receives the log-density and the moments of the hidden units.
 */
export function hiddenPosterior(
  law: OutcomeLaw,
  correlation: Float64Array,
  pattern: ObservationPattern,
  states: HiddenStates,
  outcomes: Float64Array,
  offset: number,
  into: HiddenPosterior,
): void {
  const { scaled, shift, remaining, energy, energyRemaining, field, completed } = into;
  const n = law.mean.length;
  const H = states.units;
  const gaussian = standardise(law, pattern, outcomes, offset, into);
  multiply(correlation, scaled, n, H, shift);
  quadraticForm(scaled, shift, n, H, energy);
  const logPrior = configurationWeights(states, energy, null, into.tilt, null, into.priorWeight);
  secondMoment(states, into.priorWeight, into.scratch, into.priorSecond);
  if (pattern.count === 0) {
    into.logDensity = 0;
    remaining.set(shift);
    into.weight.set(into.priorWeight);
    into.tilt.fill(0);
    into.first.fill(0);
    into.second.set(into.priorSecond);
    return;
  }
  field.fill(0);
  for (let j = 0; j < n; j++) {
    const weight = completed[j]!;
    for (let k = 0; k < H; k++) field[k]! += weight * scaled[j * H + k]!;
  }
  const complete = pattern.count === n;
  if (complete) remaining.fill(0);
  else {
    multiply(pattern.remainder, scaled, n, H, remaining);
    quadraticForm(scaled, remaining, n, H, energyRemaining);
  }
  const { tilt, pull, weight } = into;
  const logPosterior = configurationWeights(states, complete ? null : energyRemaining, field, tilt, pull, weight);
  into.logDensity = gaussian + logPosterior - logPrior;
  secondMoment(states, weight, into.scratch, into.second);
  walshHadamard(pull);
  for (let k = 0; k < H; k++) into.first[k] = pull[states.masks[k]!]!;
}

/** Residuals and couplings in SD units; returns the Gaussian part of the log-density. */
function standardise(
  law: OutcomeLaw,
  pattern: ObservationPattern,
  outcomes: Float64Array,
  offset: number,
  into: HiddenPosterior,
): number {
  const { mean, logPrecision, coupling } = law;
  const { residual, completed, solved, scaled } = into;
  const n = mean.length;
  const H = coupling.length / n;
  let value = 0;
  for (let j = 0; j < n; j++) {
    const root = Math.exp(0.5 * logPrecision[j]!);
    const seen = pattern.observed[j] === 1;
    residual[j] = seen ? (outcomes[offset + j]! - mean[j]!) * root : 0;
    if (seen) value += 0.5 * logPrecision[j]!;
    for (let k = 0; k < H; k++) scaled[j * H + k] = coupling[j * H + k]! / root;
  }
  let quadratic = 0;
  for (let i = 0; i < n; i++) {
    let expected = 0;
    let solution = 0;
    for (let j = 0; j < n; j++) {
      expected += pattern.completion[i * n + j]! * residual[j]!;
      solution += pattern.precision[i * n + j]! * residual[j]!;
    }
    completed[i] = expected;
    solved[i] = solution;
    quadratic += solution * residual[i]!;
  }
  return value - 0.5 * (pattern.count * LOG_TWO_PI + pattern.logDeterminant + quadratic);
}

/** into = matrix · tall, matrix [n × n], tall [n × H]. */
function multiply(matrix: Float64Array, tall: Float64Array, n: number, H: number, into: Float64Array): void {
  into.fill(0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const value = matrix[i * n + j]!;
      if (value === 0) continue;
      for (let k = 0; k < H; k++) into[i * H + k]! += value * tall[j * H + k]!;
    }
  }
}

/** Upper triangle of leftᵀ right, both [n × H]. */
function quadraticForm(left: Float64Array, right: Float64Array, n: number, H: number, into: Float64Array): void {
  into.fill(0);
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < H; k++) {
      const value = left[j * H + k]!;
      for (let l = k; l < H; l++) into[k * H + l]! += value * right[j * H + l]!;
    }
  }
}

/**
 * Normalised weights of the configurations exp(½hᵀAh) cosh(bᵀh), and the log of Σ_h exp(½hᵀAh + bᵀh) over all 2^H of them.
 *
 * @param energy - [H × H] upper triangle of A; null = 0.
 * @param field - [H] b; null = 0.
 * @param tilt - [count] receives bᵀh.
 * @param pull - [count] receives weight × tanh(bᵀh); null when not needed.
 * @param weight - [count] receives the weights.
 */
function configurationWeights(
  states: HiddenStates,
  energy: Float64Array | null,
  field: Float64Array | null,
  tilt: Float64Array,
  pull: Float64Array | null,
  weight: Float64Array,
): number {
  const { units: H, count, masks } = states;
  weight.fill(0);
  tilt.fill(0);
  for (let k = 0; k < H; k++) {
    if (field !== null) tilt[masks[k]!]! += field[k]!;
    if (energy === null) continue;
    weight[0]! += 0.5 * energy[k * H + k]!;
    for (let l = k + 1; l < H; l++) weight[masks[k]! ^ masks[l]!]! += energy[k * H + l]!;
  }
  if (energy !== null) walshHadamard(weight);
  if (field !== null) walshHadamard(tilt);
  let largest = Number.NEGATIVE_INFINITY;
  for (let s = 0; s < count; s++) {
    let value = weight[s]!;
    if (field === null) value += LOG_TWO;
    else {
      // log 2cosh(u) without overflow; tanh(u) from the same exponential.
      const along = tilt[s]!;
      const size = Math.abs(along);
      const decay = Math.exp(-2 * size);
      value += size + Math.log1p(decay);
      if (pull !== null) pull[s] = (along < 0 ? decay - 1 : 1 - decay) / (1 + decay);
    }
    weight[s] = value;
    if (value > largest) largest = value;
  }
  let sum = 0;
  for (let s = 0; s < count; s++) {
    const term = Math.exp(weight[s]! - largest);
    weight[s] = term;
    sum += term;
  }
  for (let s = 0; s < count; s++) weight[s]! /= sum;
  if (pull !== null) for (let s = 0; s < count; s++) pull[s]! *= weight[s]!;
  return largest + Math.log(sum);
}

/** E[hhᵀ]: 1 on the diagonal. */
function secondMoment(states: HiddenStates, weight: Float64Array, scratch: Float64Array, into: Float64Array): void {
  const { units: H, masks } = states;
  scratch.set(weight);
  walshHadamard(scratch);
  for (let k = 0; k < H; k++) {
    into[k * H + k] = 1;
    for (let l = k + 1; l < H; l++) {
      const value = scratch[masks[k]! ^ masks[l]!]!;
      into[k * H + l] = value;
      into[l * H + k] = value;
    }
  }
}

/**
 * Gradient of the log-density by μ, log τ and W of one patient. METHODS.md, equation (N6).
 *
 * @param law - As given to {@link hiddenPosterior}.
 * @param pattern - As given to it.
 * @param posterior - What it left behind.
 * @param into - Receives the derivatives.
 */
export function lawGradient(
  law: OutcomeLaw,
  pattern: ObservationPattern,
  posterior: HiddenPosterior,
  into: OutcomeLaw,
): void {
  const { scaled, shift, remaining, residual, completed, solved, first, second, priorSecond } = posterior;
  const H = first.length;
  const n = law.mean.length;
  into.mean.fill(0);
  into.logPrecision.fill(0);
  if (pattern.count === 0) {
    into.coupling.fill(0);
    return;
  }
  for (let i = 0; i < n; i++) {
    // Derivative by e_i: −R_oo⁻¹e and, through the field b, completionᵀ U E[h].
    const root = Math.exp(0.5 * law.logPrecision[i]!);
    let along = 0;
    for (let k = 0; k < H; k++) {
      let slope = completed[i]! * first[k]!;
      for (let l = 0; l < H; l++) {
        slope += remaining[i * H + l]! * second[l * H + k]! - shift[i * H + l]! * priorSecond[l * H + k]!;
      }
      into.coupling[i * H + k] = slope / root;
      into.logPrecision[i]! -= 0.5 * slope * scaled[i * H + k]!;
      along += scaled[i * H + k]! * first[k]!;
    }
    for (let j = 0; j < n; j++) into.mean[j]! += pattern.completion[i * n + j]! * along;
  }
  for (let j = 0; j < n; j++) {
    if (pattern.observed[j] === 0) {
      into.mean[j] = 0;
      continue;
    }
    const byResidual = into.mean[j]! - solved[j]!;
    into.mean[j] = -byResidual * Math.exp(0.5 * law.logPrecision[j]!);
    into.logPrecision[j]! += 0.5 + 0.5 * residual[j]! * byResidual;
  }
}
