import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type MixedModelDocument,
  mixedModelDocumentSchema,
} from "../../../../lib/analysis/mixed-model/mixed-model-document.ts";
import { type PatientHistory, predictPatient } from "../../../../lib/analysis/mixed-model/predict-patient.ts";
import { choleskyDecompose, choleskyInverse } from "../../../../lib/numerics/cholesky.ts";

const document = mixedModelDocumentSchema.parse({
  format: "understudy-mixed-model/1",
  criterion: "REML",
  observations: 100,
  groups: 20,
  logLikelihood: -200,
  fixedNames: ["1", "t"],
  fixed: [10, 0.5],
  fixedCovariance: [0.3, -0.02, -0.02, 0.01],
  randomNames: ["1", "t"],
  randomCovariance: [4, 0.3, 0.3, 0.2],
  residualVariance: 2,
  residual: { kind: "continuous-autoregressive", phi: 0.6, measurementErrorShare: 0.3 },
  convergence: { state: "converged", lines: [] },
} satisfies MixedModelDocument);

const design = (times: readonly number[]) => ({
  fixed: times.flatMap((t) => [1, t]),
  random: times.flatMap((t) => [1, t]),
  time: times,
});
const history = (times: readonly number[], outcome: readonly number[]): PatientHistory => ({
  ...design(times),
  outcome,
});

/** Covariance of observations at distinct times, from its definition. */
const covarianceAt = (times: readonly number[]) =>
  times.map((s, i) =>
    times.map((t, j) => 4 + 0.3 * (s + t) + 0.2 * s * t + 2 * (i === j ? 1 : 0.7 * 0.6 ** Math.abs(s - t))),
  );

describe("prediction for a new patient", () => {
  it("without history is the marginal distribution", () => {
    const found = predictPatient(document, history([], []), design([1, 3]));
    expect([...found.mean]).toEqual([10.5, 11.5]);
    expect([...found.mean]).toEqual([...found.marginalMean]);
    covarianceAt([1, 3])
      .flat()
      .forEach((value, k) => {
        expect(found.covariance[k]!).toBeCloseTo(value, 12);
      });
    expect(found.covarianceWithFixedUncertainty[0]! - found.covariance[0]!).toBeCloseTo(0.3 - 0.04 + 0.01, 12);
  });

  it("is the conditional normal distribution given any history", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 3, maxLength: 7 }),
        fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 7, maxLength: 7 }),
        fc.integer({ min: 1, max: 5 }),
        (raw, values, count) => {
          const times = raw.map((t) => t / 4);
          const known = Math.min(count, times.length - 1);
          const past = times.slice(0, known);
          const future = times.slice(known);
          const found = predictPatient(document, history(past, values.slice(0, known)), design(future));
          // From the inverse of the joint covariance: precision of the future given the past.
          const n = times.length;
          const joint = choleskyDecompose(Float64Array.from(covarianceAt(times).flat()), n);
          if (!joint.ok) throw new Error("not positive definite");
          const precision = choleskyInverse(joint.factor, n);
          const m = future.length;
          const block = choleskyDecompose(
            Float64Array.from(
              { length: m * m },
              (_, e) => precision[(known + Math.floor(e / m)) * n + known + (e % m)]!,
            ),
            m,
          );
          if (!block.ok) throw new Error("not positive definite");
          const covariance = choleskyInverse(block.factor, m);
          covariance.forEach((value, k) => {
            expect(found.covariance[k]!).toBeCloseTo(value, 7);
          });
          const pull = Array.from({ length: m }, (_, i) =>
            past.reduce((sum, t, k) => sum + precision[(known + i) * n + k]! * (values[k]! - 10 - 0.5 * t), 0),
          );
          future.forEach((t, i) => {
            const shift = pull.reduce((sum, value, j) => sum + covariance[i * m + j]! * value, 0);
            expect(found.mean[i]!).toBeCloseTo(10 + 0.5 * t - shift, 6);
          });
        },
      ),
      { numRuns: 50, seed: 5 },
    );
  });

  it("gets more certain with every observation", () => {
    const deviation = (times: readonly number[]) =>
      predictPatient(
        document,
        history(
          times,
          times.map(() => 11),
        ),
        design([8]),
      ).covariance[0]!;
    expect(deviation([0])).toBeGreaterThan(deviation([0, 2]));
    expect(deviation([0, 2])).toBeGreaterThan(deviation([0, 2, 5]));
  });

  it("refuses what it cannot know", () => {
    const bad = [
      () => predictPatient(document, history([0], [Number.NaN]), design([1])),
      () => predictPatient(document, history([0], []), design([1])),
      () => predictPatient(document, history([], []), { ...design([1]), fixed: [1] }),
      () =>
        predictPatient(
          {
            ...document,
            residual: { kind: "continuous-autoregressive", phi: 0.6, measurementErrorShare: 0 },
            randomCovariance: [0, 0, 0, 0],
          },
          history([1, 1], [2, 3]),
          design([2]),
        ),
    ];
    for (const attempt of bad) expect(attempt).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });
});
