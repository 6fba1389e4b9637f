import { choleskyDecompose } from "../../numerics/cholesky.ts";
import { SUMMARY } from "./history-summary.ts";
import type { TransitionPairs } from "./transition-pairs.ts";
import type { ResidualLaw } from "./transition-parameters.ts";

/** Pseudo-pairs with the variance of the gap curve behind each visit's own variance factor. */
const VISIT_PRIOR = 10;
/** Prior of the exponent of the gap: between white noise (0) and a random walk (1). */
const EXPONENT_PRIOR = { mean: 0.5, precision: 4 };
/** Pseudo-pairs with correlation 0 behind the correlation between endpoints. */
const CORRELATION_PRIOR = 5;
/** Smallest residual variance as a share of the endpoint's own variance: keeps determined outcomes from dividing by 0. */
const VARIANCE_FLOOR = 1e-8;
/** Standard errors a dependence of the residuals' size on the last value must reach to be kept. */
const LEVEL_EVIDENCE = 3;
const LEVEL_LIMIT = 3;

/** Held-out residuals of every endpoint. */
export interface HeldOutResiduals {
  readonly pairs: readonly TransitionPairs[];
  /** [E][pairs] change minus its prediction without the patient's fold. */
  readonly residuals: readonly Float64Array[];
  /** [n × E] baseline value minus its prediction; NaN = missing. */
  readonly baseline: Float64Array;
  readonly weights: Float64Array;
  readonly visits: number;
  readonly scaling: readonly { readonly centre: number; readonly scale: number }[];
}

/** Level of a history: last value in units of the endpoint's spread, kept within ±3. */
export function levelOf(last: number, centre: number, scale: number): number {
  return Math.max(-LEVEL_LIMIT, Math.min(LEVEL_LIMIT, (last - centre) / scale));
}

/**
 * Law of the residuals: variance by gap and visit, correlation between endpoints, covariance of baseline values.
 * METHODS.md, equation (TM5).
 *
 * @param data - Residuals of patients left out.
 * @param levelAllowed - Whether the size of a residual may depend on the last value. Not where moments are to be exact.
 */
export function fitResidualLaw(data: HeldOutResiduals, levelAllowed: boolean): ResidualLaw {
  const { pairs, scaling, residuals, weights } = data;
  const endpoints = pairs.map((set, e) => variancesOf(set, residuals[e]!, data, scaling[e]!, levelAllowed));
  const standardised = pairs.map((set, e) =>
    residuals[e]!.map((residual, r) => {
      const last = set.summaries[r * SUMMARY.size + SUMMARY.last]!;
      const level = levelOf(last, scaling[e]!.centre, scaling[e]!.scale);
      return residual / Math.sqrt(stepVariance(endpoints[e]!, set.visit[r]!, set.gap[r]!, level));
    }),
  );
  return {
    endpoints,
    correlation: Array.from(correlationBetween(pairs, standardised, weights, data.visits)),
    baselineCovariance: Array.from(baselineCovariance(data)),
  };
}

/** Variance of a step, METHODS.md eq. (TM5). */
export function stepVariance(
  law: ResidualLaw["endpoints"][number],
  visit: number,
  gapYears: number,
  level: number,
): number {
  const log = law.logVariance + law.gapExponent * Math.log(gapYears) + law.levelSlope * level;
  return Math.exp(log) * law.visitFactors[visit]!;
}

function variancesOf(
  set: TransitionPairs,
  residuals: Float64Array,
  { weights, visits }: HeldOutResiduals,
  scaling: { centre: number; scale: number },
  levelAllowed: boolean,
): ResidualLaw["endpoints"][number] {
  const floor = VARIANCE_FLOOR * scaling.scale ** 2;
  const squares = residuals.map((residual) => residual * residual + floor);
  const { logVariance, gapExponent } = fitGapCurve(set, squares, weights);
  const weight = new Float64Array(visits).fill(VISIT_PRIOR);
  const ratio = new Float64Array(visits).fill(VISIT_PRIOR);
  for (let r = 0; r < set.count; r++) {
    const w = weights[set.patient[r]!]!;
    weight[set.visit[r]!]! += w;
    ratio[set.visit[r]!]! += (w * squares[r]!) / Math.exp(logVariance + gapExponent * Math.log(set.gap[r]!));
  }
  const visitFactors = Array.from(ratio, (sum, v) => sum / weight[v]!);
  const law = { logVariance, gapExponent, visitFactors, levelSlope: 0 };
  return levelAllowed ? withLevel(law, set, squares, weights, scaling) : law;
}

