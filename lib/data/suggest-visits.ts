import type { PlannedVisit } from "../trial/visit-schedule.ts";
import { type ColumnProfile, findProfile } from "./column-profile.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import { parseNumber } from "./number-text.ts";
import { cellText, type RawColumn, type RawTable } from "./raw-table.ts";
import { toDays } from "./study-day.ts";
import type { SuggestionNotes } from "./suggestion-notes.ts";

export interface TimeSuggestion {
  readonly time: MappingSpec["time"];
  readonly visits: PlannedVisit[];
}

const DAY_NAMES = ["ADY", /^[A-Z]{2}DY$/i, /^(study|rel|visit)?_?days?$/i];
const UNIT_NAMES: readonly [RegExp, "weeks" | "months" | "years"][] = [
  [/^(study_?)?(wk|weeks?)(_?n(o|um)?)?$/i, "weeks"],
  [/^(study_?)?months?$/i, "months"],
  [/^(study_?)?years?$/i, "years"],
];
const VISIT_NAMES = ["AVISITN", "AVISIT", "VISITNUM", "VISIT", /^(a?visit|time_?point|tpt)/i];

/** Guesses how a record's time is known, and the planned visits. Null when no column tells it. */
export function suggestTime(
  table: RawTable,
  patient: RawColumn | null,
  profiles: readonly ColumnProfile[],
  notes: SuggestionNotes,
): TimeSuggestion | null {
  const day = findProfile(
    profiles.filter((profile) => profile.isNumber),
    DAY_NAMES,
  );
  const visit = findProfile(profiles, VISIT_NAMES);
  if (visit !== null && visit.levels.length > 1)
    return suggestByVisit(table, visit, day?.column ?? null, profiles, notes);
  if (day !== null) {
    const isCdisc = /^([A-Z]{2}|A)DY$/.test(day.column.name);
    const time: MappingSpec["time"] = {
      kind: "day",
      column: day.column.name,
      unit: "days",
      convention: isCdisc ? "first-day-is-one" : "zero-based",
    };
    notes.because(
      "time.column",
      day.column.name,
      isCdisc ? "CDISC study day: day 1 is time zero." : "Its name says that it holds days.",
    );
    return { time, visits: visitsFromRecords(table, patient, day.column, 1, notes) };
  }
  for (const [name, unit] of UNIT_NAMES) {
    const profile = findProfile(
      profiles.filter((each) => each.isNumber),
      [name],
    );
    if (profile === null) continue;
    notes.because("time.column", profile.column.name, `Its name says that it holds ${unit}.`);
    return {
      time: { kind: "day", column: profile.column.name, unit, convention: "zero-based" },
      visits: visitsFromRecords(table, patient, profile.column, toDays(1, unit), notes),
    };
  }
  const untold = findProfile(
    profiles.filter((profile) => profile.isNumber && !profile.isConstantWithinPatient),
    ["TIME", "T"],
  );
  if (untold === null) return null;
  notes.because("time.column", untold.column.name, "Its name says that it holds times.");
  notes.require(
    "time.unit",
    `Say whether ${untold.column.name} counts days, weeks, months or years; days are assumed.`,
  );
  return {
    time: { kind: "day", column: untold.column.name, unit: "days", convention: "zero-based" },
    visits: visitsFromRecords(table, patient, untold.column, 1, notes),
  };
}

const BASELINE_NAME = /^(baseline|base|screening|bl|day\s*[01]|week\s*0|visit\s*0)$/i;

function suggestByVisit(
  table: RawTable,
  visit: ColumnProfile,
  day: RawColumn | null,
  profiles: readonly ColumnProfile[],
  notes: SuggestionNotes,
): TimeSuggestion {
  const { column } = visit;
  notes.because(
    "time.column",
    column.name,
    column.name.toUpperCase().startsWith("AVISIT") ? "CDISC analysis visit." : "Its name says that it holds visits.",
  );
  if (day !== null)
    notes.because(
      "time.dayColumn",
      day.name,
      "Holds the actual study day; it decides between two records of one visit.",
    );
  const names = findProfile(
    profiles,
    column.name.toUpperCase() === "AVISITN" ? ["AVISIT"] : column.name.toUpperCase() === "VISITNUM" ? ["VISIT"] : [],
  );
  const label = (value: string) => (names === null ? value : (pairedText(table, column, value, names.column) ?? value));
  const baselineValues = visit.levels.filter(
    (value) => BASELINE_NAME.test(label(value)) || (column.kind === "number" && Number(value) === 0),
  );
  const timed = visit.levels
    .filter((value) => !baselineValues.includes(value))
    .flatMap((value) => {
      const target = targetDay(table, column, value, label(value), day);
      return target === null ? [] : [{ value, label: label(value), target }];
    })
    .filter((each) => each.target > 0)
    .sort((first, second) => first.target - second.target);
  const distinct = timed.filter((each, index) => timed.findIndex((other) => other.target === each.target) === index);
  const visits = withWindows(distinct.map((each) => ({ label: each.label, targetDay: each.target })));
  if (visits.length > 0)
    notes.confirm(
      "visits",
      `Target days were taken from the names of the visits${day === null ? "" : `, or from the median of ${day.name}`}; windows meet half-way between them. Check both.`,
    );
  return {
    time: {
      kind: "visit",
      column: column.name,
      baselineValues,
      visits: distinct.flatMap((each, index) =>
        visits[index] === undefined ? [] : [{ value: each.value, visitId: visits[index].id }],
      ),
      dayColumn: day?.name ?? null,
    },
    visits,
  };
}

