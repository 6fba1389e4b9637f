import { expect, test } from "vitest";
import { selectSubjects, subjectTable } from "../../../../lib/data/subject-table.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { baselineFeatures } from "../../../../lib/progression/feature-encoding.ts";
import { DEFAULT_NEURAL_OPTIONS } from "../../../../lib/progression/neural-boltzmann/neural-boltzmann-options.ts";
import { bandHolds } from "../../../../lib/progression/prediction-bands.ts";
import { openStack } from "../../../../lib/progression/stack/stack-model.ts";
import type { StackParameters } from "../../../../lib/progression/stack/stack-parameters.ts";
import { stackParametersSchema } from "../../../../lib/progression/stack/stack-parameters.ts";
import { trainStack } from "../../../../lib/progression/stack/train-stack.ts";
import { histories, trainingSet } from "../../../../lib/progression/training-set.ts";
import { stackTwinPredictor } from "../../../../lib/progression/twin-predictor.ts";
import { DEFAULT_LAW, simulatedHistory } from "../simulated-history.ts";

const data = simulatedHistory({ ...DEFAULT_LAW, patients: 160, endpoints: 2 }, 21);
const table = subjectTable(data);
const { training } = trainingSet(table, baselineFeatures(data.endpoints, data.covariates), data.covariates);
const settings = { shrinkage: { kind: "chosen" as const }, strata: [], neural: DEFAULT_NEURAL_OPTIONS };
const parameters = trainStack(training, ["gaussian-joint"], settings, createRng(1), () => {});
const V = table.visits.length;
const cells = table.endpoints.length * V;
const historyOf = histories(table, training.features, training.covariates);

test("weights are convex, include the null, and favour the member that knows more", () => {
  expect(stackParametersSchema.parse(JSON.parse(JSON.stringify(parameters)))).toEqual(parameters);
  expect(parameters.members.map(({ kind }) => kind)).toEqual(["baseline-ancova", "gaussian-joint"]);
  for (const row of parameters.weights) {
    expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(row[1]!).toBeGreaterThan(0.7);
  }
});

const even: StackParameters = {
  ...parameters,
  weights: [
    [0.4, 0.6],
    [0.7, 0.3],
  ],
};

test("draws have the stack's mean and covariance", () => {
  const model = openStack(even, V);
  const history = historyOf(3);
  const { mean, covariance } = model.predict(history);
  const draws = 20_000;
  const drawn = new Float64Array(draws * cells);
  model.drawTrajectories(history, draws, createRng(5), drawn);
  for (let a = 0; a < cells; a++) {
    const sdA = Math.sqrt(covariance[a * cells + a]!);
    for (let b = 0; b <= a; b++) {
      const sdB = Math.sqrt(covariance[b * cells + b]!);
      let product = 0;
      for (let d = 0; d < draws; d++) {
        product += (drawn[d * cells + a]! - mean[a]!) * (drawn[d * cells + b]! - mean[b]!);
      }
      expect(Math.abs(product / draws - covariance[a * cells + b]!)).toBeLessThan((7 * sdA * sdB) / Math.sqrt(draws));
    }
    let sum = 0;
    for (let d = 0; d < draws; d++) sum += drawn[d * cells + a]! - mean[a]!;
    expect(Math.abs(sum / draws)).toBeLessThan((4.5 * sdA) / Math.sqrt(draws));
  }
});

test("what was observed stays as it is, without variance", () => {
  const model = openStack(even, V);
  const after = histories(table, training.features, training.covariates, 1)(0);
  const { mean, covariance } = model.predict(after);
  const drawn = new Float64Array(4 * cells);
  model.drawTrajectories(after, 4, createRng(2), drawn);
  for (const cell of [0, V]) {
    expect(mean[cell]).toBe(after.observed[cell]);
    for (let b = 0; b < cells; b++) expect(covariance[cell * cells + b]).toBe(0);
    for (let d = 0; d < 4; d++) expect(drawn[d * cells + cell]).toBe(after.observed[cell]);
  }
});

test("bands cover their share of new patients", () => {
  const fresh = subjectTable(simulatedHistory({ ...DEFAULT_LAW, patients: 600, endpoints: 2, dropout: 0 }, 77));
  const predictor = stackTwinPredictor(parameters, V);
  const newHistory = histories(fresh, training.features, training.covariates);
  const covered = [0, 0, 0];
  let total = 0;
  for (let i = 0; i < fresh.count; i++) {
    const { bands } = predictor.forecast(newHistory(i));
    const at = i * cells + V - 1;
    const value = fresh.outcomes[at]!;
    if (Number.isNaN(value)) continue;
    total++;
    for (let k = 0; k < 3; k++) if (bandHolds(bands, V - 1, k, value)) covered[k]!++;
  }
  [0.5, 0.8, 0.95].forEach((level, k) => {
    // About 130 residuals set the band, 600 patients judge it.
    const error = Math.sqrt(level * (1 - level) * (1 / 130 + 1 / 600));
    expect(Math.abs(covered[k]! / total - level)).toBeLessThan(4 * error);
  });
});

test("a member that cannot be trained is left out with the reason; the null never is", () => {
  // Maximum likelihood needs more patients than items.
  const few = selectSubjects(
    table,
    Int32Array.from({ length: 12 }, (_, i) => i),
  );
  const small = trainingSet(few, training.features, training.covariates).training;
  const unsupported = { ...settings, shrinkage: { kind: "fixed" as const, priorWeight: 0 } };
  const stack = trainStack(small, ["gaussian-joint"], unsupported, createRng(1), () => {});
  expect(stack.leftOut).toEqual([
    { member: "Gaussian joint model", reason: expect.stringMatching(/needs more patients than items/) },
  ]);
  expect(stack.members.map(({ kind }) => kind)).toEqual(["baseline-ancova"]);
  expect(stack.weights).toEqual([[1], [1]]);
});
