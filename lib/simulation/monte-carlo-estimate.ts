import { clopperPearsonInterval } from "../numerics/binomial-interval.ts";
import type { MonteCarloEstimate } from "./simulation-document.ts";

/** Proportion with √(p(1 − p)/n); exact Clopper–Pearson 95 % limits when nothing or everything was counted. */
export function proportionEstimate(count: number, trials: number): MonteCarloEstimate {
  if (trials === 0) return { value: 0, mcse: 0, limits: { lower: 0, upper: 1 } };
  const value = count / trials;
  const limits = count === 0 || count === trials ? clopperPearsonInterval(count, trials) : null;
  return {
    value,
    mcse: Math.sqrt((value * (1 - value)) / trials),
    limits: limits === null ? null : { lower: limits.lower, upper: limits.upper },
  };
}

/**
 * A simulated proportion in words: a standard error of 0 would claim certainty, so nothing or everything counted is given
 * with its exact limit.
 *
 * @param estimate - From {@link proportionEstimate}.
 * @param trials - Replicates that it rests on.
 * @returns E.g. "0.0251 ± 0.0016 (Monte Carlo standard error)" or "0 of 10,000 replicates (upper 97.5 % limit 0.00037)".
 */
export function describeProportion(estimate: MonteCarloEstimate, trials: number): string {
  const { value, mcse, limits } = estimate;
  const n = trials.toLocaleString("en-US");
  if (trials === 0) return "unknown, because no replicate could be analysed";
  if (limits === null) return `${value.toFixed(4)} ± ${mcse.toFixed(4)} (Monte Carlo standard error)`;
  return value === 0
    ? `0 of ${n} replicates (upper 97.5 % limit ${Number(limits.upper.toPrecision(2))})`
    : `${n} of ${n} replicates (lower 97.5 % limit ${limits.lower.toFixed(Math.min(8, 2 - Math.floor(Math.log10(1 - limits.lower))))})`;
}

/** Mean with SD/√n, from the sums of values and of their squares. */
export function meanEstimate(sum: number, sumOfSquares: number, trials: number): MonteCarloEstimate {
  if (trials === 0) return { value: 0, mcse: 0, limits: null };
  const value = sum / trials;
  return { value, mcse: Math.sqrt(sampleVariance(sum, sumOfSquares, trials) / trials), limits: null };
}

/**
 * Root mean squared error with its standard error by the delta method: SD(error²)/(2·RMSE·√n).
 *
 * @param squaredSum - Σ error².
 * @param fourthSum - Σ error⁴.
 */
export function rootMeanSquaredErrorEstimate(
  squaredSum: number,
  fourthSum: number,
  trials: number,
): MonteCarloEstimate {
  if (trials === 0) return { value: 0, mcse: 0, limits: null };
  const value = Math.sqrt(squaredSum / trials);
  const spread = Math.sqrt(sampleVariance(squaredSum, fourthSum, trials) / trials);
  return { value, mcse: value > 0 ? spread / (2 * value) : 0, limits: null };
}

/**
 * Difference of two proportions on the same replicates.
 *
 * @param onlyFirst - Replicates in which only the first rejected.
 * @param onlySecond - Replicates in which only the second rejected.
 * @param trials - Replicates that both could analyse.
 * @returns Difference with its paired standard error; exact limits when the two never differed.
 */
export function pairedProportionDifference(onlyFirst: number, onlySecond: number, trials: number): MonteCarloEstimate {
  if (trials === 0) return { value: 0, mcse: 0, limits: { lower: -1, upper: 1 } };
  const value = (onlyFirst - onlySecond) / trials;
  const discordant = (onlyFirst + onlySecond) / trials;
  const mcse = Math.sqrt(Math.max(0, discordant - value * value) / trials);
  if (onlyFirst + onlySecond > 0) return { value, mcse, limits: null };
  const { upper } = clopperPearsonInterval(0, trials);
  return { value, mcse, limits: { lower: -upper, upper } };
}

/**
 * Quantile of a histogram: the smallest key below or at which at least that share of the trials lies.
 *
 * @param histogram - [key, count], keys increasing.
 * @param share - In (0, 1].
 */
export function histogramQuantile(histogram: readonly (readonly [number, number])[], share: number): number {
  const trials = histogram.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [key, count] of histogram) {
    seen += count;
    if (seen >= share * trials) return key;
  }
  return histogram.at(-1)?.[0] ?? 0;
}

function sampleVariance(sum: number, sumOfSquares: number, trials: number): number {
  if (trials < 2) return 0;
  return Math.max(0, (sumOfSquares - (sum * sum) / trials) / (trials - 1));
}
