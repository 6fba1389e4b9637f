import { normalQuantile } from "../../numerics/normal.ts";

/** Nominal levels of the prediction bands around a twin. */
export const BAND_LEVELS: readonly number[] = [0.5, 0.8, 0.95];

/** Fewest held-out residuals expected beyond a band for its width to be read from them. */
const MINIMUM_BEYOND = 2;

/**
 * By how much the model's own predictive SD is too small: root mean square of held-out residuals in predictive SDs, never
 * below 1. METHODS.md, equation (P8).
 *
 * @param residuals - Held-out residuals over their predictive SD without inflation.
 */
export function predictionInflation(residuals: Float64Array): number {
  if (residuals.length === 0) return 1;
  const square = residuals.reduce((sum, residual) => sum + residual * residual, 0);
  return Math.max(1, Math.sqrt(square / residuals.length));
}

/**
 * Half widths of the bands in predictive SDs (without inflation), so that each covers its share of patients whatever the
 * shape of the residuals: the ⌈(k + 1) level⌉-th smallest of k absolute held-out residuals. With too few residuals for
 * that, the normal quantile times the inflation. METHODS.md, equation (P9).
 *
 * @param residuals - Held-out residuals over their predictive SD without inflation.
 * @returns One multiplier per level of {@link BAND_LEVELS}, not decreasing.
 *
 * Source: split and cross-conformal prediction: Vovk (2015), Ann. Math. Artif. Intell. 74:9–28; Barber, Candès, Ramdas &
 * Tibshirani (2021), Ann. Statist. 49:486–507.
 */
export function bandMultipliers(residuals: Float64Array): number[] {
  const sizes = residuals.map(Math.abs).sort();
  const count = sizes.length;
  const inflation = predictionInflation(residuals);
  let widest = 0;
  return BAND_LEVELS.map((level) => {
    const enough = count * (1 - level) >= MINIMUM_BEYOND - 1e-9;
    const multiplier = enough
      ? sizes[Math.min(count, Math.ceil((count + 1) * level)) - 1]!
      : normalQuantile(0.5 + level / 2) * inflation;
    widest = Math.max(widest, multiplier);
    return widest;
  });
}
