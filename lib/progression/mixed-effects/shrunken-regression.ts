import {
  choleskyDecompose,
  choleskyInverse,
  choleskyLogDeterminant,
  choleskySolveInPlace,
} from "../../numerics/cholesky.ts";

/** Normal equations A β = b of a regression, with a normal prior about 0 on classes of coefficients. */
export interface NormalEquations {
  /** [p × p] A = XᵀV⁻¹X; the lower triangle is read. */
  readonly information: Float64Array;
  /** [p] b = XᵀV⁻¹y. */
  readonly score: Float64Array;
}

/** What the posterior of the coefficients adds to −2 log-likelihood. */
export interface CoefficientPosterior {
  /** [p] (A + T⁻¹)⁻¹ b. */
  readonly coefficients: Float64Array;
  /** bᵀ(A + T⁻¹)⁻¹b. */
  readonly explained: number;
  /** log |A + T⁻¹| + log |T| over the coefficients that have a prior. */
  readonly logDeterminant: number;
  /** [p × p] Cholesky factor of A + T⁻¹. */
  readonly factor: Float64Array;
}

/**
 * Posterior of regression coefficients under β_c ~ N(0, T_c) or flat. METHODS.md, equation (ME6).
 *
 * @param priorVariance - [p] T_c; Infinity for a flat prior.
 * @returns Null when the information does not determine the coefficients with a flat prior.
 */
export function coefficientPosterior(
  { information, score }: NormalEquations,
  priorVariance: Float64Array,
): CoefficientPosterior | null {
  const p = score.length;
  const precision = information.slice();
  let logPrior = 0;
  for (let c = 0; c < p; c++) {
    const variance = priorVariance[c]!;
    if (variance === Number.POSITIVE_INFINITY) continue;
    precision[c * p + c]! += 1 / variance;
    logPrior += Math.log(variance);
  }
  const factored = choleskyDecompose(precision, p);
  if (!factored.ok) return null;
  const coefficients = score.slice();
  choleskySolveInPlace(factored.factor, p, coefficients);
  let explained = 0;
  for (let c = 0; c < p; c++) explained += coefficients[c]! * score[c]!;
  return {
    coefficients,
    explained,
    logDeterminant: choleskyLogDeterminant(factored.factor, p) + logPrior,
    factor: factored.factor,
  };
}

/** [p × p] (A + T⁻¹)⁻¹. */
export function coefficientCovariance(posterior: CoefficientPosterior): Float64Array {
  return choleskyInverse(posterior.factor, posterior.coefficients.length);
}
