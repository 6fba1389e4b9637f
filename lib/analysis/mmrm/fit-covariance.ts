import { choleskyDecompose, choleskyInverse, choleskySolve } from "../../numerics/cholesky.ts";
import { symmetricEigen } from "../../numerics/symmetric-eigen.ts";
import type { RestrictedLikelihood } from "./restricted-likelihood.ts";

/** Why a fit counts as converged or not, with the numbers that decide (METHODS.md eq. (M13)). */
export interface Convergence {
  readonly converged: boolean;
  readonly iterations: number;
  /** Largest absolute element of the gradient of −2 log likelihood at the end. */
  readonly largestGradient: number;
  /** gᵀH⁻¹g: twice the change of −2 log likelihood that a further Newton step promises; null without H⁻¹. */
  readonly newtonDecrement: number | null;
  /** Smallest and largest eigenvalue of the Hessian of −2 log likelihood, scaled by the information (M13). */
  readonly smallestEigenvalue: number;
  readonly largestEigenvalue: number;
  /** Why it did not converge; empty when it did. */
  readonly reason: string;
}

export interface CovarianceFit {
  readonly theta: Float64Array;
  /** −2 log (restricted) likelihood. */
  readonly deviance: number;
  /** Inverse of half the Hessian: covariance of θ̂ by the observed information; null when not converged. */
  readonly parameterCovariance: Float64Array | null;
  readonly convergence: Convergence;
}

export interface FitOptions {
  /** 60 by default: a fit that converges needs fewer than 20. */
  readonly maximumIterations?: number;
}

/** A Newton step that promises less than this change of −2 log likelihood ends the search. */
const DECREMENT_TOLERANCE = 1e-18;
/** The fit counts as converged below this decrement, should rounding stop the search before. */
const ACCEPTED_DECREMENT = 1e-8;
/** Smallest eigenvalue of the scaled Hessian that counts as positive. */
const SMALLEST_EIGENVALUE = 1e-8;
const MAXIMUM_HALVINGS = 40;
/** Below this decrement the exact Hessian is used. */
const NEAR_DECREMENT = 1e-5;
/** Share of the last decrement above which the leading terms of the Hessian no longer do. */
const SLOW_PROGRESS = 0.3;

/**
 * Minimizes −2 log likelihood by Newton's method with exact gradient and Hessian; where the Hessian is not positive
 * definite its eigenvalues are replaced by their absolute values, and steps are halved until the likelihood improves
 * (METHODS.md eq. (M13)). The state of the likelihood is left at θ̂ with order 3.
 *
 * @param start - Start values; Σ must be positive definite there.
 */
export function fitCovariance(
  likelihood: RestrictedLikelihood,
  start: Float64Array,
  options: FitOptions = {},
): CovarianceFit {
  const { maximumIterations = 60 } = options;
  const { state, parameterCount: n } = likelihood;
  const theta = start.slice();
  const trial = new Float64Array(n);
  let iterations = 0;
  let stopped = "";
  let lastDecrement = Infinity;
  // Far from the optimum the leading terms of the Hessian do; they are used as long as they make fast progress.
  let exact = false;
  if (!likelihood.evaluate(theta, 2))
    return failed(theta, "the covariance matrix is not positive definite at the start");
  for (; iterations < maximumIterations; iterations++) {
    let { step, decrement, modified } = newtonStep(state.gradient, state.hessian, n);
    if (!exact && (modified || decrement < NEAR_DECREMENT || decrement > SLOW_PROGRESS * lastDecrement)) {
      exact = true;
      if (!likelihood.evaluate(theta, 3)) return failed(theta, "the information matrix could not be computed");
      ({ step, decrement, modified } = newtonStep(state.gradient, state.hessian, n));
    }
    lastDecrement = decrement;
    if (decrement < DECREMENT_TOLERANCE && !modified) break;
    const before = state.deviance;
    let halvings = 0;
    let length = Math.min(1, 4 / Math.max(...step.map(Math.abs)));
    for (; halvings <= MAXIMUM_HALVINGS; halvings++, length /= 2) {
      for (let h = 0; h < n; h++) trial[h] = theta[h]! + length * step[h]!;
      // Near the optimum the gain drowns in rounding: there a full step is taken when it does no harm.
      const slack = decrement < 1e-7 ? 1e-9 + 1e-12 * Math.abs(before) : -1e-4 * length * decrement;
      if (likelihood.evaluate(trial, 0) && state.deviance <= before + slack) break;
    }
    if (halvings > MAXIMUM_HALVINGS) {
      stopped = "no step improves the likelihood";
      break;
    }
    const moved = trial.some((value, h) => value !== theta[h]);
    theta.set(trial);
    if (!likelihood.evaluate(theta, exact ? 3 : 2))
      return failed(theta, "the information matrix could not be computed");
    if (!moved) break;
    if (exact && decrement < 1e-13 && !modified) {
      iterations++;
      break;
    }
  }
  if (!likelihood.evaluate(theta, 3)) return failed(theta, "the information matrix could not be computed");
  return judge(likelihood, theta, iterations, stopped || (iterations >= maximumIterations ? "iteration limit" : ""));
}

