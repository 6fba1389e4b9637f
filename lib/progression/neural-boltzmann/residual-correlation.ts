import type { LikelihoodProblem } from "./likelihood-backend.ts";
import { createNetworkValues, evaluateNetwork } from "./network.ts";
import { networkLayout } from "./network-layout.ts";
import { patternReader } from "./observation-pattern.ts";

/** What the correlation of the residuals is pulled towards, and by how many patients' worth. */
export interface CorrelationPrior {
  /** [n × n]. */
  readonly target: Float64Array;
  readonly weight: number;
}

/**
 * One EM step for the correlation R of the standardised residuals while W = 0: expected second moments given what is
 * observed, pulled towards a target, brought back to unit diagonal. METHODS.md, equation (N10).
 *
 * @param problem - Patients, with the current R.
 * @param weights - Flat vector of a network whose couplings are 0.
 * @param rows - Positions of the training patients.
 * @param prior - Target and weight; the weight is at least 1, so that R stays positive definite.
 * @returns [n × n].
 */
export function updatedCorrelation(
  problem: LikelihoodProblem,
  weights: Float64Array,
  rows: Int32Array,
  prior: CorrelationPrior,
): Float64Array {
  const { inputs: I, outcomes: n } = problem.shape;
  const layout = networkLayout(problem.shape);
  const values = createNetworkValues(layout);
  const patternOf = patternReader(problem.correlation, n);
  const residual = new Float64Array(n);
  const completed = new Float64Array(n);
  const moment = prior.target.map((value) => prior.weight * value);
  for (const i of rows) {
    const share = problem.patientWeights[i]!;
    const pattern = patternOf(problem.outcomes, i * n);
    if (pattern.count === 0 || share === 0) continue;
    evaluateNetwork(layout, weights, problem.inputs, i * I, values);
    for (let j = 0; j < n; j++) {
      const seen = pattern.observed[j] === 1;
      residual[j] = seen
        ? (problem.outcomes[i * n + j]! - values.mean[j]!) * Math.exp(0.5 * values.logPrecision[j]!)
        : 0;
    }
    for (let a = 0; a < n; a++) {
      let sum = 0;
      for (let b = 0; b < n; b++) sum += pattern.completion[a * n + b]! * residual[b]!;
      completed[a] = sum;
    }
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        moment[a * n + b]! += share * (completed[a]! * completed[b]! + pattern.remainder[a * n + b]!);
      }
    }
  }
  return correlationOf(moment, n);
}

/** Brings a covariance to unit diagonal. */
export function correlationOf(covariance: Float64Array, n: number): Float64Array {
  const into = new Float64Array(n * n);
  for (let a = 0; a < n; a++) {
    into[a * n + a] = 1;
    for (let b = 0; b < a; b++) {
      const value = covariance[a * n + b]! / Math.sqrt(covariance[a * n + a]! * covariance[b * n + b]!);
      into[a * n + b] = value;
      into[b * n + a] = value;
    }
  }
  return into;
}
