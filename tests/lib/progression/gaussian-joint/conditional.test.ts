import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "../../../../lib/numerics/philox.ts";
import {
  type ConditionalLaw,
  conditionalLaw,
  conditionalMean,
  squaredDistance,
} from "../../../../lib/progression/gaussian-joint/conditional.ts";
import { sharedFile } from "../../../support/shared.ts";

interface LongColumns {
  readonly n: number;
  readonly columns: Record<string, (number | string | null)[]>;
}
interface TwinCase {
  readonly id: string;
  readonly input: {
    readonly subject?: string;
    readonly n_observed_used?: number;
    readonly predict_at_month?: number | number[];
  };
  readonly expected: Record<string, unknown>;
}
interface TwinReference {
  readonly datasets: Record<string, LongColumns>;
  readonly cases: TwinCase[];
}

const bytes = sharedFile("reference/local/twin_prediction.json");
const reference = bytes === null ? null : (JSON.parse(new TextDecoder().decode(bytes)) as TwinReference);

function numbers(value: unknown): number[] {
  return (Array.isArray(value) ? value : [value]).flat() as number[];
}

function applied(law: ConditionalLaw, mean: Float64Array, values: Float64Array): number[] {
  const into = new Float64Array(law.target.length);
  conditionalMean(law, mean, values, into);
  return Array.from(into);
}

const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, k) => from + k);

describe.skipIf(reference === null)("prediction with given parameters equals lme4 and mmrm to 1e-8", () => {
  const cases = reference?.cases ?? [];

  test.each(cases.filter((c) => c.input.subject !== undefined))("random intercept and slope: $id", (c) => {
    const test = reference!.datasets.adas_test!.columns;
    const rows = test.id!.flatMap((id, i) => (id === c.input.subject ? [i] : []));
    const used = rows.slice(0, c.input.n_observed_used);
    const observedMonths = used.map((i) => Number(test.month![i]));
    const months = [...observedMonths, ...numbers(c.input.predict_at_month)];
    const D = months.length;
    const fixed = numbers(c.expected.fixed);
    const G = numbers(c.expected.D);
    const sigma2 = Number(c.expected.sigma2);
    const age = Number(test.AGE![rows[0]!]);
    const mmse = Number(test.MMSE![rows[0]!]);
    const mean = Float64Array.from(months, (t) => fixed[0]! + fixed[1]! * t + fixed[2]! * mmse + fixed[3]! * age);
    const covariance = new Float64Array(D * D);
    months.forEach((s, a) => {
      months.forEach((t, b) => {
        covariance[a * D + b] = G[0]! + G[1]! * t + G[2]! * s + G[3]! * s * t + (a === b ? sigma2 : 0);
      });
    });
    const values = new Float64Array(D).fill(Number.NaN);
    used.forEach((i, k) => {
      values[k] = Number(test.y![i]);
    });
    const law = conditionalLaw(covariance, D, range(0, used.length), range(used.length, D));
    const expectedMean = numbers(c.expected.conditional_mean);
    applied(law, mean, values).forEach((value, k) => {
      expect(Math.abs(value - expectedMean[k]!)).toBeLessThan(1e-8);
    });
    const expectedCovariance = numbers(c.expected.conditional_cov);
    // The reference's residual covariance is of the future course with its measurement error.
    law.covariance.forEach((value, k) => {
      expect(Math.abs(value - expectedCovariance[k]!)).toBeLessThan(1e-8);
    });
  });

  test("unstructured covariance, conditioned on the baseline visit", () => {
    const c = cases.find((candidate) => candidate.id.includes("MMRM"))!;
    const data = reference!.datasets.adas_mmrm_newdata!;
    const coef = numbers(c.expected.coef);
    const covariance = Float64Array.from(numbers(c.expected.varcor));
    const expectedMean = numbers(c.expected.conditional_mean);
    const expectedSd = numbers(c.expected.conditional_sd_given_parameters);
    const law = conditionalLaw(covariance, 4, range(0, 1), range(1, 4));
    for (let first = 0; first < data.n; first += 4) {
      const age = Number(data.columns.AGE![first]);
      const mmse = Number(data.columns.MMSE![first]);
      const mean = Float64Array.from(
        { length: 4 },
        (_, v) => coef[0]! + (v === 0 ? 0 : coef[v]!) + coef[4]! * age + coef[5]! * mmse,
      );
      const values = Float64Array.from([Number(data.columns.y![first]), Number.NaN, Number.NaN, Number.NaN]);
      applied(law, mean, values).forEach((value, k) => {
        expect(Math.abs(value - expectedMean[first + k + 1]!)).toBeLessThan(1e-8);
        expect(Math.abs(Math.sqrt(law.covariance[k * 3 + k]!) - expectedSd[first + k + 1]!)).toBeLessThan(1e-8);
      });
    }
  });
});

describe("laws of conditioning", () => {
  const positiveDefinite = (D: number, seed: number) => {
    const rng = createRng(seed);
    const root = Float64Array.from({ length: D * D }, () => rng.normal());
    const matrix = new Float64Array(D * D);
    for (let i = 0; i < D; i++) {
      for (let j = 0; j < D; j++) {
        for (let k = 0; k < D; k++) matrix[i * D + j]! += root[i * D + k]! * root[j * D + k]!;
        if (i === j) matrix[i * D + j]! += 0.5;
      }
    }
    return matrix;
  };

  test("conditioning on nothing gives the marginal law", () => {
    const covariance = positiveDefinite(3, 1);
    const law = conditionalLaw(covariance, 3, range(0, 0), range(0, 3));
    expect(Array.from(law.covariance)).toEqual(Array.from(covariance));
    expect(applied(law, Float64Array.from([1, 2, 3]), new Float64Array(3))).toEqual([1, 2, 3]);
    expect(squaredDistance(law, new Float64Array(3), new Float64Array(3))).toBe(0);
  });

  test("conditioning in two steps equals conditioning at once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100000 }), (seed) => {
        const D = 5;
        const covariance = positiveDefinite(D, seed);
        const rng = createRng(seed).fork("values");
        const mean = Float64Array.from({ length: D }, () => rng.normal());
        const values = Float64Array.from({ length: D }, () => rng.normal());
        const once = conditionalLaw(covariance, D, Int32Array.from([0, 3]), Int32Array.from([1, 2, 4]));
        const first = conditionalLaw(covariance, D, Int32Array.from([0]), Int32Array.from([1, 2, 3, 4]));
        const between = applied(first, mean, values);
        const second = conditionalLaw(first.covariance, 4, Int32Array.from([2]), Int32Array.from([0, 1, 3]));
        const updated = applied(second, Float64Array.from(between), values.subarray(1));
        applied(once, mean, values).forEach((value, k) => {
          expect(updated[k]).toBeCloseTo(value, 9);
        });
        once.covariance.forEach((value, k) => {
          expect(second.covariance[k]).toBeCloseTo(value, 9);
        });
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  test("knowing more never widens a prediction", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100000 }), (seed) => {
        const covariance = positiveDefinite(4, seed);
        const less = conditionalLaw(covariance, 4, Int32Array.from([0]), Int32Array.from([3]));
        const more = conditionalLaw(covariance, 4, Int32Array.from([0, 1, 2]), Int32Array.from([3]));
        expect(more.covariance[0]!).toBeLessThanOrEqual(less.covariance[0]! + 1e-12);
        expect(more.covariance[0]!).toBeGreaterThan(0);
      }),
      { numRuns: 50, seed: 4 },
    );
  });
});
