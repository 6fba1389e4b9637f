import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { choleskyDecompose, choleskyLogDeterminant, forwardSubstitute } from "../../../../lib/numerics/cholesky.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { type EmSettings, FINAL_SETTINGS, fitNormalByEm } from "../../../../lib/progression/gaussian-joint/em.ts";
import { groupByMissingness } from "../../../../lib/progression/gaussian-joint/missing-patterns.ts";
import { monotoneMaximumLikelihood } from "./monotone-likelihood.ts";

const TIGHT: EmSettings = { maximumIterations: 20000, logLikelihoodTolerance: 1e-9, parameterTolerance: 1e-11 };

/** Correlated normals: z_j = ½ z_{j−1} + ε plus a shared level. */
function correlated(n: number, D: number, seed: number): Float64Array {
  const rng = createRng(seed);
  const values = new Float64Array(n * D);
  for (let i = 0; i < n; i++) {
    const level = rng.normal();
    for (let j = 0; j < D; j++) {
      const before = j === 0 ? 0 : values[i * D + j - 1]!;
      values[i * D + j] = 0.5 * before + 0.7 * level + rng.normal() + 0.1 * j;
    }
  }
  return values;
}

function withMonotoneDropout(values: Float64Array, D: number, rate: number, seed: number): Float64Array {
  const rng = createRng(seed);
  const result = values.slice();
  for (let i = 0; i < values.length / D; i++) {
    let gone = false;
    for (let j = 1; j < D; j++) {
      // Who leaves depends on the last value seen: missing at random, not completely at random.
      gone = gone || rng.uniform() < rate * (result[i * D + j - 1]! > 0 ? 1.5 : 0.5);
      if (gone) result[i * D + j] = Number.NaN;
    }
  }
  return result;
}

function withHoles(values: Float64Array, rate: number, seed: number): Float64Array {
  const rng = createRng(seed);
  return values.map((value) => (rng.uniform() < rate ? Number.NaN : value));
}

function startFor(D: number): { mean: Float64Array; covariance: Float64Array } {
  const covariance = new Float64Array(D * D);
  for (let j = 0; j < D; j++) covariance[j * D + j] = 1;
  return { mean: new Float64Array(D), covariance };
}

/** Patient by patient through Cholesky factors of the observed block: no pattern grouping, no sweeping. */
function observedLogLikelihood(values: Float64Array, D: number, mean: Float64Array, covariance: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length / D; i++) {
    const seen = Array.from({ length: D }, (_, j) => j).filter((j) => !Number.isNaN(values[i * D + j]!));
    const block = Float64Array.from(seen.flatMap((a) => seen.map((b) => covariance[a * D + b]!)));
    const result = choleskyDecompose(block, seen.length);
    if (!result.ok) return Number.NEGATIVE_INFINITY;
    const residual = Float64Array.from(seen, (j) => values[i * D + j]! - mean[j]!);
    forwardSubstitute(result.factor, seen.length, residual);
    const square = residual.reduce((total, x) => total + x * x, 0);
    sum -= 0.5 * (seen.length * Math.log(2 * Math.PI) + choleskyLogDeterminant(result.factor, seen.length) + square);
  }
  return sum;
}

const noPrior = (D: number) => ({ weight: 0, target: new Float64Array(D * D) });

function maximumLikelihood(values: Float64Array, D: number, settings = TIGHT) {
  return fitNormalByEm(groupByMissingness(values, D), noPrior(D), startFor(D), settings);
}

