import { normalQuantile, normalUpperTail } from "../../numerics/normal.ts";
import type { SurvivalCurve } from "./kaplan-meier.ts";
import { type RestrictedMean, restrictedMean } from "./restricted-mean.ts";

/** A figure with its Wald interval. */
export interface RestrictedMeanEstimate {
  readonly estimate: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
}

/** A contrast of two arms; for ratios the standard error is that of the logarithm. */
export interface RestrictedMeanContrast extends RestrictedMeanEstimate {
  /** Two-sided. */
  readonly pValue: number;
}

export interface RestrictedMeanComparison {
  readonly horizon: number;
  readonly experimental: { readonly mean: RestrictedMeanEstimate; readonly timeLost: RestrictedMeanEstimate };
  readonly control: { readonly mean: RestrictedMeanEstimate; readonly timeLost: RestrictedMeanEstimate };
  /** Difference of the means, experimental minus control. */
  readonly difference: RestrictedMeanContrast;
  readonly ratio: RestrictedMeanContrast;
  /** Ratio of the times lost. */
  readonly timeLostRatio: RestrictedMeanContrast;
}

/**
 * Comparison of two arms by their restricted mean survival times.
 *
 * @param horizon - τ, not beyond the follow-up of either arm.
 * @param confidence - Two-sided, 0.95 by default.
 * @throws DomainError as {@link restrictedMean}.
 *
 * METHODS.md eq. (V8). Source: Uno et al. (2014), J Clin Oncol 32, 2380–2385. Reference values:
 * tests/reference/survival.json (R survRM2 1.0-4).
 */
export function compareRestrictedMeans(
  experimental: SurvivalCurve,
  control: SurvivalCurve,
  horizon: number,
  confidence = 0.95,
): RestrictedMeanComparison {
  const one = restrictedMean(experimental, horizon);
  const zero = restrictedMean(control, horizon);
  const z = -normalQuantile((1 - confidence) / 2);
  const standardError = Math.hypot(one.standardError, zero.standardError);
  const difference = one.mean - zero.mean;
  return {
    horizon,
    experimental: summaries(one, z),
    control: summaries(zero, z),
    difference: {
      ...wald(difference, standardError, z),
      pValue: twoSided(difference / standardError),
    },
    ratio: ratioOf([one.mean, one.standardError], [zero.mean, zero.standardError], z),
    timeLostRatio: ratioOf([one.timeLost, one.standardError], [zero.timeLost, zero.standardError], z),
  };
}

function summaries({ mean, timeLost, standardError }: RestrictedMean, z: number) {
  return { mean: wald(mean, standardError, z), timeLost: wald(timeLost, standardError, z) };
}

function wald(estimate: number, standardError: number, z: number): RestrictedMeanEstimate {
  return { estimate, standardError, lower: estimate - z * standardError, upper: estimate + z * standardError };
}

function ratioOf(
  [numerator, numeratorError]: readonly [number, number],
  [denominator, denominatorError]: readonly [number, number],
  z: number,
): RestrictedMeanContrast {
  const log = Math.log(numerator / denominator);
  const standardError = Math.hypot(numeratorError / numerator, denominatorError / denominator);
  return {
    estimate: numerator / denominator,
    standardError,
    lower: Math.exp(log - z * standardError),
    upper: Math.exp(log + z * standardError),
    pValue: twoSided(log / standardError),
  };
}

const twoSided = (z: number) => 2 * normalUpperTail(Math.abs(z));
