import type { Rng } from "../numerics/rng.ts";

/** Gaussian prediction of all E·V planned outcomes of one patient; order e·V + v. */
export interface OutcomePrediction {
  /** [E·V] analysis scale. */
  readonly mean: Float64Array;
  /** [E·V × E·V] row-major, given the fitted parameters; shared between patients, not to be changed. */
  readonly covariance: Float64Array;
}

/** What every member of the progression engine offers. NaN in the inputs marks a missing value. */
export interface ProgressionModel {
  readonly kind: string;
  readonly featureCount: number;
  readonly outcomeCount: number;
  /** The twin: course expected under control from baseline only. */
  predictFromBaseline(features: Float64Array): OutcomePrediction;
  /** Mean of one outcome (position e·V + v) from baseline only: the prognostic score. Allocates nothing after first use. */
  expectedOutcome(features: Float64Array, outcome: number): number;
  /** [E·V] variance of a new patient's outcomes about the prediction, parameter uncertainty included: for bands. */
  predictiveVariance(features: Float64Array): Float64Array;
  /** [E·V × 3] half widths of the 50, 80 and 95 % prediction bands around the prediction from baseline only. */
  bandHalfWidths(features: Float64Array): Float64Array;
  /** Updated forecast: also conditions on outcomes already observed ([E·V], NaN = not observed). Never a score. */
  updateForecast(features: Float64Array, observed: Float64Array): OutcomePrediction;
  /** Draws one whole trajectory from the twin's distribution into `into` ([E·V]). */
  drawTrajectory(features: Float64Array, rng: Rng, into: Float64Array): void;
  /** Draws a new patient: baseline features ([Q]) and the course under control ([E·V]). */
  drawPatient(rng: Rng, features: Float64Array, outcomes: Float64Array): void;
}
