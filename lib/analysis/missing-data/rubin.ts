import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { type WaldInference, type WaldOptions, waldInference } from "../analysis-result.ts";

/** One estimate from several imputed data sets. */
export interface RubinEstimate {
  readonly imputations: number;
  /** Mean of the estimates. */
  readonly estimate: number;
  /** W: mean of their variances. */
  readonly withinVariance: number;
  /** B: variance of the estimates, divisor m − 1. */
  readonly betweenVariance: number;
  /** W + (1 + 1/m)·B. */
  readonly totalVariance: number;
  /** (1 + 1/m)·B / W. */
  readonly relativeIncrease: number;
  /** λ: share of the total variance that is due to the missing data. */
  readonly missingShare: number;
  /** γ: fraction of missing information. */
  readonly fractionMissing: number;
  /** Barnard–Rubin, finite unless the complete data have infinitely many and the imputations agree. */
  readonly degreesOfFreedom: number;
  /** √(B/m): standard error of the estimate from the finite number of imputations alone. */
  readonly monteCarloError: number;
}

/**
 * Rubin's rules with the degrees of freedom of Barnard and Rubin (METHODS.md eq. (D1)–(D3)).
 *
 * @param estimates - One a completed data set, shape [m], m at least 2.
 * @param variances - Squared standard errors, shape [m], not negative.
 * @param completeDataDf - Residual degrees of freedom that the analysis would have without missing data; Infinity for the
 *   large-sample rule of Rubin (1987).
 * @returns Estimate, its variance in parts, degrees of freedom and Monte Carlo error.
 * @throws DomainError INVALID_INPUT for arrays of other shape, negative variances or degrees of freedom; NOT_ESTIMABLE when
 *   every variance is zero.
 *
 * Source: Rubin (1987), Multiple Imputation for Nonresponse in Surveys; Barnard & Rubin (1999), Biometrika 86:948–955.
 * Reference values: tests/reference/rubin.json (mice 3.15.0).
 */
export function poolByRubin(
  estimates: ArrayLike<number>,
  variances: ArrayLike<number>,
  completeDataDf: number,
): RubinEstimate {
  const m = estimates.length;
  if (m < 2) throw invalidInput("estimates", m, "must come from at least 2 imputations");
  if (variances.length !== m) throw invalidInput("variances", variances.length, `must have one for each of the ${m}`);
  if (!(completeDataDf > 0)) throw invalidInput("completeDataDf", completeDataDf, "must be positive");
  // About the first estimate, so that equal estimates have no variance between them, not its rounding.
  const first = estimates[0]!;
  let mean = 0;
  let within = 0;
  for (let i = 0; i < m; i++) {
    const variance = variances[i]!;
    if (!Number.isFinite(estimates[i]!)) throw invalidInput("estimates", String(estimates[i]), "must be finite");
    if (!(variance >= 0 && variance < Infinity))
      throw invalidInput("variances", variance, "must be finite and not negative");
    mean += (estimates[i]! - first) / m;
    within += variance / m;
  }
  let between = 0;
  for (let i = 0; i < m; i++) between += (estimates[i]! - first - mean) ** 2 / (m - 1);
  const total = within + (1 + 1 / m) * between;
  if (!(total > 0))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "variances",
      received: 0,
      requirement: "must not all be zero with equal estimates",
    });
  const missingShare = ((1 + 1 / m) * between) / total;
  const relativeIncrease = within === 0 ? Infinity : ((1 + 1 / m) * between) / within;
  const degreesOfFreedom = barnardRubinDf(m, missingShare, completeDataDf);
  return {
    imputations: m,
    estimate: first + mean,
    withinVariance: within,
    betweenVariance: between,
    totalVariance: total,
    relativeIncrease,
    missingShare,
    fractionMissing: within === 0 ? 1 : (relativeIncrease + 2 / (degreesOfFreedom + 3)) / (relativeIncrease + 1),
    degreesOfFreedom,
    monteCarloError: Math.sqrt(between / m),
  };
}

/** Wald test and interval of a pooled estimate against t with its degrees of freedom; the normal when they are infinite. */
export function rubinInference(pooled: RubinEstimate, options: WaldOptions = {}): WaldInference {
  const df = Number.isFinite(pooled.degreesOfFreedom) ? pooled.degreesOfFreedom : null;
  return waldInference(pooled.estimate, Math.sqrt(pooled.totalVariance), df, options);
}

function barnardRubinDf(m: number, lambda: number, complete: number): number {
  if (lambda === 0) return Number.isFinite(complete) ? ((complete + 1) / (complete + 3)) * complete : Infinity;
  const old = (m - 1) / (lambda * lambda);
  if (!Number.isFinite(complete)) return old;
  const observed = ((complete + 1) / (complete + 3)) * complete * (1 - lambda);
  // λ² may underflow when the imputations hardly differ.
  return old === Infinity ? observed : (old * observed) / (old + observed);
}
