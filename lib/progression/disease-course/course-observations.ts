import type { SubjectTable } from "../../data/subject-table.ts";
import { toCurve } from "./course-curve.ts";
import type { CourseCurve } from "./disease-course-parameters.ts";
import type { IndividualObservations } from "./individual-mode.ts";

/** Observations of all endpoints, patient by patient, on the scale of the curves. */
export interface CourseObservations extends IndividualObservations {
  /** [n] position of each patient with observations in the table. */
  readonly patients: Int32Array;
  /** [n + 1] first observation of each patient, and the total. */
  readonly starts: Int32Array;
}

/**
 * Gathers the outcomes of all patients that have any and a positive weight.
 *
 * @param curves - One per endpoint.
 */
export function courseObservations(
  table: SubjectTable,
  curves: readonly CourseCurve[],
  daysPerUnit: number,
  weights: Float64Array,
): CourseObservations {
  const E = curves.length;
  const V = table.visits.length;
  const patients: number[] = [];
  const starts = [0];
  const endpoint: number[] = [];
  const time: number[] = [];
  const value: number[] = [];
  for (let i = 0; i < table.count; i++) {
    if (!(weights[i]! > 0)) continue;
    for (let e = 0; e < E; e++) {
      for (let v = 0; v < V; v++) {
        const at = (i * E + e) * V + v;
        const outcome = table.outcomes[at]!;
        if (Number.isNaN(outcome)) continue;
        const day = Number.isFinite(table.days[at]!) ? table.days[at]! : table.visits[v]!.targetDay;
        endpoint.push(e);
        time.push(day / daysPerUnit);
        value.push(toCurve(curves[e]!, outcome));
      }
    }
    if (value.length === starts[starts.length - 1]!) continue;
    patients.push(i);
    starts.push(value.length);
  }
  return {
    patients: Int32Array.from(patients),
    starts: Int32Array.from(starts),
    endpoint: Int32Array.from(endpoint),
    time: Float64Array.from(time),
    value: Float64Array.from(value),
  };
}

/** Observations of the n-th patient. */
export function observationsOf(all: CourseObservations, n: number): IndividualObservations {
  const [from, to] = [all.starts[n]!, all.starts[n + 1]!];
  return {
    endpoint: all.endpoint.subarray(from, to),
    time: all.time.subarray(from, to),
    value: all.value.subarray(from, to),
  };
}
