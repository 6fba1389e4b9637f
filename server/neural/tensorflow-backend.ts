import type * as Tensorflow from "@tensorflow/tfjs-core";
import { hiddenStates } from "../../lib/progression/neural-boltzmann/hidden-states.ts";
import type {
  Likelihood,
  LikelihoodProblem,
  NeuralBackend,
} from "../../lib/progression/neural-boltzmann/likelihood-backend.ts";
import { networkLayout } from "../../lib/progression/neural-boltzmann/network-layout.ts";
import { patternReader } from "../../lib/progression/neural-boltzmann/observation-pattern.ts";
import { type LoadedTensorflow, loadTensorflow, type TensorflowBackend } from "./load-tensorflow.ts";
import {
  type ConfigurationTensors,
  configurationTensors,
  namedWeights,
  networkTensors,
  quadraticEnergies,
  usedWeights,
  type WeightTensors,
  weightTensors,
} from "./network-tensors.ts";

type Tensor = Tensorflow.Tensor;

const LOG_TWO_PI = 1.8378770664093453;
/** Most patients in one run of operations: bounds the memory of long evaluations. */
const CHUNK = 1024;

/**
 * The exact likelihood of the neural Boltzmann machine with its gradient by TensorFlow.js, in single precision.
 *
 * @param order - Backends to try; see {@link loadTensorflow}.
 * @returns For `neuralBoltzmannMember`; training itself is synchronous.
 */
export async function tensorflowNeuralBackend(order?: readonly TensorflowBackend[]): Promise<NeuralBackend> {
  return neuralBackendOn(await loadTensorflow(order));
}

/** The same on a backend already loaded. */
export function neuralBackendOn(loaded: LoadedTensorflow): NeuralBackend {
  return { name: loaded.name, open: (problem) => openLikelihood(loaded, problem) };
}

function openLikelihood(loaded: LoadedTensorflow, problem: LikelihoodProblem): Likelihood {
  const { tf } = loaded;
  const layout = networkLayout(problem.shape);
  const { outcomes: n, hidden } = problem.shape;
  loaded.use();
  const configurations = configurationTensors(tf, hiddenStates(hidden));
  let correlation = problem.correlation;
  let patternOf = patternReader(correlation, n);

  const evaluateChunk = (weights: Float64Array, rows: Int32Array, gradient: Float64Array | null): number => {
    const batch = batchOf(problem, correlation, patternOf, rows);
    return tf.tidy(() => {
      const arrays = weightTensors(tf, layout, weights);
      const objective = (...given: Tensor[]): Tensorflow.Scalar =>
        weightedLogDensity(loaded, layout, namedWeights(layout, given), batch, configurations);
      if (gradient === null) return objective(...arrays).dataSync()[0]!;
      const { value, grads } = tf.valueAndGrads(objective)(arrays);
      usedWeights(layout).forEach((name, k) => {
        const { offset } = layout.blocks[name];
        const slopes = grads[k]!.dataSync();
        for (let q = 0; q < slopes.length; q++) gradient[offset + q]! += slopes[q]!;
      });
      return value.dataSync()[0]!;
    });
  };

  return {
    evaluate(weights, rows, gradient) {
      loaded.use();
      gradient?.fill(0);
      let sum = 0;
      for (let from = 0; from < rows.length; from += CHUNK) {
        sum += evaluateChunk(weights, rows.subarray(from, from + CHUNK), gradient);
      }
      return sum;
    },
    setCorrelation(next) {
      correlation = next;
      patternOf = patternReader(next, n);
    },
    close() {
      loaded.use();
      tf.dispose(configurations === null ? [] : [configurations.signs, configurations.halfProducts]);
    },
  };
}

/** One batch of patients as plain arrays, ready to become tensors. */
interface Batch {
  readonly count: number;
  readonly inputs: Float32Array;
  /** [B × n] 0 where not observed. */
  readonly outcomes: Float32Array;
  readonly observed: Float32Array;
  /** [B × n × n]. */
  readonly precision: Float32Array;
  readonly completion: Float32Array;
  readonly remainder: Float32Array;
  /** [B] −½(|o| log 2π + log|R_oo|). */
  readonly constant: Float32Array;
  readonly weight: Float32Array;
  /** [1 × n × n]. */
  readonly correlation: Float32Array;
}

