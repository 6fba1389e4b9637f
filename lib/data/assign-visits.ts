import type { PlannedVisit } from "../trial/visit-schedule.ts";
import type { Measurement } from "./measurement.ts";

/**
 * Planned visit that a day belongs to: of the visits whose window holds the day, the one with the nearest target; of two
 * equally near, the earlier. Null when no window holds it (METHODS.md (D2)).
 *
 * @param visits - In order of target day.
 */
export function visitOfDay(day: number, visits: readonly PlannedVisit[]): PlannedVisit | null {
  let best: PlannedVisit | null = null;
  for (const visit of visits) {
    if (day < visit.windowFrom || day > visit.windowTo) continue;
    if (best === null || Math.abs(day - visit.targetDay) < Math.abs(day - best.targetDay)) best = visit;
  }
  return best;
}

export interface Choice {
  readonly chosen: Measurement;
  /** Other measurements that cannot be told from the chosen one by time. */
  readonly ties: readonly Measurement[];
}

/**
 * The measurement that counts for a visit: the nearest to the target day; of two equally near, the earlier
 * (METHODS.md (D3)). Measurements without a day cannot be ordered and tie.
 */
export function nearestToTarget(measured: readonly Measurement[], targetDay: number): Choice | null {
  return best(measured, (first, second) => {
    if (first.day === null || second.day === null) return 0;
    return Math.abs(first.day - targetDay) - Math.abs(second.day - targetDay) || first.day - second.day;
  });
}

/** The last measurement by day (METHODS.md (D4)). Measurements without a day cannot be ordered and tie. */
export function lastByDay(measured: readonly Measurement[]): Choice | null {
  return best(measured, (first, second) => (first.day === null || second.day === null ? 0 : second.day - first.day));
}

function best(
  measured: readonly Measurement[],
  order: (first: Measurement, second: Measurement) => number,
): Choice | null {
  const [first] = measured;
  if (first === undefined) return null;
  const chosen = measured.reduce((winner, each) => (order(each, winner) < 0 ? each : winner), first);
  return { chosen, ties: measured.filter((each) => each !== chosen && order(each, chosen) === 0) };
}
