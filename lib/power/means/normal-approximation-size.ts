import { normalUpperQuantile, normalUpperTail } from "../../numerics/normal.ts";
import type { PlannedAnalysis } from "./planned-power.ts";

/**
 * Total size by the normal approximation, lib/sizing/METHODS.md eq. (S7).
 *
 * @param analysis - Effect, variance and error; covariates are ignored.
 * @param power - Target in (0, 1).
 * @param ratio - Experimental : control.
 * @returns N = (z_{1−α} + z_{1−β})² (σ₁²/p + σ₀²/(1 − p)) / δ², p = ratio/(1 + ratio), not rounded. It is smaller than
 *   the exact solution by about z²/2 patients, because it takes the variance as known.
 *
 * Source: the discounted plan in the form of the EMA qualification opinion on prognostic covariate adjustment (2022).
 * Reference values: tests/lib/power/means/normal-approximation-size.test.ts.
 */
export function normalApproximationSize(analysis: PlannedAnalysis, power: number, ratio: number): number {
  const share = ratio / (1 + ratio);
  const zSum = normalUpperQuantile(analysis.oneSidedAlpha) + normalUpperQuantile(1 - power);
  const experimentalVariance = analysis.standardDeviation ** 2 * (1 - analysis.discountedRSquared);
  const controlVariance = analysis.controlSdInflation ** 2 * experimentalVariance;
  return (zSum * zSum * (experimentalVariance / share + controlVariance / (1 - share))) / analysis.distance ** 2;
}

/**
 * The same with the Guenther–Schouten correction for an estimated variance, lib/sizing/METHODS.md eq. (S8): + z²_{1−α}/2.
 *
 * Source: Guenther (1981), The American Statistician 35:243–244; Schouten (1999), Stat Med 18:87–91.
 */
export function guentherSchoutenSize(analysis: PlannedAnalysis, power: number, ratio: number): number {
  const z = normalUpperQuantile(analysis.oneSidedAlpha);
  return normalApproximationSize(analysis, power, ratio) + (z * z) / 2;
}

/**
 * Power after adjustment of a trial whose unadjusted power is known, lib/sizing/METHODS.md eq. (S9):
 * Φ((z_{1−α} + z_{1−β}) / √(1 − R²) − z_{1−α}).
 *
 * @param unadjustedPower - Power of the unadjusted analysis in (0, 1).
 * @param rSquared - R² of the adjustment in [0, 1).
 * @param oneSidedAlpha - One-sided error in (0, 0.5).
 * @returns Power; near 80 % it is about `unadjustedPower · (1 + R²/2)` (Fisher 2023, arXiv 2308.07330).
 */
export function powerAfterAdjustment(unadjustedPower: number, rSquared: number, oneSidedAlpha: number): number {
  const z = normalUpperQuantile(oneSidedAlpha);
  return normalUpperTail(z - (z + normalUpperQuantile(1 - unadjustedPower)) / Math.sqrt(1 - rSquared));
}
