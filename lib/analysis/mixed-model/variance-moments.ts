import { type PatternStatistics, triangleSize } from "./pattern-statistics.ts";
import { factorInto, type RelativeFactor, squareInto } from "./relative-factor.ts";

/**
 * Sums over groups from which gradient, Hessian and information of the variance parameters follow
 * (METHODS.md eq. (L9)). Parameters: the elements of G, the residual variance σ², then the unbounded variables of the
 * residual correlation. With T = [Q r₀], W = V⁻¹ and V_k, V_kl the derivatives of V:
 */
export interface VarianceMoments {
  /** Number of parameters. */
  readonly m: number;
  /** Columns of T. */
  readonly width: number;
  /** Tᵀ W V_k W T, upper triangles, shape [m · width(width+1)/2]. */
  readonly first: Float64Array;
  /** Symmetric part of Tᵀ W V_k W V_l W T for k ≥ l, shape [m(m+1)/2 · width(width+1)/2]. */
  readonly pairs: Float64Array;
  /** Tᵀ W V_kl W T for k ≥ l; null when V is linear in the parameters. */
  readonly second: Float64Array | null;
  /** tr W V_k, shape [m]. */
  readonly traces: Float64Array;
  /** tr W V_k W V_l for k ≥ l. */
  readonly tracePairs: Float64Array;
  /** tr W V_kl for k ≥ l; null when V is linear. */
  readonly traceSecond: Float64Array | null;
}

/** Position of the pair (k, l), k ≥ l. */
export const pairIndex = (k: number, l: number): number => (k >= l ? triangleSize(k) + l : triangleSize(l) + k);

/**
 * The sums for independent residuals, where they are functions of the sufficient statistics of the patterns
 * (METHODS.md eq. (L10)).
 *
 * @param shrinkage - K = Λ (I + ΛᵀNΛ)⁻¹ Λᵀ of each pattern, shape [patterns · q · q].
 * @param groupSizes - Observations of a group of each pattern.
 * @param residualVariance - σ².
 */
