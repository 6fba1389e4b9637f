import { invalidInput } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskyInverse } from "../../numerics/cholesky.ts";

/** A symmetric matrix by rows. */
export type Matrix = readonly (readonly number[])[];

/**
 * Variance of the last visit's adjusted mean for one subject under monotone dropout, in units of the matrix
 * (METHODS.md eq. (P27)).
 *
 * @param matrix - Correlation or covariance of the visits; shape [J][J], positive definite.
 * @param retention - Share of subjects still under observation at each visit; shape [J], not increasing, in (0, 1].
 * @returns φ = [(Σ_j (r_j − r_{j+1}) pad(R_{1..j}⁻¹))⁻¹]_{JJ}; R_{JJ} without dropout, larger with it.
 *
 * Source: Lu, Luo & Chen (2008), International Journal of Biostatistics 4(1), formula (3).
 */
export function varianceOfLastVisit(matrix: Matrix, retention: readonly number[]): number {
  const visits = retention.length;
  const information = new Float64Array(visits * visits);
  for (let j = 1; j <= visits; j++) {
    const share = retention[j - 1]! - (retention[j] ?? 0);
    if (share === 0) continue;
    const inverse = inverseOfLeading(matrix, j);
    for (let a = 0; a < j; a++) for (let b = 0; b < j; b++) information[a * visits + b]! += share * inverse[a * j + b]!;
  }
  const inverse = invert(information, visits);
  return inverse[visits * visits - 1]!;
}

/** Inverse of the block of the first `size` visits, row-major. */
export function inverseOfLeading(matrix: Matrix, size: number): Float64Array {
  const block = new Float64Array(size * size);
  for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) block[a * size + b] = matrix[a]![b]!;
  return invert(block, size);
}

function invert(matrix: Float64Array, size: number): Float64Array {
  const factor = choleskyDecompose(matrix, size);
  if (!factor.ok)
    throw invalidInput(
      "correlation",
      "not positive definite",
      "must be a positive definite matrix",
      "Lower the correlations, or take the matrix from a fitted model.",
    );
  return choleskyInverse(factor.factor, size);
}

/** Correlation between equally or unequally spaced visits. */
export function structuredCorrelation(
  structure: "compound-symmetry" | "ar1",
  rho: number,
  times: readonly number[],
): Matrix {
  return times.map((a, i) => times.map((b, j) => (i === j ? 1 : structure === "ar1" ? rho ** Math.abs(a - b) : rho)));
}

/** Refuses a matrix that is not square, symmetric and of the size of the visits. */
export function assertSymmetric(matrix: Matrix, visits: number, argument: string): void {
  if (matrix.length !== visits || matrix.some((row) => row.length !== visits))
    throw invalidInput(argument, matrix.length, `must have ${visits} rows and columns, one for each visit`);
  for (let a = 0; a < visits; a++)
    for (let b = 0; b < a; b++)
      if (Math.abs(matrix[a]![b]! - matrix[b]![a]!) > 1e-9)
        throw invalidInput(
          argument,
          matrix[a]![b]!,
          `must be symmetric; row ${a + 1}, column ${b + 1} differs from its mirror`,
        );
}

/** Refuses retention that grows, is empty or leaves (0, 1]. */
export function assertRetention(retention: readonly number[], argument: string): void {
  if (!retention.every((share, j) => share > 0 && share <= 1 && share <= (retention[j - 1] ?? 1)))
    throw invalidInput(
      argument,
      retention,
      "must hold shares above 0 and up to 1 that do not increase from visit to visit",
      "Give the share of randomised subjects that still has data at each visit, e.g. 1, 0.9, 0.8.",
    );
}
