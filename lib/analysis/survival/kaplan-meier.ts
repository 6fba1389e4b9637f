import { normalQuantile } from "../../numerics/normal.ts";
import { type SurvivalIntervalScale, survivalInterval } from "./survival-interval.ts";
import { assertSurvivalTimes, orderByTime, type SurvivalTimes, withTiesMended } from "./survival-times.ts";

/** A survival curve: values at each distinct time of event or censoring. */
export interface SurvivalCurve {
  /** Distinct times, increasing; shape [k]. */
  readonly time: Float64Array;
  /** Patients followed up to just before each time. */
  readonly atRisk: Float64Array;
  readonly events: Float64Array;
  readonly censored: Float64Array;
  /** Probability of no event up to and including each time. */
  readonly survival: Float64Array;
  /** Greenwood's standard error of log survival; Infinity where survival is 0. */
  readonly logStandardError: Float64Array;
  /** Limits of the pointwise interval; NaN where the scale has none. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Nelson–Aalen estimate of the cumulative hazard. */
  readonly cumulativeHazard: Float64Array;
  readonly cumulativeHazardStandardError: Float64Array;
  readonly subjects: number;
  readonly eventTotal: number;
  readonly confidence: number;
  readonly scale: SurvivalIntervalScale;
}

/** The curve at a chosen time. */
export interface SurvivalAtTime {
  readonly time: number;
  /** Patients still followed just before the time. */
  readonly atRisk: number;
  readonly survival: number;
  /** Greenwood; NaN where survival is 0. */
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Kaplan–Meier survival curve with Greenwood's standard error and Nelson–Aalen cumulative hazard.
 *
 * @param times - Right-censored times, shape [n].
 * @param options - Confidence (0.95) and the scale on which the interval is symmetric ("log").
 * @returns Step functions, right-continuous, constant between the listed times.
 * @throws DomainError INVALID_INPUT for inadmissible times.
 *
 * METHODS.md eq. (V1)–(V3). Source: Kaplan & Meier (1958); Greenwood (1926); Aalen (1978). Reference values:
 * tests/reference/survival.json (R survival 3.5-3 `survfit`).
 */
export function kaplanMeier(
  times: SurvivalTimes,
  options: { readonly confidence?: number; readonly scale?: SurvivalIntervalScale } = {},
): SurvivalCurve {
  const { confidence = 0.95, scale = "log" } = options;
  assertSurvivalTimes(times);
  const mended = { time: withTiesMended(times.time), event: times.event };
  const order = orderByTime(mended);
  const n = order.length;
  const columns = { time: [] as number[], atRisk: [] as number[], events: [] as number[], censored: [] as number[] };
  for (let at = 0; at < n; ) {
    const time = mended.time[order[at]!]!;
    let events = 0;
    let next = at;
    for (; next < n && mended.time[order[next]!] === time; next++) events += mended.event[order[next]!]!;
    columns.time.push(time);
    columns.atRisk.push(n - at);
    columns.events.push(events);
    columns.censored.push(next - at - events);
    at = next;
  }
  const k = columns.time.length;
  const survival = new Float64Array(k);
  const logStandardError = new Float64Array(k);
  const lower = new Float64Array(k);
  const upper = new Float64Array(k);
  const cumulativeHazard = new Float64Array(k);
  const cumulativeHazardStandardError = new Float64Array(k);
  const z = -normalQuantile((1 - confidence) / 2);
  let product = 1;
  let greenwood = 0;
  let hazard = 0;
  let hazardVariance = 0;
  let total = 0;
  for (let j = 0; j < k; j++) {
    const atRisk = columns.atRisk[j]!;
    const events = columns.events[j]!;
    total += events;
    product *= (atRisk - events) / atRisk;
    if (events > 0) greenwood += events / (atRisk * (atRisk - events));
    hazard += events / atRisk;
    hazardVariance += events / (atRisk * atRisk);
    survival[j] = product;
    logStandardError[j] = Math.sqrt(greenwood);
    cumulativeHazard[j] = hazard;
    cumulativeHazardStandardError[j] = Math.sqrt(hazardVariance);
    const interval = survivalInterval(product, logStandardError[j]!, z, scale);
    lower[j] = interval.lower;
    upper[j] = interval.upper;
  }
  return {
    time: Float64Array.from(columns.time),
    atRisk: Float64Array.from(columns.atRisk),
    events: Float64Array.from(columns.events),
    censored: Float64Array.from(columns.censored),
    survival,
    logStandardError,
    lower,
    upper,
    cumulativeHazard,
    cumulativeHazardStandardError,
    subjects: n,
    eventTotal: total,
    confidence,
    scale,
  };
}

/**
 * The curve at chosen times; null beyond the last observation, where it is not known.
 *
 * @param at - Times in the unit of the curve.
 */
export function survivalAt(curve: SurvivalCurve, at: number): SurvivalAtTime | null {
  const { time } = curve;
  if (at > time[time.length - 1]!) return null;
  const index = lastNotAfter(time, at);
  const firstNotBefore = index >= 0 && time[index] === at ? index : index + 1;
  const atRisk = curve.atRisk[firstNotBefore]!;
  if (index < 0) return { time: at, atRisk, survival: 1, standardError: 0, lower: 1, upper: 1 };
  const survival = curve.survival[index]!;
  return {
    time: at,
    atRisk,
    survival,
    standardError: curve.logStandardError[index]! * survival,
    lower: curve.lower[index]!,
    upper: curve.upper[index]!,
  };
}

/** Index of the last entry of an increasing list that is at most x; −1 when there is none. */
export function lastNotAfter(increasing: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = increasing.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (increasing[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
