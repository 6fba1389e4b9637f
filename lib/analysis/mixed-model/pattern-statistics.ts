import { choleskyInPlace, forwardSubstitute } from "../../numerics/cholesky.ts";
import type { MixedModelLayout, ResidualStructure } from "./mixed-model-data.ts";
import { correlationAt } from "./residual-correlation.ts";

/** Groups with the same random design (and times, where residuals are correlated). */
export interface Pattern {
  /** Observations of each group. */
  readonly n: number;
  /** Positions in `layout.groups`. */
  readonly members: readonly number[];
}

/** Groups gathered by equal designs, so that what depends on the design alone is computed once. */
export function patternsOf(layout: MixedModelLayout): Pattern[] {
  const { groups, q, randomBasis, time } = layout;
  const same = (a: Int32Array, b: Int32Array): boolean => {
    if (a.length !== b.length) return false;
    for (let k = 0; k < a.length; k++) {
      if (time !== null && time[a[k]!]! !== time[b[k]!]!) return false;
      for (let j = 0; j < q; j++) if (randomBasis[a[k]! * q + j]! !== randomBasis[b[k]! * q + j]!) return false;
    }
    return true;
  };
  const buckets = new Map<number, { n: number; members: number[] }[]>();
  groups.forEach(({ rows }, g) => {
    let key = rows.length;
    for (let k = 0; k < rows.length; k++) {
      for (let j = 0; j < q; j++) key = key * 1.0009765625 + randomBasis[rows[k]! * q + j]! * (k + 1 + 0.37 * j);
      if (time !== null) key += time[rows[k]!]! * (k + 1.7);
    }
    const bucket = buckets.get(key);
    const found = bucket?.find(({ members }) => same(groups[members[0]!]!.rows, rows));
    if (found !== undefined) found.members.push(g);
    else if (bucket === undefined) buckets.set(key, [{ n: rows.length, members: [g] }]);
    else bucket.push({ n: rows.length, members: [g] });
  });
  return [...buckets.values()].flat();
}

/**
 * Sufficient statistics of the likelihood at one residual correlation R (METHODS.md eq. (L5)): for each pattern
 * N = Zᵀ R⁻¹ Z and C_ab = Σ_i u_ia u_ibᵀ over its groups, u_ia row a of Zᵀ R⁻¹ [Q r₀]; in all S = Σ_i [Q r₀]ᵀ R⁻¹ [Q r₀].
 */
export interface PatternStatistics {
  readonly patternCount: number;
  readonly q: number;
  /** p + 1. */
  readonly width: number;
  /** Groups a pattern, shape [patterns]. */
  readonly counts: Float64Array;
  /** N of each pattern, shape [patterns · q · q]. */
  readonly gram: Float64Array;
  /** C_ab for a ≥ b, symmetrized, upper triangles in turn: shape [patterns · q(q+1)/2 · width(width+1)/2]. */
  readonly products: Float64Array;
  /** S, upper triangle, shape [width(width+1)/2]. */
  readonly total: Float64Array;
  /** Σ log |R|, over all groups; entry 0. */
  readonly logDeterminant: Float64Array;
}

export const triangleSize = (n: number): number => (n * (n + 1)) / 2;

/** Room for the statistics of so many patterns. */
export function emptyStatistics(patternCount: number, q: number, p: number): PatternStatistics {
  const width = p + 1;
  return {
    patternCount,
    q,
    width,
    counts: new Float64Array(patternCount),
    gram: new Float64Array(patternCount * q * q),
    products: new Float64Array(patternCount * triangleSize(q) * triangleSize(width)),
    total: new Float64Array(triangleSize(width)),
    logDeterminant: new Float64Array(1),
  };
}

/** Work arrays of {@link statisticsInto}. */
export interface StatisticsScratch {
  readonly correlation: Float64Array;
  readonly columns: Float64Array;
  readonly projected: Float64Array;
}

export function statisticsScratch(layout: MixedModelLayout, patterns: readonly Pattern[]): StatisticsScratch {
  const longest = patterns.reduce((most, { n }) => Math.max(most, n), 0);
  const width = layout.p + 1;
  return {
    correlation: layout.time === null ? new Float64Array(0) : new Float64Array(longest * Math.max(2, longest)),
    columns: new Float64Array(longest * Math.max(width, layout.q) * 2),
    projected: new Float64Array(layout.q * width),
  };
}

/**
 * Computes the statistics at a residual correlation.
 *
 * @param search - Unbounded variables of the residual correlation; empty for independent residuals.
 * @returns False when R is not positive definite to working accuracy.
 */
