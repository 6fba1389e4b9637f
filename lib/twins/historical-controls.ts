import type { LongDataSet } from "../data/long-data-set.ts";

/**
 * The patients of a history that a model learns from: those of its control arms. Patients of its experimental arms are no
 * example of the course under control and appear neither among the nearest patients nor in the history's scores.
 *
 * @param history - Historical data set, any arms.
 * @returns The same data set with the patients of control arms only, in their order.
 */
export function historicalControls(history: LongDataSet): LongDataSet {
  const controls = new Set(history.arms.filter(({ role }) => role === "control").map(({ id }) => id));
  return { ...history, patients: history.patients.filter(({ arm }) => controls.has(arm)) };
}
