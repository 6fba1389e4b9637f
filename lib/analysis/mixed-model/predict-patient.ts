import { invalidInput } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskySolveInPlace } from "../../numerics/cholesky.ts";
import type { MixedModelDocument } from "./mixed-model-document.ts";

/** Design of some observations of one patient, one row each. */
export interface PatientDesign {
  /** Shape [n · p] row-major, columns as `document.fixedNames`. */
  readonly fixed: ArrayLike<number>;
  /** Shape [n · q] row-major, columns as `document.randomNames`. */
  readonly random: ArrayLike<number>;
  /** Shape [n]; the time of each row in the unit of the fit. */
  readonly time: ArrayLike<number>;
}

/** What is known of a patient: nothing (zero rows), the baseline, or any number of visits. */
export interface PatientHistory extends PatientDesign {
  readonly outcome: ArrayLike<number>;
}

/** Distribution of observations of one patient that are not yet known. */
export interface PatientPrediction {
  /** X β̂: mean over all patients with the same covariates, shape [n]. */
  readonly marginalMean: Float64Array;
  /** Mean given the history, shape [n]. */
  readonly mean: Float64Array;
  /** Covariance given the history and the parameters, residuals included, shape [n · n] row-major. */
  readonly covariance: Float64Array;
  /** The same with the uncertainty of the fixed effects added, shape [n · n]. */
  readonly covarianceWithFixedUncertainty: Float64Array;
  /** Predicted random effects, shape [q]. */
  readonly randomEffects: Float64Array;
}

/**
 * Predicts observations of a patient who was not in the fit from whatever is known of them (METHODS.md eq. (L18)).
 *
 * @param document - Parameters of a fit.
 * @param history - Known observations; zero rows to predict from covariates only.
 * @param future - Rows to predict; any times, the past included.
 * @returns Means and covariances; normal given the parameters.
 * @throws DomainError INVALID_INPUT for designs of the wrong shape, unknown values, or two observations at one time
 *   where the model has no measurement error.
 */
export function predictPatient(
  document: MixedModelDocument,
  history: PatientHistory,
  future: PatientDesign,
): PatientPrediction {
  const p = document.fixed.length;
  const q = document.randomNames.length;
  const known = history.time.length;
  const n = future.time.length;
  assertDesign(history, known, p, q, "history");
  assertDesign(future, n, p, q, "future");
  assertFinite(history.outcome, known, "history.outcome");

  const { fixedCovariance } = document;
  const covariance = covarianceBetween(document, future, n, future, n, true);
  const marginalMean = marginal(document, future, n);
  const mean = marginalMean.slice();
  const effects = new Float64Array(q);
  // Rows of X_f − C V⁻¹ X_h, which carry the uncertainty of the fixed effects.
  const carried = Float64Array.from(future.fixed);
  if (known > 0) {
    const factored = choleskyDecompose(covarianceBetween(document, history, known, history, known, true), known);
    if (!factored.ok)
      throw invalidInput(
        "history.time",
        history.time[factored.pivot]!,
        "must not repeat, since the model has no measurement error",
        "Keep one observation at each time.",
      );
    const residual = marginal(document, history, known).map((value, k) => history.outcome[k]! - value);
    choleskySolveInPlace(factored.factor, known, residual);
    const cross = covarianceBetween(document, future, n, history, known, false);
    for (let i = 0; i < n; i++) {
      const solved = cross.slice(i * known, (i + 1) * known);
      choleskySolveInPlace(factored.factor, known, solved);
      for (let k = 0; k < known; k++) {
        mean[i]! += cross[i * known + k]! * residual[k]!;
        for (let j = 0; j < p; j++) carried[i * p + j]! -= solved[k]! * history.fixed[k * p + j]!;
      }
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < known; k++) sum += solved[k]! * cross[j * known + k]!;
        covariance[i * n + j]! -= sum;
      }
    }
    for (let a = 0; a < q; a++)
      for (let k = 0; k < known; k++)
        for (let b = 0; b < q; b++)
          effects[a]! += document.randomCovariance[a * q + b]! * history.random[k * q + b]! * residual[k]!;
  }
  const covarianceWithFixedUncertainty = covariance.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let a = 0; a < p; a++)
        for (let b = 0; b < p; b++) sum += carried[i * p + a]! * fixedCovariance[a * p + b]! * carried[j * p + b]!;
      covarianceWithFixedUncertainty[i * n + j]! += sum;
    }
  }
  return { marginalMean, mean, covariance, covarianceWithFixedUncertainty, randomEffects: effects };
}

function marginal(document: MixedModelDocument, design: PatientDesign, n: number): Float64Array {
  const p = document.fixed.length;
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) out[i]! += design.fixed[i * p + j]! * document.fixed[j]!;
  return out;
}

/** Z₁ G Z₂ᵀ + σ² R₁₂; `same` when the rows are the same observations, so that the diagonal holds the whole σ². */
function covarianceBetween(
  document: MixedModelDocument,
  a: PatientDesign,
  rows: number,
  b: PatientDesign,
  columns: number,
  same: boolean,
): Float64Array {
  const q = document.randomNames.length;
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const correlation = same && i === j ? 1 : residualCorrelationBetween(document, a.time[i]!, b.time[j]!);
      let sum = document.residualVariance * correlation;
      for (let k = 0; k < q; k++)
        for (let l = 0; l < q; l++)
          sum += a.random[i * q + k]! * document.randomCovariance[k * q + l]! * b.random[j * q + l]!;
      out[i * columns + j] = sum;
    }
  }
  return out;
}

function residualCorrelationBetween({ residual }: MixedModelDocument, s: number, t: number): number {
  if (residual.kind === "independent") return 0;
  const gap = Math.abs(s - t);
  if (residual.kind === "autoregressive" && !Number.isInteger(gap))
    throw invalidInput("time", gap, "must be whole numbers for an AR(1) residual", "Give visit numbers.");
  return (1 - residual.measurementErrorShare) * residual.phi ** gap;
}

function assertDesign(design: PatientDesign, n: number, p: number, q: number, name: string): void {
  assertFinite(design.time, n, `${name}.time`);
  assertFinite(design.fixed, n * p, `${name}.fixed`);
  assertFinite(design.random, n * q, `${name}.random`);
}

function assertFinite(values: ArrayLike<number>, length: number, name: string): void {
  if (values.length !== length) throw invalidInput(name, values.length, `must have ${length} values`);
  for (let i = 0; i < length; i++)
    if (!Number.isFinite(values[i]!)) throw invalidInput(`${name}.${i}`, values[i]!, "must be a known number");
}
