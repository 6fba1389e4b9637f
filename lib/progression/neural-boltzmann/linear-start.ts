import type { Rng } from "../../numerics/rng.ts";
import type { BaselineFeature } from "../baseline-feature.ts";
import { conditionalLaw } from "../gaussian-joint/conditional.ts";
import type { GaussianJointParameters } from "../gaussian-joint/gaussian-joint-parameters.ts";
import type { NetworkLayout } from "./network-layout.ts";

/** Linear regression of the outcomes on the features used, in the units of inputs and outcomes. */
export interface LinearLaw {
  /** [n] at the mean of the features. */
  readonly intercept: Float64Array;
  /** [n × K] per SD of a feature. */
  readonly slope: Float64Array;
  /** [n × n] covariance of the outcomes given the features. */
  readonly covariance: Float64Array;
}

/**
 * Regression of the outcomes on the features implied by a Gaussian joint model.
 *
 * @param joint - Fit, possibly to part of the patients and with fewer features.
 * @param features - [K] features of the inputs; one that the fit does not have gets slope 0.
 * @param centre - [K] value of each feature at which its input is 0.
 * @param unit - [K] change of a feature by which its input changes by 1.
 * @returns On the scale of the outcomes.
 */
export function linearLawOf(
  joint: GaussianJointParameters,
  features: readonly BaselineFeature[],
  centre: Float64Array,
  unit: Float64Array,
): LinearLaw {
  const D = joint.mean.length;
  const Q = joint.features.length;
  const n = D - Q;
  const K = features.length;
  const given = Int32Array.from({ length: Q }, (_, q) => q);
  const target = Int32Array.from({ length: n }, (_, j) => Q + j);
  const law = conditionalLaw(Float64Array.from(joint.covariance), D, given, target);
  const intercept = Float64Array.from(joint.mean.slice(Q));
  const slope = new Float64Array(n * K);
  joint.features.forEach((feature, q) => {
    const k = features.indexOf(feature);
    for (let j = 0; j < n; j++) {
      const coefficient = law.coefficients[j * Q + q]!;
      intercept[j]! += coefficient * (centre[k]! - joint.mean[q]!);
      slope[j * K + k] = coefficient * unit[k]!;
    }
  });
  return { intercept, slope, covariance: law.covariance };
}

/** Size of the random couplings at the start, in units of the residual SD: W = 0 itself is a stationary point. */
const FIRST_COUPLING = 0.1;

/**
 * Weights of a network that is the linear law: μ linear, P the inverse residual variances, W all but 0.
 *
 * The rectified units have random directions and no effect yet. METHODS.md, equation (N9).
 *
 * @param layout - Of the network; the first K inputs are the features, the rest indicators.
 * @param law - On the scale of the outcomes.
 * @param centre - [n] outcome at which the standardised outcome is 0.
 * @param unit - [n] of the standardised outcomes.
 * @param rng - Random directions and the small couplings.
 */
export function linearStart(
  layout: NetworkLayout,
  law: LinearLaw,
  centre: Float64Array,
  unit: Float64Array,
  rng: Rng,
): Float64Array {
  const { inputs: I, outcomes: n } = layout.shape;
  const { blocks } = layout;
  const K = law.slope.length / n;
  const weights = new Float64Array(layout.size);
  for (let j = 0; j < n; j++) {
    weights[blocks.meanIntercept.offset + j] = (law.intercept[j]! - centre[j]!) / unit[j]!;
    for (let k = 0; k < K; k++) weights[blocks.meanSlope.offset + j * I + k] = law.slope[j * K + k]! / unit[j]!;
    weights[blocks.logPrecisionIntercept.offset + j] = -Math.log(law.covariance[j * n + j]! / unit[j]! ** 2);
  }
  const units = rng.fork("units");
  fill(weights, blocks.unitSlope, () => units.normal() * Math.sqrt(2 / Math.max(1, I)));
  fill(weights, blocks.unitIntercept, () => units.normal());
  const couplings = rng.fork("couplings");
  fill(weights, blocks.couplingIntercept, () => couplings.normal() * FIRST_COUPLING);
  return weights;
}

function fill(
  weights: Float64Array,
  block: { readonly offset: number; readonly rows: number; readonly columns: number },
  draw: () => number,
): void {
  for (let k = 0; k < block.rows * block.columns; k++) weights[block.offset + k] = draw();
}
