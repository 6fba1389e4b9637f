import { DomainError } from "../../errors/domain-error.ts";
import { choleskyDecompose, multiplyLowerTriangular } from "../../numerics/cholesky.ts";
import type { Rng } from "../../numerics/rng.ts";
import type { GaussianJointParameters } from "../model-document.ts";
import type { OutcomePrediction, ProgressionModel } from "../progression-model.ts";
import { BAND_LEVELS } from "./band-calibration.ts";
import { createBaselineConditioner } from "./baseline-conditioner.ts";
import { type ConditionalLaw, conditionalLaw, conditionalMean } from "./conditional.ts";
import { predictiveVariance } from "./predictive-variance.ts";

/** The Gaussian joint member of the engine: everything is a mean, a covariance and exact conditioning. */
export interface GaussianJointModel extends ProgressionModel {
  readonly kind: "gaussian-joint";
  /** [E·V] unconditional mean of the outcomes in the training population. */
  readonly populationMean: Float64Array;
  /** Squared Mahalanobis distance of the observed features from the training mean. */
  squaredDistance(features: Float64Array): number;
  /** [Q] β_q (x_q − μ_q) of one outcome's expectation; 0 for a missing feature. Sums to expectation − population mean. */
  contributions(features: Float64Array, outcome: number): Float64Array;
  /** [Q] features with missing ones replaced by their expectation given the others, and whitened by Σ_xx^(−1/2). */
  whiten(features: Float64Array): Float64Array;
}

/**
 * Model from its parameters. NaN in the inputs marks what is missing; nothing is imputed, the rest is conditioned on.
 *
 * @param parameters - As frozen in a model document.
 * @throws DomainError INVALID_INPUT when shapes disagree or the covariance is not positive definite.
 */
export function createGaussianJointModel(parameters: GaussianJointParameters): GaussianJointModel {
  const D = parameters.mean.length;
  const Q = parameters.features.length;
  const outcomes = D - Q;
  const mean = Float64Array.from(parameters.mean);
  const covariance = Float64Array.from(parameters.covariance);
  assertShapes(parameters, D, outcomes);
  const factor = factorOf(covariance, D);
  const conditioner = createBaselineConditioner(mean, covariance, Q);
  const factors = new Map<ConditionalLaw, Float64Array>();
  const scratch = new Float64Array(D);
  const patient = new Float64Array(D);

  const residualFactor = (law: ConditionalLaw): Float64Array => {
    const known = factors.get(law);
    if (known !== undefined) return known;
    const made = factorOf(law.covariance, outcomes);
    factors.set(law, made);
    return made;
  };

  return {
    kind: "gaussian-joint",
    featureCount: Q,
    outcomeCount: outcomes,
    populationMean: mean.slice(Q),
    predictFromBaseline(features) {
      const into = new Float64Array(outcomes);
      conditioner.mean(features, into);
      return { mean: into, covariance: conditioner.law(features).covariance };
    },
    expectedOutcome(features, outcome) {
      const { given, coefficients } = conditioner.law(features);
      const row = outcome * given.length;
      let sum = mean[Q + outcome]!;
      for (let b = 0; b < given.length; b++) sum += coefficients[row + b]! * (features[given[b]!]! - mean[given[b]!]!);
      return sum;
    },
    predictiveVariance(features) {
      const law = conditioner.law(features);
      const distance = conditioner.squaredDistance(features);
      return Float64Array.from({ length: outcomes }, (_, v) =>
        predictiveVariance(
          law.covariance[v * outcomes + v]!,
          distance,
          parameters.outcomeCounts[v]!,
          parameters.priorWeight,
          parameters.predictionInflation[v]!,
        ),
      );
    },
    bandHalfWidths(features) {
      const law = conditioner.law(features);
      const distance = conditioner.squaredDistance(features);
      const widths = new Float64Array(outcomes * BAND_LEVELS.length);
      for (let v = 0; v < outcomes; v++) {
        const patients = parameters.outcomeCounts[v]!;
        const conditional = law.covariance[v * outcomes + v]!;
        const deviation = Math.sqrt(predictiveVariance(conditional, distance, patients, parameters.priorWeight, 1));
        parameters.bandMultipliers[v]!.forEach((multiplier, k) => {
          widths[v * BAND_LEVELS.length + k] = multiplier * deviation;
        });
      }
      return widths;
    },
    updateForecast: (features, observed) => updateForecast(mean, covariance, Q, features, observed),
    drawTrajectory(features, rng, into) {
      const law = conditioner.law(features);
      for (let v = 0; v < outcomes; v++) scratch[v] = rng.normal();
      multiplyLowerTriangular(residualFactor(law), outcomes, scratch, scratch);
      conditioner.mean(features, into);
      for (let v = 0; v < outcomes; v++) into[v]! += scratch[v]!;
    },
    drawPatient(rng: Rng, features, drawn) {
      for (let j = 0; j < D; j++) scratch[j] = rng.normal();
      multiplyLowerTriangular(factor, D, scratch, scratch);
      for (let q = 0; q < Q; q++) features[q] = mean[q]! + scratch[q]!;
      for (let v = 0; v < outcomes; v++) drawn[v] = mean[Q + v]! + scratch[Q + v]!;
    },
    squaredDistance: (features) => conditioner.squaredDistance(features),
    contributions(features, outcome) {
      const { given, coefficients } = conditioner.law(features);
      const into = new Float64Array(Q);
      for (let b = 0; b < given.length; b++) {
        into[given[b]!] = coefficients[outcome * given.length + b]! * (features[given[b]!]! - mean[given[b]!]!);
      }
      return into;
    },
    whiten(features) {
      patient.fill(Number.NaN);
      patient.set(features.subarray(0, Q));
      completeItems(mean, covariance, patient, Q);
      for (let q = 0; q < Q; q++) patient[q]! -= mean[q]!;
      // Leading block of the joint Cholesky factor is the factor of Σ_xx.
      for (let i = 0; i < Q; i++) {
        let sum = patient[i]!;
        for (let k = 0; k < i; k++) sum -= factor[i * D + k]! * patient[k]!;
        patient[i] = sum / factor[i * D + i]!;
      }
      return patient.slice(0, Q);
    },
  };
}

