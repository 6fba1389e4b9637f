import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { noncentralTCdf, noncentralTUpperTail } from "../../numerics/noncentral-t.ts";
import { normalUpperQuantile } from "../../numerics/normal.ts";
import { findRoot } from "../../numerics/root-finding.ts";
import { studentTUpperQuantile } from "../../numerics/student-t.ts";

/** A t test of one mean or of the difference of two means, with or without covariates; its size left open. */
export interface ComparisonOfMeans {
  readonly groups: "one-sample" | "two-sample";
  /** Expected effect minus its value under the null hypothesis (0, or the margin with its sign), analysis scale. */
  readonly distance: number;
  /** SD of the outcome before adjustment, the same in both arms; > 0, analysis scale. */
  readonly standardDeviation: number;
  /** Share of the variance that the covariates explain, in [0, 1); 0 by default. */
  readonly rSquared?: number;
  /** Covariate columns besides intercept and treatment: each costs a degree of freedom; 0 by default. */
  readonly covariates?: number;
  /** One-sided: in the direction of `distance`. */
  readonly sides: 1 | 2;
  /** Error of the whole test, both sides together when `sides` is 2; in (0, 1). */
  readonly alpha: number;
  /**
   * What counts as power of a two-sided test: rejection in the direction of `distance` only (the usual convention of
   * sample-size programs), or in either direction. "expected-direction" by default.
   */
  readonly twoSidedPower?: "expected-direction" | "both-directions";
}

/** Subjects per arm; real numbers while a size is solved for. One-sample comparisons have 0 in `control`. */
export interface MeansSizes {
  readonly experimental: number;
  readonly control: number;
}

/** A size that reaches a power. */
export interface MeansSampleSize {
  /**
   * Real solution of power(N) = target, split exactly in the ratio; half a residual degree of freedom where even that
   * has more power.
   */
  readonly unrounded: MeansSizes & { readonly total: number };
  /** Each arm rounded up to whole subjects. */
  readonly rounded: MeansSizes & { readonly total: number };
  /** Power at the rounded sizes; not below the target. */
  readonly powerAtRounded: number;
}

const LARGEST_TOTAL = 1e9;

/**
 * Residual degrees of freedom: subjects − groups − covariates (METHODS.md eq. (P2)). Fractional sizes give fractional
 * degrees of freedom.
 */
export function degreesOfFreedomOfMeans(comparison: ComparisonOfMeans, sizes: MeansSizes): number {
  const groups = comparison.groups === "one-sample" ? 1 : 2;
  return sizes.experimental + sizes.control - groups - (comparison.covariates ?? 0);
}

/**
 * Noncentrality |distance| / SE, SE = σ √((1 − R²)(1/n₁ + 1/n₀)), without the 1/n₀ for one sample
 * (METHODS.md eq. (P1)).
 */
export function noncentralityOfMeans(comparison: ComparisonOfMeans, sizes: MeansSizes): number {
  const residualSd = comparison.standardDeviation * Math.sqrt(1 - (comparison.rSquared ?? 0));
  const perUnitVariance = 1 / sizes.experimental + (comparison.groups === "one-sample" ? 0 : 1 / sizes.control);
  return Math.abs(comparison.distance) / (residualSd * Math.sqrt(perUnitVariance));
}

/**
 * Exact power of the t test at given sizes, by the noncentral t distribution (METHODS.md eq. (P3)).
 *
 * @param comparison - Distance, variance, error and convention.
 * @param sizes - Subjects analysed per arm; need not be whole.
 * @returns Power in [0, 1]; 0 when no residual degree of freedom is left.
 * @throws DomainError INVALID_INPUT for inadmissible values.
 *
 * @remarks
 * 1 − F(t₁₋α; ν, δ) one-sided; 1 − F(t₁₋α/₂; ν, δ), plus F(−t₁₋α/₂; ν, δ) for both directions. Exact for normal residuals
 * given the covariates.
 *
 * Source: Guenther (1981), The American Statistician 35:243–244; Johnson, Kotz & Balakrishnan (1995), ch. 31.
 * Reference values: tests/reference/power_means.json (rpact 3.3.4; power.t.test of R 4.2.2).
 */
export function powerOfMeans(comparison: ComparisonOfMeans, sizes: MeansSizes): number {
  assertComparison(comparison);
  const df = degreesOfFreedomOfMeans(comparison, sizes);
  if (!(df > 0) || !(sizes.experimental > 0)) return 0;
  if (comparison.groups === "two-sample" && !(sizes.control > 0)) return 0;
  const critical = studentTUpperQuantile(comparison.alpha / comparison.sides, df);
  if (critical === Infinity) return 0;
  const noncentrality = noncentralityOfMeans(comparison, sizes);
  const power = noncentralTUpperTail(critical, df, noncentrality);
  const either = comparison.sides === 2 && comparison.twoSidedPower === "both-directions";
  return either ? power + noncentralTCdf(-critical, df, noncentrality) : power;
}

