import type { SubjectTable } from "../../data/subject-table.ts";
import { timeBasisInto, timeBasisSize } from "./time-basis.ts";

/** Observations of one endpoint, patient by patient and in order of time; n patients with N observations in all. */
export interface CourseData {
  /** [n] position of each patient in the table. */
  readonly patients: Int32Array;
  /** [n + 1] first observation of each patient, and N. */
  readonly starts: Int32Array;
  /** [N] scaled time. */
  readonly time: Float64Array;
  /** [N] index of the visit. */
  readonly visit: Int32Array;
  /** [N] standardised value. */
  readonly values: Float64Array;
  /** [n × (Q + 1)] 1, then the standardised features. */
  readonly predictors: Float64Array;
  /** Q + 1. */
  readonly predictorCount: number;
  /** [n]. */
  readonly weights: Float64Array;
  readonly longest: number;
}

/** What an observation is divided by. */
export interface CourseScale {
  readonly centre: number;
  readonly deviation: number;
  /** Days in a unit of scaled time. */
  readonly daysPerUnit: number;
}

/**
 * Gathers the observations of one endpoint.
 *
 * @param predictors - [table.count × (Q + 1)].
 * @param weights - [table.count].
 */
export function courseData(
  table: Pick<SubjectTable, "count" | "endpoints" | "visits" | "outcomes" | "days">,
  endpoint: number,
  scale: CourseScale,
  predictors: Float64Array,
  weights: Float64Array,
): CourseData {
  const E = table.endpoints.length;
  const V = table.visits.length;
  const width = table.count === 0 ? 1 : predictors.length / table.count;
  const patients: number[] = [];
  const starts: number[] = [0];
  const time: number[] = [];
  const visit: number[] = [];
  const values: number[] = [];
  let longest = 0;
  for (let i = 0; i < table.count; i++) {
    const base = (i * E + endpoint) * V;
    const seen: number[] = [];
    for (let v = 0; v < V; v++) if (!Number.isNaN(table.outcomes[base + v]!)) seen.push(v);
    if (seen.length === 0 || !(weights[i]! > 0)) continue;
    const dayOf = (v: number) =>
      Number.isFinite(table.days[base + v]!) ? table.days[base + v]! : table.visits[v]!.targetDay;
    seen.sort((a, b) => dayOf(a) - dayOf(b) || a - b);
    for (const v of seen) {
      time.push(dayOf(v) / scale.daysPerUnit);
      visit.push(v);
      values.push((table.outcomes[base + v]! - scale.centre) / scale.deviation);
    }
    patients.push(i);
    starts.push(time.length);
    longest = Math.max(longest, seen.length);
  }
  const own = new Float64Array(patients.length * width);
  patients.forEach((i, k) => {
    own.set(predictors.subarray(i * width, (i + 1) * width), k * width);
  });
  return {
    patients: Int32Array.from(patients),
    starts: Int32Array.from(starts),
    time: Float64Array.from(time),
    visit: Int32Array.from(visit),
    values: Float64Array.from(values),
    predictors: own,
    predictorCount: width,
    weights: Float64Array.from(patients, (i) => weights[i]!),
    longest,
  };
}

/** [N × (K + 1)] the constant and the functions of time at every observation. */
export function timeDesign(data: CourseData, knots: readonly number[]): Float64Array {
  const width = timeBasisSize(knots) + 1;
  const design = new Float64Array(data.time.length * width);
  for (let k = 0; k < data.time.length; k++) {
    design[k * width] = 1;
    timeBasisInto(knots, data.time[k]!, design, k * width + 1);
  }
  return design;
}
