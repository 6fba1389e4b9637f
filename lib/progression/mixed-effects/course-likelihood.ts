import { centralDifferences } from "../../numerics/minimize.ts";
import type { CourseColumn } from "./course-columns.ts";
import { type CourseData, timeDesign } from "./course-data.ts";
import type { ResidualProcess } from "./residual-process.ts";
import { emptyResidualStatistics, type ResidualKind, residualStatisticsInto } from "./residual-statistics.ts";
import { coefficientCovariance, coefficientPosterior } from "./shrunken-regression.ts";
import { timeBasisSize } from "./time-basis.ts";
import { absorbUnknownParts, type UnknownPart } from "./unknown-features.ts";

/** Model of the course of one endpoint, METHODS.md, equations (ME1)–(ME6). */
export interface CourseSpec {
  readonly knots: readonly number[];
  readonly columns: readonly CourseColumn[];
  /** 0: none; 1: intercept; 2: intercept and slope, correlated. */
  readonly randomEffects: 0 | 1 | 2;
  readonly residual: ResidualKind;
  /** REML compares covariances under the same fixed effects; ML compares fixed effects. */
  readonly criterion: "REML" | "ML";
}

/** Parameters at a point of the search; standardised scale. */
export interface CourseSolution {
  readonly minusTwoLogLikelihood: number;
  readonly coefficients: Float64Array;
  /** [p × p] posterior covariance given the variances. */
  readonly coefficientCovariance: Float64Array;
  /** [q × q] L, lower triangle: covariance of the random effects is L Lᵀ. */
  readonly randomFactor: Float64Array;
  readonly residual: ResidualProcess;
  /** Prior variance of coefficients of features on level and on slope; null where there are none. */
  readonly levelVariance: number | null;
  readonly slopeVariance: number | null;
}

/** Covariance of one endpoint relative to σ²: Λ by columns, and the residual correlation. */
export interface CoursePoint {
  /** λ₁₁, λ₂₁, λ₂₂; as many as there are random effects for. */
  readonly factor: Float64Array;
  readonly rate: number;
  readonly noiseShare: number;
}

/** Sums over patients at a covariance: all that the likelihood needs of the data. METHODS.md, equation (ME6). */
export interface CourseSums {
  /** [p × p] lower triangle of A = Σ XᵀV⁻¹X. */
  readonly information: Float64Array;
  /** [p] b = Σ XᵀV⁻¹y. */
  readonly score: Float64Array;
  /** Σ log |V/σ²|. */
  readonly logDeterminant: number;
  /** Σ yᵀV⁻¹y. */
  readonly square: number;
}

/** −2 log-likelihood of the variance parameters with the coefficients integrated out (REML) or maximised (ML). */
export interface CourseLikelihood {
  /** Λ by columns; log rate; logit of the noise share; log prior variances of level and slope. */
  readonly start: Float64Array;
  readonly parameterCount: number;
  evaluate(point: Float64Array): number;
  /** Central differences of {@link GRADIENT_STEP}. */
  gradient(point: Float64Array, out: Float64Array): void;
  /** Null where the coefficients are not determined. */
  solution(point: Float64Array): CourseSolution | null;
}

/**
 * Long enough that rounding errors of the sums over patients do not steer the search: the same patients in another order, or
 * summed at several sites, end at the same parameters. Its bias is far below the tolerance at which the search stops.
 */
export const GRADIENT_STEP = 1e-3;
const SHARE_LIMIT = 7;
const PRIOR_LOWER = -18;
const PRIOR_UPPER = 8;

/**
 * Prepares the likelihood of observations. All covariances are relative to σ², which is profiled out.
 *
 * @param times - Ascending mean times of the visits: the search for a decay stays within what they can tell.
 * @param unknown - What missing features add to the covariance of each patient; null: nothing.
 */
export function courseLikelihood(
  data: CourseData,
  spec: CourseSpec,
  times: readonly number[],
  unknown: readonly (UnknownPart | null)[] | null = null,
): CourseLikelihood {
  let total = 0;
  for (let i = 0; i < data.patients.length; i++) total += data.weights[i]! * (data.starts[i + 1]! - data.starts[i]!);
  return likelihoodOfSums(spec, total, times, courseSums(data, spec, unknown));
}

/**
 * Sums over patients as a function of the covariance. With S_i = [W y]ᵀR⁻¹[W y] of each patient, everything else follows from
 * small matrices: [W y]ᵀV⁻¹[W y] = S − SΛ(I + ΛᵀSΛ)⁻¹ΛᵀS, and XᵀV⁻¹X is its product with the patient's predictors.
 *
 * @param unknown - As for {@link courseLikelihood}.
 * @returns Function of a point; null where V is not positive definite. The arrays returned are overwritten by the next call.
 */