export function statisticsInto(
  layout: MixedModelLayout,
  patterns: readonly Pattern[],
  structure: ResidualStructure,
  search: ArrayLike<number>,
  scratch: StatisticsScratch,
  out: PatternStatistics,
): boolean {
  const { q, p, fixedBasis, randomBasis, time, groups } = layout;
  const width = p + 1;
  const step = triangleSize(width);
  const { correlation, columns, projected } = scratch;
  out.products.fill(0);
  out.total.fill(0);
  out.gram.fill(0);
  let logDeterminant = 0;
  // Without measurement error the residuals are a Markov chain, whitened from neighbour to neighbour.
  const markov = structure.kind !== "independent" && !structure.measurementError;
  for (let g = 0; g < patterns.length; g++) {
    const { n, members } = patterns[g]!;
    const first = groups[members[0]!]!.rows;
    out.counts[g] = members.length;
    const zOffset = 0;
    const tOffset = q * n;
    for (let j = 0; j < q; j++)
      for (let k = 0; k < n; k++) columns[zOffset + j * n + k] = randomBasis[first[k]! * q + j]!;
    if (time !== null) {
      const half = markov
        ? markovFactor(structure, search, time, first, correlation)
        : denseFactor(structure, search, time, first, correlation);
      if (!Number.isFinite(half)) return false;
      logDeterminant += 2 * half * members.length;
      for (let j = 0; j < q; j++) whiten(markov, correlation, n, columns, zOffset + j * n);
    }
    for (let a = 0; a < q; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += columns[a * n + k]! * columns[b * n + k]!;
        out.gram[(g * q + a) * q + b] = sum;
        out.gram[(g * q + b) * q + a] = sum;
      }
    }
    for (let m = 0; m < members.length; m++) {
      const rows = groups[members[m]!]!.rows;
      for (let j = 0; j < width; j++) {
        for (let k = 0; k < n; k++) columns[tOffset + j * n + k] = fixedBasis[rows[k]! * width + j]!;
        if (time !== null) whiten(markov, correlation, n, columns, tOffset + j * n);
      }
      addMember(columns, tOffset, n, q, width, projected, out, g, step);
    }
  }
  out.logDeterminant[0] = logDeterminant;
  return true;
}

function addMember(
  columns: Float64Array,
  tOffset: number,
  n: number,
  q: number,
  width: number,
  projected: Float64Array,
  out: PatternStatistics,
  pattern: number,
  step: number,
): void {
  for (let a = 0; a < q; a++) {
    for (let j = 0; j < width; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += columns[a * n + k]! * columns[tOffset + j * n + k]!;
      projected[a * width + j] = sum;
    }
  }
  let at = 0;
  for (let i = 0; i < width; i++) {
    for (let j = i; j < width; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += columns[tOffset + i * n + k]! * columns[tOffset + j * n + k]!;
      out.total[at++]! += sum;
    }
  }
  let base = pattern * triangleSize(q) * step;
  for (let a = 0; a < q; a++) {
    for (let b = 0; b <= a; b++) {
      let position = base;
      for (let i = 0; i < width; i++) {
        for (let j = i; j < width; j++) {
          out.products[position++]! +=
            0.5 *
            (projected[a * width + i]! * projected[b * width + j]! +
              projected[b * width + i]! * projected[a * width + j]!);
        }
      }
      base += step;
    }
  }
}

/** Overwrites a column with L⁻¹ times it. */
function whiten(markov: boolean, factor: Float64Array, n: number, columns: Float64Array, offset: number): void {
  if (!markov) {
    forwardSubstitute(factor, n, columns, offset);
    return;
  }
  for (let k = n - 1; k > 0; k--)
    columns[offset + k] = (columns[offset + k]! - factor[2 * k]! * columns[offset + k - 1]!) * factor[2 * k + 1]!;
}

/**
 * Whitening of a Markov chain: correlation with the neighbour before and 1/√(1 − correlation²), one pair a row.
 *
 * @returns ½ log |R|; NaN when two neighbours cannot be told apart.
 */
function markovFactor(
  structure: ResidualStructure,
  search: ArrayLike<number>,
  time: Float64Array,
  rows: Int32Array,
  out: Float64Array,
): number {
  let half = 0;
  for (let k = 1; k < rows.length; k++) {
    const gap = time[rows[k]!]! - time[rows[k - 1]!]!;
    const before = correlationAt(structure, search, gap);
    // 1 − exp(−2 rate gap) without cancellation when the rate is small.
    const rest =
      structure.kind === "continuous-autoregressive"
        ? -Math.expm1(-2 * Math.exp(search[0]!) * gap)
        : (1 - before) * (1 + before);
    if (!(rest > 1e-14)) return Number.NaN;
    out[2 * k] = before;
    out[2 * k + 1] = 1 / Math.sqrt(rest);
    half += 0.5 * Math.log(rest);
  }
  return half;
}

/** Cholesky factor of R of one group, shape [n · n]; returns ½ log |R|, NaN when R is not positive definite. */
function denseFactor(
  structure: ResidualStructure,
  search: ArrayLike<number>,
  time: Float64Array,
  rows: Int32Array,
  out: Float64Array,
): number {
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    out[i * n + i] = 1;
    for (let j = 0; j < i; j++)
      out[i * n + j] = correlationAt(structure, search, Math.abs(time[rows[i]!]! - time[rows[j]!]!));
  }
  if (choleskyInPlace(out, n) !== -1) return Number.NaN;
  let half = 0;
  for (let k = 0; k < n; k++) half += Math.log(out[k * n + k]!);
  return half;
}