/** Prediction of all outcomes given baseline and outcomes already observed; those keep their value with variance 0. */
function updateForecast(
  mean: Float64Array,
  covariance: Float64Array,
  Q: number,
  features: Float64Array,
  observed: Float64Array,
): OutcomePrediction {
  const D = mean.length;
  const outcomes = D - Q;
  const values = new Float64Array(D);
  values.set(features.subarray(0, Q));
  values.set(observed, Q);
  const given: number[] = [];
  const target: number[] = [];
  for (let j = 0; j < D; j++) {
    if (!Number.isNaN(values[j]!)) given.push(j);
    else if (j >= Q) target.push(j);
  }
  const law = conditionalLaw(covariance, D, Int32Array.from(given), Int32Array.from(target));
  const forecast = new Float64Array(target.length);
  conditionalMean(law, mean, values, forecast);
  const fullMean = Float64Array.from(observed);
  const fullCovariance = new Float64Array(outcomes * outcomes);
  target.forEach((j, a) => {
    fullMean[j - Q] = forecast[a]!;
    target.forEach((k, b) => {
      fullCovariance[(j - Q) * outcomes + (k - Q)] = law.covariance[a * target.length + b]!;
    });
  });
  return { mean: fullMean, covariance: fullCovariance };
}

/** Replaces missing items among the first Q by their expectation given the observed ones among them. */
function completeItems(mean: Float64Array, covariance: Float64Array, values: Float64Array, Q: number): void {
  const given: number[] = [];
  const target: number[] = [];
  for (let q = 0; q < Q; q++) (Number.isNaN(values[q]!) ? target : given).push(q);
  if (target.length === 0) return;
  const law = conditionalLaw(covariance, mean.length, Int32Array.from(given), Int32Array.from(target));
  const filled = new Float64Array(target.length);
  conditionalMean(law, mean, values, filled);
  target.forEach((q, a) => {
    values[q] = filled[a]!;
  });
}

function factorOf(matrix: Float64Array, n: number): Float64Array {
  const result = choleskyDecompose(matrix, n);
  if (result.ok) return result.factor;
  throw new DomainError("INVALID_INPUT", {
    argument: "parameters.covariance",
    received: `pivot ${result.pivot} of ${n} is not positive`,
    requirement: "must be positive definite",
    hint: "Use the model file as it was written; check its hash.",
  });
}

function assertShapes(parameters: GaussianJointParameters, D: number, outcomes: number): void {
  const agree =
    outcomes > 0 &&
    parameters.covariance.length === D * D &&
    parameters.outcomeCounts.length === outcomes &&
    parameters.predictionInflation.length === outcomes &&
    parameters.bandMultipliers.length === outcomes &&
    parameters.bandMultipliers.every((row) => row.length === BAND_LEVELS.length) &&
    parameters.featureRanges.length === parameters.features.length;
  if (agree) return;
  throw new DomainError("INVALID_INPUT", {
    argument: "parameters",
    received: `mean of ${D}, covariance of ${parameters.covariance.length}, ${outcomes} outcomes`,
    requirement: "must have a covariance of mean² elements and one count and inflation per outcome",
    hint: "Use the model file as it was written; check its hash.",
  });
}
