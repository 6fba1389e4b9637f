import { expect, test } from "vitest";
import { subjectTable } from "../../lib/data/subject-table.ts";
import { baselineAncova } from "../../lib/progression/comparators/baseline-ancova.ts";
import { fitLinearPredictor, predictLinear } from "../../lib/progression/comparators/linear-predictor.ts";
import { encodeFeatures } from "../../lib/progression/feature-encoding.ts";
import { openFrozenModel } from "../../lib/progression/frozen-model.ts";
import type { FrozenModel } from "../../lib/progression/model-document.ts";
import { trainProgressionModel } from "../../lib/progression/train-progression-model.ts";
import { type SkewedLaw, skewedHistory } from "./skewed-history.ts";

function trained(law: SkewedLaw, seed: number): FrozenModel {
  const data = skewedHistory(law, seed);
  return trainProgressionModel({
    data,
    dataHash: "0",
    name: "m",
    training: {
      format: "understudy-training/1",
      covariateIds: data.covariates.map(({ id }) => id),
      strata: ["site"],
      primary: { endpointId: "y", visitId: "v1" },
      folds: 5,
      repeats: 1,
      bootstrapReplicates: 400,
      shrinkage: { kind: "chosen" },
      acknowledgedLeakage: "the law makes all covariates known at time zero",
      seed: seed + 1,
    },
  });
}

/** Patients nobody has seen, in whom a model's worth can be measured. */
const POPULATION = 15_000;

/** A large population of a law, with what does not depend on the model. */
function population(law: SkewedLaw) {
  const data = skewedHistory({ ...law, patients: POPULATION, incomplete: false }, 77);
  const table = subjectTable(data);
  const y = Float64Array.from({ length: POPULATION }, (_, i) => table.outcomes[2 * i + 1]!);
  const squares = (predicted: (i: number) => number) =>
    y.reduce((sum, value, i) => sum + (value - predicted(i)) ** 2, 0);
  const left = (design: Float64Array) => {
    const fit = fitLinearPredictor(design, y)!;
    return { squares: squares((i) => predictLinear(fit, design, i)), slope: fit.slopes.at(-1)! };
  };
  const mean = y.reduce((sum, value) => sum + value, 0) / POPULATION;
  const columns = encodeFeatures(
    table,
    [
      { kind: "baseline-endpoint", endpointId: "y" },
      { kind: "covariate-level", covariateId: "site", level: "b" },
      { kind: "covariate-level", covariateId: "site", level: "c" },
    ],
    data.covariates,
  );
  return { table, y, squares, left, columns, total: squares(() => mean), ancova: left(columns) };
}

/** What a frozen model's score is worth in the population: gain, partial correlation, R² of a large trial's regression. */
function worth(model: FrozenModel, law: SkewedLaw, seed: number, people: ReturnType<typeof population>) {
  const { table, y, squares, left, columns } = people;
  const history = subjectTable(skewedHistory(law, seed));
  const opened = openFrozenModel(model);
  const Q = opened.featureCount;
  const features = encodeFeatures(table, model.parameters.features, model.covariates);
  const score = y.map((_, i) => opened.expectedOutcome(features.subarray(i * Q, (i + 1) * Q), 1));
  const ancova = baselineAncova(model.covariates.filter(({ id }) => id === "site")).predict(history, table);
  const withScore = new Float64Array(4 * POPULATION);
  for (let i = 0; i < POPULATION; i++) {
    withScore.set(columns.subarray(3 * i, 3 * i + 3), 4 * i);
    withScore[4 * i + 3] = score[i]!;
  }
  const two = left(withScore);
  return {
    gain: 1 - squares((i) => score[i]!) / squares((i) => ancova[2 * i + 1]!),
    partialCorrelation: Math.sign(two.slope) * Math.sqrt(1 - two.squares / people.ancova.squares),
    rSquaredWithScore: 1 - two.squares / people.total,
  };
}

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test("useless covariates, skewed and many, lead to 'do not use' in at least 97 of 100 histories", () => {
  const law = { patients: 110, useless: 6, signal: 0, incomplete: true };
  let refused = 0;
  for (let r = 0; r < 100; r++) {
    const model = trained(law, 31_000 + r);
    if (model.evaluation.verdicts.at(-1)!.decision === "do-not-use") refused++;
  }
  expect(refused).toBeGreaterThanOrEqual(97);
});

test("a real gain is found in every history of 600 patients", () => {
  const law = { patients: 600, useless: 4, signal: 1, incomplete: true };
  const people = population(law);
  for (let r = 0; r < 8; r++) {
    const model = trained(law, 52_000 + r);
    const gain = model.evaluation.gain.at(-1)!;
    expect(gain.gainClaimed).toBe(true);
    expect(model.evaluation.verdicts.at(-1)!.decision).not.toBe("do-not-use");
    const truth = worth(model, law, 52_000 + r, people);
    expect(Math.abs(gain.partialCorrelation.value - truth.partialCorrelation)).toBeLessThan(0.13);
  }
});

test("limits below which a gain is said not to lie are kept; R² for sizing errs to the safe side, by little", () => {
  const law = { patients: 150, useless: 3, signal: 1, incomplete: false };
  const people = population(law);
  const runs = Array.from({ length: 50 }, (_, r) => {
    const model = trained(law, 64_000 + r);
    return { found: model.evaluation.gain.at(-1)!, truth: worth(model, law, 64_000 + r, people) };
  });
  // Nominal 2.5 %; four standard errors at 50 histories.
  const allowed = 50 * 0.025 + 4 * Math.sqrt(50 * 0.025 * 0.975);
  const belowLower = (miss: (run: (typeof runs)[number]) => boolean) => runs.filter(miss).length;
  expect(belowLower(({ found, truth }) => truth.gain < found.gain.lower)).toBeLessThanOrEqual(allowed);
  expect(
    belowLower(({ found, truth }) => truth.partialCorrelation < found.partialCorrelation.lower),
  ).toBeLessThanOrEqual(allowed);
  expect(
    belowLower(({ found, truth }) => truth.rSquaredWithScore < found.variance.rSquaredWithScore.lower),
  ).toBeLessThanOrEqual(allowed);
  const differences = runs.map(({ found, truth }) => found.variance.rSquaredWithScore.value - truth.rSquaredWithScore);
  const bias = average(differences);
  const error = Math.sqrt(average(differences.map((value) => (value - bias) ** 2)) / runs.length);
  expect(bias).toBeLessThan(2 * error);
  expect(bias).toBeGreaterThan(-0.06);
});
