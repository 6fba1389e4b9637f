/**
 * Patients that miss the same items, reduced to what the normal likelihood needs of them.
 *
 * The observed items of the pattern's patients enter the E-step only through their number, their mean and their scatter
 * about that mean; the scatter is held as Σ_r e_r e_rᵀ with at most min(n − 1, o) rows e_r.
 */
export interface MissingPattern {
  /** Patients, each counted with its weight. */
  readonly count: number;
  /** [o] positions of observed items, ascending. */
  readonly observed: Int32Array;
  /** [m] positions of missing items, those missing most often in the data first. */
  readonly missing: Int32Array;
  /** How many leading elements of `missing` are also those of the pattern before: the E-step shares their work. */
  readonly shared: number;
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
  /** Patients with at least one observed item, each counted with its weight. */
  readonly count: number;
  /** Those patients, each counted once. */
  readonly patients: number;
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
 * @param weights - [n] weight of every patient's likelihood, positive; 1 when absent.
 * @returns Patterns ordered by their missing items, so that neighbours share as many as possible; the order depends on
 *   the data only, and so do the sums of the E-step.
 */
export function groupByMissingness(
  values: Float64Array,
  dimension: number,
  rows?: ArrayLike<number>,
  weights?: Float64Array,
): PatternedData {
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
  const rank = ranksByMissingness(values, D, groups);
  const patterns: MissingPattern[] = [];
  const completeScatter = new Float64Array(D * D);
  let count = 0;
  let patients = 0;
  let previous: Int32Array = new Int32Array(0);
  const sorted = [...groups.values()]
    .map((members) => ({ members, missing: missingItems(values, D, members[0]!, rank) }))
    .sort((a, b) => compareByRank(a.missing, b.missing, rank));
  for (const { members, missing } of sorted) {
    if (missing.length === D) continue;
    const pattern = reducePattern(values, D, members, missing, commonPrefix(previous, missing), weights);
    previous = missing;
    patterns.push(pattern);
    count += pattern.count;
    patients += members.length;
    if (missing.length === 0) completeScatter.set(pattern.scatter);
  }
  return { dimension: D, count, patients, patterns, completeScatter };
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

/** [D] 0 for the item missing in most patients; ties by position. */
function ranksByMissingness(values: Float64Array, D: number, groups: Map<string, number[]>): Int32Array {
  const missing = new Int32Array(D);
  for (const members of groups.values()) {
    for (let j = 0; j < D; j++) if (Number.isNaN(values[members[0]! * D + j]!)) missing[j]! += members.length;
  }
  const order = Array.from({ length: D }, (_, j) => j).sort((a, b) => missing[b]! - missing[a]! || a - b);
  const rank = new Int32Array(D);
  order.forEach((item, position) => {
    rank[item] = position;
  });
  return rank;
}

function missingItems(values: Float64Array, D: number, patient: number, rank: Int32Array): Int32Array {
  const items: number[] = [];
  for (let j = 0; j < D; j++) if (Number.isNaN(values[patient * D + j]!)) items.push(j);
  return Int32Array.from(items.sort((a, b) => rank[a]! - rank[b]!));
}

export function compareByRank(a: Int32Array, b: Int32Array, rank: Int32Array): number {
  const shared = commonPrefix(a, b);
  if (shared === a.length || shared === b.length) return a.length - b.length;
  return rank[a[shared]!]! - rank[b[shared]!]!;
}

export function commonPrefix(a: Int32Array, b: Int32Array): number {
  let k = 0;
  while (k < a.length && k < b.length && a[k] === b[k]) k++;
  return k;
}

function reducePattern(
  values: Float64Array,
  D: number,
  members: readonly number[],
  missing: Int32Array,
  shared: number,
  weights: Float64Array | undefined,
): MissingPattern {
  const first = members[0]! * D;
  const observedList: number[] = [];
  for (let j = 0; j < D; j++) if (!Number.isNaN(values[first + j]!)) observedList.push(j);
  const observed = Int32Array.from(observedList);
  const o = observed.length;
  const n = members.length;
  const weightOf = (i: number) => weights?.[i] ?? 1;
  const count = members.reduce((sum, i) => sum + weightOf(i), 0);
  const mean = new Float64Array(o);
  for (const i of members) {
    const weight = weightOf(i);
    for (let a = 0; a < o; a++) mean[a]! += weight * values[i * D + observed[a]!]!;
  }
  for (let a = 0; a < o; a++) mean[a]! /= count;
  const centred = new Float64Array(n * o);
  const scatter = new Float64Array(o * o);
  for (let k = 0; k < n; k++) {
    const source = members[k]! * D;
    const root = Math.sqrt(weightOf(members[k]!));
    for (let a = 0; a < o; a++) centred[k * o + a] = root * (values[source + observed[a]!]! - mean[a]!);
    for (let a = 0; a < o; a++) {
      const x = centred[k * o + a]!;
      for (let b = 0; b <= a; b++) scatter[a * o + b]! += x * centred[k * o + b]!;
    }
  }
  const reduced = n === 1 ? new Float64Array(0) : n - 1 > o ? scatterRoot(scatter, o) : centred;
  return { count, observed, missing, shared, mean, root: reduced, rows: reduced.length / o, scatter };
}

/** Rows e_r with Σ e_r e_rᵀ = scatter (columns of its Cholesky factor); items without spread give no row. */
export function scatterRoot(scatter: Float64Array, o: number): Float64Array {
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
