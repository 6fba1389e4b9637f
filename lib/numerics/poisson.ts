import type { TailPair } from "./incomplete-beta.ts";
import { incompleteGamma } from "./incomplete-gamma.ts";
import { poissonKernel } from "./log-gamma.ts";
import { normalQuantile } from "./normal.ts";
import { quantileOfCount } from "./quantile-search.ts";

/**
 * Probability of exactly `count` events.
 *
 * @param count - Whole number; 0 below 0.
 * @param mean - Expected number of events, not negative.
 */
export function poissonDensity(count: number, mean: number): number {
  if (!Number.isInteger(count) || count < 0) return 0;
  if (mean === 0) return count === 0 ? 1 : 0;
  return count === 0 ? Math.exp(-mean) : poissonKernel(count, mean);
}

/**
 * Cumulative distribution P(X ≤ count) of the Poisson: Q(count + 1, mean).
 *
 * Reference values: tests/reference/distributions.json.
 */
export function poissonCdf(count: number, mean: number): number {
  return tails(Math.floor(count), mean).lower;
}

/** Upper tail P(X > count) of the Poisson, without cancellation. */
export function poissonUpperTail(count: number, mean: number): number {
  return tails(Math.floor(count), mean).upper;
}

function tails(count: number, mean: number): TailPair {
  if (count < 0) return { lower: 0, upper: 1 };
  const gamma = incompleteGamma(count + 1, mean);
  return { lower: gamma.upper, upper: gamma.lower };
}

/** Quantile: the smallest count with P(X ≤ count) ≥ `level`, in [0, 1]; NaN outside. */
export function poissonQuantile(level: number, mean: number): number {
  if (!(level >= 0 && level <= 1)) return Number.NaN;
  if (level === 0 || mean === 0) return 0;
  if (level === 1) return Infinity;
  const start = mean + normalQuantile(level) * Math.sqrt(mean);
  return quantileOfCount(level, "lower", Infinity, start, (count) => tails(count, mean));
}

/** Upper-tail quantile: the smallest count with P(X > count) ≤ `level`, in [0, 1]; NaN outside. */
export function poissonUpperQuantile(level: number, mean: number): number {
  if (!(level >= 0 && level <= 1)) return Number.NaN;
  if (level === 1 || mean === 0) return 0;
  if (level === 0) return Infinity;
  const start = mean - normalQuantile(level) * Math.sqrt(mean);
  return quantileOfCount(level, "upper", Infinity, start, (count) => tails(count, mean));
}