export function courseSums(
  data: CourseData,
  spec: Pick<CourseSpec, "knots" | "columns" | "randomEffects" | "residual">,
  unknown: readonly (UnknownPart | null)[] | null,
): (point: CoursePoint) => CourseSums | null {
  const { columns, knots, randomEffects: q, residual } = spec;
  const functions = timeBasisSize(knots) + 1;
  const p = columns.length;
  const n = data.patients.length;
  const design = timeDesign(data, knots);
  const statistics = emptyResidualStatistics(n, functions + 1);
  const w = statistics.width;
  const information = new Float64Array(p * p);
  const score = new Float64Array(p);
  const reduced = new Float64Array(w * w);
  const half = new Float64Array(2 * w);
  const own = new Float64Array(p);
  const carried = new Float64Array(functions * p);
  const predictorOf = Int32Array.from(columns, ({ predictor }) => predictor);
  const basisOf = Int32Array.from(columns, ({ basis }) => basis);
  const at = [Number.NaN, Number.NaN];
  const refresh = (rate: number, noiseShare: number): boolean => {
    const defined = residualStatisticsInto(data, design, residual, rate, noiseShare, statistics);
    if (defined && unknown !== null) absorbUnknownParts(unknown, statistics);
    return defined;
  };
  let usable = residual !== "independent" || refresh(0, 1);

  return ({ factor, rate, noiseShare }) => {
    if (residual !== "independent" && (rate !== at[0] || noiseShare !== at[1])) {
      usable = refresh(rate, noiseShare);
      at[0] = rate;
      at[1] = noiseShare;
    }
    if (!usable) return null;
    information.fill(0);
    score.fill(0);
    let logDeterminant = 0;
    let square = 0;
    for (let i = 0; i < n; i++) {
      const weight = data.weights[i]!;
      const ofRandomEffects = withoutRandomEffects(factor, q, statistics.products, i * w * w, w, half, reduced);
      if (Number.isNaN(ofRandomEffects)) return null;
      logDeterminant += weight * (statistics.logDeterminants[i]! + ofRandomEffects);
      square += weight * reduced[w * w - 1]!;
      const base = i * data.predictorCount;
      for (let c = 0; c < p; c++) own[c] = data.predictors[base + predictorOf[c]!]!;
      for (let k = 0; k < functions; k++)
        for (let d = 0; d < p; d++) carried[k * p + d] = own[d]! * reduced[k * w + basisOf[d]!]!;
      for (let c = 0; c < p; c++) {
        const x = weight * own[c]!;
        if (x === 0) continue;
        const basis = basisOf[c]!;
        score[c]! += x * reduced[basis * w + w - 1]!;
        const to = c * p;
        const from = basis * p;
        for (let d = 0; d <= c; d++) information[to + d]! += x * carried[from + d]!;
      }
    }
    return { information, score, logDeterminant, square };
  };
}

/**
 * The likelihood from sums over patients, wherever they come from.
 *
 * @param total - Number of observations, each with the weight of its patient.
 * @param times - As for {@link courseLikelihood}.
 * @param sumsAt - Sums at a covariance; null where it is not positive definite. May throw: nothing is kept then.
 */
