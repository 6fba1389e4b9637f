import { DomainError } from "../../errors/domain-error.ts";
import { betweenWithinDf, quadratic, satterthwaiteDf, varianceParameterCovariance } from "./degrees-of-freedom.ts";
import type { MixedModelFit } from "./fit-mixed-model.ts";
import { kenwardRoger, kenwardRogerDf } from "./kenward-roger.ts";

/** How the reference distribution of a contrast is chosen. */
export type MixedModelDf = "satterthwaite" | "kenward-roger" | "between-within" | "normal";

export interface MixedContrast {
  readonly estimate: number;
  readonly standardError: number;
  /** Null for the standard normal. */
  readonly degreesOfFreedom: number | null;
}

/**
 * Estimates of linear functions of the fixed effects with the chosen degrees of freedom; what they share is computed
 * once.
 *
 * @param columns - The fixed design as given to the fit, aliased columns included (for between-within).
 * @returns Function of the weights over the estimated columns, shape [p].
 * @throws DomainError UNSUPPORTED_COMBINATION for Kenward–Roger with maximum likelihood.
 */
export function mixedModelContrasts(
  fit: MixedModelFit,
  method: MixedModelDf,
  columns: readonly Float64Array[],
): (weights: Float64Array) => MixedContrast {
  const p = fit.fixed.length;
  const estimateOf = (weights: Float64Array) => weights.reduce((sum, weight, j) => sum + weight * fit.fixed[j]!, 0);
  const modelError = (weights: Float64Array) => Math.sqrt(quadratic(fit.fixedCovariance, 0, weights, weights, p));
  switch (method) {
    case "satterthwaite": {
      const covariance = varianceParameterCovariance(fit);
      return (weights) => ({
        estimate: estimateOf(weights),
        standardError: modelError(weights),
        degreesOfFreedom: finiteDf(satterthwaiteDf(fit, weights, covariance)),
      });
    }
    case "kenward-roger": {
      if (fit.criterion !== "REML")
        throw new DomainError("UNSUPPORTED_COMBINATION", {
          argument: "degreesOfFreedom",
          received: method,
          requirement: "is defined for REML only",
          hint: "Choose REML, or Satterthwaite's degrees of freedom.",
        });
      const adjustment = kenwardRoger(fit);
      return (weights) => ({
        estimate: estimateOf(weights),
        standardError: Math.sqrt(quadratic(adjustment.adjustedCovariance, 0, weights, weights, p)),
        degreesOfFreedom: finiteDf(kenwardRogerDf(fit, [weights], adjustment).denominatorDf),
      });
    }
    case "between-within":
      return (weights) => ({
        estimate: estimateOf(weights),
        standardError: modelError(weights),
        degreesOfFreedom: betweenWithinDf(fit, weights, columns),
      });
    case "normal":
      return (weights) => ({
        estimate: estimateOf(weights),
        standardError: modelError(weights),
        degreesOfFreedom: null,
      });
  }
}

/** A variance that does not depend on the parameters leaves the normal distribution. */
const finiteDf = (df: number): number | null => (Number.isFinite(df) && df < 1e12 ? df : null);