describe("maximum likelihood of a normal with missing items", () => {
  test.each([
    { n: 60, D: 4, rate: 0.15 },
    { n: 150, D: 8, rate: 0.1 },
    { n: 40, D: 3, rate: 0.4 },
  ])("equals the closed form under monotone missingness to 1e-8 ($n patients, $D items)", ({ n, D, rate }) => {
    const values = withMonotoneDropout(correlated(n, D, 11), D, rate, 12);
    const fit = maximumLikelihood(values, D);
    const closed = monotoneMaximumLikelihood(values, D);
    expect(fit.converged).toBe(true);
    for (let i = 0; i < D; i++) {
      expect(Math.abs(fit.mean[i]! - closed.mean[i]!)).toBeLessThan(1e-8);
      for (let j = 0; j < D; j++) {
        expect(Math.abs(fit.covariance[i * D + j]! - closed.covariance[i]![j]!)).toBeLessThan(1e-8);
      }
    }
  });

  test("the settings of the kept model agree with the closed form to 1e-6", () => {
    const D = 8;
    const values = withMonotoneDropout(correlated(150, D, 11), D, 0.1, 12);
    const fit = maximumLikelihood(values, D, FINAL_SETTINGS);
    const closed = monotoneMaximumLikelihood(values, D);
    for (let i = 0; i < D; i++) expect(Math.abs(fit.mean[i]! - closed.mean[i]!)).toBeLessThan(1e-6);
  });

  test("complete data give the sample mean and the covariance with divisor n", () => {
    const D = 3;
    const values = correlated(50, D, 3);
    const fit = maximumLikelihood(values, D);
    const mean = [0, 1, 2].map(
      (j) => Array.from({ length: 50 }, (_, i) => values[i * D + j]!).reduce((a, b) => a + b) / 50,
    );
    for (let j = 0; j < D; j++) expect(fit.mean[j]).toBeCloseTo(mean[j]!, 12);
    let cross = 0;
    for (let i = 0; i < 50; i++) cross += (values[i * D]! - mean[0]!) * (values[i * D + 2]! - mean[2]!);
    expect(fit.covariance[2]).toBeCloseTo(cross / 50, 12);
  });

  test("recovers a known truth from incomplete data within four standard errors", () => {
    const D = 4;
    const n = 20000;
    const fit = maximumLikelihood(withHoles(correlated(n, D, 21), 0.25, 22), D, FINAL_SETTINGS);
    // z_0 = 0.7u + ε; z_1 = 0.5 z_0 + 0.7u + ε + 0.1, so Var z_0 = 1.49, Cov(z_0, z_1) = 0.745 + 0.49, …
    const truth = { mean: [0, 0.1, 0.25], v00: 1.49, c01: 1.235, v11: 0.25 * 1.49 + 0.49 + 0.49 + 1 };
    const se = 2 / Math.sqrt(0.75 * n);
    for (let j = 0; j < 3; j++) expect(Math.abs(fit.mean[j]! - truth.mean[j]!)).toBeLessThan(4 * se);
    expect(Math.abs(fit.covariance[0]! - truth.v00)).toBeLessThan(4 * truth.v00 * Math.sqrt(2 / (0.7 * n)));
    expect(Math.abs(fit.covariance[1]! - truth.c01)).toBeLessThan(4 * 2.2 * Math.sqrt(1 / (0.5 * n)));
    expect(Math.abs(fit.covariance[5]! - truth.v11)).toBeLessThan(4 * truth.v11 * Math.sqrt(2 / (0.7 * n)));
  });

  test("with any pattern missing, the likelihood is that of the observed items and nothing nearby is likelier", () => {
    const D = 4;
    const n = 70;
    const values = withHoles(correlated(n, D, 41), 0.3, 42);
    const fit = maximumLikelihood(values, D);
    const best = observedLogLikelihood(values, D, fit.mean, fit.covariance);
    expect(fit.logLikelihood).toBeCloseTo(best, 8);
    const h = 1e-4;
    for (let i = 0; i < D; i++) {
      for (const sign of [-1, 1]) {
        const mean = fit.mean.slice();
        mean[i]! += sign * h;
        expect(observedLogLikelihood(values, D, mean, fit.covariance)).toBeLessThan(best);
        for (let j = 0; j <= i; j++) {
          const covariance = fit.covariance.slice();
          covariance[i * D + j]! += sign * h;
          if (i !== j) covariance[j * D + i]! += sign * h;
          expect(observedLogLikelihood(values, D, fit.mean, covariance)).toBeLessThan(best);
        }
      }
    }
  });

  test("the log-likelihood of a single observed item is the univariate normal's", () => {
    const values = Float64Array.from([1, Number.NaN, 3, Number.NaN, 8, Number.NaN]);
    const fit = fitNormalByEm(
      groupByMissingness(values, 2),
      { weight: 1e-9, target: Float64Array.from([1, 0, 0, 1]) },
      startFor(2),
      FINAL_SETTINGS,
    );
    const variance = (9 + 1 + 16) / 3;
    expect(fit.mean[0]).toBeCloseTo(4, 8);
    expect(fit.logLikelihood).toBeCloseTo(-1.5 * (Math.log(2 * Math.PI * variance) + 1), 6);
  });

  test("patients with nothing observed change nothing", () => {
    const D = 3;
    const values = withHoles(correlated(80, D, 5), 0.2, 6);
    const padded = new Float64Array(values.length + 2 * D).fill(Number.NaN);
    padded.set(values, D);
    const one = maximumLikelihood(values, D);
    const two = maximumLikelihood(padded, D);
    expect(Array.from(two.mean)).toEqual(Array.from(one.mean));
    expect(two.logLikelihood).toBe(one.logLikelihood);
  });

  test("items that determine one another are refused with a way out", () => {
    const D = 3;
    const values = correlated(40, D, 7);
    for (let i = 0; i < 40; i++) values[i * D + 2] = values[i * D]! + values[i * D + 1]!;
    expect(() => maximumLikelihood(values, D)).toThrow(DomainError);
    expect(() => maximumLikelihood(values, D)).toThrow(/prior weight/i);
  });
});

