import { logistic, logisticDifference } from "./cumulative-logit.ts";
import type { LevelStep } from "./discrete-transition-parameters.ts";

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