/** Maximum of the Gaussian likelihood of residuals with log σ² = a + b log gap, b with a weak normal prior. */
function fitGapCurve(set: TransitionPairs, squares: Float64Array, weights: Float64Array) {
  let weight = 0;
  let sum = 0;
  let logGap = 0;
  for (let r = 0; r < set.count; r++) {
    const w = weights[set.patient[r]!]!;
    weight += w;
    sum += w * squares[r]!;
    logGap += w * Math.log(set.gap[r]!);
  }
  const centre = logGap / weight;
  let a = Math.log(sum / weight);
  let b = 0;
  for (let iteration = 0; iteration < 50; iteration++) {
    let gradientA = 0;
    let gradientB = -EXPONENT_PRIOR.precision * (b - EXPONENT_PRIOR.mean);
    let information = EXPONENT_PRIOR.precision;
    for (let r = 0; r < set.count; r++) {
      const w = weights[set.patient[r]!]!;
      const x = Math.log(set.gap[r]!) - centre;
      const excess = (0.5 * w * squares[r]!) / Math.exp(a + b * x) - 0.5 * w;
      gradientA += excess;
      gradientB += excess * x;
      information += 0.5 * w * x * x;
    }
    // Centred, so the expected information is diagonal: Fisher scoring in two divisions.
    const moveA = Math.max(-1, Math.min(1, gradientA / (0.5 * weight)));
    const moveB = Math.max(-0.5, Math.min(0.5, gradientB / information));
    a += moveA;
    b = Math.max(-0.5, Math.min(3, b + moveB));
    if (Math.abs(moveA) + Math.abs(moveB) < 1e-10) break;
  }
  return { logVariance: a - b * centre, gapExponent: b };
}

/** Adds a dependence on the last value when its score, clustered by patient, leaves no doubt. */
function withLevel(
  law: ResidualLaw["endpoints"][number],
  set: TransitionPairs,
  squares: Float64Array,
  weights: Float64Array,
  { centre, scale }: { centre: number; scale: number },
): ResidualLaw["endpoints"][number] {
  const level = new Float64Array(set.count);
  let weight = 0;
  let mean = 0;
  for (let r = 0; r < set.count; r++) {
    level[r] = levelOf(set.summaries[r * SUMMARY.size + SUMMARY.last]!, centre, scale);
    weight += weights[set.patient[r]!]!;
    mean += weights[set.patient[r]!]! * level[r]!;
  }
  mean /= weight;
  const byPatient = new Map<number, number>();
  let slope = 0;
  let shift = 0;
  for (let iteration = 0; iteration < 30; iteration++) {
    let gradient = 0;
    let gradientShift = 0;
    let information = 1e-9;
    byPatient.clear();
    for (let r = 0; r < set.count; r++) {
      const i = set.patient[r]!;
      const x = level[r]! - mean;
      const expected = stepVariance(law, set.visit[r]!, set.gap[r]!, 0) * Math.exp(shift + slope * x);
      const excess = 0.5 * weights[i]! * (squares[r]! / expected - 1);
      gradient += excess * x;
      gradientShift += excess;
      information += 0.5 * weights[i]! * x * x;
      byPatient.set(i, (byPatient.get(i) ?? 0) + excess * x);
    }
    if (iteration === 0) {
      let variance = 0;
      for (const score of byPatient.values()) variance += score * score;
      if (!(Math.abs(gradient) > LEVEL_EVIDENCE * Math.sqrt(variance))) return law;
    }
    const move = Math.max(-0.3, Math.min(0.3, gradient / information));
    slope = Math.max(-1, Math.min(1, slope + move));
    shift += Math.max(-0.5, Math.min(0.5, gradientShift / (0.5 * weight)));
    if (Math.abs(move) < 1e-9) break;
  }
  return { ...law, logVariance: law.logVariance + shift - slope * mean, levelSlope: slope };
}

