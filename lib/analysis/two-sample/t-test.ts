import { DomainError } from "../../errors/domain-error.ts";
import { type WaldInference, type WaldOptions, waldInference } from "../analysis-result.ts";
import { assertConfidence, assertSample, sampleMoments } from "./sample.ts";

/** Which standard error and degrees of freedom compare two means. */
export type TTestVariance = "pooled" | "welch";

/**
 * Difference of two means with its t test and interval (METHODS.md eq. (W2) and (W3)).
 *
 * @param experimental - Observed values of the experimental arm, at least 2.
 * @param control - Observed values of the control arm, at least 2.
 * @param variance - `pooled` (Student, equal variances) or `welch` (Satterthwaite's degrees of freedom).
 * @returns Experimental minus control.
 * @throws DomainError INSUFFICIENT_DATA for fewer than 2 values an arm; NOT_ESTIMABLE when no value differs from another.
 *
 * Source: Student (1908), Biometrika 6:1–25; Welch (1947), Biometrika 34:28–35.
 */
export function twoSampleTTest(
  experimental: ArrayLike<number>,
  control: ArrayLike<number>,
  variance: TTestVariance,
  options: WaldOptions = {},
): WaldInference {
  assertSample(experimental, "experimental", 2);
  assertSample(control, "control", 2);
  assertConfidence(options.confidence ?? 0.95);
  const a = sampleMoments(experimental);
  const b = sampleMoments(control);
  const va = a.variance / a.n;
  const vb = b.variance / b.n;
  const pooledDf = a.n + b.n - 2;
  const pooled = ((a.n - 1) * a.variance + (b.n - 1) * b.variance) / pooledDf;
  const [standardError, df] =
    variance === "pooled"
      ? [Math.sqrt(pooled * (1 / a.n + 1 / b.n)), pooledDf]
      : [Math.sqrt(va + vb), (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1))];
  assertVaries(standardError, Math.max(Math.abs(a.mean), Math.abs(b.mean)), "outcome");
  return waldInference(a.mean - b.mean, standardError, df, options);
}

/**
 * Mean of one sample, or of paired differences, with its t test and interval (METHODS.md eq. (W4)).
 *
 * @param values - Values or differences, at least 2.
 * @param options - `nullValue` is the mean tested.
 * @throws DomainError INSUFFICIENT_DATA for fewer than 2 values; NOT_ESTIMABLE when all are equal.
 */
export function oneSampleTTest(values: ArrayLike<number>, options: WaldOptions = {}): WaldInference {
  assertSample(values, "values", 2);
  assertConfidence(options.confidence ?? 0.95);
  const { n, mean, variance } = sampleMoments(values);
  const standardError = Math.sqrt(variance / n);
  assertVaries(standardError, Math.abs(mean), "values");
  return waldInference(mean, standardError, n - 1, options);
}

/** Below this share of the mean a standard error is rounding only (the limit of R's t.test). */
const ESSENTIALLY_CONSTANT = 10 * Number.EPSILON;

function assertVaries(standardError: number, size: number, argument: string): void {
  if (standardError > ESSENTIALLY_CONSTANT * size) return;
  throw new DomainError("NOT_ESTIMABLE", {
    argument,
    received: standardError,
    requirement: "must vary within the arms: the standard error of the difference is zero",
    hint: "Check that the outcome was read as a number and not as a constant.",
  });
}
