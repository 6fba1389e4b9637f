import type { SurvivalCurve } from "./kaplan-meier.ts";

/** A quantile of the survival time with its interval; null where the curve does not reach it. */
export interface SurvivalQuantile {
  /** Share of patients with the event by then, e.g. 0.5 for the median. */
  readonly probability: number;
  readonly quantile: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Probabilities that differ by less count as equal, so that a horizontal piece of the curve at the level is seen. */
const LEVEL_TOLERANCE = Math.sqrt(Number.EPSILON);

/**
 * Quantiles of the survival time: where the curve crosses 1 − p, the middle of the horizontal piece if it lies at that level;
 * limits where the limits of the curve cross it (Brookmeyer–Crowley on the curve's scale).
 *
 * @param curve - Kaplan–Meier curve with its interval.
 * @param probabilities - In (0, 1).
 *
 * METHODS.md eq. (V4). Source: Brookmeyer & Crowley (1982); the conventions of `quantile.survfit` in R's survival.
 */
export function survivalQuantiles(curve: SurvivalCurve, probabilities: readonly number[]): SurvivalQuantile[] {
  const crossings = (survival: Float64Array) => crossingTimes(curve.time, survival, probabilities);
  const quantile = crossings(curve.survival);
  // The lower limit of the curve falls first, so that it gives the lower limit of the time.
  const lower = crossings(curve.lower);
  const upper = crossings(curve.upper);
  return probabilities.map((probability, i) => ({
    probability,
    quantile: quantile[i]!,
    lower: lower[i]!,
    upper: upper[i]!,
  }));
}

/** First times at which 1 − survival reaches each level. */
function crossingTimes(time: Float64Array, survival: Float64Array, levels: readonly number[]): (number | null)[] {
  const steps: { level: number; index: number }[] = [];
  const times: number[] = [];
  const seen = new Set<number>();
  const add = (at: number, level: number) => {
    if (seen.has(level)) return;
    seen.add(level);
    times.push(at);
    if (!Number.isNaN(level)) steps.push({ level, index: times.length - 1 });
  };
  add(0, 0);
  for (let j = 0; j < time.length; j++) add(time[j]!, 1 - survival[j]!);
  const highest = Math.max(...steps.map(({ level }) => level));
  if (highest < Math.min(...levels)) return levels.map(() => null);
  steps.sort((a, b) => a.level - b.level);
  const lastKept = times.length - 1;
  const lastStep = steps.find(({ index }) => index === lastKept);
  return levels.map((p) => {
    if (p === 0) return times[0]!;
    const from = steps.find(({ level }) => level + LEVEL_TOLERANCE >= p);
    const to = steps.find(({ level }) => level - LEVEL_TOLERANCE >= p);
    if (from === undefined) return null;
    if (lastStep !== undefined && Math.abs(p - lastStep.level) < LEVEL_TOLERANCE)
      return (times[from.index]! + time[time.length - 1]!) / 2;
    return to === undefined ? null : (times[from.index]! + times[to.index]!) / 2;
  });
}
