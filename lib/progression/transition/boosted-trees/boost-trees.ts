import type { Rng } from "../../../numerics/rng.ts";
import type { TreeEnsemble } from "../transition-parameters.ts";
import type { FeatureBins } from "./feature-bins.ts";
import { addTree, type GrownTree, growTree, type TreeSettings } from "./grow-tree.ts";

/** Rows that trees are grown on. */
export interface TreeRows {
  readonly data: FeatureBins;
  /** [rows] */
  readonly weights: Float64Array;
  readonly patient: Int32Array;
  readonly patients: number;
}

/** What is boosted: residuals of a first law, learnt from all patients and without each fold. */
export interface BoostingRows extends TreeRows {
  /** [rows] residual of the law from all patients. */
  readonly residuals: Float64Array;
  /** [folds][rows] residual of the law learnt without the fold. */
  readonly foldResiduals: readonly Float64Array[];
  /** [patients] */
  readonly fold: Int32Array;
}

export interface BoostedTrees {
  readonly ensemble: TreeEnsemble;
  /** [folds] trees learnt without the fold, as many as in `ensemble`. */
  readonly withoutFold: readonly TreeEnsemble[];
  /** [folds][rows] residuals after the trees learnt without the fold. */
  readonly foldResiduals: readonly Float64Array[];
}

const SETTINGS: TreeSettings = { depth: 3, shrinkage: 0.1, leafPrior: 5, minimumWeight: 10 };
const PATIENT_SHARE = 0.5;
const MAXIMUM_TREES = 300;
/** Trees without a lower held-out error after which boosting stops. */
const PATIENCE = 20;

/**
 * Gradient boosting of squared error by small trees, each on a random half of the patients. The number of trees is the one with
 * the least squared error in patients left out, by five folds grown side by side; none, when the best number gains less than its
 * own standard error. METHODS.md, equation (TM9).
 *
 * Source: Friedman (2001), Ann. Statist. 29:1189–1232; Friedman (2002), Comput. Stat. Data Anal. 38:367–378.
 */
export function boostTrees(rows: BoostingRows, rng: Rng): BoostedTrees {
  const folds = rows.foldResiduals.length;
  const current = rows.foldResiduals.map((residuals) => residuals.slice());
  const grown = rows.foldResiduals.map((): GrownTree[] => []);
  const inFold = (k: number) => (patient: number) => rows.fold[patient] !== k;
  let lowest = heldOutError(rows, current);
  let best = 0;
  let bestResiduals = rows.foldResiduals.map((residuals) => residuals.slice());
  for (let t = 1; t <= MAXIMUM_TREES && t - best <= PATIENCE; t++) {
    for (let k = 0; k < folds; k++) {
      grown[k]!.push(boostOnce(rows, current[k]!, inFold(k), rng.fork(k).fork(t)));
    }
    const error = heldOutError(rows, current);
    if (!(error < lowest)) continue;
    lowest = error;
    best = t;
    bestResiduals = current.map((residuals) => residuals.slice());
  }
  if (!gainIsClear(rows, bestResiduals)) {
    best = 0;
    bestResiduals = rows.foldResiduals.map((residuals) => residuals.slice());
  }
  return {
    ensemble: growEnsemble(rows, rows.residuals, best, rng.fork(folds)),
    withoutFold: grown.map((list) => toEnsemble(list.slice(0, best), rows.data)),
    foldResiduals: bestResiduals,
  };
}

/**
 * A given number of trees on all patients.
 *
 * @param rows - Binned features and weights.
 * @param residuals - [rows] of the law that the trees correct.
 * @param count - Number of trees.
 * @param rng - Forked per tree.
 */
export function growEnsemble(rows: TreeRows, residuals: Float64Array, count: number, rng: Rng): TreeEnsemble {
  const left = residuals.slice();
  const trees = Array.from({ length: count }, (_, t) => boostOnce(rows, left, () => true, rng.fork(t + 1)));
  return toEnsemble(trees, rows.data);
}

/** One more tree on half of the admitted patients; takes its prediction from the residuals of all rows. */
function boostOnce(
  { data, weights, patient, patients }: TreeRows,
  residuals: Float64Array,
  admitted: (patient: number) => boolean,
  rng: Rng,
): GrownTree {
  const chosen = new Uint8Array(patients);
  for (let i = 0; i < patients; i++) if (rng.uniform() < PATIENT_SHARE && admitted(i)) chosen[i] = 1;
  const rows: number[] = [];
  for (let r = 0; r < data.rows; r++) if (chosen[patient[r]!] === 1) rows.push(r);
  const tree = growTree(data, residuals, weights, Int32Array.from(rows), SETTINGS);
  const prediction = new Float64Array(data.rows);
  addTree(tree, data, prediction);
  for (let r = 0; r < data.rows; r++) residuals[r]! -= prediction[r]!;
  return tree;
}

function heldOutError({ data, weights, patient, fold }: BoostingRows, residuals: readonly Float64Array[]): number {
  let sum = 0;
  for (let r = 0; r < data.rows; r++) sum += weights[r]! * residuals[fold[patient[r]!]!]![r]! ** 2;
  return sum;
}

/** Whether the held-out error falls by more than the standard error of the fall, patients independent. */
function gainIsClear(rows: BoostingRows, after: readonly Float64Array[]): boolean {
  const { data, weights, patient, patients, fold, foldResiduals } = rows;
  const falls = new Float64Array(patients);
  for (let r = 0; r < data.rows; r++) {
    const k = fold[patient[r]!]!;
    falls[patient[r]!]! += weights[r]! * (foldResiduals[k]![r]! ** 2 - after[k]![r]! ** 2);
  }
  let [sum, square] = [0, 0];
  for (const fall of falls) {
    sum += fall;
    square += fall * fall;
  }
  return sum > Math.sqrt(square);
}

function toEnsemble(trees: readonly GrownTree[], { cuts }: FeatureBins): TreeEnsemble {
  const ensemble: TreeEnsemble = { roots: [], feature: [], threshold: [], left: [], right: [], missing: [], value: [] };
  for (const tree of trees) {
    const shift = ensemble.feature.length;
    ensemble.roots.push(shift);
    tree.feature.forEach((feature, node) => {
      const leaf = feature < 0;
      ensemble.feature.push(feature);
      // Beyond the last cut every known value goes left: the split sets the missing apart.
      const cut = leaf ? 0 : cuts[feature]![tree.bin[node]!];
      ensemble.threshold.push(cut ?? Number.MAX_VALUE);
      ensemble.left.push(leaf ? 0 : shift + tree.left[node]!);
      ensemble.right.push(leaf ? 0 : shift + tree.right[node]!);
      ensemble.missing.push(leaf ? 0 : shift + tree.missing[node]!);
      ensemble.value.push(tree.value[node]!);
    });
  }
  return ensemble;
}
