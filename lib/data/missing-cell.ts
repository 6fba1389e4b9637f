import type { PlannedVisit } from "../trial/visit-schedule.ts";
import type { MissingReason } from "./long-data-set.ts";
import type { MeasurementContent } from "./measurement.ts";

/** What is known of a patient's time in the study, in days from time zero. */
export interface Followed {
  /** Day of the first intercurrent event that ends the variable; null when there was none. */
  readonly endingEventDay: number | null;
  /** Last day on which the patient was or could have been seen; null when the source does not say. */
  readonly followUpDay: number | null;
  /** Day of the last record of any kind; null when there is none after time zero. */
  readonly lastRecordDay: number | null;
}

/**
 * Why a planned value is absent, the first that applies (METHODS.md (D6)).
 *
 * @param recorded - What was recorded for the visit before any ending event, without a usable value.
 */
export function missingReason(
  visit: PlannedVisit,
  recorded: readonly MeasurementContent["kind"][],
  followed: Followed,
): MissingReason {
  if (recorded.includes("out-of-range")) return "out-of-range";
  if (recorded.includes("recorded-missing")) return "recorded-missing";
  if (followed.endingEventDay !== null && followed.endingEventDay <= visit.targetDay) return "after-intercurrent-event";
  if (followed.followUpDay !== null && followed.followUpDay < visit.windowFrom) return "not-yet-reached";
  if (followed.lastRecordDay === null || followed.lastRecordDay < visit.windowFrom) return "dropped-out";
  return "not-measured";
}
