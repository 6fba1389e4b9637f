import type * as Tensorflow from "@tensorflow/tfjs-core";
import { hiddenStates } from "../../lib/progression/neural-boltzmann/hidden-states.ts";
import { inputCount, inputWriter } from "../../lib/progression/neural-boltzmann/input-encoding.ts";
import { networkWeights } from "../../lib/progression/neural-boltzmann/network-document.ts";
import { networkLayout } from "../../lib/progression/neural-boltzmann/network-layout.ts";
import type { NeuralBoltzmannParameters } from "../../lib/progression/neural-boltzmann/neural-boltzmann-parameters.ts";
import type { LoadedTensorflow } from "./load-tensorflow.ts";
import {
  configurationTensors,
  namedWeights,
  networkTensors,
  quadraticEnergies,
  weightTensors,
} from "./network-tensors.ts";

type Tensor = Tensorflow.Tensor;

export interface TensorflowPrediction {
  /** [N × n] mean and SD of every outcome given baseline, on the scale of the outcomes. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/**
 * Means and SDs of the frozen mixture given baseline, computed by TensorFlow.js: what `openNeuralBoltzmann` computes in
 * double precision, for comparison of backends.
 *
 * @param loaded - Backend.
 * @param parameters - Frozen model.
 * @param features - [N × Q], NaN = missing.
 */
export function predictWithTensorflow(
  loaded: LoadedTensorflow,
  parameters: NeuralBoltzmannParameters,
  features: Float64Array,
): TensorflowPrediction {
  loaded.use();
  const { tf } = loaded;
  const Q = parameters.features.length;
  const N = features.length / Q;
  const n = parameters.outcomeCentre.length;
  const I = inputCount(parameters.encoding);
  const layout = networkLayout({
    inputs: I,
    outcomes: n,
    hidden: parameters.hiddenUnits,
    meanUnits: parameters.meanUnits,
  });
  const write = inputWriter(parameters.encoding);
  const inputs = new Float64Array(N * I);
  for (let i = 0; i < N; i++) write(features, i * Q, inputs, i * I);
  const first = new Float64Array(N * n);
  const second = new Float64Array(N * n);
  const share = 1 / parameters.networks.length;
  for (const document of parameters.networks) {
    const [mean, variance] = tf.tidy(() => {
      const weights = namedWeights(layout, weightTensors(tf, layout, networkWeights(layout, document)));
      const values = networkTensors(tf, layout, weights, tf.tensor(Float32Array.from(inputs), [N, I]));
      const correlation = tf.tensor(Float32Array.from(document.correlation), [1, n, n]);
      const spread = varianceInUnits(tf, values.scaled, correlation, parameters.hiddenUnits);
      const scaled = tf.mul(tf.exp(tf.neg(values.logPrecision)), spread);
      return [values.mean.dataSync(), scaled.dataSync()];
    });
    for (let k = 0; k < N * n; k++) {
      first[k]! += share * mean![k]!;
      second[k]! += share * (variance![k]! + mean![k]! ** 2);
    }
  }
  const { outcomeCentre, outcomeUnit, predictionInflation } = parameters;
  return {
    mean: first.map((value, k) => outcomeCentre[k % n]! + outcomeUnit[k % n]! * value),
    deviation: second.map(
      (value, k) => outcomeUnit[k % n]! * predictionInflation[k % n]! * Math.sqrt(value - first[k]! ** 2),
    ),
  };
}

/** [B × n] variance of every outcome in units of 1/τ: 1 + (RU) E[hhᵀ] (RU)ᵀ on the diagonal. Equation (N5). */
function varianceInUnits(tf: typeof Tensorflow, scaled: Tensor | null, correlation: Tensor, units: number): Tensor {
  const configurations = configurationTensors(tf, hiddenStates(units));
  if (scaled === null || configurations === null) return tf.scalar(1);
  const weight = tf.softmax(quadraticEnergies(tf, scaled, correlation, configurations));
  const second = tf.mul(tf.matMul(weight, configurations.halfProducts, false, true), 2);
  const shift = tf.matMul(correlation, scaled);
  const inner = tf.matMul(shift, tf.reshape(second, [-1, units, units]));
  return tf.add(tf.sum(tf.mul(inner, shift), 2), 1);
}
