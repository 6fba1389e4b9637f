import type { Rng } from "../numerics/rng.ts";
import type { IntervalEstimate } from "../trial/interval.ts";

const LEVEL = 0.95;

/**
 * Percentile intervals of several statistics under resampling of whole patients, all from the same resamples.
 *
 * @param count - Number of patients n.
 * @param replicates - Number of resamples B.
 * @param rng - Source of the resamples.
 * @param statistics - Given how often each patient is in the sample ([n], sums to n), writes S statistics into `into`.
 * @param size - S.
 * @returns S estimates (every patient once) with two-sided 95 % limits: 2.5 % and 97.5 % quantiles, linear interpolation.
 *
 * Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 13.3. METHODS.md, equation (P11).
 */
export function bootstrapIntervals(
  count: number,
  replicates: number,
  rng: Rng,
  statistics: (weights: Float64Array, into: Float64Array) => void,
  size: number,
): IntervalEstimate[] {
  const weights = new Float64Array(count).fill(1);
  const into = new Float64Array(size);
  statistics(weights, into);
  const value = into.slice();
  const samples = Array.from({ length: size }, () => new Float64Array(replicates));
  for (let b = 0; b < replicates; b++) {
    weights.fill(0);
    for (let k = 0; k < count; k++) weights[rng.integer(count)]!++;
    statistics(weights, into);
    for (let s = 0; s < size; s++) samples[s]![b] = into[s]!;
  }
  return samples.map((sample, s) => {
    sample.sort();
    return {
      value: value[s]!,
      lower: quantile(sample, (1 - LEVEL) / 2),
      upper: quantile(sample, (1 + LEVEL) / 2),
      level: LEVEL,
    };
  });
}

/** Sample quantile by linear interpolation between order statistics (type 7). */
export function quantile(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (position - below) * (upper - lower);
}
