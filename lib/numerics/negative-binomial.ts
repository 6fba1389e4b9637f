import { incompleteBeta, type TailPair } from "./incomplete-beta.ts";
import { binomialKernel } from "./log-gamma.ts";
import { quantileOfCount } from "./quantile-search.ts";

/**
 * Probability of exactly `count` events of a negative binomial with the mean given.
 *
 * @param count - Whole number; 0 below 0.
 * @param size - Dispersion parameter, positive; variance = mean + mean²/size.
 * @param mean - Expected number of events, positive.
 */
export function negativeBinomialDensity(count: number, size: number, mean: number): number {
  if (!Number.isInteger(count) || count < 0) return 0;
  const success = size / (size + mean);
  if (count === 0) return Math.exp(-size * Math.log1p(mean / size));
  return (size / (size + count)) * binomialKernel(size, count, success, mean / (size + mean));
}

/**
 * Cumulative distribution P(X ≤ count) of the negative binomial: I_{size/(size+mean)}(size, count + 1).
 *
 * Reference values: tests/reference/distributions.json.
 */
export function negativeBinomialCdf(count: number, size: number, mean: number): number {
  return tails(Math.floor(count), size, mean).lower;
}

/** Upper tail P(X > count) of the negative binomial, without cancellation. */
export function negativeBinomialUpperTail(count: number, size: number, mean: number): number {
  return tails(Math.floor(count), size, mean).upper;
}

function tails(count: number, size: number, mean: number): TailPair {
  if (count < 0) return { lower: 0, upper: 1 };
  return incompleteBeta(size, count + 1, size / (size + mean), mean / (size + mean));
}

/** Quantile: the smallest count with P(X ≤ count) ≥ `level`, in [0, 1]; NaN outside. */
export function negativeBinomialQuantile(level: number, size: number, mean: number): number {
  if (!(level >= 0 && level <= 1)) return Number.NaN;
  if (level === 0) return 0;
  if (level === 1) return Infinity;
  return quantileOfCount(level, "lower", Infinity, mean, (count) => tails(count, size, mean));
}

/** Upper-tail quantile: the smallest count with P(X > count) ≤ `level`, in [0, 1]; NaN outside. */
export function negativeBinomialUpperQuantile(level: number, size: number, mean: number): number {
  if (!(level >= 0 && level <= 1)) return Number.NaN;
  if (level === 1) return 0;
  if (level === 0) return Infinity;
  return quantileOfCount(level, "upper", Infinity, mean, (count) => tails(count, size, mean));
}
