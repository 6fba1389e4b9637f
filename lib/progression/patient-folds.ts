import type { Rng } from "../numerics/rng.ts";

/**
 * Assigns patients to folds at random, sizes as equal as possible.
 *
 * @param count - Number of patients n.
 * @param folds - Number of folds, at most n.
 * @param rng - Source of the permutation.
 * @returns [n] fold of each patient, 0 … folds − 1.
 */
export function assignFolds(count: number, folds: number, rng: Rng): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  const fold = new Int32Array(count);
  order.forEach((patient, position) => {
    fold[patient] = position % folds;
  });
  return fold;
}

/** Positions of the patients in a fold (`inside`) or in all others. */
export function foldMembers(fold: Int32Array, k: number, inside: boolean): Int32Array {
  const members: number[] = [];
  for (let i = 0; i < fold.length; i++) if ((fold[i] === k) === inside) members.push(i);
  return Int32Array.from(members);
}
