import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AdaptivePlan,
  preparePlan,
  repeatedInterval,
  repeatedPValueOf,
  testStages,
} from "../../../lib/design/adaptive-test.ts";
import {
  conditionalPowerOfStages,
  conditionalRejectionProbability,
} from "../../../lib/design/conditional-rejection.ts";
import { finalInference } from "../../../lib/design/final-inference.ts";
import { fisherBounds, fisherWeights } from "../../../lib/design/fisher-bounds.ts";
import { fisherRejectionProbability } from "../../../lib/design/fisher-combination.ts";
import type { StageData } from "../../../lib/design/stage-data.ts";
import { stageTests } from "../../../lib/design/stage-tests.ts";
import { normalDensity, normalUpperQuantile } from "../../../lib/numerics/normal.ts";
import { integrate } from "../../../lib/numerics/quadrature.ts";

const fractions = [0.3, 0.65, 1];
const gs: AdaptivePlan = {
  oneSidedAlpha: 0.025,
  informationFractions: fractions,
  test: { kind: "group-sequential", efficacy: { family: "lan-demets-pocock" }, sides: "one-sided" },
};
const inverse: AdaptivePlan = { ...gs, test: { ...gs.test, kind: "inverse-normal" } as AdaptivePlan["test"] };
const fisher: AdaptivePlan = { ...gs, test: { kind: "fisher", share: { method: "equal-levels" } } };

/** Estimates of a trial whose information is as planned: 1/SE² = 10 t. */
const estimatesOf = (scores: readonly number[]): StageData => {
  let sum = 0;
  return {
    endpoint: "estimates",
    stages: scores.map((score, k) => {
      const added = 10 * (fractions[k]! - (fractions[k - 1] ?? 0));
      sum += score * Math.sqrt(added);
      const information = 10 * fractions[k]!;
      return { estimate: sum / information, standardError: 1 / Math.sqrt(information) };
    }),
  };
};
const scoreLists = fc.array(fc.double({ min: -2.5, max: 3.5, noNaN: true }), { minLength: 1, maxLength: 3 });

