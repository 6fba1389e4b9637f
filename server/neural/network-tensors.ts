import type * as Tensorflow from "@tensorflow/tfjs-core";
import type { HiddenStates } from "../../lib/progression/neural-boltzmann/hidden-states.ts";
import {
  LOG_PRECISION_LIMIT,
  type NetworkLayout,
  WEIGHT_NAMES,
  type WeightName,
} from "../../lib/progression/neural-boltzmann/network-layout.ts";

type Tensor = Tensorflow.Tensor;
export type WeightTensors = Readonly<Partial<Record<WeightName, Tensor>>>;

/** Networks at a batch of B patients, in SD units where the lib's `HiddenPosterior` is. */
export interface NetworkTensors {
  /** [B × n]. */
  readonly mean: Tensor;
  readonly logPrecision: Tensor;
  /** [B × n × H] U = SW; null without hidden units. */
  readonly scaled: Tensor | null;
}

/** Arrays that are not empty: without hidden units there are no couplings, and so on. */
export function usedWeights(layout: NetworkLayout): WeightName[] {
  return WEIGHT_NAMES.filter((name) => layout.blocks[name].rows * layout.blocks[name].columns > 0);
}

/** One tensor per array in use: [rows × columns], intercepts [rows]. */
export function weightTensors(tf: typeof Tensorflow, layout: NetworkLayout, weights: Float64Array): Tensor[] {
  return usedWeights(layout).map((name) => {
    const { offset, rows, columns } = layout.blocks[name];
    const values = Float32Array.from(weights.subarray(offset, offset + rows * columns));
    return tf.tensor(values, name.endsWith("Intercept") ? [rows] : [rows, columns]);
  });
}

/** By name, in the order of {@link weightTensors}. */
export function namedWeights(layout: NetworkLayout, tensors: readonly Tensor[]): WeightTensors {
  return Object.fromEntries(usedWeights(layout).map((name, k) => [name, tensors[k]!]));
}

/**
 * μ(x), log τ(x) and U(x) of a batch. lib/progression/neural-boltzmann/METHODS.md, equations (N1) and (N2).
 *
 * @param inputs - [B × I].
 */
export function networkTensors(
  tf: typeof Tensorflow,
  layout: NetworkLayout,
  w: WeightTensors,
  inputs: Tensor,
): NetworkTensors {
  const { outcomes: n, hidden: H, meanUnits: M } = layout.shape;
  const affine = (intercept: Tensor | undefined, slope: Tensor | undefined): Tensor => {
    if (slope === undefined) return tf.add(tf.zeros([inputs.shape[0]!, 1]), intercept!);
    return tf.add(tf.matMul(inputs, slope, false, true), intercept!);
  };
  let mean = affine(w.meanIntercept, w.meanSlope);
  if (M > 0) mean = tf.add(mean, tf.matMul(tf.relu(affine(w.unitIntercept, w.unitSlope)), w.unitEffect!, false, true));
  const raw = affine(w.logPrecisionIntercept, w.logPrecisionSlope);
  const logPrecision = tf.clipByValue(raw, -LOG_PRECISION_LIMIT, LOG_PRECISION_LIMIT);
  if (H === 0) return { mean, logPrecision, scaled: null };
  const deviation = tf.exp(tf.mul(logPrecision, -0.5));
  const coupling = tf.mul(affine(w.couplingIntercept, w.couplingSlope), 1 / Math.sqrt(n));
  const scaled = tf.mul(tf.reshape(coupling, [-1, n, H]), tf.reshape(deviation, [-1, n, 1]));
  return { mean, logPrecision, scaled };
}

/** Constant matrices of the configurations of the hidden units. */
export interface ConfigurationTensors {
  /** [H × S] signs. */
  readonly signs: Tensor;
  /** [H² × S] ½ h_k h_l. */
  readonly halfProducts: Tensor;
}

export function configurationTensors(tf: typeof Tensorflow, states: HiddenStates): ConfigurationTensors | null {
  const { units: H, count: S, signs } = states;
  if (H === 0) return null;
  const linear = new Float32Array(H * S);
  const quadratic = new Float32Array(H * H * S);
  for (let s = 0; s < S; s++) {
    for (let k = 0; k < H; k++) {
      linear[k * S + s] = signs[s * H + k]!;
      for (let l = 0; l < H; l++) quadratic[(k * H + l) * S + s] = 0.5 * signs[s * H + k]! * signs[s * H + l]!;
    }
  }
  return { signs: tf.tensor(linear, [H, S]), halfProducts: tf.tensor(quadratic, [H * H, S]) };
}

/**
 * ½hᵀUᵀKUh at every configuration.
 *
 * @param scaled - [B × n × H] U.
 * @param kernel - [B × n × n] or [1 × n × n] K.
 * @returns [B × S].
 */
export function quadraticEnergies(
  tf: typeof Tensorflow,
  scaled: Tensor,
  kernel: Tensor,
  configurations: ConfigurationTensors,
): Tensor {
  const H = scaled.shape[2]!;
  const product = tf.matMul(kernel, scaled);
  const energy = tf.reshape(tf.matMul(scaled, product, true, false), [-1, H * H]);
  return tf.matMul(energy, configurations.halfProducts);
}
