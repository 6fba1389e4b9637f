import { invalidInput } from "../../../errors/domain-error.ts";
import type { TreeEnsemble } from "../transition-parameters.ts";

/** Trees in typed arrays, ready to be evaluated for many histories at once. */
export interface OpenEnsemble {
  readonly trees: number;
  /** [features] 1 where some tree asks for the feature. */
  readonly asked: Uint8Array;
  /**
   * Adds the trees' sum for each of `count` histories.
   *
   * @param columns - [features × stride] feature values, NaN = missing; histories 0 … count − 1 of each row are used.
   * @param shared - [features] 1 where all histories have the same value.
   * @param into - [count]
   */
  add(columns: Float64Array, stride: number, shared: Uint8Array, count: number, into: Float64Array): void;
}

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
  const value = Float64Array.from(ensemble.value);
  const child = (node: number, x: number): number =>
    x <= threshold[node]! ? left[node]! : Number.isNaN(x) ? missing[node]! : right[node]!;
  const asked = new Uint8Array(features);
  for (const each of feature) if (each >= 0) asked[each] = 1;
  return {
    trees: roots.length,
    asked,
    add(columns, stride, shared, count, into) {
      let common = 0;
      for (let t = 0; t < roots.length; t++) {
        // What all histories share is asked once.
        let top = roots[t]!;
        while (feature[top]! >= 0 && shared[feature[top]!] === 1) top = child(top, columns[feature[top]! * stride]!);
        if (feature[top]! < 0) {
          common += value[top]!;
          continue;
        }
        for (let m = 0; m < count; m++) {
          let node = top;
          let question = feature[node]!;
          while (question >= 0) {
            node = child(node, columns[question * stride + m]!);
            question = feature[node]!;
          }
          into[m]! += value[node]!;
        }
      }
      if (common !== 0) for (let m = 0; m < count; m++) into[m]! += common;
    },
  };
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
