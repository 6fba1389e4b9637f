import { choleskyInPlace } from "../numerics/cholesky.ts";

/**
 * Ordinary least squares that grows with the trial: cross-products of (1, covariates, treatment, outcome) are kept while
 * patients are added, so that an interim look costs one small factorisation.
 */
export interface LookRegression {
  /** Columns besides the intercept, the treatment and the outcome. */
  readonly covariates: number;
  /** Lower triangle of the cross-products, order covariates + 3: intercept, covariates, treatment, outcome. */
  readonly crossProducts: Float64Array;
  readonly factor: Float64Array;
  /** One patient's (1, covariates, treatment, outcome); the caller fills it before `addPatient`. */
  readonly row: Float64Array;
  patients: number;
  experimental: number;
}

/** The treatment coefficient of one analysis. */
export interface TreatmentEstimate {
  estimate: number;
  standardError: number;
  degreesOfFreedom: number;
}

/** Room for one regression. */
export function createLookRegression(covariates: number): LookRegression {
  const order = covariates + 3;
  return {
    covariates,
    crossProducts: new Float64Array(order * order),
    factor: new Float64Array(order * order),
    row: new Float64Array(order),
    patients: 0,
    experimental: 0,
  };
}

/** Forget all patients. */
export function clearLookRegression(regression: LookRegression): void {
  regression.crossProducts.fill(0);
  regression.patients = 0;
  regression.experimental = 0;
}

/** Adds the patient in `row`. */
export function addPatient(regression: LookRegression): void {
  const { row, crossProducts } = regression;
  const order = row.length;
  for (let i = 0; i < order; i++) {
    const value = row[i]!;
    if (value === 0) continue;
    for (let j = 0; j <= i; j++) crossProducts[i * order + j]! += value * row[j]!;
  }
  regression.patients++;
  regression.experimental += row[order - 2]!;
}

/**
 * Treatment effect adjusted for the covariates, with the model-based standard error.
 *
 * @param regression - Patients so far.
 * @param into - Receives estimate, standard error and residual degrees of freedom n − 2 − q.
 * @returns "estimated", or why not: an arm with fewer than two patients or no residual degrees of freedom, or columns
 *   that determine one another.
 *
 * @remarks METHODS.md eq. (M8). With treatment as the last regressor and the outcome below it, the Cholesky factor L of
 * the cross-products gives β̂ = L_yA / L_AA, RSS = L_yy² and SE = √(RSS/ν) / L_AA: the same numbers as the QR least
 * squares of lib/analysis, up to rounding.
 */
export function estimateTreatment(
  regression: LookRegression,
  into: TreatmentEstimate,
): "estimated" | "too-few-patients" | "singular-design" {
  const { factor, covariates, patients, experimental } = regression;
  const order = covariates + 3;
  const degreesOfFreedom = patients - 2 - covariates;
  if (degreesOfFreedom < 1 || experimental < 2 || patients - experimental < 2) return "too-few-patients";
  factor.set(regression.crossProducts);
  if (choleskyInPlace(factor, order) !== -1) return "singular-design";
  const treatment = order - 2;
  const outcomeRow = (order - 1) * order;
  const scale = factor[treatment * order + treatment]!;
  into.estimate = factor[outcomeRow + treatment]! / scale;
  into.standardError = factor[outcomeRow + order - 1]! / Math.sqrt(degreesOfFreedom) / scale;
  into.degreesOfFreedom = degreesOfFreedom;
  return "estimated";
}
