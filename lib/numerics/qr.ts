/** Thin QR factorization X P = Q R of the independent columns of a design matrix. */
export interface QrFactorization {
  readonly rows: number;
  /** Number of columns of X that are linearly independent. */
  readonly rank: number;
  /** Original indices of the independent columns, in their original order; shape [rank]. */
  readonly independentColumns: readonly number[];
  /** Original indices of columns that depend on columns before them. */
  readonly dependentColumns: readonly number[];
  /** Orthonormal columns, shape [rows · rank] row-major. */
  readonly q: Float64Array;
  /** Upper triangle, shape [rank · rank] row-major. */
  readonly r: Float64Array;
}

/** A column whose part outside the columns before it is smaller than this share of its length is dependent. */
const DEPENDENCE_TOLERANCE = 1e-10;

/**
 * Householder QR of a design matrix; a column that depends on those before it is set aside, not divided by.
 *
 * @param design - X, shape [rows · columns] row-major; not changed.
 * @param rows - Number of rows.
 * @param columns - Number of columns.
 * @param tolerance - Relative length below which the remainder of a column counts as zero.
 *
 * Source: Golub & Van Loan (2013), §5.2; order of columns kept as in LINPACK dqrdc2 (R Core Team).
 */
export function qrDecompose(
  design: Float64Array,
  rows: number,
  columns: number,
  tolerance = DEPENDENCE_TOLERANCE,
): QrFactorization {
  // Column-major copy: every step walks down columns.
  const work = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) work[j * rows + i] = design[i * columns + j]!;
  const independent: number[] = [];
  const dependent: number[] = [];
  const diagonal: number[] = [];
  for (let j = 0; j < columns; j++) {
    const column = work.subarray(j * rows, (j + 1) * rows);
    const before = norm(column, 0);
    const k = independent.length;
    for (let i = 0; i < k; i++) {
      const kept = independent[i]!;
      reflect(work.subarray(kept * rows, (kept + 1) * rows), i, column);
    }
    const remainder = k < rows ? norm(column, k) : 0;
    if (!(remainder > tolerance * before)) {
      dependent.push(j);
      continue;
    }
    diagonal.push(makeReflector(column, k, remainder));
    independent.push(j);
  }
  const rank = independent.length;
  return {
    rows,
    rank,
    independentColumns: independent,
    dependentColumns: dependent,
    q: thinQ(work, rows, independent),
    r: upperTriangle(work, rows, independent, diagonal),
  };
}

function norm(column: Float64Array, from: number): number {
  let scale = 0;
  for (let i = from; i < column.length; i++) scale = Math.max(scale, Math.abs(column[i]!));
  if (scale === 0) return 0;
  let sum = 0;
  for (let i = from; i < column.length; i++) sum += (column[i]! / scale) ** 2;
  return scale * Math.sqrt(sum);
}

/** Turns column[k…] into the unit reflector that maps it to a multiple of the first axis; returns that multiple. */
function makeReflector(column: Float64Array, k: number, length: number): number {
  const value = column[k]! > 0 ? -length : length;
  column[k]! -= value;
  const size = norm(column, k);
  for (let i = k; i < column.length; i++) column[i]! /= size;
  return value;
}

/** target −= 2 v (vᵀ target), v = reflector[k…]. */
function reflect(reflector: Float64Array, k: number, target: Float64Array): void {
  let dot = 0;
  for (let i = k; i < target.length; i++) dot += reflector[i]! * target[i]!;
  dot *= 2;
  for (let i = k; i < target.length; i++) target[i]! -= dot * reflector[i]!;
}

function thinQ(work: Float64Array, rows: number, independent: readonly number[]): Float64Array {
  const rank = independent.length;
  const q = new Float64Array(rows * rank);
  const column = new Float64Array(rows);
  for (let j = 0; j < rank; j++) {
    column.fill(0);
    column[j] = 1;
    for (let k = j; k >= 0; k--)
      reflect(work.subarray(independent[k]! * rows, (independent[k]! + 1) * rows), k, column);
    for (let i = 0; i < rows; i++) q[i * rank + j] = column[i]!;
  }
  return q;
}

function upperTriangle(
  work: Float64Array,
  rows: number,
  independent: readonly number[],
  diagonal: readonly number[],
): Float64Array {
  const rank = independent.length;
  const r = new Float64Array(rank * rank);
  for (let j = 0; j < rank; j++) {
    for (let i = 0; i < j; i++) r[i * rank + j] = work[independent[j]! * rows + i]!;
    r[j * rank + j] = diagonal[j]!;
  }
  return r;
}

/**
 * Least-squares coefficients of the independent columns: R⁻¹ Qᵀ y.
 *
 * @param response - y, shape [rows].
 * @returns Shape [rank], in the order of `independentColumns`.
 */
export function leastSquaresCoefficients(qr: QrFactorization, response: Float64Array): Float64Array {
  const { rank, rows, q, r } = qr;
  const coefficients = new Float64Array(rank);
  for (let i = 0; i < rows; i++) for (let j = 0; j < rank; j++) coefficients[j]! += q[i * rank + j]! * response[i]!;
  for (let i = rank - 1; i >= 0; i--) {
    let sum = coefficients[i]!;
    for (let k = i + 1; k < rank; k++) sum -= r[i * rank + k]! * coefficients[k]!;
    coefficients[i] = sum / r[i * rank + i]!;
  }
  return coefficients;
}

/** R⁻¹, upper triangular, shape [rank · rank] row-major. */
export function inverseOfTriangle(qr: QrFactorization): Float64Array {
  const { rank, r } = qr;
  const inverse = new Float64Array(rank * rank);
  for (let j = rank - 1; j >= 0; j--) {
    inverse[j * rank + j] = 1 / r[j * rank + j]!;
    for (let i = j - 1; i >= 0; i--) {
      let sum = 0;
      for (let k = i + 1; k <= j; k++) sum -= r[i * rank + k]! * inverse[k * rank + j]!;
      inverse[i * rank + j] = sum / r[i * rank + i]!;
    }
  }
  return inverse;
}

/** (XᵀX)⁻¹ = R⁻¹ R⁻ᵀ of the independent columns, shape [rank · rank] row-major. */
export function crossProductInverse(qr: QrFactorization): Float64Array {
  const { rank } = qr;
  const inverse = inverseOfTriangle(qr);
  const product = new Float64Array(rank * rank);
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < rank; k++) sum += inverse[i * rank + k]! * inverse[j * rank + k]!;
      product[i * rank + j] = sum;
      product[j * rank + i] = sum;
    }
  }
  return product;
}

/** Diagonal of the hat matrix X (XᵀX)⁻¹ Xᵀ, shape [rows]. */
export function leverages(qr: QrFactorization): Float64Array {
  const { rank, rows, q } = qr;
  const h = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < rank; j++) sum += q[i * rank + j]! ** 2;
    h[i] = sum;
  }
  return h;
}
