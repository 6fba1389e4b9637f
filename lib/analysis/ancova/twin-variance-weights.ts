import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { minimizeOnInterval } from "../../numerics/minimize.ts";
import { qrDecompose } from "../../numerics/qr.ts";
import type { DesignColumn } from "./linear-model.ts";

/** Weights from the predictive variances of the twins. */
export interface TwinVarianceWeights {
  /** γ₁: power of the twin variance to which the residual variance is proportional; 0 says it tells nothing. */
  readonly exponent: number;
  /** 1/vᵢ^γ₁ over their geometric mean, one a subject. */
  readonly weights: Float64Array;
  /** Twice the gain in REML log-likelihood over equal weights; about χ² with 1 degree of freedom when γ₁ = 0. */
  readonly likelihoodRatio: number;
  /** Whether γ₁ lies at the end of the range searched. */
  readonly atBound: boolean;
}

/** Exponents searched; a residual variance would be proportional to the twin variance at 1. */
const LARGEST_EXPONENT = 5;
/** Spread of the log variances below which all twins are equally certain. */
const SAME_VARIANCE = 1e-10;

/**
 * Weights of Weighted PROCOVA: residual variance σᵢ² = exp(γ₀ + γ₁ log vᵢ), vᵢ the predictive variance of patient i's twin,
 * γ₁ by restricted maximum likelihood (METHODS.md eq. (A15), (A16)).
 *
 * @param outcome - y, shape [n], finite.
 * @param columns - Columns of the linear model of the mean, each shape [n], linearly independent or not.
 * @param twinVariance - vᵢ, shape [n], positive.
 * @returns Exponent, weights with geometric mean 1, and what the weighting gains in likelihood; equal weights with
 *   exponent 0 when all twin variances are the same.
 * @throws DomainError INVALID_INPUT for a variance that is not positive; INSUFFICIENT_DATA without residual degrees of
 *   freedom; NOT_ESTIMABLE when the model fits the outcome exactly.
 *
 * Source: Fisher et al. (2023), Weighted prognostic covariate adjustment, arXiv:2309.14256 (the model); Harville (1977),
 * JASA 72:320–338 (REML). The same estimate as nlme::gls with varPower and SAS PROC MIXED with LOCAL=EXP().
 */
export function twinVarianceWeights(
  outcome: Float64Array,
  columns: readonly DesignColumn[],
  twinVariance: Float64Array,
): TwinVarianceWeights {
  const n = outcome.length;
  if (n <= columns.length) throw tooFew(n, columns.length);
  let mean = 0;
  const logs = twinVariance.map((variance) => {
    if (!(variance > 0 && variance < Infinity))
      throw invalidInput("twinVariance", variance, "must be positive and finite for every patient analysed");
    const log = Math.log(variance);
    mean += log / n;
    return log;
  });
  // Centred logs: the weights have geometric mean 1, so the likelihood needs no term for them.
  for (let i = 0; i < n; i++) logs[i]! -= mean;
  if (logs.every((log) => Math.abs(log) < SAME_VARIANCE))
    return { exponent: 0, weights: new Float64Array(n).fill(1), likelihoodRatio: 0, atBound: false };

  const width = columns.length + 1;
  const work = new Float64Array(n * width);
  const deviance = (exponent: number): number => {
    for (let i = 0; i < n; i++) {
      const root = Math.exp(-0.5 * exponent * logs[i]!);
      for (let j = 0; j < width - 1; j++) work[i * width + j] = root * columns[j]!.values[i]!;
      work[i * width + width - 1] = root * outcome[i]!;
    }
    // The outcome as last column: its pivot is the root of the residual sum of squares.
    const qr = qrDecompose(work, n, width);
    const rank = qr.rank - 1;
    if (qr.dependentColumns.includes(width - 1)) throw exactFit();
    let logDeterminant = 0;
    for (let k = 0; k < rank; k++) logDeterminant += 2 * Math.log(Math.abs(qr.r[k * qr.rank + k]!));
    const residual = qr.r[rank * qr.rank + rank]! ** 2;
    return (n - rank) * Math.log(residual) + logDeterminant;
  };
  const { value: exponent } = minimizeOnInterval(deviance, -LARGEST_EXPONENT, LARGEST_EXPONENT, 1e-10);
  return {
    exponent,
    weights: logs.map((log) => Math.exp(-exponent * log)),
    likelihoodRatio: Math.max(0, deviance(0) - deviance(exponent)),
    atBound: Math.abs(exponent) > LARGEST_EXPONENT - 1e-6,
  };
}

function tooFew(n: number, rank: number): DomainError {
  return new DomainError("INSUFFICIENT_DATA", {
    argument: "weights",
    received: n,
    requirement: `needs more patients than the ${rank} coefficients of the model to estimate how variances differ`,
    hint: "Use fewer covariates, or equal weights.",
  });
}

function exactFit(): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "outcome",
    received: 0,
    requirement: "must vary beyond what arm and covariates determine; the residual variance is that received",
  });
}
