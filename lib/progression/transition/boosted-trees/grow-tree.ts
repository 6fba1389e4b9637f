import { type FeatureBins, MISSING_BIN } from "./feature-bins.ts";

export interface TreeSettings {
  readonly depth: number;
  readonly shrinkage: number;
  /** Pseudo-rows with residual 0 behind every leaf. */
  readonly leafPrior: number;
  /** Least weight of rows in a leaf. */
  readonly minimumWeight: number;
}

/** A tree over binned features; node 0 is the root, feature −1 marks a leaf. */
export interface GrownTree {
  readonly feature: number[];
  /** Last bin that goes left. */
  readonly bin: number[];
  readonly left: number[];
  readonly right: number[];
  readonly missing: number[];
  /** Shrinkage included. */
  readonly value: number[];
}

interface Split {
  gain: number;
  feature: number;
  bin: number;
}

/** Slots of a histogram: bins 0 … 31, then missing; sum of residuals and weight in each. */
const SLOTS = 33;
const MISSING_SLOT = 32;

/**
 * Regression tree on residuals, grown level by level on histograms; rows with a missing value of the splitting feature go to a
 * third branch. METHODS.md, equation (TM9).
 *
 * @param data - Binned features.
 * @param residuals - [rows]
 * @param weights - [rows]
 * @param rows - Rows to learn from.
 */
export function growTree(
  data: FeatureBins,
  residuals: Float64Array,
  weights: Float64Array,
  rows: Int32Array,
  settings: TreeSettings,
): GrownTree {
  const tree: GrownTree = { feature: [], bin: [], left: [], right: [], missing: [], value: [] };
  const leafValue = (sum: number, weight: number) => (settings.shrinkage * sum) / (weight + settings.leafPrior);
  const addLeaf = (value: number): number => {
    tree.feature.push(-1);
    tree.bin.push(0);
    tree.left.push(0);
    tree.right.push(0);
    tree.missing.push(0);
    return tree.value.push(value) - 1;
  };
  const nodeOf = new Int32Array(rows.length);
  let [sum, weight] = [0, 0];
  for (const r of rows) {
    sum += weights[r]! * residuals[r]!;
    weight += weights[r]!;
  }
  let open = [addLeaf(leafValue(sum, weight))];
  for (let level = 0; level < settings.depth && open.length > 0; level++) {
    const slotOf = new Int32Array(tree.feature.length).fill(-1);
    open.forEach((node, k) => {
      slotOf[node] = k;
    });
    const splits = bestSplits(data, residuals, weights, rows, nodeOf, slotOf, open.length, settings);
    const next: number[] = [];
    open.forEach((node, k) => {
      const split = splits[k]!;
      if (!(split.gain > 0)) return;
      tree.feature[node] = split.feature;
      tree.bin[node] = split.bin;
      const own = tree.value[node]!;
      tree.left[node] = addLeaf(own);
      tree.right[node] = addLeaf(own);
      tree.missing[node] = addLeaf(own);
    });
    const sums = new Float64Array(tree.feature.length);
    const totals = new Float64Array(tree.feature.length);
    for (let k = 0; k < rows.length; k++) {
      const node = nodeOf[k]!;
      const feature = tree.feature[node]!;
      if (feature < 0) continue;
      const r = rows[k]!;
      const bin = data.bins[feature * data.rows + r]!;
      const child =
        bin === MISSING_BIN ? tree.missing[node]! : bin <= tree.bin[node]! ? tree.left[node]! : tree.right[node]!;
      nodeOf[k] = child;
      sums[child]! += weights[r]! * residuals[r]!;
      totals[child]! += weights[r]!;
    }
    for (let node = 0; node < totals.length; node++) {
      // A branch that no row took keeps the value of its parent.
      if (!(totals[node]! > 0)) continue;
      tree.value[node] = leafValue(sums[node]!, totals[node]!);
      if (totals[node]! >= 2 * settings.minimumWeight) next.push(node);
    }
    open = next;
  }
  return tree;
}

function bestSplits(
  data: FeatureBins,
  residuals: Float64Array,
  weights: Float64Array,
  rows: Int32Array,
  nodeOf: Int32Array,
  slotOf: Int32Array,
  open: number,
  settings: TreeSettings,
): Split[] {
  const splits = Array.from({ length: open }, (): Split => ({ gain: 0, feature: -1, bin: 0 }));
  const sums = new Float64Array(open * SLOTS);
  const totals = new Float64Array(open * SLOTS);
  for (let f = 0; f < data.features; f++) {
    const cuts = data.cuts[f]!.length;
    const column = f * data.rows;
    sums.fill(0);
    totals.fill(0);
    for (let k = 0; k < rows.length; k++) {
      const slot = slotOf[nodeOf[k]!]!;
      if (slot < 0) continue;
      const r = rows[k]!;
      const bin = data.bins[column + r]!;
      const at = slot * SLOTS + (bin === MISSING_BIN ? MISSING_SLOT : bin);
      sums[at]! += weights[r]! * residuals[r]!;
      totals[at]! += weights[r]!;
    }
    for (let k = 0; k < open; k++) scan(sums, totals, k * SLOTS, cuts, f, settings, splits[k]!);
  }
  return splits;
}

/** Tries every cut of one feature in one node, and "known against missing". */
function scan(
  sums: Float64Array,
  totals: Float64Array,
  at: number,
  cuts: number,
  feature: number,
  { leafPrior, minimumWeight }: TreeSettings,
  best: Split,
): void {
  let [sum, total] = [0, 0];
  for (let b = 0; b <= cuts; b++) {
    sum += sums[at + b]!;
    total += totals[at + b]!;
  }
  const missingSum = sums[at + MISSING_SLOT]!;
  const missingTotal = totals[at + MISSING_SLOT]!;
  const score = (s: number, w: number) => (w > 0 ? (s * s) / (w + leafPrior) : 0);
  const missingScore = score(missingSum, missingTotal);
  const parent = score(sum + missingSum, total + missingTotal);
  let [leftSum, leftTotal] = [0, 0];
  for (let b = 0; b <= cuts; b++) {
    leftSum += sums[at + b]!;
    leftTotal += totals[at + b]!;
    const rightTotal = b === cuts ? 0 : total - leftTotal;
    if (leftTotal < minimumWeight) continue;
    if (b === cuts ? missingTotal < minimumWeight : rightTotal < minimumWeight) continue;
    const rightScore = b === cuts ? 0 : score(sum - leftSum, rightTotal);
    const gain = score(leftSum, leftTotal) + rightScore + missingScore - parent;
    if (gain > best.gain * (1 + 1e-9) + 1e-12) {
      best.gain = gain;
      best.feature = feature;
      best.bin = b;
    }
  }
}

/** Adds the tree's value to each of the given rows. */
export function addTree(tree: GrownTree, data: FeatureBins, into: Float64Array): void {
  for (let r = 0; r < data.rows; r++) {
    let node = 0;
    for (;;) {
      const feature = tree.feature[node]!;
      if (feature < 0) break;
      const bin = data.bins[feature * data.rows + r]!;
      node = bin === MISSING_BIN ? tree.missing[node]! : bin <= tree.bin[node]! ? tree.left[node]! : tree.right[node]!;
    }
    into[r]! += tree.value[node]!;
  }
}
