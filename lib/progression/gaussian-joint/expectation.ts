import type { CovariancePrior, NormalParameters } from "./em.ts";
import type { PatternedData } from "./missing-patterns.ts";
import { reverseSweep, sweep } from "./sweep.ts";

/** Expected sufficient statistics about the current mean, with the work space of the E-step. */
export interface Expectation {
  /** [D] Σᵢ (ẑᵢ − μ). */
  readonly first: Float64Array;
  /** [D × D] lower triangle of Σᵢ [(ẑᵢ − μ)(ẑᵢ − μ)ᵀ + Cᵢ]. */
  readonly second: Float64Array;
  /** Observed-data log-likelihood at the parameters of the E-step. */
  logLikelihood: number;
  /** −ν/2 [log|Σ| + tr(Λ Σ⁻¹)], up to a constant that does not depend on the parameters. */
  logPrior: number;
  /** Element d: the covariance swept on all items but the first d missing ones of the current pattern. */
  readonly stack: Float64Array[];
  /** [D] log-determinant of the swept part, per element of the stack. */
  readonly logDeterminants: Float64Array;
  readonly column: Float64Array;
  readonly item: Float64Array;
  readonly coefficients: Float64Array;
}

const LOG_TWO_PI = 1.8378770664093453;
/** A residual variance below this part of the item's variance means that other items determine it. */
const SINGULAR = 1e-12;

/** Work space for D items; one per fit, so that no step allocates. */
export function createExpectation(dimension: number): Expectation {
  return {
    first: new Float64Array(dimension),
    second: new Float64Array(dimension * dimension),
    logLikelihood: Number.NaN,
    logPrior: 0,
    stack: [new Float64Array(dimension * dimension)],
    logDeterminants: new Float64Array(dimension + 1),
    column: new Float64Array(dimension),
    item: new Float64Array(dimension),
    coefficients: new Float64Array(dimension * dimension),
  };
}

/**
 * E-step: expected first and second moments of the complete data, and the observed-data log-likelihood.
 *
 * Per pattern of missing items (o observed, m missing): ẑ_m = μ_m + B (z_o − μ_o), B = Σ_mo Σ_oo⁻¹,
 * C_mm = Σ_mm − B Σ_om. METHODS.md, equations (P2) and (P3).
 *
 * @param data - Patients grouped by missingness.
 * @param at - Current parameters.
 * @param prior - Only for the log-prior.
 * @param into - Receives the moments and both log terms.
 * @returns False when the covariance is not positive definite; `into` is then meaningless.
 */
export function expectation(
  data: PatternedData,
  at: NormalParameters,
  prior: CovariancePrior | null,
  into: Expectation,
): boolean {
  const D = data.dimension;
  const { first, second, stack, logDeterminants, column } = into;
  const swept = stack[0]!;
  first.fill(0);
  second.set(data.completeScatter);
  swept.set(at.covariance);
  let logDeterminant = 0;
  for (let k = 0; k < D; k++) {
    const pivot = sweep(swept, D, k, column);
    if (!(pivot > SINGULAR * at.covariance[k * D + k]!)) return false;
    logDeterminant += Math.log(pivot);
  }
  into.logPrior = prior === null || prior.weight === 0 ? 0 : logPrior(prior, swept, logDeterminant, D);
  logDeterminants[0] = logDeterminant;
  let logLikelihood = 0;
  for (const pattern of data.patterns) {
    const { observed, missing, count } = pattern;
    const m = missing.length;
    // Taking missing items out one after another leaves what neighbouring patterns have in common on the stack.
    for (let depth = pattern.shared; depth < m; depth++) {
      stack[depth + 1] ??= new Float64Array(D * D);
      stack[depth + 1]!.set(stack[depth]!);
      const variance = reverseSweep(stack[depth + 1]!, D, missing[depth]!, column);
      logDeterminants[depth + 1] = logDeterminants[depth]! - Math.log(variance);
    }
    const quadratic = addPattern(pattern, at.mean, stack[m]!, D, into);
    const logDetObserved = logDeterminants[m]!;
    if (!(quadratic >= 0) || Number.isNaN(logDetObserved)) return false;
    logLikelihood -= 0.5 * (count * (observed.length * LOG_TWO_PI + logDetObserved) + quadratic);
  }
  into.logLikelihood = logLikelihood;
  return true;
}

/** Adds one pattern's expected moments; returns Σᵢ (z_o − μ_o)ᵀ Σ_oo⁻¹ (z_o − μ_o). */
function addPattern(
  pattern: PatternedData["patterns"][number],
  mean: Float64Array,
  matrix: Float64Array,
  D: number,
  into: Expectation,
): number {
  const { observed, missing, count, scatter, root, rows } = pattern;
  const { first, second, item, coefficients } = into;
  const o = observed.length;
  const m = missing.length;
  for (let a = 0; a < o; a++) item[observed[a]!] = pattern.mean[a]! - mean[observed[a]!]!;
  let quadratic = 0;
  for (let a = 0; a < o; a++) {
    const i = observed[a]!;
    const row = i * D;
    const x = count * item[i]!;
    for (let b = 0; b < a; b++) {
      const j = observed[b]!;
      quadratic -= 2 * matrix[row + j]! * (scatter[a * o + b]! + x * item[j]!);
    }
    quadratic -= matrix[row + i]! * (scatter[a * o + a]! + x * item[i]!);
  }
  for (let a = 0; a < m; a++) {
    const i = missing[a]!;
    let predicted = 0;
    for (let b = 0; b < o; b++) {
      const j = observed[b]!;
      const beta = i > j ? matrix[i * D + j]! : matrix[j * D + i]!;
      coefficients[a * o + b] = beta;
      predicted += beta * item[j]!;
    }
    item[i] = predicted;
    for (let b = 0; b <= a; b++) {
      const j = missing[b]!;
      const place = i > j ? i * D + j : j * D + i;
      second[place]! += count * matrix[place]!;
    }
  }
  for (let j = 0; j < D; j++) first[j]! += count * item[j]!;
  addOuter(second, item, count, D);
  if (m === 0) return quadratic;
  for (let r = 0; r < rows; r++) {
    const offset = r * o;
    for (let b = 0; b < o; b++) item[observed[b]!] = root[offset + b]!;
    for (let a = 0; a < m; a++) {
      let predicted = 0;
      for (let b = 0; b < o; b++) predicted += coefficients[a * o + b]! * root[offset + b]!;
      item[missing[a]!] = predicted;
    }
    addOuter(second, item, 1, D);
  }
  return quadratic;
}

function addOuter(into: Float64Array, item: Float64Array, weight: number, D: number): void {
  for (let i = 0; i < D; i++) {
    const x = weight * item[i]!;
    const row = i * D;
    for (let j = 0; j <= i; j++) into[row + j]! += x * item[j]!;
  }
}

/** `swept` is the covariance swept on every item, i.e. −Σ⁻¹ (lower triangle). */
function logPrior(prior: CovariancePrior, swept: Float64Array, logDeterminant: number, D: number): number {
  let trace = 0;
  for (let i = 0; i < D; i++) {
    for (let j = 0; j < i; j++) trace -= 2 * swept[i * D + j]! * prior.target[i * D + j]!;
    trace -= swept[i * D + i]! * prior.target[i * D + i]!;
  }
  return -0.5 * prior.weight * (logDeterminant + trace);
}
