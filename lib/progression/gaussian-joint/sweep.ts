/**
 * Sweep operator on a symmetric matrix of which only the lower triangle is read and written.
 *
 * Swept on the set O, a covariance matrix Σ holds −Σ_OO⁻¹ in the block OO, the regression coefficients Σ_MO Σ_OO⁻¹ in the
 * block MO, and the residual covariance Σ_MM − Σ_MO Σ_OO⁻¹ Σ_OM in the block MM (METHODS.md, equation (P3)).
 *
 * @param matrix - [D × D] row-major, changed in place.
 * @param dimension - D.
 * @param k - Position to sweep on.
 * @param column - [D] scratch.
 * @returns The pivot before the sweep: the residual variance of item k given the items swept so far. A pivot that is not
 *   positive means that the matrix is not positive definite; the matrix is then unusable.
 *
 * Source: Goodnight (1979), American Statistician 33:149–158; Little & Rubin (2002), Statistical Analysis with Missing
 * Data, section 7.4.
 */
export function sweep(matrix: Float64Array, dimension: number, k: number, column: Float64Array): number {
  const pivot = matrix[k * dimension + k]!;
  eliminate(matrix, dimension, k, pivot, 1 / pivot, column);
  return pivot;
}

/**
 * Undoes {@link sweep}: item k becomes one of the items not swept.
 *
 * @returns The diagonal element after the reversal: the residual variance of item k given the items still swept.
 */
export function reverseSweep(matrix: Float64Array, dimension: number, k: number, column: Float64Array): number {
  const pivot = matrix[k * dimension + k]!;
  eliminate(matrix, dimension, k, pivot, -1 / pivot, column);
  return -1 / pivot;
}

function eliminate(
  matrix: Float64Array,
  D: number,
  k: number,
  pivot: number,
  edge: number,
  column: Float64Array,
): void {
  const rowK = k * D;
  for (let j = 0; j < k; j++) column[j] = matrix[rowK + j]!;
  for (let i = k + 1; i < D; i++) column[i] = matrix[i * D + k]!;
  column[k] = 0;
  const inverse = 1 / pivot;
  for (let i = 0; i < D; i++) {
    const factor = column[i]! * inverse;
    if (factor === 0) continue;
    const row = i * D;
    for (let j = 0; j <= i; j++) matrix[row + j]! -= factor * column[j]!;
  }
  for (let j = 0; j < k; j++) matrix[rowK + j] = column[j]! * edge;
  for (let i = k + 1; i < D; i++) matrix[i * D + k] = column[i]! * edge;
  matrix[rowK + k] = -1 / pivot;
}