describe("laws of the fit", () => {
  const anyData = fc.record({
    D: fc.integer({ min: 2, max: 6 }),
    n: fc.integer({ min: 25, max: 60 }),
    rate: fc.double({ min: 0, max: 0.35, noNaN: true }),
    weight: fc.constantFrom(0.5, 5, 50),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
  });

  test("the penalised likelihood never decreases, whatever is missing", () => {
    fc.assert(
      fc.property(anyData, ({ D, n, rate, weight, seed }) => {
        const data = groupByMissingness(withHoles(correlated(n, D, seed), rate, seed + 1), D);
        const target = startFor(D).covariance;
        const { course } = fitNormalByEm(data, { weight, target }, startFor(D), FINAL_SETTINGS);
        for (let k = 1; k < course.length; k++) {
          expect(course[k]! - course[k - 1]!).toBeGreaterThan(-1e-9 * Math.abs(course[k]!));
        }
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test("the order of patients changes nothing, the order of items only the order", () => {
    fc.assert(
      fc.property(anyData, ({ D, n, rate, weight, seed }) => {
        const values = withHoles(correlated(n, D, seed), rate, seed + 1);
        const reversed = new Float64Array(values.length);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < D; j++) reversed[i * D + j] = values[(n - 1 - i) * D + (D - 1 - j)]!;
        }
        const prior = { weight, target: startFor(D).covariance };
        const one = fitNormalByEm(groupByMissingness(values, D), prior, startFor(D), TIGHT);
        const two = fitNormalByEm(groupByMissingness(reversed, D), prior, startFor(D), TIGHT);
        for (let i = 0; i < D; i++) {
          expect(two.mean[D - 1 - i]).toBeCloseTo(one.mean[i]!, 7);
          for (let j = 0; j < D; j++) {
            expect(two.covariance[(D - 1 - i) * D + D - 1 - j]).toBeCloseTo(one.covariance[i * D + j]!, 7);
          }
        }
      }),
      { numRuns: 25, seed: 2 },
    );
  });

  test("a heavier prior pulls the covariance closer to its target", () => {
    const D = 4;
    const data = groupByMissingness(withHoles(correlated(40, D, 31), 0.2, 32), D);
    const target = startFor(D).covariance;
    const distance = (weight: number) => {
      const { covariance } = fitNormalByEm(data, { weight, target }, startFor(D), FINAL_SETTINGS);
      return covariance.reduce((sum, value, k) => sum + (value - target[k]!) ** 2, 0);
    };
    const distances = [1, 10, 100, 10000].map(distance);
    for (let k = 1; k < distances.length; k++) expect(distances[k]).toBeLessThan(distances[k - 1]!);
    expect(distances.at(-1)).toBeLessThan(1e-2);
  });
});
