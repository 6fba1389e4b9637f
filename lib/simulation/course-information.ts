import { invalidInput } from "../errors/domain-error.ts";
import { choleskyDecompose, choleskyInverse, choleskySolve } from "../numerics/cholesky.ts";

/**
 * Information on the mean of the last visit under monotone dropout, as a share of the information without dropout;
 * METHODS.md eq. (M17): I = Σ_j P_j R_(j)⁻¹ over the patterns "first j visits", share = R_VV / (I⁻¹)_VV.
 *
 * @param covariance - R, [V × V] row-major, of the outcomes given what the analysis adjusts for.
 * @param reaching - Probability of reaching each visit, decreasing, the last > 0; shape [V].
 * @returns Between the probability of reaching the last visit and 1.
 * @throws DomainError INVALID_INPUT when R is not positive definite.
 *
 * @remarks Lu, Luo & Chen (2008), Biometrics 64:1011-1019, eq. (4), with the covariance taken as known.
 */
export function courseInformationShare(covariance: Float64Array, reaching: Float64Array): number {
  const size = reaching.length;
  const information = new Float64Array(size * size);
  for (let visits = 1; visits <= size; visits++) {
    const probability = reaching[visits - 1]! - (visits < size ? reaching[visits]! : 0);
    if (!(probability > 0)) continue;
    const inverse = choleskyInverse(factorOf(covariance, size, visits), visits);
    for (let v = 0; v < visits; v++)
      for (let w = 0; w < visits; w++) information[v * size + w]! += probability * inverse[v * visits + w]!;
  }
  const last = new Float64Array(size);
  last[size - 1] = 1;
  const variance = choleskySolve(factorOf(information, size, size), size, last)[size - 1]!;
  return covariance[size * size - 1]! / variance;
}

/** Cholesky factor of the leading block. */
function factorOf(matrix: Float64Array, size: number, block: number): Float64Array {
  const leading = new Float64Array(block * block);
  for (let v = 0; v < block; v++) for (let w = 0; w < block; w++) leading[v * block + w] = matrix[v * size + w]!;
  const result = choleskyDecompose(leading, block);
  if (result.ok) return result.factor;
  throw invalidInput("covariance", `${block} visits`, "must be positive definite");
}
