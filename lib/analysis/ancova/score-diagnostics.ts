import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import type { BuiltColumn } from "./ancova-design.ts";
import type { LinearModelFit } from "./linear-model.ts";

/** How much the variance of a coefficient is inflated by the other columns. */
export interface VarianceInflation {
  readonly name: string;
  readonly factor: number;
}

/** Above it, methods guidance asks for a check that the score has not seen the outcome. */
const SUSPICIOUS_PARTIAL_CORRELATION = 0.5;
const IMPLAUSIBLE_PARTIAL_CORRELATION = 0.6;
const LARGE_VARIANCE_INFLATION = 10;

/**
 * Variance inflation of every covariate column: weighted sum of squares about its mean times the diagonal of (XᵀWX)⁻¹
 * (METHODS.md eq. (A8)).
 *
 * @param weights - One a subject; null for equal ones.
 */
export function inflationFactors(
  model: LinearModelFit,
  covariates: readonly BuiltColumn[],
  weights: Float64Array | null,
): VarianceInflation[] {
  const rank = model.coefficients.length;
  const variance = model.variance("model");
  const sigma2 = model.residualStandardDeviation ** 2;
  return covariates.flatMap(({ name, values }) => {
    const position = model.columnNames.indexOf(name);
    if (position === -1 || sigma2 === 0) return [];
    return [{ name, factor: (variance[position * rank + position]! / sigma2) * centredSquares(values, weights) }];
  });
}

function centredSquares(values: Float64Array, weights: Float64Array | null): number {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights?.[i] ?? 1;
    total += weight;
    sum += weight * values[i]!;
  }
  const mean = sum / total;
  return values.reduce((squares, value, i) => squares + (weights?.[i] ?? 1) * (value - mean) ** 2, 0);
}

/** Partial correlation of score and outcome, t/√(t² + df) of the score's coefficient; null when it is not in the model. */
export function partialCorrelation(model: LinearModelFit, scoreName: string | undefined): number | null {
  const position = scoreName === undefined ? -1 : model.columnNames.indexOf(scoreName);
  if (position === -1) return null;
  const rank = model.coefficients.length;
  const variance = model.variance("model")[position * rank + position]!;
  if (variance === 0) return null;
  const t = model.coefficients[position]! / Math.sqrt(variance);
  return t / Math.sqrt(t * t + model.residualDf);
}

/** Warnings about a prognostic score that predicts too well to be true, or that the other covariates already contain. */
export function scoreDiagnostics(
  scoreName: string | undefined,
  correlation: number | null,
  inflation: readonly VarianceInflation[],
): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (scoreName === undefined || correlation === null) return found;
  const size = Math.abs(correlation);
  if (size > SUSPICIOUS_PARTIAL_CORRELATION) {
    const message = `The partial correlation of prognostic score and outcome is ${correlation.toFixed(2)}; published scores reach 0.30 to 0.46. Check that the score has not seen outcomes of this trial.`;
    const severity = size > IMPLAUSIBLE_PARTIAL_CORRELATION ? "critical" : "warning";
    found.push(diagnostic(severity, "score-correlation-high", message, scoreName));
  }
  const factor = inflation.find(({ name }) => name === scoreName)?.factor ?? 1;
  if (factor > LARGE_VARIANCE_INFLATION) {
    const message = `The prognostic score is nearly a combination of the other covariates (variance inflation ${factor.toFixed(1)}); it adds little to them.`;
    found.push(diagnostic("warning", "score-collinear", message, scoreName));
  }
  return found;
}
