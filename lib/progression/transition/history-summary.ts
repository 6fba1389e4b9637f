import { DAYS_PER_YEAR } from "./design-columns.ts";

/**
 * Running summary of the values of one endpoint in one patient, one number a slot. A history that is simulated and one that
 * was observed with gaps are summarised alike. METHODS.md, equation (TM1).
 */
export const SUMMARY = {
  count: 0,
  last: 1,
  /** Years since baseline of the last value. */
  lastTime: 2,
  /** Value at baseline; NaN when missing. */
  baseline: 3,
  sum: 4,
  sumTime: 5,
  sumTimeSquared: 6,
  sumTimeValue: 7,
  maximum: 8,
  minimum: 9,
  previous: 10,
  size: 11,
} as const;

/** An empty history at `offset`. */
export function clearSummary(state: Float64Array, offset: number): void {
  state.fill(0, offset, offset + SUMMARY.size);
  state[offset + SUMMARY.last] = Number.NaN;
  state[offset + SUMMARY.previous] = Number.NaN;
  state[offset + SUMMARY.baseline] = Number.NaN;
  state[offset + SUMMARY.maximum] = Number.NEGATIVE_INFINITY;
  state[offset + SUMMARY.minimum] = Number.POSITIVE_INFINITY;
}

/** Adds a value; values come in order of time. */
export function addToSummary(state: Float64Array, offset: number, value: number, day: number): void {
  const time = day / DAYS_PER_YEAR;
  state[offset + SUMMARY.count]!++;
  state[offset + SUMMARY.previous] = state[offset + SUMMARY.last]!;
  state[offset + SUMMARY.last] = value;
  state[offset + SUMMARY.lastTime] = time;
  state[offset + SUMMARY.sum]! += value;
  state[offset + SUMMARY.sumTime]! += time;
  state[offset + SUMMARY.sumTimeSquared]! += time * time;
  state[offset + SUMMARY.sumTimeValue]! += time * value;
  if (value > state[offset + SUMMARY.maximum]!) state[offset + SUMMARY.maximum] = value;
  if (value < state[offset + SUMMARY.minimum]!) state[offset + SUMMARY.minimum] = value;
}

/** Least-squares slope a year; NaN with fewer than two values or all at one time. */
export function slopeOf(state: Float64Array, offset: number): number {
  const n = state[offset + SUMMARY.count]!;
  const meanTime = state[offset + SUMMARY.sumTime]! / n;
  const spread = state[offset + SUMMARY.sumTimeSquared]! - n * meanTime * meanTime;
  if (n < 2 || !(spread > 1e-9)) return Number.NaN;
  return (state[offset + SUMMARY.sumTimeValue]! - meanTime * state[offset + SUMMARY.sum]!) / spread;
}
