import { describe, expect, test } from "vitest";
import type { LongDataSet } from "../../../../lib/data/long-data-set.ts";
import { subjectTable } from "../../../../lib/data/subject-table.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { baselineLaw } from "../../../../lib/progression/baseline-draws.ts";
import { meanAttribution } from "../../../../lib/progression/feature-attribution.ts";
import { baselineFeatures } from "../../../../lib/progression/feature-encoding.ts";
import { fitGaussianJoint, refitGaussianJoint } from "../../../../lib/progression/gaussian-joint/fit-gaussian-joint.ts";
import type { GaussianJointParameters } from "../../../../lib/progression/gaussian-joint/gaussian-joint-parameters.ts";
import { histories } from "../../../../lib/progression/training-set.ts";
import { gaussianTwinPredictor } from "../../../../lib/progression/twin-predictor.ts";
import { DEFAULT_LAW, simulatedHistory } from "../simulated-history.ts";

const VISITS = 3;

/** The linear law of the simulated history, its values bent. */
function bent(patients: number, seed: number, bend: (value: number, x: number) => number, bounds = {}): LongDataSet {
  const data = simulatedHistory({ ...DEFAULT_LAW, patients, visits: VISITS, covariates: 5 }, seed);
  const range = { minimum: null, maximum: null, ...bounds };
  return {
    ...data,
    endpoints: data.endpoints.map((endpoint) => ({ ...endpoint, sourceRange: range })),
    patients: data.patients.map((patient) => ({
      ...patient,
      baseline: patient.baseline.map((value) => (value === null ? null : bend(value, 0))),
      outcomes: patient.outcomes.map((row) =>
        row.map((cell) =>
          "value" in cell ? { ...cell, value: bend(cell.value, Number(patient.covariates[0])) } : cell,
        ),
      ),
    })),
  };
}

const exponential = (value: number) => Math.exp(value / 10);
const bounded = (value: number) => Math.round(70 / (1 + Math.exp(-(value - 24) / 5)));
const square = (value: number, x: number) => value + 2.5 * x * x;

function fitted(data: LongDataSet, curvature: "chosen" | "none" = "chosen"): GaussianJointParameters {
  const features = baselineFeatures(data.endpoints, data.covariates);
  return fitGaussianJoint(subjectTable(data), features, data.covariates, { kind: "chosen" }, createRng(1), {
    curvature,
  }).parameters;
}

/** Squared error of the mean at all visits and shares covered by the three bands, in patients of another draw. */
function performance(parameters: GaussianJointParameters, data: LongDataSet) {
  const table = subjectTable(data);
  const predictor = gaussianTwinPredictor(parameters);
  const historyOf = histories(table, predictor.features, data.covariates);
  const covered = [0, 0, 0];
  let squares = 0;
  let count = 0;
  for (let i = 0; i < table.count; i++) {
    const { mean, bands } = predictor.forecast(historyOf(i));
    for (let v = 0; v < VISITS; v++) {
      const value = table.outcomes[i * VISITS + v]!;
      if (Number.isNaN(value)) continue;
      count++;
      squares += (value - mean[v]!) ** 2;
      for (let k = 0; k < 3; k++)
        if (value >= bands[v * 6 + 2 * k]! && value <= bands[v * 6 + 2 * k + 1]!) covered[k]!++;
    }
  }
  return { mse: squares / count, covered: covered.map((hits) => hits / count) };
}

