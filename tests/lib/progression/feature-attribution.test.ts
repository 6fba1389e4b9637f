import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "../../../lib/numerics/philox.ts";
import { type BaselineLaw, baselineLaw } from "../../../lib/progression/baseline-draws.ts";
import { meanAttribution } from "../../../lib/progression/feature-attribution.ts";
import type { MemberModel, PatientHistory } from "../../../lib/progression/member.ts";
import type { GaussianJointParameters } from "../../../lib/progression/model-document.ts";

/** A model whose only outcome is a function of the features. */
function modelOf(featureCount: number, mean: (x: Float64Array) => number): MemberModel {
  const predictMean = ({ features }: PatientHistory) => Float64Array.of(mean(features));
  return {
    kind: "test",
    featureCount,
    outcomeCount: 1,
    predictMean,
    predict: (history) => ({ mean: predictMean(history), covariance: Float64Array.of(1), numericalError: 0 }),
    drawTrajectories: () => {},
  };
}

const historyOf = (features: number[]): PatientHistory => ({
  features: Float64Array.from(features),
  observed: Float64Array.of(Number.NaN),
  days: Float64Array.of(100),
});

/** Two correlated continuous features, a covariate of three levels, one outcome. */
const parameters: GaussianJointParameters = {
  kind: "gaussian-joint",
  features: [
    { kind: "baseline-endpoint", endpointId: "y" },
    { kind: "continuous-covariate", covariateId: "age" },
    { kind: "covariate-level", covariateId: "region", level: "B" },
    { kind: "covariate-level", covariateId: "region", level: "C" },
  ],
  mean: [10, 50, 0.3, 0.5, 12],
  covariance: [4, 6, 0.1, 0, 2, 6, 100, 0.5, 0, 5, 0.1, 0.5, 0.21, -0.15, 0.1, 0, 0, -0.15, 0.25, 0, 2, 5, 0.1, 0, 5],
  priorWeight: 10,
  patients: 100,
  iterations: 1,
  converged: true,
  logLikelihood: 0,
  featureRanges: Array.from({ length: 4 }, () => ({ minimum: -100, maximum: 200 })),
  supportLimit: 11,
  outcomeCounts: [100],
  predictionInflation: [1],
  bandMultipliers: [[0.7, 1.3, 2]],
};
const law = baselineLaw(parameters);

/** A bent function with an interaction, that tolerates missing features. */
function bent(x: Float64Array): number {
  const value = (q: number) => (Number.isNaN(x[q]!) ? 0.5 : x[q]!);
  return Math.exp(value(0) / 10) + 0.02 * value(0) * value(1) + (value(1) > 55 ? 2 : 0) + 3 * value(3);
}

describe("the law of baselines", () => {
  test("has the means and SDs of the features, and one level or the reference, each with its share", () => {
    const rng = createRng(1);
    const one = new Float64Array(4);
    const two = new Float64Array(4);
    const pairs = 20_000;
    const sums = new Float64Array(4);
    let square = 0;
    for (let i = 0; i < pairs; i++) {
      law.drawPair(rng, one, two);
      for (const draw of [one, two]) {
        for (let q = 0; q < 4; q++) sums[q]! += draw[q]! / (2 * pairs);
        square += (draw[1]! - 50) ** 2 / (2 * pairs);
        expect(draw[2]! + draw[3]!).toBeLessThanOrEqual(1);
        expect([0, 1]).toContain(draw[2]);
      }
    }
    expect(sums[0]).toBeCloseTo(10, 10);
    expect(Math.abs(sums[2]! - 0.3)).toBeLessThan(0.01);
    expect(Math.abs(sums[3]! - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(Math.sqrt(square) - 10)).toBeLessThan(0.2);
  });
});

describe("contributions to a mean", () => {
  test("of a linear function are β(x − μ), without error", () => {
    const model = modelOf(4, (x) => 3 + 2 * x[0]! - 0.1 * x[1]! + 5 * x[2]!);
    const found = meanAttribution(model, historyOf([12, 40, 1, 0]), law, 0);
    for (const [q, value] of [4, 1, 3.5, 0].entries()) expect(found.contributions[q]).toBeCloseTo(value, 9);
    expect(Array.from(found.standardErrors)).toEqual([0, 0, 0, 0]);
    expect(found.centre).toBeCloseTo(3 + 20 - 5 + 1.5, 9);
  });

  test("and the centre sum to the prediction, whatever is missing; what is missing or not used adds nothing", () => {
    const item = (minimum: number, maximum: number) =>
      fc.option(fc.double({ min: minimum, max: maximum, noNaN: true }), { nil: Number.NaN });
    fc.assert(
      fc.property(item(4, 16), item(20, 80), fc.constantFrom(0, 1, Number.NaN), (first, age, level) => {
        const history = historyOf([first, age, level, level]);
        const { centre, contributions } = meanAttribution(modelOf(4, bent), history, law, 0);
        const sum = contributions.reduce((total, value) => total + value, centre);
        expect(sum).toBeCloseTo(bent(history.features), 9);
        history.features.forEach((value, q) => {
          if (Number.isNaN(value)) expect(contributions[q]).toBe(0);
        });
        expect(Math.abs(contributions[2]!)).toBeLessThan(1e-9);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  test("are those of all orders and many drawn baselines, within their standard error", () => {
    const own = Float64Array.of(13, 62, 0, 1);
    const exact = byEnumeration(bent, own, law, 40_000);
    const found = meanAttribution(modelOf(4, bent), historyOf(Array.from(own)), law, 0, 400);
    expect(found.contributions.length).toBe(4);
    exact.contributions.forEach((value, q) => {
      const tolerance = 5 * Math.hypot(found.standardErrors[q]!, 0.01);
      expect(Math.abs(found.contributions[q]! - value)).toBeLessThan(tolerance);
    });
    expect(Math.abs(found.centre - exact.centre)).toBeLessThan(0.05);
    expect(Math.max(...found.standardErrors)).toBeGreaterThan(0);
    expect(Math.max(...found.standardErrors)).toBeLessThan(0.1);
  });
});

/** Shapley values by their definition: v(S) for all 16 coalitions from the same drawn baselines, then the weighted differences. */
function byEnumeration(mean: (x: Float64Array) => number, own: Float64Array, law: BaselineLaw, draws: number) {
  const Q = own.length;
  const rng = createRng(99);
  const pair = [new Float64Array(Q), new Float64Array(Q)] as const;
  const value = new Float64Array(1 << Q);
  for (let d = 0; d < draws / 2; d++) {
    law.drawPair(rng, ...pair);
    for (const baseline of pair) {
      for (let set = 0; set < value.length; set++) {
        const x = baseline.map((drawn, q) => ((set >> q) & 1 ? own[q]! : drawn));
        value[set]! += mean(x) / draws;
      }
    }
  }
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const contributions = Array.from({ length: Q }, (_, q) => {
    let sum = 0;
    for (let set = 0; set < value.length; set++) {
      if ((set >> q) & 1) continue;
      const size = Array.from({ length: Q }, (_, k) => (set >> k) & 1).reduce((a, b) => a + b, 0);
      sum += (factorial(size) * factorial(Q - size - 1) * (value[set | (1 << q)]! - value[set]!)) / factorial(Q);
    }
    return sum;
  });
  return { centre: value[0]!, contributions };
}
