import { choleskyInPlace, choleskySolveInPlace } from "../../numerics/cholesky.ts";
import { curveSlope, curveValue, speedOf } from "./course-curve.ts";
import type { CourseCurve } from "./disease-course-parameters.ts";

/** Curves of all endpoints as the individual likelihood needs them. */
export interface CourseFamily {
  readonly kinds: readonly CourseCurve["kind"][];
  /** [E] b. */
  readonly rates: Float64Array;
  /** [E] σ². */
  readonly residualVariances: Float64Array;
}

/** Observations of one patient on the scale of the curves. */
export interface IndividualObservations {
  readonly endpoint: Int32Array;
  readonly time: Float64Array;
  readonly value: Float64Array;
}

/** Normal law of the individual parameters before any observation. */
export interface IndividualPrior {
  /** [d]. */
  readonly mean: Float64Array;
  /** [d × d] inverse covariance. */
  readonly precision: Float64Array;
}

/** Posterior mode and the Gauss–Newton curvature there. */
export interface IndividualMode {
  readonly mode: Float64Array;
  /** [d × d] precision + Σ JᵀJ/σ². */
  readonly curvature: Float64Array;
}

const MAXIMUM_STEPS = 100;
const SETTLED = 1e-12;

/** log posterior density of the individual parameters, up to a constant. */
export function logPosterior(
  family: CourseFamily,
  observations: IndividualObservations,
  prior: IndividualPrior,
  z: Float64Array,
  offset = 0,
): number {
  const d = prior.mean.length;
  let sum = 0;
  for (let a = 0; a < d; a++) {
    const deviation = z[offset + a]! - prior.mean[a]!;
    let inner = 0;
    for (let b = 0; b < d; b++) inner += prior.precision[a * d + b]! * (z[offset + b]! - prior.mean[b]!);
    sum += deviation * inner;
  }
  const speed = speedOf(z[offset]!);
  const { endpoint, time, value } = observations;
  for (let k = 0; k < value.length; k++) {
    const e = endpoint[k]!;
    const fitted = curveValue(family.kinds[e]!, z[offset + 1 + e]! + family.rates[e]! * speed * time[k]!);
    sum += (value[k]! - fitted) ** 2 / family.residualVariances[e]!;
  }
  return -0.5 * sum;
}

/**
 * Posterior mode of the individual parameters of one patient: damped Gauss–Newton steps, which never lower the density.
 * METHODS.md, equation (DC4).
 *
 * @param start - [d] where to begin.
 */
export function individualMode(
  family: CourseFamily,
  observations: IndividualObservations,
  prior: IndividualPrior,
  start: Float64Array,
): IndividualMode {
  const d = prior.mean.length;
  const mode = start.slice();
  const curvature = new Float64Array(d * d);
  const step = new Float64Array(d);
  const damped = new Float64Array(d * d);
  let value = logPosterior(family, observations, prior, mode);
  let damping = 0;
  for (let iteration = 0; iteration < MAXIMUM_STEPS; iteration++) {
    linearise(family, observations, prior, mode, curvature, step);
    const slope = step.slice();
    let moved = false;
    for (let attempt = 0; attempt < 30; attempt++) {
      damped.set(curvature);
      for (let a = 0; a < d; a++) damped[a * d + a]! *= 1 + damping;
      step.set(slope);
      if (choleskyInPlace(damped, d) !== -1) break;
      choleskySolveInPlace(damped, d, step);
      const trial = mode.map((x, a) => x + step[a]!);
      const there = logPosterior(family, observations, prior, trial);
      if (there >= value) {
        moved = there - value > SETTLED * (1 + Math.abs(value));
        mode.set(trial);
        value = there;
        damping *= 0.2;
        if (damping < 1e-4) damping = 0;
        break;
      }
      damping = damping === 0 ? 1e-3 : damping * 8;
    }
    if (!moved) break;
  }
  linearise(family, observations, prior, mode, curvature, step);
  return { mode, curvature };
}

/** Gauss–Newton curvature and gradient of the log posterior at z. */
function linearise(
  family: CourseFamily,
  { endpoint, time, value }: IndividualObservations,
  { mean, precision }: IndividualPrior,
  z: Float64Array,
  curvature: Float64Array,
  gradient: Float64Array,
): void {
  const d = mean.length;
  curvature.set(precision);
  for (let a = 0; a < d; a++) {
    let sum = 0;
    for (let b = 0; b < d; b++) sum += precision[a * d + b]! * (z[b]! - mean[b]!);
    gradient[a] = -sum;
  }
  const speed = speedOf(z[0]!);
  for (let k = 0; k < value.length; k++) {
    const e = endpoint[k]!;
    const climb = family.rates[e]! * speed * time[k]!;
    const fitted = curveValue(family.kinds[e]!, z[1 + e]! + climb);
    const slope = curveSlope(family.kinds[e]!, fitted);
    const weight = 1 / family.residualVariances[e]!;
    const bySpeed = slope * climb;
    const rest = (value[k]! - fitted) * weight;
    gradient[0]! += bySpeed * rest;
    gradient[1 + e]! += slope * rest;
    curvature[0]! += bySpeed * bySpeed * weight;
    curvature[1 + e]! += bySpeed * slope * weight;
    curvature[(1 + e) * d]! += bySpeed * slope * weight;
    curvature[(1 + e) * d + 1 + e]! += slope * slope * weight;
  }
}