function newtonStep(gradient: Float64Array, hessian: Float64Array, n: number) {
  const factored = choleskyDecompose(hessian, n);
  if (factored.ok) {
    const step = choleskySolve(factored.factor, n, gradient).map((value) => -value);
    let decrement = 0;
    for (let h = 0; h < n; h++) decrement -= step[h]! * gradient[h]!;
    return { step, decrement, modified: false };
  }
  const { values, vectors } = symmetricEigen(hessian, n);
  const floor = 1e-6 * Math.max(...values.map(Math.abs));
  const step = new Float64Array(n);
  let decrement = 0;
  for (let j = 0; j < n; j++) {
    let along = 0;
    for (let h = 0; h < n; h++) along += vectors[h * n + j]! * gradient[h]!;
    const scale = Math.max(Math.abs(values[j]!), floor);
    decrement += (along * along) / scale;
    for (let h = 0; h < n; h++) step[h]! -= (vectors[h * n + j]! * along) / scale;
  }
  return { step, decrement, modified: true };
}

function judge(
  likelihood: RestrictedLikelihood,
  theta: Float64Array,
  iterations: number,
  stopped: string,
): CovarianceFit {
  const { state, parameterCount: n } = likelihood;
  const scaled = new Float64Array(n * n);
  for (let h = 0; h < n; h++)
    for (let k = 0; k < n; k++) {
      // Scaled by what would be known with known coefficients: a flat direction stays flat, whatever its rounding error.
      const scale = Math.sqrt(state.knownMeanInformation[h]! * state.knownMeanInformation[k]!);
      scaled[h * n + k] = scale > 0 ? state.hessian[h * n + k]! / scale : 0;
    }
  const { values } = symmetricEigen(scaled, n);
  const smallest = values[n - 1]!;
  const largest = values[0]!;
  const factored = choleskyDecompose(state.hessian, n);
  const positive = factored.ok && smallest > SMALLEST_EIGENVALUE * Math.max(1, largest);
  let decrement: number | null = null;
  if (factored.ok) {
    const solved = choleskySolve(factored.factor, n, state.gradient);
    decrement = 0;
    for (let h = 0; h < n; h++) decrement += solved[h]! * state.gradient[h]!;
  }
  const small = decrement !== null && Math.abs(decrement) < ACCEPTED_DECREMENT;
  const reason = isUncorrelated(likelihood, theta)
    ? "the spatial correlation is at its bound of zero: nothing is left between the two closest measurements of a patient"
    : !positive
      ? "the Hessian of the likelihood is not positive definite: the data do not determine every covariance parameter"
      : !small
        ? `the gradient is not zero${stopped === "" ? "" : ` (${stopped})`}`
        : "";
  const converged = reason === "";
  return {
    theta,
    deviance: state.deviance,
    parameterCovariance: converged && factored.ok ? choleskyInverse(factored.factor, n).map((x) => 2 * x) : null,
    convergence: {
      converged,
      iterations,
      largestGradient: Math.max(...state.gradient.map(Math.abs)),
      newtonDecrement: decrement,
      smallestEigenvalue: smallest,
      largestEigenvalue: largest,
      reason,
    },
  };
}

/** Correlation over the shortest time between two measurements below which it counts as zero. */
const NO_CORRELATION = 1e-6;

/** Whether a spatial correlation ran to its bound, where its parameter has no estimate. */
function isUncorrelated(
  { structure, prepared, parametersPerGroup }: RestrictedLikelihood,
  theta: Float64Array,
): boolean {
  if (structure !== "spatial-exponential") return false;
  let shortest = Infinity;
  for (const { rowNumbers } of prepared.patterns)
    for (let a = 0; a < rowNumbers.length; a++)
      for (let b = 0; b < a; b++) {
        const gap = Math.abs(prepared.times![rowNumbers[a]!]! - prepared.times![rowNumbers[b]!]!);
        if (gap > 0) shortest = Math.min(shortest, gap);
      }
  for (let group = 0; group < prepared.groupCount; group++) {
    const rho = 1 / (1 + Math.exp(-theta[group * parametersPerGroup + 1]!));
    if (rho ** shortest < NO_CORRELATION) return true;
  }
  return false;
}

function failed(theta: Float64Array, reason: string): CovarianceFit {
  return {
    theta,
    deviance: NaN,
    parameterCovariance: null,
    convergence: {
      converged: false,
      iterations: 0,
      largestGradient: NaN,
      newtonDecrement: null,
      smallestEigenvalue: NaN,
      largestEigenvalue: NaN,
      reason,
    },
  };
}