describe("laws of adaptive tests", () => {
  it("the inverse normal combination is the group sequential test when information is as planned", () => {
    fc.assert(
      fc.property(scoreLists, (scores) => {
        const tests = stageTests(estimatesOf(scores));
        const one = testStages(preparePlan(gs), tests, 0.1, "larger").combined;
        const other = testStages(preparePlan(inverse), tests, 0.1, "larger").combined;
        one.forEach((value, k) => {
          expect(Math.abs(value - other[k]!)).toBeLessThan(1e-9);
        });
      }),
      { seed: 11, numRuns: 50 },
    );
  });

  it("a null value lies in the repeated interval, and the repeated p-value exceeds the error, unless it is rejected", () => {
    const prepared = [gs, inverse, fisher].map((plan) => preparePlan(plan));
    fc.assert(
      fc.property(scoreLists, fc.integer({ min: 0, max: 2 }), (scores, which) => {
        const plan = prepared[which]!;
        const tests = stageTests(estimatesOf(scores));
        const { combined } = testStages(plan, tests, 0, "larger");
        const k = combined.length - 1;
        const bound = plan.bounds[k]!;
        fc.pre(Math.abs(combined[k]! / bound - 1) > 1e-4);
        const rejected = which === 2 ? combined[k]! <= bound : combined[k]! >= bound;
        expect(repeatedInterval(plan, tests, k, "larger").lower > 0).toBe(rejected);
        if (which < 2) expect(repeatedPValueOf(plan, combined[k]!, k)! < 0.025).toBe(rejected);
      }),
      { seed: 12, numRuns: 60 },
    );
    const tests = stageTests(estimatesOf([1.2, 1.9]));
    const { combined } = testStages(prepared[2]!, tests, 0, "larger");
    expect(repeatedPValueOf(prepared[2]!, combined[1]!, 1)! < 0.025).toBe(combined[1]! <= prepared[2]!.bounds[1]!);
  });

  it("the conditional rejection probability averages to the error that is left", () => {
    for (const plan of [gs, inverse, fisher]) {
      const prepared = preparePlan(plan);
      const stop =
        plan.test.kind === "fisher"
          ? fisherRejectionProbability({ weights: [1], bounds: [prepared.bounds[0]!] }, 1, 0, [0])
          : 1 - integrate(normalDensity, -40, prepared.bounds[0]!, { relativeTolerance: 1e-13 }).value;
      const crp = (z: number) => {
        const tests = stageTests(estimatesOf([z]));
        const tested = testStages(prepared, tests, 0, "larger");
        const rejects =
          plan.test.kind === "fisher"
            ? tested.combined[0]! <= prepared.bounds[0]!
            : tested.combined[0]! >= prepared.bounds[0]!;
        return rejects ? 0 : conditionalRejectionProbability(prepared, tested, 0);
      };
      const edge = plan.test.kind === "fisher" ? normalUpperQuantile(prepared.bounds[0]!) : prepared.bounds[0]!;
      const { value } = integrate((z) => crp(z) * normalDensity(z), -8, Math.min(edge, 4), { relativeTolerance: 1e-7 });
      expect(Math.abs(stop + value - 0.025), plan.test.kind).toBeLessThan(plan.test.kind === "fisher" ? 2e-6 : 1e-7);
    }
  });

  it("conditional power under no effect is the conditional rejection probability, and grows with the effect", () => {
    fc.assert(
      fc.property(fc.double({ min: -2, max: 1.9, noNaN: true }), fc.integer({ min: 0, max: 2 }), (z, which) => {
        const prepared = preparePlan([gs, inverse, fisher][which]!);
        const tested = testStages(prepared, stageTests(estimatesOf([z])), 0, "larger");
        const none = conditionalPowerOfStages(prepared, tested, 0, [0, 0]);
        expect(none[1]).toBeCloseTo(conditionalRejectionProbability(prepared, tested, 0), 9);
        const some = conditionalPowerOfStages(prepared, tested, 0, [1, 1]);
        expect(some[0]!).toBeGreaterThan(none[0]!);
        expect(some[1]!).toBeGreaterThanOrEqual(some[0]!);
      }),
      { seed: 13, numRuns: 25 },
    );
  });

  it("swapped arms and the other direction of benefit mirror every inference", () => {
    const data: StageData = {
      endpoint: "means",
      variances: "equal",
      distribution: "t",
      stages: [
        {
          experimental: { n: 31, mean: 1.3, standardDeviation: 1.2 },
          control: { n: 28, mean: 0.6, standardDeviation: 1.5 },
        },
        {
          experimental: { n: 35, mean: 1.1, standardDeviation: 1.4 },
          control: { n: 33, mean: 0.2, standardDeviation: 1.3 },
        },
      ],
    };
    const swapped = {
      ...data,
      stages: data.stages.map(({ experimental, control }) => ({ experimental: control, control: experimental })),
    };
    const prepared = preparePlan({ ...inverse, informationFractions: [0.5, 1] });
    const [one, other] = [
      { tests: stageTests(data), benefit: "larger" as const },
      { tests: stageTests(swapped), benefit: "smaller" as const },
    ].map(({ tests, benefit }) => ({
      interval: repeatedInterval(prepared, tests, 1, "larger"),
      final: finalInference(prepared, tests, testStages(prepared, tests, 0, benefit), 0, benefit)!,
    }));
    expect(other!.interval.lower).toBeCloseTo(-one!.interval.upper, 8);
    expect(other!.final.pValue).toBeCloseTo(one!.final.pValue, 9);
    expect(other!.final.medianUnbiased).toBeCloseTo(-one!.final.medianUnbiased!, 8);
    expect(other!.final.upper).toBeCloseTo(-one!.final.lower!, 8);
  });
});

describe("Fisher's combination test", () => {
  it("two stages of equal weight: c (1 − ln c) is the level of the product, α₁ + c ln(1/α₁) the whole error", () => {
    const [first, second] = fisherBounds({ method: "equal-levels" }, 0.025, [1, 1]);
    expect(second! * (1 - Math.log(second!))).toBeCloseTo(first!, 12);
    expect(first! - second! * Math.log(first!)).toBeCloseTo(0.025, 11);
  });

  it("the whole error is kept for any weights, sharing and binding futility", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 2, maxLength: 4 }),
        fc.double({ min: 0.005, max: 0.1, noNaN: true }),
        fc.boolean(),
        (steps, alpha, stops) => {
          const total = steps.reduce((a, b) => a + b, 0);
          const t = steps.map((_, k) =>
            k === steps.length - 1 ? 1 : steps.slice(0, k + 1).reduce((a, b) => a + b, 0) / total,
          );
          const weights = fisherWeights(t);
          const futility = steps.slice(1).map(() => (stops ? 0.5 : 1));
          const bounds = fisherBounds({ method: "equal-levels" }, alpha, weights, futility);
          const error = fisherRejectionProbability(
            { weights, bounds, futility },
            1,
            0,
            bounds.map(() => 0),
          );
          expect(Math.abs(error - alpha)).toBeLessThan(1e-9);
        },
      ),
      { seed: 14, numRuns: 12 },
    );
  });

  it("refuses spending that does not end at the error", () => {
    expect(() => fisherBounds({ method: "user-defined", cumulative: [0.01, 0.02] }, 0.025, [1, 1])).toThrow(
      /end at 0.025/,
    );
  });
});
