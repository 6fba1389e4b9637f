import { invalidInput } from "../../../errors/domain-error.ts";
import type { TreeEnsemble } from "../transition-parameters.ts";
import { cutGrid } from "./cut-grid.ts";
import { MOST_CUTS, MOST_FEATURES, type OpenQuestions, treeTables } from "./tree-tables.ts";

/** Trees in typed arrays, ready to be evaluated for many histories at once. */
export interface OpenEnsemble {
  readonly trees: number;
  /** [features] 1 where some tree asks for the feature. */
  readonly asked: Uint8Array;
  /**
   * Adds the trees' sum for each of `count` histories. The sum is the same to the last bit however it is found.
   *
   * @param columns - [features][count] feature values, NaN = missing; of a shared feature the first alone is read.
   * @param shared - [features] 1 where all histories have the same value.
   * @param into - [count]
   */
  add(columns: readonly Float64Array[], shared: Uint8Array, count: number, into: Float64Array): void;
}

/**
 * Bits of a leaf's value below the largest possible sum. Running sums over a table of ten features reach 2¹⁰ times that sum, and
 * numbers hold 53 bits: sums are then exact in any order.
 */
const VALUE_BITS = 43;
/** Histories below which walking the trees is quicker than making tables. */
const FEWEST_FOR_TABLES = 64;

/**
 * @param ensemble - As in the parameters.
 * @param features - Number of features the trees may ask for.
 * @throws DomainError INVALID_INPUT when a node points outside the list, back, or to an unknown feature.
 */
export function openEnsemble(ensemble: TreeEnsemble, features: number): OpenEnsemble {
  assertTrees(ensemble, features);
  const roots = Int32Array.from(ensemble.roots);
  const feature = Int32Array.from(ensemble.feature);
  const threshold = Float64Array.from(ensemble.threshold);
  const left = Int32Array.from(ensemble.left);
  const right = Int32Array.from(ensemble.right);
  const missing = Int32Array.from(ensemble.missing);
  const value = exactlyAdded(ensemble);
  const asked = new Uint8Array(features);
  for (const each of feature) if (each >= 0) asked[each] = 1;
  const child = (node: number, x: number): number =>
    x <= threshold[node]! ? left[node]! : Number.isNaN(x) ? missing[node]! : right[node]!;

  const cutsOf = Array.from({ length: features }, (_, f) => distinctCuts(ensemble, f));
  const cut = Int32Array.from(feature, (f, node) => (f < 0 ? -1 : cutsOf[f]!.indexOf(threshold[node]!)));
  const grids = cutsOf.map(cutGrid);
  const open: OpenQuestions = {
    feature: new Int32Array(feature.length),
    cut: new Int32Array(feature.length),
    left: new Int32Array(feature.length),
    right: new Int32Array(feature.length),
    value: new Float64Array(feature.length),
    roots: new Int32Array(roots.length),
    trees: 0,
  };
  /** Tables by the features that differ between histories. */
  const tablesFor = new Map<string, ReturnType<typeof tablesOf>>();
  const tablesOf = (differing: readonly number[]) => {
    const fits = differing.length <= MOST_FEATURES && differing.every((f) => cutsOf[f]!.length <= MOST_CUTS);
    if (!fits) return null;
    const position = new Int32Array(features).fill(-1);
    differing.forEach((f, k) => {
      position[f] = k;
    });
    const own = treeTables(
      differing.map((f) => grids[f]!),
      roots.length,
    );
    return { differing, position, tables: own };
  };
  let sums = new Float64Array(0);

  /** Answers what all histories share; returns the sum of trees that nothing is left to ask in. */
  const answerShared = (columns: readonly Float64Array[], shared: Uint8Array, position: Int32Array | null): number => {
    let common = 0;
    let used = 0;
    const settled = (from: number): number => {
      let node = from;
      for (;;) {
        const f = feature[node]!;
        if (f < 0) return node;
        if (shared[f] === 1) node = child(node, columns[f]![0]!);
        // A split that only sets the missing apart: histories that differ in the feature all have it.
        else if (position !== null && cut[node]! < 0) node = left[node]!;
        else return node;
      }
    };
    const copy = (from: number): number => {
      const node = settled(from);
      const own = used++;
      const f = feature[node]!;
      open.feature[own] = f < 0 ? -1 : position![f]!;
      open.cut[own] = cut[node]!;
      open.value[own] = value[node]!;
      if (f >= 0) {
        open.left[own] = copy(left[node]!);
        open.right[own] = copy(right[node]!);
      }
      return own;
    };
    open.trees = 0;
    for (let t = 0; t < roots.length; t++) {
      const top = settled(roots[t]!);
      if (feature[top]! < 0) common += value[top]!;
      else open.roots[open.trees++] = position === null ? top : copy(top);
    }
    return common;
  };

  const walk = (columns: readonly Float64Array[], shared: Uint8Array, count: number): number => {
    const common = answerShared(columns, shared, null);
    sums.fill(0, 0, count);
    for (let t = 0; t < open.trees; t++) {
      for (let m = 0; m < count; m++) {
        let node = open.roots[t]!;
        for (let f = feature[node]!; f >= 0; f = feature[node]!) {
          node = child(node, columns[f]![shared[f] === 1 ? 0 : m]!);
        }
        sums[m]! += value[node]!;
      }
    }
    return common;
  };

  const lookUp = (columns: readonly Float64Array[], shared: Uint8Array, count: number): number | null => {
    if (count < FEWEST_FOR_TABLES) return null;
    const differing: number[] = [];
    for (let f = 0; f < features; f++) if (asked[f] === 1 && shared[f] === 0) differing.push(f);
    const key = differing.join(" ");
    const found = tablesFor.get(key);
    const own = found === undefined ? tablesOf(differing) : found;
    if (found === undefined) tablesFor.set(key, own);
    if (own === null) return null;
    const common = answerShared(columns, shared, own.position);
    const rows = differing.map((f) => columns[f]!);
    return own.tables.sum(open, rows, count, sums) ? common : null;
  };

  return {
    trees: roots.length,
    asked,
    add(columns, shared, count, into) {
      if (sums.length < count) sums = new Float64Array(count);
      const common = lookUp(columns, shared, count) ?? walk(columns, shared, count);
      for (let m = 0; m < count; m++) into[m]! += common + sums[m]!;
    },
  };
}

