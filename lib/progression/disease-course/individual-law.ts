import type { KnownFeatures } from "../mixed-effects/feature-law.ts";

/** Regression of the individual parameters on the features; d parameters, Q features. */
export interface IndividualRegression {
  /** [d × (Q + 1)] Θ, first column for 1. */
  readonly coefficients: Float64Array;
  /** [d × d] Ω. */
  readonly covariance: Float64Array;
}

/** Log speeds are predicted no further than this from the average. */
const LARGEST_LOG_SPEED = 3;

/** [d] Θ (1, x), missing features at their expectation. METHODS.md, equation (DC2). */
export function individualMean(regression: IndividualRegression, known: KnownFeatures, d: number): Float64Array {
  const width = regression.coefficients.length / d;
  const mean = new Float64Array(d);
  for (let r = 0; r < d; r++) {
    let sum = regression.coefficients[r * width]!;
    for (let q = 1; q < width; q++) sum += regression.coefficients[r * width + q]! * known.values[q - 1]!;
    mean[r] = sum;
  }
  mean[0] = Math.min(LARGEST_LOG_SPEED, Math.max(-LARGEST_LOG_SPEED, mean[0]!));
  return mean;
}

/** [d × d] Ω + Γ C Γᵀ, Γ the coefficients of the missing features and C their covariance given the others. */
export function individualCovariance(regression: IndividualRegression, known: KnownFeatures, d: number): Float64Array {
  const { missing, covariance } = known;
  const width = regression.coefficients.length / d;
  const m = missing.length;
  const total = regression.covariance.slice();
  for (let r = 0; r < d; r++)
    for (let s = 0; s < d; s++)
      for (let a = 0; a < m; a++)
        for (let b = 0; b < m; b++)
          total[r * d + s]! +=
            regression.coefficients[r * width + 1 + missing[a]!]! *
            covariance[a * m + b]! *
            regression.coefficients[s * width + 1 + missing[b]!]!;
  return total;
}
