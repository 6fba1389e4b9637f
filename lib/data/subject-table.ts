import type { Arm } from "../trial/arm.ts";
import type { Covariate } from "../trial/covariate.ts";
import type { Endpoint } from "../trial/endpoint.ts";
import type { PlannedVisit } from "../trial/visit-schedule.ts";
import type { LongDataSet } from "./long-data-set.ts";

/**
 * Typed-array view of a data set for the numerics. Patient order is that of the data set. Missing = NaN (internal only).
 * n patients, E endpoints, V visits, P covariates.
 */
export interface SubjectTable {
  readonly endpoints: readonly Endpoint[];
  readonly visits: readonly PlannedVisit[];
  readonly arms: readonly Arm[];
  readonly covariates: readonly Covariate[];
  readonly count: number;
  readonly ids: readonly string[];
  readonly studies: readonly string[];
  /** [n] index into `arms`. */
  readonly arm: Int32Array;
  /** [n × P] continuous value, or index into the covariate's levels. */
  readonly covariateValues: Float64Array;
  /** [n × E] analysis scale. */
  readonly baseline: Float64Array;
  /** [n × E × V] analysis scale; element (i, e, v) at (i·E + e)·V + v. */
  readonly outcomes: Float64Array;
  /** [n × E × V] day of measurement; NaN where the outcome is missing. */
  readonly days: Float64Array;
  /** Kinds of intercurrent events that occur in the data set, sorted. */
  readonly eventKinds: readonly string[];
  /** [n × kinds] day of the first event of each kind; NaN where none was seen. */
  readonly eventDays: Float64Array;
  /** [n] last day of follow-up as the source says, else last day with a measurement or an event; at least 0. */
  readonly lastDays: Float64Array;
}

/** Builds the typed-array view; the data set has been validated, so nothing is refused here. */
export function subjectTable(data: LongDataSet): SubjectTable {
  const n = data.patients.length;
  const E = data.endpoints.length;
  const V = data.visits.length;
  const P = data.covariates.length;
  const armIndex = new Map(data.arms.map((arm, index) => [arm.id, index]));
  const levelIndex = data.covariates.map((covariate) =>
    covariate.type === "categorical" ? new Map(covariate.levels.map((level, index) => [level, index])) : null,
  );
  const arm = new Int32Array(n);
  const covariateValues = new Float64Array(n * P).fill(Number.NaN);
  const baseline = new Float64Array(n * E).fill(Number.NaN);
  const outcomes = new Float64Array(n * E * V).fill(Number.NaN);
  const days = new Float64Array(n * E * V).fill(Number.NaN);
  const lastDays = new Float64Array(n);
  const eventKinds = [...new Set(data.patients.flatMap(({ events }) => events.map(({ kind }) => kind)))].sort();
  const eventDays = new Float64Array(n * eventKinds.length).fill(Number.NaN);
  data.patients.forEach((patient, i) => {
    lastDays[i] = Math.max(0, patient.lastContactDay ?? 0);
    for (const { kind, day } of patient.events) {
      const at = i * eventKinds.length + eventKinds.indexOf(kind);
      if (!(eventDays[at]! <= day)) eventDays[at] = day;
      lastDays[i] = Math.max(lastDays[i]!, day);
    }
    arm[i] = armIndex.get(patient.arm) ?? -1;
    patient.covariates.forEach((value, p) => {
      const levels = levelIndex[p];
      const number = typeof value === "string" ? levels?.get(value) : value;
      if (number !== null && number !== undefined) covariateValues[i * P + p] = number;
    });
    patient.baseline.forEach((value, e) => {
      if (value !== null) baseline[i * E + e] = value;
    });
    patient.outcomes.forEach((byVisit, e) => {
      byVisit.forEach((cell, v) => {
        if (!("value" in cell)) return;
        outcomes[(i * E + e) * V + v] = cell.value;
        days[(i * E + e) * V + v] = cell.day;
        lastDays[i] = Math.max(lastDays[i]!, cell.day);
      });
    });
  });
  return {
    endpoints: data.endpoints,
    visits: data.visits,
    arms: data.arms,
    covariates: data.covariates,
    count: n,
    ids: data.patients.map((patient) => patient.id),
    studies: data.patients.map((patient) => patient.study),
    arm,
    covariateValues,
    baseline,
    outcomes,
    days,
    eventKinds,
    eventDays,
    lastDays,
  };
}

/** Patients with the given positions, in that order. */
export function selectSubjects(table: SubjectTable, positions: ArrayLike<number>): SubjectTable {
  const E = table.endpoints.length;
  const V = table.visits.length;
  const P = table.covariates.length;
  const n = positions.length;
  const arm = new Int32Array(n);
  const covariateValues = new Float64Array(n * P);
  const baseline = new Float64Array(n * E);
  const outcomes = new Float64Array(n * E * V);
  const K = table.eventKinds.length;
  const days = new Float64Array(n * E * V);
  const eventDays = new Float64Array(n * K);
  const lastDays = new Float64Array(n);
  const ids: string[] = [];
  const studies: string[] = [];
  for (let k = 0; k < n; k++) {
    const i = positions[k]!;
    arm[k] = table.arm[i]!;
    covariateValues.set(table.covariateValues.subarray(i * P, (i + 1) * P), k * P);
    baseline.set(table.baseline.subarray(i * E, (i + 1) * E), k * E);
    outcomes.set(table.outcomes.subarray(i * E * V, (i + 1) * E * V), k * E * V);
    days.set(table.days.subarray(i * E * V, (i + 1) * E * V), k * E * V);
    eventDays.set(table.eventDays.subarray(i * K, (i + 1) * K), k * K);
    lastDays[k] = table.lastDays[i]!;
    ids.push(table.ids[i]!);
    studies.push(table.studies[i]!);
  }
  return { ...table, count: n, ids, studies, arm, covariateValues, baseline, outcomes, days, eventDays, lastDays };
}
