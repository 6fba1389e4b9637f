import { incompleteBeta, type TailPair } from "./incomplete-beta.ts";
import { binomialKernel } from "./log-gamma.ts";
import { normalQuantile } from "./normal.ts";
import { quantileOfCount } from "./quantile-search.ts";

/**
 * Probability of exactly `count` successes.
 *
 * @param count - Whole number; 0 outside 0 … trials.
 * @param trials - Number of trials, whole and not negative.
 * @param probability - Probability of success, in [0, 1].
 *
 * Source: Loader (2000). Reference values: tests/reference/distributions.json.
 */
export function binomialDensity(count: number, trials: number, probability: number): number {
  if (!Number.isInteger(count) || count < 0 || count > trials) return 0;
  if (probability === 0) return count === 0 ? 1 : 0;
  if (probability === 1) return count === trials ? 1 : 0;
  if (count === 0) return Math.exp(trials * Math.log1p(-probability));
  if (count === trials) return Math.exp(trials * Math.log(probability));
  return binomialKernel(count, trials - count, probability, 1 - probability);
}

/**
 * Cumulative distribution P(X ≤ count) of the binomial, full relative accuracy in the tail.
 *
 * @param count - Any real number; rounded down.
 * @param trials - Number of trials, whole and not negative.
 * @param probability - Probability of success, in [0, 1].
 *
 * Source: P(X ≤ k) = I_{1−p}(n − k, k + 1). Reference values: tests/reference/distributions.json.
 */
export function binomialCdf(count: number, trials: number, probability: number): number {
  return tails(Math.floor(count), trials, probability).lower;
}

/** Upper tail P(X > count) of the binomial, without cancellation. Arguments as {@link binomialCdf}. */
export function binomialUpperTail(count: number, trials: number, probability: number): number {
  return tails(Math.floor(count), trials, probability).upper;
}

function tails(count: number, trials: number, probability: number): TailPair {
  if (count < 0) return { lower: 0, upper: 1 };
  if (count >= trials) return { lower: 1, upper: 0 };
  return incompleteBeta(trials - count, count + 1, 1 - probability, probability);
}

/** Quantile: the smallest count with P(X ≤ count) ≥ `level`, in [0, 1]; NaN outside. */
export function binomialQuantile(level: number, trials: number, probability: number): number {
  if (!(level >= 0 && level <= 1)) return Number.NaN;
  if (level === 0) return 0;
  if (level === 1) return probability === 0 ? 0 : trials;
  return quantileOfCount(level, "lower", trials, guess(normalQuantile(level), trials, probability), (count) =>
    tails(count, trials, probability),
  );
}

/** Upper-tail quantile: the smallest count with P(X > count) ≤ `level`, in [0, 1]; NaN outside. */
export function binomialUpperQuantile(level: number, trials: number, probability: number): number {
  if (!(level >= 0 && level <= 1)) return Number.NaN;
  if (level === 1) return 0;
  if (level === 0) return probability === 0 ? 0 : trials;
  return quantileOfCount(level, "upper", trials, guess(-normalQuantile(level), trials, probability), (count) =>
    tails(count, trials, probability),
  );
}

function guess(z: number, trials: number, probability: number): number {
  const variance = trials * probability * (1 - probability);
  return trials * probability + z * Math.sqrt(variance) + ((1 - 2 * probability) * (z * z - 1)) / 6;
}
