import type { LongDataSet, PatientRecord } from "../../../lib/data/long-data-set.ts";
import { meanInterval } from "../../../lib/progression/mean-interval.ts";
import type { Trajectory } from "./dataset-schemas.ts";

const MOST_LINES = 40;

/** Mean course of every endpoint by arm, with single patients behind it, ready to be drawn. */
export function trajectories(data: LongDataSet): Trajectory[] {
  return data.endpoints.flatMap((endpoint, e) =>
    data.arms
      .map((arm) => ({ arm, patients: data.patients.filter((patient) => patient.arm === arm.id) }))
      .filter(({ patients }) => patients.length > 0)
      .map(({ arm, patients }) => ({
        endpointId: endpoint.id,
        armId: arm.id,
        points: [0, ...data.visits.map((visit) => visit.targetDay)].flatMap((day, index) =>
          meanPoint(
            day,
            patients.map((patient) => valueAt(patient, e, index)),
          ),
        ),
        lines: evenly(patients, MOST_LINES).map((patient) => course(data, patient, e)),
      })),
  );
}

/** Index 0 is baseline, index v + 1 planned visit v. */
function valueAt(patient: PatientRecord, endpoint: number, index: number): number | null {
  if (index === 0) return patient.baseline[endpoint] ?? null;
  const cell = patient.outcomes[endpoint]?.[index - 1];
  return cell !== undefined && "value" in cell ? cell.value : null;
}

function meanPoint(day: number, values: readonly (number | null)[]): Trajectory["points"] {
  const observed = Float64Array.from(values.filter((value) => value !== null));
  const only = observed[0];
  if (only === undefined) return [];
  const interval = meanInterval(observed);
  if (interval === null) return [{ day, n: 1, mean: only, lower: null, upper: null }];
  return [{ day, n: observed.length, mean: interval.value, lower: interval.lower, upper: interval.upper }];
}

/** Observed values of one patient: baseline at day 0, then each planned visit on the day it was measured. */
export function course(data: LongDataSet, patient: PatientRecord, endpoint: number): { day: number; value: number }[] {
  const baseline = patient.baseline[endpoint] ?? null;
  const later = data.visits.flatMap((_, v) => {
    const cell = patient.outcomes[endpoint]?.[v];
    return cell !== undefined && "value" in cell ? [{ day: cell.day, value: cell.value }] : [];
  });
  return baseline === null ? later : [{ day: 0, value: baseline }, ...later];
}

function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as T);
}