/** [E × E] of standardised residuals at the same visit, shrunk towards 0, positive definite. */
function correlationBetween(
  pairs: readonly TransitionPairs[],
  standardised: readonly Float64Array[],
  weights: Float64Array,
  visits: number,
): Float64Array {
  const E = pairs.length;
  const matrix = identity(E);
  const positions = pairs.map((set) => {
    const at = new Map<number, number>();
    for (let r = 0; r < set.count; r++) at.set(set.patient[r]! * visits + set.visit[r]!, r);
    return at;
  });
  for (let e = 0; e < E; e++) {
    for (let f = 0; f < e; f++) {
      let [product, squareE, squareF] = [0, CORRELATION_PRIOR, CORRELATION_PRIOR];
      for (const [key, r] of positions[e]!) {
        const s = positions[f]!.get(key);
        if (s === undefined) continue;
        const w = weights[pairs[e]!.patient[r]!]!;
        product += w * standardised[e]![r]! * standardised[f]![s]!;
        squareE += w * standardised[e]![r]! ** 2;
        squareF += w * standardised[f]![s]! ** 2;
      }
      matrix[e * E + f] = product / Math.sqrt(squareE * squareF);
      matrix[f * E + e] = matrix[e * E + f]!;
    }
  }
  return madePositiveDefinite(matrix, E);
}

function baselineCovariance({ baseline, weights, scaling }: HeldOutResiduals): Float64Array {
  const E = scaling.length;
  const n = weights.length;
  const variance = new Float64Array(E);
  for (let e = 0; e < E; e++) {
    let [sum, weight] = [0, 0];
    for (let i = 0; i < n; i++) {
      const residual = baseline[i * E + e]!;
      if (Number.isNaN(residual)) continue;
      sum += weights[i]! * residual * residual;
      weight += weights[i]!;
    }
    variance[e] = (weight > 0 ? sum / weight : 0) + VARIANCE_FLOOR * scaling[e]!.scale ** 2;
  }
  const matrix = identity(E);
  for (let e = 0; e < E; e++) {
    for (let f = 0; f < e; f++) {
      let [product, squareE, squareF] = [0, CORRELATION_PRIOR, CORRELATION_PRIOR];
      for (let i = 0; i < n; i++) {
        const x = baseline[i * E + e]! / Math.sqrt(variance[e]!);
        const y = baseline[i * E + f]! / Math.sqrt(variance[f]!);
        if (Number.isNaN(x + y)) continue;
        product += weights[i]! * x * y;
        squareE += weights[i]! * x * x;
        squareF += weights[i]! * y * y;
      }
      matrix[e * E + f] = product / Math.sqrt(squareE * squareF);
      matrix[f * E + e] = matrix[e * E + f]!;
    }
  }
  const correlation = madePositiveDefinite(matrix, E);
  return correlation.map((value, k) => value * Math.sqrt(variance[Math.floor(k / E)]! * variance[k % E]!));
}

function identity(E: number): Float64Array {
  const matrix = new Float64Array(E * E);
  for (let e = 0; e < E; e++) matrix[e * E + e] = 1;
  return matrix;
}

/** Correlations from different patients can contradict one another; off-diagonals are shrunk by 5 % until they do not. */
function madePositiveDefinite(matrix: Float64Array, E: number): Float64Array {
  let current = matrix;
  for (let attempt = 0; attempt < 200; attempt++) {
    const margin = current.map((value, k) => (Math.floor(k / E) === k % E ? value - 1e-4 : value));
    if (choleskyDecompose(margin, E).ok) return current;
    current = current.map((value, k) => (Math.floor(k / E) === k % E ? 1 : 0.95 * value));
  }
  return identity(E);
}
