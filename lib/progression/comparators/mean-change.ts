import type { SubjectTable } from "../../data/subject-table.ts";
import type { Comparator } from "./comparator.ts";

/** Everybody changes by the training patients' mean change from baseline: ŷ_v = baseline + mean(y_v − baseline). */
export const meanChange: Comparator = {
  name: "mean change",
  predict(training, heldOut) {
    const change = meanChanges(training);
    const cells = change.length;
    const V = heldOut.visits.length;
    return Float64Array.from(
      { length: heldOut.outcomes.length },
      (_, k) => heldOut.baseline[Math.floor(k / V)]! + change[k % cells]!,
    );
  },
};

/** [E·V] mean change over patients with baseline and outcome; NaN where there is none. */
function meanChanges(table: SubjectTable): Float64Array {
  const V = table.visits.length;
  const cells = table.endpoints.length * V;
  const sum = new Float64Array(cells);
  const count = new Int32Array(cells);
  for (let k = 0; k < table.outcomes.length; k++) {
    const change = table.outcomes[k]! - table.baseline[Math.floor(k / V)]!;
    if (Number.isNaN(change)) continue;
    sum[k % cells]! += change;
    count[k % cells]!++;
  }
  return sum.map((total, cell) => total / count[cell]!);
}