/** Leaf values rounded to a common unit so small beside the largest possible sum that nothing is lost, and so that sums are exact. */
function exactlyAdded({ roots, feature, value }: TreeEnsemble): Float64Array {
  let bound = 0;
  roots.forEach((root, t) => {
    let largest = 0;
    const end = roots[t + 1] ?? value.length;
    for (let node = root; node < end; node++) {
      if (feature[node] === -1) largest = Math.max(largest, Math.abs(value[node]!));
    }
    bound += largest;
  });
  if (!(bound > 0)) return Float64Array.from(value);
  const unit = 2 ** (Math.ceil(Math.log2(bound)) - VALUE_BITS);
  return Float64Array.from(value, (each) => Math.round(each / unit) * unit);
}

/** Thresholds of a feature, ascending; without those that only set the missing apart. */
function distinctCuts({ feature, threshold }: TreeEnsemble, f: number): number[] {
  const cuts = new Set<number>();
  feature.forEach((each, node) => {
    if (each === f && threshold[node]! < Number.MAX_VALUE) cuts.add(threshold[node]!);
  });
  return [...cuts].sort((a, b) => a - b);
}

function assertTrees(ensemble: TreeEnsemble, features: number): void {
  const { roots, feature, threshold, left, right, missing, value } = ensemble;
  const n = feature.length;
  const sameLength = [threshold, left, right, missing, value].every((list) => list.length === n);
  const inside = sameLength && roots.every((root) => root >= 0 && root < n);
  // Children come after their parent, so a walk always ends.
  const forward = (node: number) => [left, right, missing].every((list) => list[node]! > node && list[node]! < n);
  if (inside && feature.every((f, node) => f === -1 || (f >= 0 && f < features && forward(node)))) return;
  throw invalidInput(
    "parameters.trees",
    n,
    "must be trees whose nodes point forward and ask for known features",
    "Use the model file as it was written; check its hash.",
  );
}
