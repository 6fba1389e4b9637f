import type { MappingSpec } from "./mapping-spec.ts";

type TimeUnit = MappingSpec["events"][number]["unit"];

/** Days in one unit; months and years are mean Gregorian ones (365.2425 rounded to the customary 365.25). */
const DAYS: Readonly<Record<TimeUnit, number>> = { days: 1, weeks: 7, months: 30.4375, years: 365.25 };

/** Duration in days. */
export function toDays(value: number, unit: TimeUnit): number {
  return value * DAYS[unit];
}

/**
 * Days from time zero. CDISC study days have no day 0: day 1 is time zero itself, day −1 the day before
 * (METHODS.md (D1)).
 */
export function daysFromZero(value: number, unit: TimeUnit, convention: "zero-based" | "first-day-is-one"): number {
  const days = toDays(value, unit);
  return convention === "first-day-is-one" && days > 0 ? days - 1 : days;
}
