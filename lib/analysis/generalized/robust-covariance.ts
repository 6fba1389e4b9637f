import { DomainError } from "../../errors/domain-error.ts";
import type { GlmFit } from "./fit-glm.ts";
import { varianceFunction } from "./glm-family.ts";
import { meanDerivative } from "./link-function.ts";

/** Covariance of the coefficients: inverse information, or one of the sandwich estimators. */
export type GlmCovariance = "model-based" | "HC0" | "HC1" | "HC2" | "HC3" | "HC4";

/**
 * Covariance matrix of the coefficients of a generalised linear model (METHODS.md eq. (G5)).
 *
 * @returns [rank · rank] row-major, as R's `vcov` or `sandwich::vcovHC`.
 *
 * @throws DomainError NOT_ESTIMABLE for HC2 to HC4 when a row is fitted exactly.
 *
 * Source: White (1982), Econometrica 50:1–25; Zeileis (2006), J. Stat. Softw. 16(9); Cribari-Neto (2004), CSDA 45:215–233.
 */
export function glmCovariance(fit: GlmFit, kind: GlmCovariance): Float64Array {
  if (kind === "model-based") return fit.covariance;
  if (kind !== "HC0" && kind !== "HC1" && exactlyFitted(fit).length > 0) throw undefinedVariance(kind);
  const { rows, rank, design } = fit;
  const meat = new Float64Array(rank * rank);
  for (let i = 0; i < rows; i++) {
    const residual = scoreResidual(fit, i) * Math.sqrt(inflation(fit, kind, fit.leverages[i]!));
    const squared = residual * residual;
    for (let j = 0; j < rank; j++) {
      const left = squared * design[i * rank + j]!;
      for (let k = 0; k <= j; k++) meat[j * rank + k]! += left * design[i * rank + k]!;
    }
  }
  for (let j = 0; j < rank; j++) for (let k = 0; k < j; k++) meat[k * rank + j] = meat[j * rank + k]!;
  return sandwich(fit.covariance, meat, rank);
}

/** 1 − leverage below which a row is fitted exactly and has no residual. */
const EXACT_FIT = 1e-8;

/** Rows that the model fits exactly, so that their residuals say nothing. */
export function exactlyFitted({ leverages }: GlmFit): number[] {
  return Array.from(leverages, (_, row) => row).filter((row) => 1 - leverages[row]! < EXACT_FIT);
}

function undefinedVariance(kind: GlmCovariance): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "variance",
    received: kind,
    requirement: "must be model-based, HC0 or HC1: the model fits some patients exactly, for whom it is undefined",
    hint: "Use another variance, fewer covariates, or no arm-by-covariate interaction.",
  });
}

/** Factor r of an observation's score r·x: weight (y − μ) (dμ/dη) / V(μ). */
export function scoreResidual(fit: GlmFit, i: number): number {
  const mean = fit.fitted[i]!;
  const slope = meanDerivative(fit.family.link, fit.linearPredictor[i]!);
  const residual = (fit.weights[i]! * (fit.response[i]! - mean) * slope) / varianceFunction(fit.family, mean);
  return Number.isFinite(residual) ? residual : 0;
}

function inflation(fit: GlmFit, kind: Exclude<GlmCovariance, "model-based">, leverage: number): number {
  const { rows, rank } = fit;
  switch (kind) {
    case "HC0":
      return 1;
    case "HC1":
      return rows / (rows - rank);
    case "HC2":
      return 1 / (1 - leverage);
    case "HC3":
      return 1 / (1 - leverage) ** 2;
    case "HC4":
      return (1 - leverage) ** -Math.min(4, (rows * leverage) / rank);
  }
}

/** B M B of symmetric matrices. */
export function sandwich(bread: Float64Array, meat: Float64Array, n: number): Float64Array {
  const half = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) half[i * n + j]! += bread[i * n + k]! * meat[k * n + j]!;
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) product[i * n + j]! += half[i * n + k]! * bread[k * n + j]!;
  return product;
}
