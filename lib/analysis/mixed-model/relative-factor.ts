/** Position of one element of θ in the lower triangle of Λ. */
export interface FactorEntry {
  readonly row: number;
  readonly column: number;
}

/**
 * The relative covariance factor Λ: G = σ² Λ Λᵀ, lower triangular within blocks of correlated random effects; θ are its
 * elements, column by column (METHODS.md eq. (L3)).
 */
export interface RelativeFactor {
  readonly size: number;
  readonly entries: readonly FactorEntry[];
}

/** Structure of Λ for blocks of so many correlated random effects. */
export function relativeFactor(blockSizes: readonly number[]): RelativeFactor {
  const entries: FactorEntry[] = [];
  let first = 0;
  for (const size of blockSizes) {
    for (let column = first; column < first + size; column++)
      for (let row = column; row < first + size; row++) entries.push({ row, column });
    first += size;
  }
  return { size: first, entries };
}

/** θ of the identity. */
export function identityTheta({ entries }: RelativeFactor): Float64Array {
  return Float64Array.from(entries, ({ row, column }) => (row === column ? 1 : 0));
}

/** Writes Λ, shape [size · size] row-major. */
export function factorInto({ size, entries }: RelativeFactor, theta: ArrayLike<number>, out: Float64Array): void {
  out.fill(0, 0, size * size);
  for (let k = 0; k < entries.length; k++) out[entries[k]!.row * size + entries[k]!.column] = theta[k]!;
}

/** Writes D = Λ Λᵀ, shape [size · size]. */
export function squareInto(factor: Float64Array, size: number, out: Float64Array): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += factor[i * size + k]! * factor[j * size + k]!;
      out[i * size + j] = sum;
      out[j * size + i] = sum;
    }
  }
}

/**
 * θ of the factor with a non-negative diagonal that has the same Λ Λᵀ; a column whose pivot is zero is zero, so that a
 * singular matrix has one θ only.
 */
export function canonicalTheta(structure: RelativeFactor, theta: ArrayLike<number>): Float64Array {
  const { size, entries } = structure;
  const factor = new Float64Array(size * size);
  const square = new Float64Array(size * size);
  factorInto(structure, theta, factor);
  squareInto(factor, size, square);
  const canonical = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    let pivot = square[j * size + j]!;
    for (let k = 0; k < j; k++) pivot -= canonical[j * size + k]! ** 2;
    if (!(pivot > 1e-14 * square[j * size + j]!)) continue;
    const root = Math.sqrt(pivot);
    canonical[j * size + j] = root;
    for (let i = j + 1; i < size; i++) {
      let sum = square[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= canonical[i * size + k]! * canonical[j * size + k]!;
      canonical[i * size + j] = sum / root;
    }
  }
  return Float64Array.from(entries, ({ row, column }) => canonical[row * size + column]!);
}
