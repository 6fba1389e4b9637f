import type { GaussianJointParameters } from "../gaussian-joint/gaussian-joint-parameters.ts";
import type { MemberTraining } from "../member.ts";
import { fixInputEncoding, inputCount, inputWriter } from "./input-encoding.ts";
import type { LikelihoodProblem } from "./likelihood-backend.ts";
import { type LinearLaw, linearLawOf } from "./linear-start.ts";
import type { NetworkLayout } from "./network-layout.ts";
import type { NeuralBoltzmannParameters } from "./neural-boltzmann-parameters.ts";

/** Positions and units of inputs and outcomes, as a Gaussian joint model gives them. K features used, n outcomes. */
export interface Standardisation {
  /** [K] position and unit of the features' inputs. */
  readonly featureCentre: Float64Array;
  readonly featureUnit: Float64Array;
  /** [K × K] law of the features. */
  readonly featureCovariance: Float64Array;
  /** [n] an outcome enters as (y − centre)/unit. */
  readonly centre: Float64Array;
  readonly unit: Float64Array;
  /** Regression that the networks begin at. */
  readonly law: LinearLaw;
}

/** Everything the networks have in common. */
export interface Preparation extends Standardisation {
  readonly joint: GaussianJointParameters;
  readonly encoding: NeuralBoltzmannParameters["encoding"];
  readonly inputs: Float64Array;
  readonly outcomes: Float64Array;
  readonly inputCount: number;
}

/**
 * Features in SDs about their mean, outcomes in residual SDs about theirs. METHODS.md, equation (N7).
 *
 * @param joint - Fit to all training patients.
 */
export function standardisation(joint: GaussianJointParameters): Standardisation {
  const D = joint.mean.length;
  const K = joint.features.length;
  const n = D - K;
  const featureCentre = Float64Array.from(joint.mean.slice(0, K));
  const featureCovariance = new Float64Array(K * K);
  for (let a = 0; a < K; a++) for (let b = 0; b < K; b++) featureCovariance[a * K + b] = joint.covariance[a * D + b]!;
  const featureUnit = Float64Array.from({ length: K }, (_, k) => Math.sqrt(featureCovariance[k * K + k]!));
  const law = linearLawOf(joint, joint.features, featureCentre, featureUnit);
  const centre = Float64Array.from(joint.mean.slice(K));
  const unit = Float64Array.from({ length: n }, (_, j) => Math.sqrt(law.covariance[j * n + j]!));
  return { featureCentre, featureUnit, featureCovariance, centre, unit, law };
}

/**
 * Encodes features and standardises outcomes by the Gaussian joint model of all training patients.
 *
 * @param training - Patients.
 * @param joint - Fit to all of them.
 */
export function prepareTraining(training: MemberTraining, joint: GaussianJointParameters): Preparation {
  const { table, features, featureValues } = training;
  const Q = features.length;
  const kept = joint.features.map((feature) => features.indexOf(feature));
  const scale = standardisation(joint);
  const { featureCentre, featureCovariance, centre, unit } = scale;
  const encoding = fixInputEncoding(featureValues, table.count, Q, kept, featureCentre, featureCovariance);
  const n = centre.length;
  const I = inputCount(encoding);
  const inputs = new Float64Array(table.count * I);
  const write = inputWriter(encoding);
  for (let i = 0; i < table.count; i++) write(featureValues, i * Q, inputs, i * I);
  const outcomes = Float64Array.from(table.outcomes, (value, k) => (value - centre[k % n]!) / unit[k % n]!);
  return { ...scale, joint, encoding, inputs, outcomes, inputCount: I };
}

/** The likelihood problem of all training patients for one network. */
export function problemFor(
  training: MemberTraining,
  prepared: Preparation,
  layout: NetworkLayout,
  correlation: Float64Array,
): LikelihoodProblem {
  return {
    shape: layout.shape,
    inputs: prepared.inputs,
    outcomes: prepared.outcomes,
    correlation,
    patientWeights: training.weights,
  };
}
