import { trialScore } from "../trial-columns.ts";
import type { TrialData, TrialEndpoint } from "../trial-data.ts";
import type { MmrmSpec } from "./mmrm-spec.ts";

/** A patient and a visit, as positions in the trial. */
export interface Cell {
  readonly patient: number;
  readonly visit: number;
}

/** Range of a score, relative to its size, below which it is the same for all. */
const CONSTANT = 1e-12;

/** Prediction at the visit of the row or at the primary one, as value or change like the outcome; NaN without a twin. */
export function scoreColumn(
  spec: MmrmSpec,
  data: TrialData,
  endpoint: TrialEndpoint,
  primaryVisit: number,
  cells: readonly Cell[],
): Float64Array {
  const scores = new Map<number, Float64Array>();
  return Float64Array.from(cells, ({ patient, visit }) => {
    const at = spec.scoreAt === "same-visit" ? visit : primaryVisit;
    let mean = scores.get(at);
    if (mean === undefined) {
      mean = trialScore(data, endpoint.id, data.visits[at]!.id).mean;
      scores.set(at, mean);
    }
    return spec.outcome === "change" ? mean[patient]! - endpoint.baseline[patient]! : mean[patient]!;
  });
}

/**
 * A score that moves with the visits, minus its mean at each visit over the rows used: the fit is the same, as the visits
 * have means of their own, and least-squares means hold the score at its mean of the visit.
 */
export function centredByVisit(score: Float64Array, cells: readonly Cell[], used: readonly number[]): Float64Array {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const i of used) {
    const at = sums.get(cells[i]!.visit) ?? { sum: 0, count: 0 };
    at.sum += score[i]!;
    at.count++;
    sums.set(cells[i]!.visit, at);
  }
  return score.map((value, i) => {
    const at = sums.get(cells[i]!.visit);
    return at === undefined ? value : value - at.sum / at.count;
  });
}

/** Whether the score is the same for all patients at every visit. */
export function isConstant(values: Float64Array, cells: readonly Cell[], rows: readonly number[]): boolean {
  const ranges = new Map<number, { lowest: number; highest: number }>();
  for (const row of rows) {
    const value = values[row]!;
    const range = ranges.get(cells[row]!.visit);
    if (range === undefined) ranges.set(cells[row]!.visit, { lowest: value, highest: value });
    else {
      range.lowest = Math.min(range.lowest, value);
      range.highest = Math.max(range.highest, value);
    }
  }
  return [...ranges.values()].every(
    ({ lowest, highest }) => highest - lowest <= CONSTANT * Math.max(Math.abs(lowest), Math.abs(highest)),
  );
}