export function independentMoments(
  structure: RelativeFactor,
  statistics: PatternStatistics,
  shrinkage: Float64Array,
  groupSizes: ArrayLike<number>,
  residualVariance: number,
): VarianceMoments {
  const { entries, size: q } = structure;
  const { width, patternCount, gram, products, counts, total } = statistics;
  const variances = entries.length;
  const m = variances + 1;
  const step = triangleSize(width);
  const first = new Float64Array(m * step);
  const pairs = new Float64Array(triangleSize(m) * step);
  const traces = new Float64Array(m);
  const tracePairs = new Float64Array(triangleSize(m));
  const s1 = 1 / residualVariance;
  const s2 = s1 * s1;
  const s3 = s2 * s1;
  const targets = m + triangleSize(m);
  const square = q * q;
  /** Coefficients of the C_ab in each target. */
  const weights = new Float64Array(targets * square);
  const [left, twice, a, b, kn, knk] = Array.from({ length: 6 }, () => new Float64Array(square)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [x, y, z] = [new Float64Array(square), new Float64Array(square), new Float64Array(square)];
  for (let g = 0; g < patternCount; g++) {
    const N = gram.subarray(g * square, (g + 1) * square);
    const K = shrinkage.subarray(g * square, (g + 1) * square);
    const count = counts[g]!;
    // left = I − N K, twice = left², a = Zᵀ W Z · σ², b = Zᵀ W² Z · σ⁴.
    multiply(N, K, q, left);
    for (let i = 0; i < square; i++) left[i] = -left[i]!;
    for (let i = 0; i < q; i++) left[i * q + i]! += 1;
    multiply(left, left, q, twice);
    multiply(left, N, q, a);
    multiply(twice, N, q, b);
    multiply(K, N, q, kn);
    multiply(kn, K, q, knk);
    weights.fill(0);
    for (let k = 0; k < variances; k++) {
      // E_k left
      applyEntry(entries[k]!, left, q, x);
      addTransposedProduct(left, x, q, s2, weights, k * square);
      traces[k]! += count * s1 * entryTrace(entries[k]!, a, q);
      tracePairs[pairIndex(variances, k)]! += count * s2 * entryTrace(entries[k]!, b, q);
      for (let l = 0; l <= k; l++) {
        // Lᵀ E_k A E_l L
        applyEntry(entries[l]!, left, q, x);
        multiply(a, x, q, y);
        applyEntry(entries[k]!, y, q, z);
        addTransposedProduct(left, z, q, s3, weights, (m + pairIndex(k, l)) * square);
        applyEntry(entries[l]!, a, q, x);
        multiply(a, x, q, y);
        tracePairs[pairIndex(k, l)]! += count * s2 * entryTrace(entries[k]!, y, q);
      }
      applyEntry(entries[k]!, twice, q, x);
      addTransposedProduct(left, x, q, s3, weights, (m + pairIndex(variances, k)) * square);
    }
    let knTrace = 0;
    for (let i = 0; i < q; i++) knTrace += kn[i * q + i]!;
    let knknTrace = 0;
    for (let i = 0; i < q; i++) for (let j = 0; j < q; j++) knknTrace += kn[i * q + j]! * kn[j * q + i]!;
    traces[variances]! += count * s1 * (groupSizes[g]! - knTrace);
    tracePairs[pairIndex(variances, variances)]! += count * s2 * (groupSizes[g]! - 2 * knTrace + knknTrace);
    multiply(kn, knk, q, x);
    for (let i = 0; i < square; i++) {
      weights[variances * square + i] = -s2 * (2 * K[i]! - knk[i]!);
      weights[(m + pairIndex(variances, variances)) * square + i] = -s3 * (3 * K[i]! - 3 * knk[i]! + x[i]!);
    }
    let base = g * triangleSize(q) * step;
    for (let i = 0; i < q; i++) {
      for (let j = 0; j <= i; j++) {
        for (let target = 0; target < targets; target++) {
          const w = weights[target * square + i * q + j]! + (i === j ? 0 : weights[target * square + j * q + i]!);
          const out = target < m ? first : pairs;
          const at = (target < m ? target : target - m) * step;
          for (let k = 0; k < step; k++) out[at + k]! += w * products[base + k]!;
        }
        base += step;
      }
    }
  }
  const last = pairIndex(variances, variances) * step;
  for (let k = 0; k < step; k++) {
    first[variances * step + k]! += s2 * total[k]!;
    pairs[last + k]! += s3 * total[k]!;
  }
  return { m, width, first, pairs, second: null, traces, tracePairs, traceSecond: null };
}

/** G = σ² Λ Λᵀ. */
export function covarianceOf(structure: RelativeFactor, theta: ArrayLike<number>, residualVariance: number) {
  const { size } = structure;
  const factor = new Float64Array(size * size);
  const covariance = new Float64Array(size * size);
  factorInto(structure, theta, factor);
  squareInto(factor, size, covariance);
  return covariance.map((value) => value * residualVariance);
}

type Entry = RelativeFactor["entries"][number];

/** out = E_k M, E_k the derivative of G by one of its elements: ones at (row, column) and (column, row). */
function applyEntry({ row, column }: Entry, matrix: Float64Array, q: number, out: Float64Array): void {
  out.fill(0);
  for (let j = 0; j < q; j++) {
    out[row * q + j] = matrix[column * q + j]!;
    if (row !== column) out[column * q + j] = matrix[row * q + j]!;
  }
}

/** tr E_k M */
function entryTrace({ row, column }: Entry, matrix: Float64Array, q: number): number {
  return row === column ? matrix[row * q + row]! : matrix[row * q + column]! + matrix[column * q + row]!;
}

function multiply(a: Float64Array, b: Float64Array, q: number, out: Float64Array): void {
  for (let i = 0; i < q; i++) {
    for (let j = 0; j < q; j++) {
      let sum = 0;
      for (let k = 0; k < q; k++) sum += a[i * q + k]! * b[k * q + j]!;
      out[i * q + j] = sum;
    }
  }
}

/** out[offset…] += scale · Aᵀ B */
function addTransposedProduct(
  a: Float64Array,
  b: Float64Array,
  q: number,
  scale: number,
  out: Float64Array,
  offset: number,
): void {
  for (let i = 0; i < q; i++) {
    for (let j = 0; j < q; j++) {
      let sum = 0;
      for (let k = 0; k < q; k++) sum += a[k * q + i]! * b[k * q + j]!;
      out[offset + i * q + j]! += scale * sum;
    }
  }
}
