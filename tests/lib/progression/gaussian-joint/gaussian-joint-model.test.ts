import { describe, expect, test } from "vitest";
import { selectSubjects, subjectTable } from "../../../../lib/data/subject-table.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { baselineFeatures, encodeFeatures } from "../../../../lib/progression/feature-encoding.ts";
import { fitGaussianJoint } from "../../../../lib/progression/gaussian-joint/fit-gaussian-joint.ts";
import { createGaussianJointModel } from "../../../../lib/progression/gaussian-joint/gaussian-joint-model.ts";
import type { GaussianJointParameters } from "../../../../lib/progression/model-document.ts";
import { DEFAULT_LAW, simulatedHistory } from "../simulated-history.ts";

const data = simulatedHistory({ ...DEFAULT_LAW, patients: 120 }, 1);
const table = subjectTable(data);
const features = baselineFeatures(data.endpoints, data.covariates);
const { parameters } = fitGaussianJoint(table, features, data.covariates, { kind: "chosen" }, createRng(1));
const model = createGaussianJointModel(parameters);
const encoded = encodeFeatures(table, parameters.features, data.covariates);
const Q = model.featureCount;
const row = (i: number) => encoded.slice(i * Q, (i + 1) * Q);

describe("Gaussian joint model", () => {
  test("with two items, one observed, is simple linear regression", () => {
    const small: GaussianJointParameters = {
      ...parameters,
      features: [features[0]!],
      mean: [10, 20],
      covariance: [4, 3, 3, 9],
      featureRanges: [{ minimum: 0, maximum: 20 }],
      outcomeCounts: [100],
      predictionInflation: [1],
      bandMultipliers: [[0.67, 1.28, 1.96]],
      priorWeight: 0,
    };
    const line = createGaussianJointModel(small);
    const { mean, covariance } = line.predictFromBaseline(Float64Array.from([14]));
    expect(mean[0]).toBeCloseTo(20 + 0.75 * 4, 12);
    expect(covariance[0]).toBeCloseTo(9 - 9 / 4, 12);
    // Prediction variance of a regression with 100 patients: s²(1 + 1/n + (x − x̄)²/(n s²ₓ)).
    expect(line.predictiveVariance(Float64Array.from([14]))[0]).toBeCloseTo(6.75 * (1 + 1 / 100 + 4 / 100), 12);
    expect(line.predictFromBaseline(Float64Array.from([Number.NaN])).mean[0]).toBe(20);
  });

  test("contributions sum to the score minus the population mean, and a missing feature contributes nothing", () => {
    for (let i = 0; i < 20; i++) {
      const own = row(i);
      if (i % 2 === 0) own[2] = Number.NaN;
      const last = model.outcomeCount - 1;
      const total = model.contributions(own, last).reduce((sum, value) => sum + value, 0);
      expect(total).toBeCloseTo(model.expectedOutcome(own, last) - model.populationMean[last]!, 10);
      if (i % 2 === 0) expect(model.contributions(own, last)[2]).toBe(0);
      expect(model.expectedOutcome(own, last)).toBeCloseTo(model.predictFromBaseline(own).mean[last]!, 12);
    }
  });

  test("an update with nothing observed is the twin; observed values stay as they are", () => {
    const nothing = new Float64Array(model.outcomeCount).fill(Number.NaN);
    const twin = model.predictFromBaseline(row(3));
    const same = model.updateForecast(row(3), nothing);
    same.mean.forEach((value, v) => {
      expect(value).toBeCloseTo(twin.mean[v]!, 10);
    });
    const seen = nothing.slice();
    seen[0] = 31;
    const updated = model.updateForecast(row(3), seen);
    expect(updated.mean[0]).toBe(31);
    expect(updated.covariance[0]).toBe(0);
    const last = model.outcomeCount - 1;
    const width = model.outcomeCount + 1;
    expect(updated.covariance[last * width]!).toBeLessThan(twin.covariance[last * width]!);
  });

  test("drawn trajectories have the twin's mean and covariance (4 Monte Carlo SE)", () => {
    const draws = 20000;
    const rng = createRng(9);
    const cells = model.outcomeCount;
    const { mean, covariance } = model.predictFromBaseline(row(5));
    const into = new Float64Array(cells);
    const sum = new Float64Array(cells);
    let product = 0;
    for (let r = 0; r < draws; r++) {
      model.drawTrajectory(row(5), rng, into);
      for (let v = 0; v < cells; v++) sum[v]! += into[v]!;
      product += (into[0]! - mean[0]!) * (into[cells - 1]! - mean[cells - 1]!);
    }
    for (let v = 0; v < cells; v++) {
      const se = Math.sqrt(covariance[v * cells + v]! / draws);
      expect(Math.abs(sum[v]! / draws - mean[v]!)).toBeLessThan(4 * se);
    }
    const variances = covariance[0]! * covariance[cells * cells - 1]!;
    expect(Math.abs(product / draws - covariance[cells - 1]!)).toBeLessThan(4 * Math.sqrt((2 * variances) / draws));
  });

  test("drawn patients have the population's mean, and their outcomes scatter about their own twins", () => {
    const draws = 20000;
    const rng = createRng(10);
    const drawn = new Float64Array(Q);
    const outcomes = new Float64Array(model.outcomeCount);
    const last = model.outcomeCount - 1;
    let total = 0;
    let error = 0;
    for (let r = 0; r < draws; r++) {
      model.drawPatient(rng, drawn, outcomes);
      total += outcomes[last]!;
      error += (outcomes[last]! - model.expectedOutcome(drawn, last)) ** 2;
    }
    const { covariance } = model.predictFromBaseline(drawn);
    const residual = covariance[last * model.outcomeCount + last]!;
    const spread = parameters.covariance[(Q + last) * (Q + model.outcomeCount) + Q + last]!;
    expect(Math.abs(total / draws - model.populationMean[last]!)).toBeLessThan(4 * Math.sqrt(spread / draws));
    expect(Math.abs(error / draws - residual)).toBeLessThan(4 * residual * Math.sqrt(2 / draws));
  });

  test("distance grows with distance from the training mean and ignores missing features", () => {
    const centre = Float64Array.from(parameters.mean.slice(0, Q));
    expect(model.squaredDistance(centre)).toBeCloseTo(0, 12);
    const away = centre.slice();
    away[1]! += 10 * Math.sqrt(parameters.covariance[1 * (Q + model.outcomeCount) + 1]!);
    expect(model.squaredDistance(away)).toBeGreaterThan(99);
    expect(model.squaredDistance(new Float64Array(Q).fill(Number.NaN))).toBe(0);
  });

  test("parameters whose shapes disagree are refused", () => {
    expect(() => createGaussianJointModel({ ...parameters, covariance: parameters.covariance.slice(1) })).toThrow(
      DomainError,
    );
    expect(() => createGaussianJointModel({ ...parameters, covariance: parameters.covariance.map(() => 1) })).toThrow(
      /positive definite/,
    );
  });
});

