/**
 * L⁻¹AL⁻ᵀ of symmetric matrices, as vectors whose inner product is tr(ΦAΦB) with Φ = (LLᵀ)⁻¹: the lower triangle packed row
 * by row, elements off the diagonal times √2.
 */
export interface Whitener {
  /** Length of the vectors, n(n + 1)/2. */
  readonly length: number;
  /** Takes the Cholesky factor L, lower triangle row-major. */
  readonly setFactor: (factor: Float64Array) => void;
  /** @param matrix - A, symmetric, row-major. */
  readonly whiten: (matrix: Float64Array, out: Float64Array) => void;
}

/** Workspace for matrices of order n; nothing is allocated afterwards. */
export function createWhitener(n: number): Whitener {
  const inverse = new Float64Array(n * n);
  const half = new Float64Array(n * n);
  return {
    length: (n * (n + 1)) / 2,
    setFactor: (factor) => {
      for (let j = 0; j < n; j++) {
        inverse[j * n + j] = 1 / factor[j * n + j]!;
        for (let i = j + 1; i < n; i++) {
          let sum = 0;
          for (let k = j; k < i; k++) sum -= factor[i * n + k]! * inverse[k * n + j]!;
          inverse[i * n + j] = sum / factor[i * n + i]!;
        }
      }
    },
    whiten: (matrix, out) => {
      // Row i of half is L⁻¹ times column i of A; row and column are the same.
      for (let i = 0; i < n; i++) {
        const row = i * n;
        for (let j = 0; j < n; j++) half[j * n + i] = partialDot(matrix, row, inverse, j * n, j + 1);
      }
      let at = 0;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++) out[at++] = Math.SQRT2 * partialDot(inverse, i * n, half, j * n, i + 1);
        out[at++] = partialDot(inverse, i * n, half, i * n, i + 1);
      }
    },
  };
}

/** Σ a_i b_i over the first elements. */
export function innerProduct(a: Float64Array, b: Float64Array, length: number): number {
  return partialDot(a, 0, b, 0, length);
}

/** Four sums side by side, which a processor can compute at the same time. */
function partialDot(a: Float64Array, fromA: number, b: Float64Array, fromB: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += a[fromA + i]! * b[fromB + i]!;
    s1 += a[fromA + i + 1]! * b[fromB + i + 1]!;
    s2 += a[fromA + i + 2]! * b[fromB + i + 2]!;
    s3 += a[fromA + i + 3]! * b[fromB + i + 3]!;
  }
  for (; i < length; i++) s0 += a[fromA + i]! * b[fromB + i]!;
  return s0 + s1 + (s2 + s3);
}
