import { noncentralTUpperTail } from "../../numerics/noncentral-t.ts";
import { normalUpperQuantile, normalUpperTail } from "../../numerics/normal.ts";
import { studentTUpperQuantile } from "../../numerics/student-t.ts";

/** One analysis of a two-arm trial with a continuous endpoint, as planned; sizes left open. */
export interface PlannedAnalysis {
  /** Distance between the expected effect and the null hypothesis, in the direction of benefit; > 0, analysis scale. */
  readonly distance: number;
  /** SD of the outcome under control before adjustment and inflation; > 0, analysis scale. */
  readonly standardDeviation: number;
  /** λ²R²: share of the variance that the covariates are planned to remove; in [0, 1). */
  readonly discountedRSquared: number;
  /** γ ≥ 1: the control SD is γ times the experimental SD. */
  readonly controlSdInflation: number;
  /** Covariate columns besides intercept and treatment. */
  readonly covariates: number;
  readonly oneSidedAlpha: number;
}

/** The part of a plan that the standard error depends on. */
export type PlannedVariance = Pick<PlannedAnalysis, "standardDeviation" | "discountedRSquared" | "controlSdInflation">;

/** Patients analysed per arm; real numbers while a size is being solved for. */
export interface ArmSizes {
  readonly experimental: number;
  readonly control: number;
}

/**
 * Standard error of the adjusted treatment effect, lib/sizing/METHODS.md eq. (S2):
 * σ √((1 − λ²R²)(1/n₁ + γ²/n₀)).
 *
 * @returns Analysis scale; Infinity for an empty arm.
 */
export function plannedStandardError(analysis: PlannedVariance, sizes: ArmSizes): number {
  const gamma = analysis.controlSdInflation;
  const perUnitVariance = 1 / sizes.experimental + (gamma * gamma) / sizes.control;
  return analysis.standardDeviation * Math.sqrt((1 - analysis.discountedRSquared) * perUnitVariance);
}

/** Residual degrees of freedom n₁ + n₀ − 2 − q, lib/sizing/METHODS.md eq. (S3). */
export function plannedDegreesOfFreedom(analysis: PlannedAnalysis, sizes: ArmSizes): number {
  return sizes.experimental + sizes.control - 2 - analysis.covariates;
}

/**
 * Power of the one-sided t test at given sizes by the exact noncentral t.
 *
 * @param analysis - Effect, variance, covariates and error.
 * @param sizes - Patients analysed per arm.
 * @returns Power in [0, 1]; 0 when no residual degrees of freedom are left.
 *
 * @remarks lib/sizing/METHODS.md eq. (S4): 1 − F(t_{1−α,ν}; ν, δ/SE). With γ = 1 this is the classical exact power of ANCOVA.
 * Reference values: the `ANCOVA one covariate` and two-sample cases of tests/reference/power_means.json.
 */
export function plannedPower(analysis: PlannedAnalysis, sizes: ArmSizes): number {
  const df = plannedDegreesOfFreedom(analysis, sizes);
  if (!(df > 0) || !(sizes.experimental > 0) || !(sizes.control > 0)) return 0;
  const noncentrality = analysis.distance / plannedStandardError(analysis, sizes);
  return noncentralTUpperTail(studentTUpperQuantile(analysis.oneSidedAlpha, df), df, noncentrality);
}

/**
 * Power approached as one arm grows without limit while the other stays fixed, lib/sizing/METHODS.md eq. (S6).
 *
 * @param analysis - Effect, variance, covariates and error.
 * @param experimental - Patients in the arm that stays fixed.
 * @returns Φ(δ√n₁ / (σ√(1 − λ²R²)) − z_{1−α}): no control arm of any size gives more.
 */
export function largestPowerWithFixedExperimental(analysis: PlannedAnalysis, experimental: number): number {
  const standardError = plannedStandardError(analysis, { experimental, control: Infinity });
  return normalUpperTail(normalUpperQuantile(analysis.oneSidedAlpha) - analysis.distance / standardError);
}
