/**
 * Patients that miss the same items, reduced to what the normal likelihood needs of them.
 *
 * The observed items of the pattern's patients enter the E-step only through their number, their mean and their scatter
 * about that mean; the scatter is held as Σ_r e_r e_rᵀ with at most min(n − 1, o) rows e_r.
 */
export interface MissingPattern {
  readonly count: number;
  /** [o] positions of observed items, ascending. */
  readonly observed: Int32Array;
  /** [m] positions of missing items, ascending. */
  readonly missing: Int32Array;
  /** [o] mean of the observed items. */
  readonly mean: Float64Array;
  /** [rows × o] root of the scatter about `mean`. */
  readonly root: Float64Array;
  readonly rows: number;
  /** [o × o] scatter about `mean`, lower triangle filled. */
  readonly scatter: Float64Array;
}

/** All patients of a fit, grouped by pattern. */
export interface PatternedData {
  readonly dimension: number;
  /** Patients with at least one observed item. */
  readonly count: number;
  readonly patterns: readonly MissingPattern[];
  /** [D × D] lower triangle: scatter of the patients with nothing missing about their own mean. */
  readonly completeScatter: Float64Array;
}

/** A pivot of a scatter matrix below this part of its largest diagonal element is rounding error of a constant item. */
const ROOT_TOLERANCE = 1e-15;

/**
 * Groups patients by which items are missing. Patients with nothing observed carry no information and are left out.
 *
 * @param values - [n × D] row-major, NaN = missing.
 * @param dimension - D.
 * @param rows - Positions of the patients to use; all when absent.
 * @returns Patterns in order of first appearance, so that the sums of the E-step have a fixed order.
 */
export function groupByMissingness(values: Float64Array, dimension: number, rows?: ArrayLike<number>): PatternedData {
  const D = dimension;
  const total = rows === undefined ? values.length / D : rows.length;
  const groups = new Map<string, number[]>();
  for (let k = 0; k < total; k++) {
    const i = rows === undefined ? k : rows[k]!;
    const key = patternKey(values, i * D, D);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [i]);
    else members.push(i);
  }
  const patterns: MissingPattern[] = [];
  const completeScatter = new Float64Array(D * D);
  let count = 0;
  for (const members of groups.values()) {
    const pattern = reducePattern(values, D, members);
    if (pattern.observed.length === 0) continue;
    patterns.push(pattern);
    count += pattern.count;
    if (pattern.missing.length === 0) completeScatter.set(pattern.scatter);
  }
  return { dimension: D, count, patterns, completeScatter };
}

/**
 * Which of D items are missing, as a text that can serve as a map key.
 *
 * @param values - Array that holds the items, NaN = missing.
 * @param offset - Position of the first item.
 * @param dimension - D.
 */
export function patternKey(values: Float64Array, offset: number, dimension: number): string {
  let key = "";
  let word = 0;
  for (let j = 0; j < dimension; j++) {
    word = (word << 1) | (Number.isNaN(values[offset + j]!) ? 1 : 0);
    if (j % 15 === 14) {
      key += String.fromCharCode(word);
      word = 0;
    }
  }
  return key + String.fromCharCode(word);
}

function reducePattern(values: Float64Array, D: number, members: readonly number[]): MissingPattern {
  const first = members[0]! * D;
  const observedList: number[] = [];
  const missingList: number[] = [];
  for (let j = 0; j < D; j++) (Number.isNaN(values[first + j]!) ? missingList : observedList).push(j);
  const observed = Int32Array.from(observedList);
  const o = observed.length;
  const n = members.length;
  const mean = new Float64Array(o);
  for (const i of members) for (let a = 0; a < o; a++) mean[a]! += values[i * D + observed[a]!]!;
  for (let a = 0; a < o; a++) mean[a]! /= n;
  const centred = new Float64Array(n * o);
  const scatter = new Float64Array(o * o);
  for (let k = 0; k < n; k++) {
    const source = members[k]! * D;
    for (let a = 0; a < o; a++) centred[k * o + a] = values[source + observed[a]!]! - mean[a]!;
    for (let a = 0; a < o; a++) {
      const x = centred[k * o + a]!;
      for (let b = 0; b <= a; b++) scatter[a * o + b]! += x * centred[k * o + b]!;
    }
  }
  const missing = Int32Array.from(missingList);
  const reduced = n === 1 ? new Float64Array(0) : n - 1 > o ? scatterRoot(scatter, o) : centred;
  return { count: n, observed, missing, mean, root: reduced, rows: o === 0 ? 0 : reduced.length / o, scatter };
}

/** Rows e_r with Σ e_r e_rᵀ = scatter (columns of its Cholesky factor); items without spread give no row. */
function scatterRoot(scatter: Float64Array, o: number): Float64Array {
  const work = Float64Array.from(scatter);
  let largest = 0;
  for (let a = 0; a < o; a++) largest = Math.max(largest, work[a * o + a]!);
  const root = new Float64Array(o * o);
  let rows = 0;
  for (let k = 0; k < o; k++) {
    const pivot = work[k * o + k]!;
    if (!(pivot > ROOT_TOLERANCE * largest)) continue;
    const scale = 1 / Math.sqrt(pivot);
    for (let a = k; a < o; a++) root[rows * o + a] = work[a * o + k]! * scale;
    for (let a = k + 1; a < o; a++) {
      const x = root[rows * o + a]!;
      for (let b = k + 1; b <= a; b++) work[a * o + b]! -= x * root[rows * o + b]!;
    }
    rows++;
  }
  return root.slice(0, rows * o);
}
