import type { SubjectTable } from "../../data/subject-table.ts";
import { invalidInput } from "../../errors/domain-error.ts";
import { type EventKind, eventLabel } from "./event-parameters.ts";

/** Intervals that patients entered event-free and that ended with an event, or event-free. METHODS.md, equation (EV1). */
export interface RiskSet {
  readonly count: number;
  readonly patient: Int32Array;
  /** 0 … V − 1; interval v ends at planned visit v. */
  readonly interval: Int32Array;
  /** Index of the kind of event that ended the course in the interval; −1 = event-free. */
  readonly outcome: Int32Array;
  /** [count × E] last values observed before the interval; NaN = none. */
  readonly lastValues: Float64Array;
  readonly neverAtRisk: number;
  /** [n] day and kind of what ended each course within the planned days; NaN and −1 where nothing did. */
  readonly endDay: Float64Array;
  readonly endKind: Int32Array;
}

interface Course {
  /** Days of the kinds asked for, in their order; NaN = none. Dropout has none. */
  readonly days: readonly number[];
  readonly lastDay: number;
  /** A recorded event that was not asked for and ended follow-up: censoring. */
  readonly endedOtherwise: boolean;
  readonly followUpEnd: number;
}

/**
 * Person-intervals of all patients.
 *
 * @param table - n patients.
 * @param baseline - [n × E] values at day 0, NaN = missing.
 * @param kinds - What ends a course.
 * @param followUpEnds - [n] last day on which the patient could have been seen, NaN = not known; null when nobody was cut off. A
 *   patient who was still in the study then did not drop out.
 * @throws DomainError INVALID_INPUT for a kind the data do not have, or named twice.
 */
export function riskSet(
  table: SubjectTable,
  baseline: Float64Array,
  kinds: readonly EventKind[],
  followUpEnds: Float64Array | null,
): RiskSet {
  assertKinds(table, kinds);
  const E = table.endpoints.length;
  const V = table.visits.length;
  const patient: number[] = [];
  const interval: number[] = [];
  const outcome: number[] = [];
  const lastValues: number[] = [];
  const endDay = new Float64Array(table.count).fill(Number.NaN);
  const endKind = new Int32Array(table.count).fill(-1);
  let neverAtRisk = 0;
  for (let i = 0; i < table.count; i++) {
    const course = courseOf(table, kinds, followUpEnds, i);
    if (course.days.some((day) => day <= 0)) {
      neverAtRisk++;
      continue;
    }
    const last = Array.from(baseline.subarray(i * E, (i + 1) * E));
    for (let v = 0; v < V; v++) {
      const end = intervalEnd(table, kinds, course, v);
      if (end === "censored") break;
      patient.push(i);
      interval.push(v);
      outcome.push(end);
      lastValues.push(...last);
      if (end >= 0) {
        endKind[i] = end;
        const recorded = course.days[end]!;
        endDay[i] = Number.isNaN(recorded) ? Math.max(course.lastDay, startOf(table, v)) : recorded;
        break;
      }
      for (let e = 0; e < E; e++) {
        const value = table.outcomes[(i * E + e) * V + v]!;
        if (!Number.isNaN(value)) last[e] = value;
      }
    }
  }
  return {
    count: patient.length,
    patient: Int32Array.from(patient),
    interval: Int32Array.from(interval),
    outcome: Int32Array.from(outcome),
    lastValues: Float64Array.from(lastValues),
    neverAtRisk,
    endDay,
    endKind,
  };
}

/** How an interval ended for a patient who entered it event-free. */
function intervalEnd(table: SubjectTable, kinds: readonly EventKind[], course: Course, v: number): number | "censored" {
  const end = table.visits[v]!.targetDay;
  let first = -1;
  course.days.forEach((day, k) => {
    if (day <= end && (first < 0 || day < course.days[first]!)) first = k;
  });
  if (first >= 0) return first;
  // Somebody seen inside the visit's window has completed the interval, even a few days before its planned end.
  if (course.lastDay >= table.visits[v]!.windowFrom) return -1;
  const dropout = kinds.findIndex((kind) => kind.source === "dropout");
  const cutOff = course.followUpEnd < table.visits[v]!.windowFrom;
  // Follow-up that stops with an event beyond the interval stopped for the event, in its own interval.
  return dropout < 0 || course.endedOtherwise || cutOff ? "censored" : dropout;
}

function courseOf(
  table: SubjectTable,
  kinds: readonly EventKind[],
  followUpEnds: Float64Array | null,
  i: number,
): Course {
  const K = table.eventKinds.length;
  const own = table.eventDays.subarray(i * K, (i + 1) * K);
  const lastDay = table.lastDays[i]!;
  const asked = new Set(kinds.flatMap((kind) => (kind.source === "event" ? [kind.kind] : [])));
  return {
    days: kinds.map((kind) => (kind.source === "event" ? own[table.eventKinds.indexOf(kind.kind)]! : Number.NaN)),
    lastDay,
    endedOtherwise: table.eventKinds.some((kind, k) => !asked.has(kind) && own[k]! >= lastDay),
    followUpEnd: followUpEnds?.[i] ?? Number.NaN,
  };
}

function startOf(table: SubjectTable, v: number): number {
  return v === 0 ? 0 : table.visits[v - 1]!.targetDay;
}

function assertKinds(table: SubjectTable, kinds: readonly EventKind[]): void {
  const labels = kinds.map(eventLabel);
  if (kinds.length === 0 || new Set(labels).size < labels.length) {
    throw invalidInput("kinds", labels.join(", "), "must name at least one kind of event, each once");
  }
  for (const kind of kinds) {
    if (kind.source === "dropout" || table.eventKinds.includes(kind.kind)) continue;
    const known = table.eventKinds.length === 0 ? "none" : table.eventKinds.join(", ");
    throw invalidInput("kinds", kind.kind, `must be an event of the data (${known}) or dropout`);
  }
}