describe("fitting", () => {
  test("another unit of an endpoint or covariate changes nothing but the unit", () => {
    const scaled = {
      ...table,
      baseline: table.baseline.map((value) => 1000 * value),
      outcomes: table.outcomes.map((value) => 1000 * value),
      covariateValues: table.covariateValues.map((value, k) => (k % 5 === 1 ? 0.01 * value - 7 : value)),
    };
    const other = fitGaussianJoint(scaled, features, data.covariates, { kind: "chosen" }, createRng(1)).parameters;
    const rescaled = createGaussianJointModel(other);
    expect(other.priorWeight).toBe(parameters.priorWeight);
    const encodedScaled = encodeFeatures(scaled, other.features, data.covariates);
    for (let i = 0; i < 10; i++) {
      const twin = model.predictFromBaseline(row(i)).mean;
      rescaled.predictFromBaseline(encodedScaled.slice(i * Q, (i + 1) * Q)).mean.forEach((value, v) => {
        expect(value / 1000).toBeCloseTo(twin[v]!, 5);
      });
    }
  });

  test("a constant covariate and one that nobody has are left out and named", () => {
    const P = table.covariates.length;
    const dull = {
      ...table,
      covariateValues: table.covariateValues.map((value, k) => (k % P === 0 ? 3 : k % P === 1 ? Number.NaN : value)),
    };
    const fit = fitGaussianJoint(dull, features, data.covariates, { kind: "chosen" }, createRng(1));
    expect(fit.omitted).toEqual([
      { feature: { kind: "continuous-covariate", covariateId: "x1" }, reason: "constant" },
      { feature: { kind: "continuous-covariate", covariateId: "x2" }, reason: "never-observed" },
    ]);
    expect(fit.parameters.features).toHaveLength(features.length - 2);
  });

  test("fewer patients than items still gives a usable model, but not by maximum likelihood", () => {
    const few = selectSubjects(
      table,
      Int32Array.from({ length: 9 }, (_, i) => i),
    );
    const fit = fitGaussianJoint(few, features, data.covariates, { kind: "chosen" }, createRng(1));
    expect(fit.parameters.mean.length).toBe(9);
    expect(Number.isFinite(fit.parameters.logLikelihood)).toBe(true);
    expect(() =>
      fitGaussianJoint(few, features, data.covariates, { kind: "fixed", priorWeight: 0 }, createRng(1)),
    ).toThrow(/more patients than items/);
  });

  test("an endpoint without values at a visit is refused by name", () => {
    const cells = table.endpoints.length * table.visits.length;
    const empty = { ...table, outcomes: table.outcomes.map((value, k) => (k % cells === 2 ? Number.NaN : value)) };
    expect(() => fitGaussianJoint(empty, features, data.covariates, { kind: "chosen" }, createRng(1))).toThrow(
      /score 1 at Visit 3 \(0 values\)/,
    );
  });
});