describe("scales and curves are chosen where the data ask for them", () => {
  test("values that follow the linear law are left as they are, with 80 patients too", () => {
    let curved = 0;
    for (let seed = 1; seed <= 20; seed++) if (fitted(bent(80, seed, (value) => value)).curved !== undefined) curved++;
    expect(curved).toBeLessThanOrEqual(2);
  });

  test("a skewed endpoint gets a logarithmic scale, predicts new patients better, and its bands cover their share", () => {
    const fresh = bent(2000, 77, exponential);
    const covered = [0, 0, 0];
    const error = { curved: 0, linear: 0 };
    const seeds = [5, 15, 25, 35, 45, 55, 65, 75, 85, 95];
    for (const seed of seeds) {
      const parameters = fitted(bent(200, seed, exponential));
      expect(parameters.curved?.transforms[0]?.kind).toBe("inverse-sinh");
      const { curved: _, ...linear } = parameters;
      const found = performance(parameters, fresh);
      error.curved += found.mse;
      error.linear += performance(linear, fresh).mse;
      found.covered.forEach((share, k) => {
        covered[k]! += share / seeds.length;
      });
    }
    expect(error.curved).toBeLessThan(0.97 * error.linear);
    // Conformal bands of one training set of 200 vary by √(0.25/200); the mean of ten by 0.011.
    [0.5, 0.8, 0.95].forEach((level, k) => {
      expect(Math.abs(covered[k]! - level)).toBeLessThan(0.035);
    });
  });

  test("a bounded endpoint gets a logit whose bands stay inside its limits", () => {
    const bounds = { minimum: 0, maximum: 70 };
    const data = bent(200, 6, bounded, bounds);
    const parameters = fitted(data);
    const transform = parameters.curved?.transforms[0];
    expect(transform?.kind).toBe("logit");
    if (transform?.kind !== "logit") return;
    const predictor = gaussianTwinPredictor(parameters);
    const historyOf = histories(subjectTable(data), predictor.features, data.covariates);
    for (let i = 0; i < 200; i++) {
      for (const limit of predictor.forecast(historyOf(i)).bands) {
        expect(limit).toBeGreaterThan(transform.lower);
        expect(limit).toBeLessThan(transform.upper);
      }
    }
  });

  test("a covariate that acts by its square gets a curve and nearly halves the error", () => {
    const parameters = fitted(bent(200, 7, square));
    expect(parameters.curved?.terms.map(({ feature }) => parameters.features[feature])).toEqual([
      { kind: "continuous-covariate", covariateId: "x1" },
    ]);
    const { curved: _, ...linear } = parameters;
    const fresh = bent(3000, 78, square);
    expect(performance(parameters, fresh).mse).toBeLessThan(0.7 * performance(linear, fresh).mse);
  });

  test("the unit of an endpoint changes nothing but the unit", () => {
    const data = bent(150, 8, exponential);
    const scaled = bent(150, 8, (value) => 1000 * exponential(value));
    const [one, other] = [data, scaled].map((each) => gaussianTwinPredictor(fitted(each)));
    const history = histories(subjectTable(data), one!.features, data.covariates);
    const scaledHistory = histories(subjectTable(scaled), other!.features, scaled.covariates);
    for (let i = 0; i < 20; i++) {
      const mean = one!.forecast(history(i)).mean;
      other!.forecast(scaledHistory(i)).mean.forEach((value, v) => {
        expect(value / (1000 * mean[v]!)).toBeCloseTo(1, 5);
      });
    }
  });
});

