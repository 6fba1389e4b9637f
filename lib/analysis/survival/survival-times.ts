import { DomainError, invalidInput } from "../../errors/domain-error.ts";

/** Right-censored times, one a patient. */
export interface SurvivalTimes {
  /** Time to event or censoring, ≥ 0; shape [n]. */
  readonly time: Float64Array;
  /** 1 when the event was seen at `time`, 0 when follow-up ended there; shape [n]. */
  readonly event: Uint8Array;
}

/** Differences of this share of the mean time, or this size, are rounding. */
const TIE_TOLERANCE = Math.sqrt(Number.EPSILON);

/**
 * Refuses times that no analysis can use.
 *
 * @param argument - Name of the argument in the caller's terms.
 * @throws DomainError INVALID_INPUT for a negative or missing time or an indicator other than 0 and 1;
 *   INSUFFICIENT_DATA when there is no patient.
 */
export function assertSurvivalTimes({ time, event }: SurvivalTimes, argument = "times"): void {
  if (time.length !== event.length)
    throw invalidInput(`${argument}.event`, event.length, `must have one entry for each of the ${time.length} times`);
  if (time.length === 0)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument,
      received: 0,
      requirement: "must hold at least one patient with a known time",
    });
  for (let i = 0; i < time.length; i++) {
    if (!(time[i]! >= 0 && time[i]! < Infinity))
      throw invalidInput(`${argument}.time`, time[i]!, "must be a number of at least 0");
    if (event[i] !== 0 && event[i] !== 1)
      throw invalidInput(`${argument}.event`, event[i]!, "must be 1 (event) or 0 (censored)");
  }
}

/**
 * Times in which values that differ by rounding only are equal: a group of neighbours closer than 1.5e-8 (absolutely or
 * relative to the mean of the distinct times) takes the value of its first.
 *
 * Source: the rule of `aeqSurv` in R's survival package, so that both call the same patients tied.
 */
export function withTiesMended(time: Float64Array): Float64Array {
  // Sorted in place without a comparator, which is the fast sort of typed arrays.
  const distinct = Float64Array.from(time).sort();
  let count = 0;
  let sum = 0;
  for (let k = 0; k < distinct.length; k++) {
    if (k > 0 && distinct[k] === distinct[count - 1]) continue;
    sum += Math.abs(distinct[k]!);
    distinct[count++] = distinct[k]!;
  }
  const mean = sum / count;
  const tied = (k: number) => {
    const step = distinct[k]! - distinct[k - 1]!;
    return step <= TIE_TOLERANCE || step / mean <= TIE_TOLERANCE;
  };
  const replacement = new Map<number, number>();
  let first = distinct[0]!;
  for (let k = 1; k < count; k++) {
    if (tied(k)) replacement.set(distinct[k]!, first);
    else first = distinct[k]!;
  }
  return replacement.size === 0 ? time : time.map((value) => replacement.get(value) ?? value);
}

/**
 * Indices of the patients by stratum, then increasing time, deaths before censorings of the same time, then their order in
 * the data.
 *
 * @param strata - Code of the stratum, shape [n]; omit for one stratum.
 */
export function orderByTime({ time, event }: SurvivalTimes, strata?: ArrayLike<number>): Int32Array {
  const order = Int32Array.from(time, (_, i) => i);
  return order.sort(
    (i, j) =>
      (strata === undefined ? 0 : strata[i]! - strata[j]!) || time[i]! - time[j]! || event[j]! - event[i]! || i - j,
  );
}

/** The patients at some indices. */
export function timesAt({ time, event }: SurvivalTimes, rows: ArrayLike<number>): SurvivalTimes {
  return {
    time: Float64Array.from(rows, (row) => time[row]!),
    event: Uint8Array.from(rows, (row) => event[row]!),
  };
}

/** Number of events. */
export function eventCount(event: Uint8Array): number {
  let count = 0;
  for (const seen of event) count += seen;
  return count;
}
