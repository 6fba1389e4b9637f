/** A lower-triangular factor, or the row at which the matrix stops being positive definite: a result, not NaN. */
export type CholeskyResult =
  | { readonly ok: true; readonly factor: Float64Array }
  | { readonly ok: false; readonly pivot: number };

/** A pivot below this share of its diagonal element is rounding error. */
const RELATIVE_PIVOT = 1e-14;

/**
 * Cholesky factor L of a symmetric positive definite matrix A = L Lᵀ.
 *
 * @param matrix - A, shape [n · n] row-major; only the lower triangle is read; not changed.
 * @param n - Order.
 * @returns L, shape [n · n] row-major with zeros above the diagonal; or the index of the first pivot that is not
 *   positive (relative to its diagonal element), when A is not positive definite to working accuracy.
 *
 * Source: Golub & Van Loan (2013), Matrix Computations, 4th ed., §4.2.
 */
export function choleskyDecompose(matrix: Float64Array, n: number): CholeskyResult {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) factor[i * n + j] = matrix[i * n + j]!;
  const pivot = choleskyInPlace(factor, n);
  return pivot === -1 ? { ok: true, factor } : { ok: false, pivot };
}

/**
 * Overwrites the lower triangle of a matrix with its Cholesky factor; the upper triangle is neither read nor written.
 *
 * @returns −1 on success, otherwise the index of the pivot that failed (the matrix is then partly overwritten).
 */
export function choleskyInPlace(matrix: Float64Array, n: number): number {
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    for (let j = 0; j < i; j++) {
      const rowJ = j * n;
      let sum = matrix[rowI + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[rowI + k]! * matrix[rowJ + k]!;
      matrix[rowI + j] = sum / matrix[rowJ + j]!;
    }
    const diagonal = matrix[rowI + i]!;
    let pivot = diagonal;
    for (let k = 0; k < i; k++) pivot -= matrix[rowI + k]! * matrix[rowI + k]!;
    if (!(pivot > RELATIVE_PIVOT * Math.abs(diagonal)) || pivot === Infinity) return i;
    matrix[rowI + i] = Math.sqrt(pivot);
  }
  return -1;
}

/** Overwrites b with L⁻¹ b; b has n elements from `offset`. */
export function forwardSubstitute(factor: Float64Array, n: number, b: Float64Array, offset = 0): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    let sum = b[offset + i]!;
    for (let k = 0; k < i; k++) sum -= factor[row + k]! * b[offset + k]!;
    b[offset + i] = sum / factor[row + i]!;
  }
}

/** Overwrites b with L⁻ᵀ b; b has n elements from `offset`. */
export function backSubstitute(factor: Float64Array, n: number, b: Float64Array, offset = 0): void {
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[offset + i]!;
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i]! * b[offset + k]!;
    b[offset + i] = sum / factor[i * n + i]!;
  }
}

/** Overwrites b with A⁻¹ b, A = L Lᵀ; b has n elements from `offset`. */
export function choleskySolveInPlace(factor: Float64Array, n: number, b: Float64Array, offset = 0): void {
  forwardSubstitute(factor, n, b, offset);
  backSubstitute(factor, n, b, offset);
}

/**
 * Solution x of A x = b from the Cholesky factor of A.
 *
 * @param factor - L from {@link choleskyDecompose}, shape [n · n].
 * @param b - Right-hand side, shape [n]; not changed.
 * @returns x, shape [n].
 */
export function choleskySolve(factor: Float64Array, n: number, b: Float64Array): Float64Array {
  const x = b.slice(0, n);
  choleskySolveInPlace(factor, n, x);
  return x;
}

/** log |A| = 2 Σ log Lᵢᵢ. */
export function choleskyLogDeterminant(factor: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(factor[i * n + i]!);
  return 2 * sum;
}

/**
 * Inverse A⁻¹ = L⁻ᵀ L⁻¹ from the Cholesky factor of A.
 *
 * @returns Symmetric matrix, shape [n · n] row-major.
 */
export function choleskyInverse(factor: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  choleskyInverseInto(factor, n, inverse);
  return inverse;
}

/** {@link choleskyInverse} into an existing array of n · n elements, which must not be the factor itself. */
export function choleskyInverseInto(factor: Float64Array, n: number, inverse: Float64Array): void {
  // L⁻¹ into the lower triangle, column by column.
  for (let j = 0; j < n; j++) {
    inverse[j * n + j] = 1 / factor[j * n + j]!;
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum -= factor[i * n + k]! * inverse[k * n + j]!;
      inverse[i * n + j] = sum / factor[i * n + i]!;
    }
  }
  // Element (i, j) of L⁻ᵀ L⁻¹ needs rows ≥ max(i, j) only, so it can overwrite row by row.
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += inverse[k * n + i]! * inverse[k * n + j]!;
      inverse[i * n + j] = sum;
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) inverse[j * n + i] = inverse[i * n + j]!;
}

/**
 * out = L z, for instance to give independent standard normals the covariance L Lᵀ.
 *
 * @param z - Shape [n].
 * @param out - Receives L z, shape [n]; may be z itself.
 */
export function multiplyLowerTriangular(factor: Float64Array, n: number, z: Float64Array, out: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    let sum = 0;
    for (let k = 0; k <= i; k++) sum += factor[i * n + k]! * z[k]!;
    out[i] = sum;
  }
}
