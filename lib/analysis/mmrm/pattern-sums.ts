import type { MissingnessPattern } from "./repeated-measures.ts";

/** Sums over the subjects of a pattern that the likelihood needs (METHODS.md eq. (M3)); nothing is allocated by them. */
export interface PatternSums {
  /**
   * Adds Σᵢ ZᵢᵀMZᵢ, packed lower triangle of order p + 1.
   *
   * @param matrix - M, symmetric of order k, row-major.
   */
  readonly addWeighted: (pattern: MissingnessPattern, matrix: Float64Array, into: Float64Array) => void;
  /**
   * Writes Σᵢ ZᵢUZᵢᵀ, symmetric of order k.
   *
   * @param weight - U as packed lower triangle with the elements off the diagonal doubled.
   */
  readonly scatter: (pattern: MissingnessPattern, weight: Float64Array, out: Float64Array) => void;
}

/**
 * @param size - p + 1.
 * @param visits - Largest number of visits of a pattern.
 */
export function createPatternSums(size: number, visits: number): PatternSums {
  const triangle = (size * (size + 1)) / 2;
  const work = new Float64Array(visits * size);
  return {
    addWeighted: ({ crossProducts, rows, visits: seen }, matrix, into) => {
      const k = seen.length;
      if (rows === null) {
        for (let a = 0, pair = 0; a < k; a++)
          for (let b = 0; b <= a; b++, pair++) {
            const factor = a === b ? matrix[a * k + b]! : matrix[a * k + b]! + matrix[b * k + a]!;
            const from = pair * triangle;
            for (let at = 0; at < triangle; at++) into[at]! += factor * crossProducts![from + at]!;
          }
        return;
      }
      for (let a = 0; a < k; a++)
        for (let j = 0; j < size; j++) {
          let sum = 0;
          for (let b = 0; b < k; b++) sum += matrix[a * k + b]! * rows[b * size + j]!;
          work[a * size + j] = sum;
        }
      for (let a = 0; a < k; a++)
        for (let i = 0, at = 0; i < size; i++) {
          const z = rows[a * size + i]!;
          for (let j = 0; j <= i; j++, at++) into[at]! += z * work[a * size + j]!;
        }
    },
    scatter: ({ crossProducts, rows, visits: seen }, weight, out) => {
      const k = seen.length;
      if (rows === null) {
        for (let a = 0, pair = 0; a < k; a++)
          for (let b = 0; b <= a; b++, pair++) {
            let value = 0;
            const from = pair * triangle;
            for (let at = 0; at < triangle; at++) value += weight[at]! * crossProducts![from + at]!;
            out[a * k + b] = value;
            out[b * k + a] = value;
          }
        return;
      }
      work.fill(0);
      for (let a = 0; a < k; a++)
        for (let i = 0, at = 0; i < size; i++)
          for (let j = 0; j <= i; j++, at++) {
            const element = i === j ? weight[at]! : weight[at]! / 2;
            work[a * size + i]! += element * rows[a * size + j]!;
            if (i !== j) work[a * size + j]! += element * rows[a * size + i]!;
          }
      for (let a = 0; a < k; a++)
        for (let b = 0; b <= a; b++) {
          let value = 0;
          for (let j = 0; j < size; j++) value += work[a * size + j]! * rows[b * size + j]!;
          out[a * k + b] = value;
          out[b * k + a] = value;
        }
    },
  };
}
