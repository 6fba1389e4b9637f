import type { Rng } from "../numerics/rng.ts";
import type { IntervalEstimate } from "../trial/interval.ts";

const LEVEL = 0.95;

/** Resamples of whole patients, drawn once and used for every statistic: figures of one model vary together. */
export interface PatientResamples {
  /** Number of patients n. */
  readonly count: number;
  /** Number of resamples B. */
  readonly replicates: number;
  /** [B × n] how often each patient is in each resample. */
  readonly counts: Uint8Array;
}

/**
 * Draws B resamples of n patients with replacement.
 *
 * @param count - n.
 * @param replicates - B.
 * @param rng - Source of the draws.
 */
export function resamplePatients(count: number, replicates: number, rng: Rng): PatientResamples {
  const counts = new Uint8Array(replicates * count);
  for (let b = 0; b < replicates; b++) {
    const row = b * count;
    for (let k = 0; k < count; k++) counts[row + rng.integer(count)]!++;
  }
  return { count, replicates, counts };
}

/**
 * Percentile intervals of several statistics of some of the patients.
 *
 * @param resamples - From {@link resamplePatients}.
 * @param patients - [k] positions of the patients the statistics are about.
 * @param statistics - Given the weight of each of those patients ([k]), writes S statistics into `into`.
 * @param size - S.
 * @returns S estimates (every weight 1) with two-sided 95 % limits: 2.5 % and 97.5 % quantiles, linear interpolation.
 *
 * Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 13.3. METHODS.md, equation (P12).
 */
export function bootstrapIntervals(
  resamples: PatientResamples,
  patients: Int32Array,
  statistics: (weights: Float64Array, into: Float64Array) => void,
  size: number,
): IntervalEstimate[] {
  const { count, replicates, counts } = resamples;
  const weights = new Float64Array(patients.length).fill(1);
  const into = new Float64Array(size);
  statistics(weights, into);
  const value = into.slice();
  const samples = Array.from({ length: size }, () => new Float64Array(replicates));
  for (let b = 0; b < replicates; b++) {
    const row = b * count;
    for (let k = 0; k < weights.length; k++) weights[k] = counts[row + patients[k]!]!;
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

/**
 * Sample quantile by linear interpolation between order statistics (type 7 of Hyndman & Fan 1996).
 *
 * @param sorted - Ascending values, at least one.
 * @param probability - In [0, 1].
 */
export function quantile(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (position - below) * (upper - lower);
}