describe("a curved model predicts by one law", () => {
  const data = bent(200, 7, (value, x) => square(exponential(value), x));
  const parameters = fitted(data);
  const predictor = gaussianTwinPredictor(parameters);
  const table = subjectTable(data);

  test("it is curved in both ways, and its document gives the same predictions when read back", () => {
    expect(parameters.curved?.terms.length).toBeGreaterThan(0);
    const again = gaussianTwinPredictor(JSON.parse(JSON.stringify(parameters)) as GaussianJointParameters);
    const historyOf = histories(table, predictor.features, data.covariates);
    for (let i = 0; i < 10; i++) expect(again.forecast(historyOf(i))).toEqual(predictor.forecast(historyOf(i)));
  });

  test.each([0, 1, 2])(
    "draws given %i observed visits have the mean, covariance and quantiles that are stated",
    (through) => {
      const complete = Array.from({ length: table.count }, (_, i) => i).find((i) =>
        Array.from(table.outcomes.subarray(i * VISITS, (i + 1) * VISITS)).every((value) => !Number.isNaN(value)),
      )!;
      const history = histories(table, predictor.features, data.covariates, through)(complete);
      const count = 40_000;
      const draws = new Float64Array(count * VISITS);
      predictor.model.drawTrajectories(history, count, createRng(3), draws);
      const { mean, covariance, numericalError } = predictor.model.predict(history);
      expect(numericalError).toBeLessThan(1e-6);
      expect(Array.from(predictor.model.predictMean(history))).toEqual(Array.from(mean));
      for (let a = 0; a < VISITS; a++) {
        for (let b = 0; b <= a; b++) {
          let drawnA = 0;
          let product = 0;
          for (let m = 0; m < count; m++) {
            drawnA += draws[m * VISITS + a]!;
            product += (draws[m * VISITS + a]! - mean[a]!) * (draws[m * VISITS + b]! - mean[b]!);
          }
          const spread = Math.sqrt(covariance[a * VISITS + a]! * covariance[b * VISITS + b]!);
          expect(Math.abs(drawnA / count - mean[a]!)).toBeLessThanOrEqual(
            (5 * Math.sqrt(covariance[a * VISITS + a]!)) / 200 + 1e-10,
          );
          expect(Math.abs(product / count - covariance[a * VISITS + b]!)).toBeLessThanOrEqual(0.06 * spread);
        }
      }
      for (let v = 0; v < through; v++) expect(mean[v]).toBe(table.outcomes[complete * VISITS + v]);
    },
  );

  test("a missing covariate is conditioned away, and contributions sum to the score", () => {
    const history = histories(table, predictor.features, data.covariates)(0);
    const unknown = { ...history, features: history.features.map((value, q) => (q === 2 ? Number.NaN : value)) };
    expect(predictor.forecast(unknown).mean.every(Number.isFinite)).toBe(true);
    const law = baselineLaw(parameters);
    const { centre, contributions } = meanAttribution(predictor.model, history, law, VISITS - 1);
    const total = contributions.reduce((sum, value) => sum + value, centre);
    expect(total).toBeCloseTo(predictor.forecast(history).mean[VISITS - 1]!, 8);
  });

  test("a refit to part of the patients keeps scales and curves", () => {
    const part = { ...data, patients: data.patients.slice(0, 150) };
    const features = baselineFeatures(data.endpoints, data.covariates);
    const refitted = refitGaussianJoint(subjectTable(part), features, data.covariates, parameters);
    expect(refitted.curved?.transforms).toEqual(parameters.curved?.transforms);
    expect(refitted.curved?.terms).toEqual(parameters.curved?.terms);
    expect(refitted.curved?.mean).not.toEqual(parameters.curved?.mean);
  });
});

test("a patient of weight two counts as two patients", () => {
  const data = bent(60, 9, (value) => value);
  const features = baselineFeatures(data.endpoints, data.covariates);
  const twice = {
    ...data,
    patients: [...data.patients, ...data.patients.slice(0, 20).map((p) => ({ ...p, id: `${p.id}b` }))],
  };
  const alike = fitted(data, "none");
  const doubled = fitted(twice, "none");
  const weights = Float64Array.from({ length: 60 }, (_, i) => (i < 20 ? 2 : 1));
  const table = subjectTable(data);
  const weighted = refitGaussianJoint(table, features, data.covariates, { ...alike, priorWeight: 20 }, weights);
  const expected = refitGaussianJoint(subjectTable(twice), features, data.covariates, { ...doubled, priorWeight: 20 });
  const D = expected.mean.length;
  const plain = refitGaussianJoint(table, features, data.covariates, { ...alike, priorWeight: 20 });
  const spread = (j: number) => Math.sqrt(expected.covariance[j * D + j]!);
  const distance = (from: GaussianJointParameters) =>
    Math.max(...expected.mean.map((value, j) => Math.abs(value - from.mean[j]!) / spread(j)));
  // Columns are standardised by the unweighted SD, which the shrinkage target feels a little.
  expect(distance(weighted)).toBeLessThan(0.02);
  expect(distance(plain)).toBeGreaterThan(0.05);
});