function batchOf(
  problem: LikelihoodProblem,
  correlation: Float64Array,
  patternOf: ReturnType<typeof patternReader>,
  rows: Int32Array,
): Batch {
  const { inputs: I, outcomes: n } = problem.shape;
  const B = rows.length;
  const batch: Batch = {
    count: B,
    inputs: new Float32Array(B * I),
    outcomes: new Float32Array(B * n),
    observed: new Float32Array(B * n),
    precision: new Float32Array(B * n * n),
    completion: new Float32Array(B * n * n),
    remainder: new Float32Array(B * n * n),
    constant: new Float32Array(B),
    weight: new Float32Array(B),
    correlation: Float32Array.from(correlation),
  };
  for (let b = 0; b < B; b++) {
    const i = rows[b]!;
    const pattern = patternOf(problem.outcomes, i * n);
    batch.inputs.set(problem.inputs.subarray(i * I, (i + 1) * I), b * I);
    batch.precision.set(pattern.precision, b * n * n);
    batch.completion.set(pattern.completion, b * n * n);
    batch.remainder.set(pattern.remainder, b * n * n);
    batch.constant[b] = -0.5 * (pattern.count * LOG_TWO_PI + pattern.logDeterminant);
    batch.weight[b] = problem.patientWeights[i]!;
    for (let j = 0; j < n; j++) {
      if (pattern.observed[j] === 0) continue;
      batch.outcomes[b * n + j] = problem.outcomes[i * n + j]!;
      batch.observed[b * n + j] = 1;
    }
  }
  return batch;
}

/** Equations (N3) and (N4) on tensors. */
function weightedLogDensity(
  { tf }: LoadedTensorflow,
  layout: ReturnType<typeof networkLayout>,
  weights: WeightTensors,
  batch: Batch,
  configurations: ConfigurationTensors | null,
): Tensorflow.Scalar {
  const { inputs: I, outcomes: n, hidden: H } = layout.shape;
  const B = batch.count;
  const observed = tf.tensor(batch.observed, [B, n]);
  const { mean, logPrecision, scaled } = networkTensors(tf, layout, weights, tf.tensor(batch.inputs, [B, I]));
  const root = tf.exp(tf.mul(logPrecision, 0.5));
  const residual = tf.mul(tf.mul(tf.sub(tf.tensor(batch.outcomes, [B, n]), mean), root), observed);
  const column = tf.reshape(residual, [B, n, 1]);
  const solved = tf.reshape(tf.matMul(tf.tensor(batch.precision, [B, n, n]), column), [B, n]);
  const gaussian = tf.mul(tf.sum(tf.sub(tf.mul(logPrecision, observed), tf.mul(solved, residual)), 1), 0.5);
  let logDensity = tf.add(gaussian, tf.tensor(batch.constant, [B]));
  if (scaled !== null && configurations !== null) {
    const prior = quadraticEnergies(tf, scaled, tf.tensor(batch.correlation, [1, n, n]), configurations);
    const posterior = quadraticEnergies(tf, scaled, tf.tensor(batch.remainder, [B, n, n]), configurations);
    const completed = tf.matMul(tf.tensor(batch.completion, [B, n, n]), column);
    const field = tf.reshape(tf.matMul(completed, scaled, true, false), [B, H]);
    const tilt = tf.matMul(field, configurations.signs);
    logDensity = tf.add(logDensity, tf.sub(logSumCosh(tf, posterior, tilt), logSumCosh(tf, prior, null)));
  }
  return tf.sum(tf.mul(logDensity, tf.tensor(batch.weight, [B]))) as Tensorflow.Scalar;
}

/**
 * log Σ_s exp(q_s) cosh(u_s) for every patient, and its derivative from the same softmax.
 *
 * @param energies - [B × S] q.
 * @param tilt - [B × S] u; null = 0.
 * @returns [B].
 */
function logSumCosh(tf: typeof Tensorflow, energies: Tensor, tilt: Tensor | null): Tensor {
  const compute = tf.customGrad((...given: (Tensor | Tensorflow.GradSaveFunc)[]) => {
    const save = given.at(-1) as Tensorflow.GradSaveFunc;
    const q = given[0] as Tensor;
    const u = tilt === null ? null : (given[1] as Tensor);
    const exponent = u === null ? q : tf.add(q, logCosh(tf, u));
    const largest = tf.max(exponent, 1, true);
    const terms = tf.exp(tf.sub(exponent, largest));
    const sum = tf.sum(terms, 1, true);
    const value = tf.reshape(tf.add(largest, tf.log(sum)), [q.shape[0]!]);
    const weight = tf.div(terms, sum);
    save(u === null ? [weight] : [weight, tf.mul(weight, tf.tanh(u))]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const column = tf.reshape(dy, [-1, 1]);
        return saved.map((slope) => tf.mul(column, slope));
      },
    };
  });
  return tilt === null ? compute(energies) : compute(energies, tilt);
}

/** log cosh(u) without overflow. */
function logCosh(tf: typeof Tensorflow, u: Tensor): Tensor {
  const size = tf.abs(u);
  return tf.sub(tf.add(size, tf.log1p(tf.exp(tf.mul(size, -2)))), Math.LN2);
}
