import { logCountProbability } from "./count-regression.ts";
import type { CountStep } from "./discrete-transition-parameters.ts";

/** Terms of a law of counts below this are left at 0. */
const NEGLIGIBLE = 1e-15;

/** Linear predictors of counts are kept below: larger means are none that a table of probabilities could hold. */
export const LARGEST_PREDICTOR = 12;

/** Below, P(0) is no number to start the terms from. */
const SMALLEST_LOGARITHM = -600;

/**
 * Ratios of the terms of a law of counts that no mean changes: (y − 1 + 1/α)/y of the negative binomial, 1/y of the Poisson law.
 *
 * @param dispersion - α.
 * @param size - Number of counts.
 * @returns [size]; the first is not used.
 */
export function termRatios(dispersion: number, size: number): Float64Array {
  const order = dispersion > 0 ? 1 / dispersion : 0;
  const ratios = new Float64Array(size);
  for (let y = 1; y < size; y++) ratios[y] = dispersion > 0 ? (y - 1 + order) / y : 1 / y;
  return ratios;
}

/** Linear predictor of a count, kept below the largest. METHODS.md, equation (DT4). */
export function countPredictor(step: CountStep, last: number, fromFeatures: number): number {
  const eta = step.intercept + fromFeatures + (last > 0 ? step.last * Math.log1p(last) : 0);
  return Math.min(LARGEST_PREDICTOR, eta);
}

/**
 * Adds probabilities of the counts 0 … M, times a weight; the last one takes what lies above. The terms follow from each other by their
 * ratios. METHODS.md, equation (DT4).
 *
 * @param eta - Log mean.
 * @param dispersion - α.
 * @param ratios - [M + 1] {@link termRatios} of α.
 * @param weight - Of this law.
 * @param into - [M + 1] at `at`; changed.
 * @returns Probability above M, without the weight.
 */
export function addCountProbabilities(
  eta: number,
  dispersion: number,
  ratios: Float64Array,
  weight: number,
  into: Float64Array,
  at: number,
): number {
  const size = ratios.length;
  const mean = Math.exp(eta);
  const inflated = 1 + dispersion * mean;
  const factor = dispersion > 0 ? (dispersion * mean) / inflated : mean;
  const logNone = dispersion > 0 ? -Math.log1p(dispersion * mean) / dispersion : -mean;
  // Where none is too improbable to be a number, the terms start at the mean.
  const start = logNone > SMALLEST_LOGARITHM ? 0 : Math.min(size - 1, Math.floor(mean));
  const first = start === 0 ? Math.exp(logNone) : Math.exp(logCountProbability(start, mean, dispersion));
  let total = first;
  let p = first;
  into[at + start]! += weight * p;
  for (let y = start; y > 0 && p > 0; y--) {
    p /= ratios[y]! * factor;
    total += p;
    into[at + y - 1]! += weight * p;
  }
  p = first;
  // Beyond the mean the terms only fall: what is negligible there ends the law.
  const beyond = Math.min(size, Math.max(start, Math.floor(mean)) + 1);
  let y = start + 1;
  for (; y < beyond; y++) {
    p *= ratios[y]! * factor;
    total += p;
    into[at + y]! += weight * p;
  }
  for (; y < size && p >= NEGLIGIBLE; y++) {
    p *= ratios[y]! * factor;
    total += p;
    into[at + y]! += weight * p;
  }
  const above = Math.max(0, 1 - total);
  into[at + size - 1]! += weight * above;
  return above;
}