/** Text of another column in the first record with the given value. */
function pairedText(table: RawTable, column: RawColumn, value: string, other: RawColumn): string | null {
  for (let row = 0; row < table.rowCount; row++) {
    if (cellText(column, row) === value && cellText(other, row) !== "") return cellText(other, row);
  }
  return null;
}

const NAMED_TIME =
  /(day|week|wk|month|mo|year|yr)s?\s*\.?\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*-?\s*(day|week|wk|month|year|yr)s?/i;

/** Day that a visit's name states ("Week 8" → 56), else the median actual day of its records. */
function targetDay(
  table: RawTable,
  column: RawColumn,
  value: string,
  label: string,
  day: RawColumn | null,
): number | null {
  const match = NAMED_TIME.exec(label);
  if (match !== null) {
    const unit = (match[1] ?? match[4] ?? "day").toLowerCase();
    const count = Number(match[2] ?? match[3]);
    return Math.round(
      toDays(
        count,
        unit.startsWith("w") ? "weeks" : unit.startsWith("m") ? "months" : unit.startsWith("y") ? "years" : "days",
      ),
    );
  }
  if (day?.kind !== "number") return null;
  const days: number[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const actual = day.values[row] ?? Number.NaN;
    if (cellText(column, row) === value && !Number.isNaN(actual)) days.push(actual);
  }
  return days.length === 0 ? null : Math.round(middle(days));
}

/**
 * Planned visits guessed from days alone: the median day of the patients' first, second, … record after time zero, as
 * long as half of the patients have one.
 */
function visitsFromRecords(
  table: RawTable,
  patient: RawColumn | null,
  day: RawColumn,
  daysPerUnit: number,
  notes: SuggestionNotes,
): PlannedVisit[] {
  if (day.kind !== "number" || patient === null) return [];
  const byPatient = new Map<string, number[]>();
  for (let row = 0; row < table.rowCount; row++) {
    const value = (day.values[row] ?? Number.NaN) * daysPerUnit;
    const id = cellText(patient, row);
    const days = byPatient.get(id) ?? [];
    if (value > 0 && !days.includes(value)) days.push(value);
    byPatient.set(id, days);
  }
  const sorted = [...byPatient.values()].map((days) => days.sort((first, second) => first - second));
  const targets: number[] = [];
  for (let k = 0; ; k++) {
    const kth = sorted.map((days) => days[k]).filter((value) => value !== undefined);
    if (kth.length < sorted.length / 2 || kth.length === 0) break;
    const target = Math.round(middle(kth));
    if (target > (targets.at(-1) ?? 0)) targets.push(target);
  }
  if (targets.length > 0)
    notes.confirm(
      "visits",
      `The planned visits are a guess from the median days of the patients' records (${targets.join(", ")}). Replace them by those of the protocol.`,
    );
  return withWindows(targets.map((targetDay) => ({ label: `Day ${targetDay}`, targetDay })));
}

/** Windows that meet half-way between neighbouring targets; the last is as wide behind its target as before it. */
function withWindows(visits: readonly { readonly label: string; readonly targetDay: number }[]): PlannedVisit[] {
  return visits.map(({ label, targetDay }, index) => {
    const previous = visits[index - 1]?.targetDay ?? 0;
    const next = visits[index + 1]?.targetDay;
    const windowFrom = Math.floor((previous + targetDay) / 2) + 1;
    const windowTo = next === undefined ? targetDay + (targetDay - windowFrom) : Math.floor((targetDay + next) / 2);
    return {
      id: visitId(label, index),
      label: label.slice(0, 60),
      targetDay,
      windowFrom: Math.min(windowFrom, targetDay),
      windowTo,
    };
  });
}

function visitId(label: string, index: number): string {
  const words = label.toLowerCase().replace(/[^a-z0-9]+/g, "");
  return /^[a-z]/.test(words) ? words.slice(0, 40) : `visit${parseNumber(words, ".") ?? index + 1}`;
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((first, second) => first - second);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
