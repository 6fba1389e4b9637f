import { describe, expect, it } from "vitest";
import { createRng } from "../../../lib/numerics/philox.ts";
import { float64Backend } from "../../../lib/progression/neural-boltzmann/float64-backend.ts";
import { networkLayout } from "../../../lib/progression/neural-boltzmann/network-layout.ts";
import { neuralBoltzmannMember } from "../../../lib/progression/neural-boltzmann/neural-boltzmann-member.ts";
import {
  DEFAULT_NEURAL_OPTIONS,
  type NeuralBoltzmannOptions,
} from "../../../lib/progression/neural-boltzmann/neural-boltzmann-options.ts";
import { loadTensorflow } from "../../../server/neural/load-tensorflow.ts";
import { neuralBackendOn } from "../../../server/neural/tensorflow-backend.ts";
import { predictWithTensorflow } from "../../../server/neural/tensorflow-prediction.ts";
import { curvedLaw, drawPatients } from "../../lib/progression/neural-boltzmann/known-laws.ts";

const listenersBefore = process.listenerCount("uncaughtException") + process.listenerCount("unhandledRejection");
const wasm = await loadTensorflow(["wasm"]);
const cpu = await loadTensorflow(["cpu"]);

const QUICK: NeuralBoltzmannOptions = {
  ...DEFAULT_NEURAL_OPTIONS,
  hiddenUnits: 3,
  networks: 2,
  meanUnits: 8,
  shrinkage: { kind: "fixed", priorWeight: 20 },
  schedule: { ...DEFAULT_NEURAL_OPTIONS.schedule, maximumEpochs: 6 },
  backend: neuralBackendOn(wasm),
};

function randomProblem(hidden: number, seed: number) {
  const rng = createRng(seed);
  const shape = { inputs: 5, outcomes: 4, hidden, meanUnits: 7 };
  const N = 50;
  const normal = (length: number, scale: number) => Float64Array.from({ length }, () => scale * rng.normal());
  const correlation = new Float64Array(16).fill(0.4).map((r, k) => (k % 5 === 0 ? 1 : r));
  const outcomes = normal(N * 4, 1).map((value) => (rng.uniform() < 0.25 ? Number.NaN : value));
  outcomes.fill(Number.NaN, 0, 4);
  const problem = {
    shape,
    inputs: normal(N * 5, 1),
    outcomes,
    correlation,
    patientWeights: Float64Array.from({ length: N }, () => 0.5 + rng.uniform()),
  };
  return {
    problem,
    weights: normal(networkLayout(shape).size, 0.4),
    rows: Int32Array.from({ length: N }, (_, i) => i),
  };
}

describe.each([wasm, cpu])("the likelihood by $name", (loaded) => {
  it.each([0, 1, 4])("and its automatic gradient are those of the analytic formulas, %i hidden units", (hidden) => {
    const { problem, weights, rows } = randomProblem(hidden, 5 + hidden);
    const exact = new Float64Array(weights.length);
    const value = float64Backend.open(problem).evaluate(weights, rows, exact);
    const likelihood = neuralBackendOn(loaded).open(problem);
    const gradient = new Float64Array(weights.length);
    const before = loaded.tf.memory().numTensors;
    expect(Math.abs(likelihood.evaluate(weights, rows, gradient) - value)).toBeLessThan(1e-5 * Math.abs(value));
    expect(likelihood.evaluate(weights, rows, null)).toBeCloseTo(value, 2);
    const scale = Math.max(...exact.map(Math.abs));
    exact.forEach((slope, k) => {
      expect(Math.abs(gradient[k]! - slope)).toBeLessThan(1e-5 * scale);
    });
    expect(loaded.tf.memory().numTensors).toBe(before);
    likelihood.close();
  });

  it("follows a change of the correlation", () => {
    const { problem, weights, rows } = randomProblem(2, 3);
    const likelihood = neuralBackendOn(loaded).open(problem);
    const identity = problem.correlation.map((_, k) => (k % 5 === 0 ? 1 : 0));
    likelihood.setCorrelation(identity);
    const value = float64Backend.open({ ...problem, correlation: identity }).evaluate(weights, rows, null);
    expect(Math.abs(likelihood.evaluate(weights, rows, null) - value)).toBeLessThan(1e-5 * Math.abs(value));
    likelihood.close();
  });
});

describe("a model trained by TensorFlow.js", () => {
  const { training } = drawPatients(curvedLaw(3, 4), 150, { dropout: 0.05, sporadic: 0.05, covariate: 0.05 }, 3);
  const member = neuralBoltzmannMember;
  const parameters = member.train(training, QUICK, createRng(1), () => {});

  it("names its backend", () => {
    expect(parameters.backend).toBe("TensorFlow.js 4.22.0, wasm");
    expect(neuralBackendOn(cpu).name).toBe("TensorFlow.js 4.22.0, cpu");
  });

  it("is the same again on the same backend", () => {
    expect(member.train(training, QUICK, createRng(1), () => {})).toEqual(parameters);
  });

  it("predicts the same to 1e-5 of an SD by WebAssembly, plain JavaScript and in double precision", () => {
    const Q = training.features.length;
    const rng = createRng(8);
    const [network] = parameters.networks;
    // Couplings that matter, whether or not training kept any.
    const coupled = {
      ...parameters,
      hiddenUnits: 3,
      networks: [
        {
          ...network!,
          couplingIntercept: Array.from({ length: 12 }, () => rng.normal()),
          couplingSlope: Array.from({ length: (12 * network!.unitSlope.length) / 8 }, () => 0.3 * rng.normal()),
        },
      ],
    };
    for (const document of [parameters, coupled]) {
      const model = member.open(document);
      const byWasm = predictWithTensorflow(wasm, document, training.featureValues);
      const byCpu = predictWithTensorflow(cpu, document, training.featureValues);
      const unknown = new Float64Array(4).fill(Number.NaN);
      for (let i = 0; i < training.table.count; i++) {
        const features = training.featureValues.subarray(i * Q, (i + 1) * Q);
        const { mean, covariance } = model.predict({ features, observed: unknown, days: unknown });
        for (let j = 0; j < 4; j++) {
          const sd = Math.sqrt(covariance[j * 5]!);
          for (const other of [byWasm, byCpu]) {
            expect(Math.abs(other.mean[i * 4 + j]! - mean[j]!)).toBeLessThan(1e-5 * sd);
            expect(Math.abs(other.deviation[i * 4 + j]! - sd)).toBeLessThan(1e-5 * sd);
          }
        }
      }
    }
  });
});

describe("loading", () => {
  it("takes the first backend that works: WebAssembly where the native library is not installed", async () => {
    const loaded = await loadTensorflow();
    expect(["tensorflow", "wasm"]).toContain(loaded.backend);
  });

  it("leaves no handlers on the process", () => {
    const now = process.listenerCount("uncaughtException") + process.listenerCount("unhandledRejection");
    expect(now).toBe(listenersBefore);
  });
});
