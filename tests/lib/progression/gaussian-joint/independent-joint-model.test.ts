import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  conditionalLaw,
  conditionalMean,
  squaredDistance,
} from "../../../../lib/progression/gaussian-joint/conditional.ts";
import { FINAL_SETTINGS, fitNormalByEm } from "../../../../lib/progression/gaussian-joint/em.ts";
import { groupByMissingness } from "../../../../lib/progression/gaussian-joint/missing-patterns.ts";
import { columnScales, standardise, unstandardise } from "../../../../lib/progression/gaussian-joint/standardise.ts";
import { repositoryPath } from "../../../support/shared.ts";

interface Reference {
  readonly patients: number;
  readonly dimension: number;
  readonly values: readonly (number | null)[];
  readonly lambda: readonly number[];
  readonly fits: readonly { weight: number; mean: number[]; covariance: number[]; logLikelihood: number }[];
  readonly conditionals: readonly {
    given: number[];
    target: number[];
    values: number[];
    mean: number[];
    covariance: number[];
    squaredDistance: number;
  }[];
}

/** Written by joint-model.R beside it: patient-by-patient EM, confirmed by optim over Cholesky factors. */
const reference: Reference = JSON.parse(
  readFileSync(repositoryPath("tests/reference/progression/joint-model.json"), "utf8"),
);
const { patients: n, dimension: D } = reference;
const values = Float64Array.from(reference.values, (value) => value ?? Number.NaN);

/** Fitted on standardised columns, as training does, and put back. */
function fitted(weight: number) {
  const scales = columnScales(values, n, D);
  const data = groupByMissingness(standardise(values, n, scales), D);
  const target = Float64Array.from(
    reference.lambda,
    (value, k) => value / (scales[Math.floor(k / D)]!.deviation * scales[k % D]!.deviation),
  );
  const identity = Float64Array.from({ length: D * D }, (_, k) => (k % (D + 1) === 0 ? 1 : 0));
  const start = { mean: new Float64Array(D), covariance: identity };
  const result = fitNormalByEm(data, { weight, target }, start, FINAL_SETTINGS);
  return { ...unstandardise(result, scales), converged: result.converged };
}

describe("against an independent maximum under non-monotone missingness", () => {
  for (const expected of reference.fits) {
    test(`prior weight ${expected.weight}: mean and covariance, at the settings of the model that is kept`, () => {
      const found = fitted(expected.weight);
      expect(found.converged).toBe(true);
      const deviation = Array.from({ length: D }, (_, j) => Math.sqrt(expected.covariance[j * D + j]!));
      expected.mean.forEach((value, j) => {
        expect(Math.abs(found.mean[j]! - value) / deviation[j]!).toBeLessThan(1e-6);
      });
      expected.covariance.forEach((value, k) => {
        const scale = deviation[Math.floor(k / D)]! * deviation[k % D]!;
        expect(Math.abs(found.covariance[k]! - value) / scale).toBeLessThan(1e-6);
      });
    });
  }

  test("with units of one column a million times larger, the same maximum in those units", () => {
    const j = 4;
    const scaled = values.map((value, k) => (k % D === j ? 1e6 * value - 3e8 : value));
    const scales = columnScales(scaled, n, D);
    const data = groupByMissingness(standardise(scaled, n, scales), D);
    const identity = Float64Array.from({ length: D * D }, (_, k) => (k % (D + 1) === 0 ? 1 : 0));
    const result = unstandardise(
      fitNormalByEm(
        data,
        { weight: 0, target: identity },
        { mean: new Float64Array(D), covariance: identity },
        FINAL_SETTINGS,
      ),
      scales,
    );
    const expected = reference.fits[0]!;
    expect((result.mean[j]! + 3e8) / 1e6).toBeCloseTo(expected.mean[j]!, 5);
    expect(result.covariance[j * D + j]! / 1e12 / expected.covariance[j * D + j]!).toBeCloseTo(1, 5);
    expect(result.covariance[j * D]! / 1e6 / expected.covariance[j * D]!).toBeCloseTo(1, 5);
  });
});

test("conditional laws of random subsets are those of R", () => {
  const { mean, covariance } = reference.fits[0]!;
  for (const example of reference.conditionals) {
    const law = conditionalLaw(
      Float64Array.from(covariance),
      D,
      Int32Array.from(example.given),
      Int32Array.from(example.target),
    );
    const found = new Float64Array(example.target.length);
    const z = Float64Array.from(example.values);
    // What is not given must not matter.
    for (const j of example.target) z[j] = Number.NaN;
    conditionalMean(law, Float64Array.from(mean), z, found);
    for (const [a, value] of example.mean.entries()) expect(found[a]!).toBeCloseTo(value, 9);
    for (const [a, value] of example.covariance.entries()) expect(law.covariance[a]!).toBeCloseTo(value, 9);
    expect(squaredDistance(law, Float64Array.from(mean), z)).toBeCloseTo(example.squaredDistance, 9);
  }
});
