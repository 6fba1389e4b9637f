/** Seconds in a day. */
export const daySeconds = 86_400;

/** 1960-01-01, the origin of SAS dates, as a day number (days since 1970-01-01). */
export const sasEpochDays = -3653;

/** Days in 400 years of the Gregorian calendar, after which it repeats. */
const ERA_DAYS = 146_097;
/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH_OFFSET = 719_468;
/** 9999-12-31, the last date ISO 8601 writes with four digits. */
const LAST_DAY = 2_932_896;
/** 0001-01-01. */
const FIRST_DAY = -719_162;

/**
 * Days since 1970-01-01 of a date of the proleptic Gregorian calendar; null when there is no such date.
 * The year is counted from March, so that the leap day is the last of it.
 */
export function dayNumber(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * ERA_DAYS + dayOfEra - EPOCH_OFFSET;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** ISO date of a day number (days since 1970-01-01; a fraction is dropped); null beyond the years 0001–9999. */
export function isoDate(days: number): string | null {
  const whole = Math.floor(days);
  if (!(whole >= FIRST_DAY && whole <= LAST_DAY)) return null;
  const shifted = whole + EPOCH_OFFSET;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / (ERA_DAYS - 1))) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** ISO time hh:mm:ss of seconds since midnight; hours may exceed 23, fractions are kept to a microsecond. */
export function isoTime(seconds: number): string {
  const sign = seconds < 0 ? "-" : "";
  const microseconds = Math.round(Math.abs(seconds) * 1e6);
  const whole = Math.floor(microseconds / 1e6);
  const fraction = microseconds % 1e6;
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const text = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return fraction === 0 ? `${sign}${text}` : `${sign}${text}.${String(fraction).padStart(6, "0").replace(/0+$/, "")}`;
}

/** ISO datetime of a day number with a fraction given as seconds within the day. */
export function isoDatetime(days: number, secondsOfDay: number): string | null {
  const date = isoDate(days);
  return date === null ? null : `${date}T${isoTime(secondsOfDay)}`;
}

export type ParsedIso =
  | { readonly kind: "complete"; readonly days: number }
  | { readonly kind: "partial" }
  | { readonly kind: "invalid" };

const ISO_DATETIME =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/**
 * Day number (days since 1970-01-01) of an ISO 8601 date or datetime; "partial" when the day is not stated, "invalid"
 * when the text is no such date. A time-zone suffix is accepted and not applied: study days count local calendar days.
 */
export function parseIsoDay(text: string): ParsedIso {
  const match = ISO_DATETIME.exec(text);
  if (match === null) return { kind: "invalid" };
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => (part === undefined ? null : Number(part)));
  if (year == null || (month != null && (month < 1 || month > 12))) return { kind: "invalid" };
  if (month == null || day == null) return { kind: "partial" };
  const days = dayNumber(year, month, day);
  if (days === null || (hour ?? 0) > 24 || (minute ?? 0) > 59 || (second ?? 0) >= 61) return { kind: "invalid" };
  return { kind: "complete", days: days + ((hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0)) / daySeconds };
}

const ISO_TIME = /^T?(\d{2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/;

/** Seconds since midnight of an ISO 8601 time; null when the text is none. */
export function parseIsoTime(text: string): number | null {
  const match = ISO_TIME.exec(text);
  if (match === null) return null;
  return Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0);
}
