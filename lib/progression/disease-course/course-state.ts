import { DomainError } from "../../errors/domain-error.ts";
import type { KnownFeatures } from "../mixed-effects/feature-law.ts";
import type { CourseObservations } from "./course-observations.ts";
import type { CourseCurve, DiseaseCourseParameters } from "./disease-course-parameters.ts";
import type { CourseFamily } from "./individual-mode.ts";

/** What the fit works on: observations, features of every patient of the table, weights. */
export interface DiseaseCourseProblem {
  readonly observations: CourseObservations;
  readonly curves: readonly CourseCurve[];
  readonly known: readonly KnownFeatures[];
  /** Positions of informative features, and each endpoint's own baseline value among them (or null). */
  readonly informative: readonly number[];
  readonly ownBaselines: readonly (number | null)[];
  readonly featureCount: number;
  readonly weights: Float64Array;
}

/** A coefficient: predictor (0 is the constant) on ξ, on the level of an endpoint, or the rate of an endpoint. */
export interface Coefficient {
  readonly predictor: number;
  /** Position among (ξ, u of each endpoint, b of each endpoint). */
  readonly basis: number;
  /** Individual parameter whose prior variance it has; null for a flat prior. */
  readonly prior: number | null;
}

/** State of the iteration. */
export interface State {
  readonly rates: Float64Array;
  readonly residualVariances: Float64Array;
  readonly coefficients: Float64Array;
  readonly covariance: Float64Array;
  readonly variances: Float64Array;
}

/** Smallest σ² on the scale of the curves. */
export const SMALLEST_RESIDUAL_VARIANCE = 1e-8;

/** Coefficients of the linearised model: features on speed and levels, own baseline values and constants without prior. */
export function coefficientColumns({ curves, informative, ownBaselines }: DiseaseCourseProblem): Coefficient[] {
  const E = curves.length;
  const columns: Coefficient[] = informative.map((q) => ({ predictor: q + 1, basis: 0, prior: 0 }));
  for (let e = 0; e < E; e++) {
    columns.push({ predictor: 0, basis: 1 + e, prior: null });
    for (const q of informative)
      columns.push({ predictor: q + 1, basis: 1 + e, prior: q === ownBaselines[e] ? null : 1 + e });
    columns.push({ predictor: 0, basis: 1 + E + e, prior: null });
  }
  return columns;
}

/** Levels from the mean value, no change in time, wide individual variation. */
export function firstState({ observations, curves }: DiseaseCourseProblem, d: number, width: number): State {
  const E = curves.length;
  const coefficients = new Float64Array(d * width);
  const residualVariances = new Float64Array(E);
  for (let e = 0; e < E; e++) {
    const values = Array.from(observations.value).filter((_, k) => observations.endpoint[k] === e);
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
    const share = Math.min(0.97, Math.max(0.03, mean));
    coefficients[(1 + e) * width] = curves[e]!.kind === "linear" ? mean : Math.log(share / (1 - share));
    residualVariances[e] = Math.max(SMALLEST_RESIDUAL_VARIANCE, 0.3 * spread);
  }
  const covariance = new Float64Array(d * d);
  covariance[0] = 0.1;
  for (let r = 1; r < d; r++) covariance[r * d + r] = 0.5;
  return {
    rates: new Float64Array(E).fill(0.1),
    residualVariances,
    coefficients,
    covariance,
    variances: new Float64Array(d).fill(0.05),
  };
}

/** The state that a fit ended in. */
export function stateOf(parameters: DiseaseCourseParameters): State {
  return {
    rates: Float64Array.from(parameters.courses, ({ rate }) => rate),
    residualVariances: Float64Array.from(parameters.courses, ({ residualVariance }) => residualVariance),
    coefficients: Float64Array.from(parameters.coefficients),
    covariance: Float64Array.from(parameters.individualCovariance),
    variances: Float64Array.from(parameters.coefficientVariances),
  };
}

/** Curves at a state. */
export function familyOf({ curves }: DiseaseCourseProblem, state: State): CourseFamily {
  return {
    kinds: curves.map(({ kind }) => kind),
    rates: state.rates,
    residualVariances: state.residualVariances,
  };
}

/** Largest change of Θ, b, log σ² and of Ω in units of its SDs. */
export function largestChange(before: State, after: State): number {
  let change = 0;
  const compare = (a: Float64Array, b: Float64Array, of: (x: number, k: number) => number) => {
    a.forEach((value, k) => {
      change = Math.max(change, Math.abs(of(value, k) - of(b[k]!, k)));
    });
  };
  const d = before.variances.length;
  compare(before.coefficients, after.coefficients, (x) => x);
  compare(before.rates, after.rates, (x) => x);
  compare(before.residualVariances, after.residualVariances, Math.log);
  compare(before.covariance, after.covariance, (x, k) => {
    const scale = after.covariance[Math.floor(k / d) * (d + 1)]! * after.covariance[(k % d) * (d + 1)]!;
    return x / Math.sqrt(scale);
  });
  return change;
}

/** The refusal when the linearised model has no solution. */
export function notEstimable(columns: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "data",
    received: columns,
    requirement: "must determine the rates and levels of the disease-course map",
    hint: "Leave this member out, or use fewer endpoints.",
  });
}