/**
 * Size at which the exact t test reaches a power (METHODS.md eq. (P4)).
 *
 * @param comparison - Distance (not 0), variance, error and convention.
 * @param power - Target in (α, 1), α the error in the direction of `distance` (both, if both directions count).
 * @param ratio - Experimental : control, positive; ignored for one sample.
 * @returns The real solution and the sizes with each arm rounded up; at least 2 in every arm.
 * @throws DomainError INVALID_INPUT for inadmissible values; NOT_ESTIMABLE when more than a thousand million subjects
 *   would be needed.
 *
 * Reference values: tests/reference/power_means.json, real solutions at 1e-6 relative.
 */
export function sampleSizeOfMeans(comparison: ComparisonOfMeans, power: number, ratio = 1): MeansSampleSize {
  assertTarget(comparison, power, ratio);
  const excess = (total: number) => powerOfMeans(comparison, split(comparison, total, ratio)) - power;
  const fewest = (comparison.groups === "one-sample" ? 1 : 2) + (comparison.covariates ?? 0);
  let high = fewest + 2 * normalSampleSizeOfMeans(comparison, power, ratio) + 4;
  while (high <= LARGEST_TOTAL && excess(high) < 0) high *= 2;
  if (!(high <= LARGEST_TOTAL)) throw tooLarge(comparison.distance);
  // Below half a degree of freedom there is no trial to plan.
  let low = fewest + 1;
  if (excess(low) >= 0) [low, high] = [fewest + 0.5, low];
  const total = excess(low) >= 0 ? low : findRoot(excess, low, high, { relativeTolerance: 1e-13 }).value;
  const unrounded = split(comparison, total, ratio);
  const rounded = {
    experimental: wholeSubjects(unrounded.experimental),
    control: comparison.groups === "one-sample" ? 0 : wholeSubjects(unrounded.control),
  };
  return {
    unrounded: { ...unrounded, total },
    rounded: { ...rounded, total: rounded.experimental + rounded.control },
    powerAtRounded: powerOfMeans(comparison, rounded),
  };
}

/**
 * Total size by the normal approximation, not rounded (METHODS.md eq. (P5)): the variance taken as known.
 *
 * @returns N = ((1 + r)²/r) (z₁₋α + z₁₋β)² σ²(1 − R²)/distance²; factor 1 instead of (1 + r)²/r for one sample.
 */
export function normalSampleSizeOfMeans(comparison: ComparisonOfMeans, power: number, ratio = 1): number {
  assertTarget(comparison, power, ratio);
  const zSum = normalUpperQuantile(comparison.alpha / comparison.sides) + normalUpperQuantile(1 - power);
  const factor = comparison.groups === "one-sample" ? 1 : ((1 + ratio) * (1 + ratio)) / ratio;
  const variance = comparison.standardDeviation ** 2 * (1 - (comparison.rSquared ?? 0));
  return (factor * zSum * zSum * variance) / comparison.distance ** 2;
}

function split(comparison: ComparisonOfMeans, total: number, ratio: number): MeansSizes {
  if (comparison.groups === "one-sample") return { experimental: total, control: 0 };
  return { experimental: (total * ratio) / (1 + ratio), control: total / (1 + ratio) };
}

/** Next whole number, forgiving the last bits of a solution that is whole; a variance needs two subjects. */
function wholeSubjects(size: number): number {
  return Math.max(2, Math.ceil(size * (1 - 1e-10)));
}

function assertComparison({
  standardDeviation,
  rSquared = 0,
  covariates = 0,
  alpha,
  distance,
}: ComparisonOfMeans): void {
  if (!Number.isFinite(distance)) throw invalidInput("distance", String(distance), "must be a finite number");
  if (!(standardDeviation > 0 && standardDeviation < Infinity)) {
    throw invalidInput("standardDeviation", String(standardDeviation), "must be positive");
  }
  if (!(rSquared >= 0 && rSquared < 1)) throw invalidInput("rSquared", String(rSquared), "must lie in [0, 1)");
  if (!Number.isInteger(covariates) || covariates < 0) {
    throw invalidInput("covariates", String(covariates), "must be a whole number, not negative");
  }
  if (!(alpha > 0 && alpha < 1)) throw invalidInput("alpha", String(alpha), "must lie between 0 and 1");
}

function assertTarget(comparison: ComparisonOfMeans, power: number, ratio: number): void {
  assertComparison(comparison);
  if (comparison.distance === 0) {
    throw invalidInput("distance", 0, "must not be 0", "A test has power only away from its null hypothesis.");
  }
  const error = comparison.twoSidedPower === "both-directions" ? comparison.alpha : comparison.alpha / comparison.sides;
  if (!(power > error && power < 1)) throw invalidInput("power", String(power), `must lie between ${error} and 1`);
  if (!(ratio > 0 && ratio < Infinity)) throw invalidInput("ratio", String(ratio), "must be positive");
}

function tooLarge(distance: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "distance",
    received: distance,
    requirement: "must be large enough for a trial that can be counted",
    hint: "Check the unit of the effect and of the standard deviation.",
  });
}