export function likelihoodOfSums(
  spec: CourseSpec,
  total: number,
  times: readonly number[],
  sumsAt: (point: CoursePoint) => CourseSums | null,
): CourseLikelihood {
  const { columns, randomEffects: q, residual } = spec;
  const p = columns.length;
  const limits = rateLimits(times);
  const factorCount = (q * (q + 1)) / 2;
  const residualCount = residual === "independent" ? 0 : residual === "ornstein-uhlenbeck" ? 1 : 2;
  const hasLevel = columns.some(({ prior }) => prior === "level");
  const hasSlope = columns.some(({ prior }) => prior === "slope");
  const flat = columns.reduce((sum, { prior }) => sum + (prior === "flat" ? 1 : 0), 0);
  const divisor = spec.criterion === "REML" ? total - flat : total;
  const priorVariance = new Float64Array(p);

  const residualAt = (point: Float64Array): { rate: number; noiseShare: number } => {
    if (residualCount === 0) return { rate: 0, noiseShare: 1 };
    const log = Math.min(limits.upper, Math.max(limits.lower, point[factorCount]!));
    if (residualCount === 1) return { rate: Math.exp(log), noiseShare: 0 };
    const logit = Math.min(SHARE_LIMIT, Math.max(-SHARE_LIMIT, point[factorCount + 1]!));
    return { rate: Math.exp(log), noiseShare: 1 / (1 + Math.exp(-logit)) };
  };
  const priorsAt = (point: Float64Array) => {
    let k = factorCount + residualCount;
    const bounded = () => Math.exp(Math.min(PRIOR_UPPER, Math.max(PRIOR_LOWER, point[k++]!)));
    return { level: hasLevel ? bounded() : null, slope: hasSlope ? bounded() : null };
  };

  /** Covariance parameters of the sums in hand; the prior variances do not enter them. */
  const settled = new Float64Array(factorCount + residualCount).fill(Number.NaN);
  let sums: CourseSums | null = null;
  const keptSums = (point: Float64Array): CourseSums | null => {
    if (sums !== null && settled.every((value, k) => value === point[k])) return sums;
    settled.fill(Number.NaN);
    sums = sumsAt({ factor: point.slice(0, factorCount), ...residualAt(point) });
    settled.set(point.subarray(0, settled.length));
    return sums;
  };

  const solve = (point: Float64Array) => {
    const found = keptSums(point);
    if (found === null || Number.isNaN(found.square)) return null;
    const { information, score, logDeterminant, square } = found;
    const priors = priorsAt(point);
    for (let c = 0; c < p; c++) {
      const { prior } = columns[c]!;
      priorVariance[c] = (prior === "level" ? priors.level : prior === "slope" ? priors.slope : null) ?? Infinity;
    }
    const posterior = coefficientPosterior({ information, score }, priorVariance);
    if (posterior === null) return null;
    const residualSquares = square - posterior.explained;
    if (!(residualSquares > 1e-14 * square) || divisor < 1) return null;
    const variance = residualSquares / divisor;
    const value =
      divisor * (1 + Math.log(2 * Math.PI * variance)) +
      logDeterminant +
      (spec.criterion === "REML" ? posterior.logDeterminant : 0);
    return { value, variance, posterior, priors };
  };

  const start = new Float64Array(factorCount + residualCount + (hasLevel ? 1 : 0) + (hasSlope ? 1 : 0));
  if (q > 0) start[0] = 1;
  if (q > 1) start[2] = 0.5;
  if (residualCount > 0) start[factorCount] = Math.log(1 / limits.typical);
  if (residualCount > 1) start[factorCount + 1] = -1;
  start.fill(Math.log(0.05), factorCount + residualCount);

  const evaluate = (point: Float64Array) => solve(point)?.value ?? Number.POSITIVE_INFINITY;
  return {
    start,
    parameterCount: start.length + 1,
    evaluate,
    gradient: (point, out) => centralDifferences(evaluate, point, out, GRADIENT_STEP),
    solution: (point) => {
      const found = solve(point);
      if (found === null) return null;
      const { variance, posterior, priors } = found;
      const factor = new Float64Array(q * q);
      if (q > 0) factor[0] = point[0]!;
      if (q > 1) {
        factor[2] = point[1]!;
        factor[3] = point[2]!;
      }
      return {
        minusTwoLogLikelihood: found.value,
        coefficients: posterior.coefficients,
        coefficientCovariance: coefficientCovariance(posterior).map((value) => value * variance),
        randomFactor: factor.map((value) => value * Math.sqrt(variance)),
        residual: { variance, ...residualAt(point) },
        levelVariance: priors.level === null ? null : priors.level * variance,
        slopeVariance: priors.slope === null ? null : priors.slope * variance,
      };
    },
  };
}

/**
 * S − SΛ(I + ΛᵀSΛ)⁻¹ΛᵀS of one patient into `out`; the random effects are those of the first q functions of time.
 *
 * @returns log |I + ΛᵀSΛ|; NaN when it is not positive.
 */
function withoutRandomEffects(
  factor: Float64Array,
  q: number,
  products: Float64Array,
  base: number,
  w: number,
  half: Float64Array,
  out: Float64Array,
): number {
  for (let k = 0; k < w * w; k++) out[k] = products[base + k]!;
  if (q === 0) return 0;
  const a = factor[0]!;
  const b = q > 1 ? factor[1]! : 0;
  const c = q > 1 ? factor[2]! : 0;
  // Rows of ΛᵀS, then of L⁻¹ΛᵀS with L Lᵀ = I + ΛᵀSΛ.
  for (let j = 0; j < w; j++) {
    half[j] = a * products[base + j]! + (q > 1 ? b * products[base + w + j]! : 0);
    if (q > 1) half[w + j] = c * products[base + w + j]!;
  }
  const first = 1 + half[0]! * a + (q > 1 ? half[1]! * b : 0);
  if (!(first > 0) || first === Number.POSITIVE_INFINITY) return Number.NaN;
  const l11 = Math.sqrt(first);
  for (let j = 0; j < w; j++) half[j]! /= l11;
  let logDeterminant = Math.log(first);
  if (q > 1) {
    const l21 = half[1]! * c;
    const second = 1 + half[w + 1]! * c - l21 * l21;
    if (!(second > 0)) return Number.NaN;
    const l22 = Math.sqrt(second);
    for (let j = 0; j < w; j++) half[w + j] = (half[w + j]! - l21 * half[j]!) / l22;
    logDeterminant += Math.log(second);
  }
  for (let i = 0; i < w; i++) {
    for (let j = 0; j < w; j++) {
      let sum = half[i]! * half[j]!;
      if (q > 1) sum += half[w + i]! * half[w + j]!;
      out[i * w + j]! -= sum;
    }
  }
  return logDeterminant;
}

/** Rates beyond which an Ornstein–Uhlenbeck process cannot be told from a constant or from white noise. */
function rateLimits(times: readonly number[]): { lower: number; upper: number; typical: number } {
  const gaps = times
    .slice(1)
    .map((time, k) => time - times[k]!)
    .sort((a, b) => a - b);
  if (gaps.length === 0) return { lower: 0, upper: 1, typical: 1 };
  const span = times.at(-1)! - times[0]!;
  return { lower: Math.log(1e-2 / span), upper: Math.log(20 / gaps[0]!), typical: gaps[gaps.length >> 1]! };
}
