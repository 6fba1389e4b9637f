import { logistic, logisticDifference } from "./cumulative-logit.ts";
import type { CountStep, LevelStep } from "./discrete-transition-parameters.ts";

/**
 * Probabilities of the levels at a visit. METHODS.md, equation (DT2).
 *
 * @param step - The visit's law.
 * @param last - Last value, −1 at the first visit.
 * @param fromFeatures - Σ coefficients × design of the patient.
 * @param into - [K] at `at`; changed.
 */
export function setLevelProbabilities(
  step: LevelStep,
  last: number,
  fromFeatures: number,
  into: Float64Array,
  at: number,
): void {
  let eta = fromFeatures;
  for (let t = 0; t < last && t < step.steps.length; t++) eta += step.steps[t]!;
  const cuts = step.thresholds.length;
  let lower = Number.NEGATIVE_INFINITY;
  for (let k = 0; k <= cuts; k++) {
    const upper = k < cuts ? step.thresholds[k]! - eta : Number.POSITIVE_INFINITY;
    into[at + k] = k === cuts ? logistic(-lower) : logisticDifference(upper, lower);
    lower = upper;
  }
}

/** Terms of a law of counts below this are left at 0. */
const NEGLIGIBLE = 1e-15;

/** Linear predictors of counts are kept below: larger means are none that a table of probabilities could hold. */
const LARGEST_PREDICTOR = 12;

/**
 * Probabilities of the counts 0 … M at a visit; the last one takes what lies above. METHODS.md, equation (DT4).
 *
 * @param last - Last value, −1 at the first visit.
 * @param into - [M + 1] at `at`; changed.
 * @param size - M + 1.
 * @returns What lies above M.
 */
export function setCountProbabilities(
  step: CountStep,
  last: number,
  fromFeatures: number,
  into: Float64Array,
  at: number,
  size: number,
): number {
  const eta = step.intercept + fromFeatures + (last > 0 ? step.last * Math.log1p(last) : 0);
  const mean = Math.exp(Math.min(LARGEST_PREDICTOR, eta));
  const { dispersion } = step;
  const order = dispersion > 0 ? 1 / dispersion : 0;
  const logRatio = dispersion > 0 ? Math.log((dispersion * mean) / (1 + dispersion * mean)) : Math.log(mean);
  const constant = dispersion > 0 ? -order * Math.log1p(dispersion * mean) : -mean;
  let total = 0;
  let logChoose = 0;
  for (let y = 0; y < size; y++) {
    // Γ(y + 1/α)/(Γ(1/α) y!), or 1/y!, by recursion over y.
    if (y > 0) logChoose += dispersion > 0 ? Math.log((y - 1 + order) / y) : -Math.log(y);
    const p = Math.exp(logChoose + y * logRatio + constant);
    into[at + y] = p;
    total += p;
    // Beyond the mean the terms only fall: the rest is rounding.
    if (y > mean && p < NEGLIGIBLE) break;
  }
  const above = Math.max(0, 1 - total);
  into[at + size - 1]! += above;
  return above;
}
