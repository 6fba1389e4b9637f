import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { choleskyDecompose } from "../../../../lib/numerics/cholesky.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { type JointItem, structuredTarget } from "../../../../lib/progression/gaussian-joint/shrinkage.ts";

function items(endpoints: number, days: readonly number[], characteristics: number): JointItem[] {
  const course = Array.from({ length: endpoints }, (_, endpoint) =>
    days.map((day): JointItem => ({ kind: "course", endpoint, day })),
  ).flat();
  return [...course, ...Array.from({ length: characteristics }, (): JointItem => ({ kind: "characteristic" }))];
}

function randomCovariance(D: number, seed: number): Float64Array {
  const rng = createRng(seed);
  const root = Float64Array.from({ length: D * D }, () => rng.normal());
  const matrix = new Float64Array(D * D);
  for (let i = 0; i < D; i++) {
    for (let j = 0; j < D; j++) for (let k = 0; k < D; k++) matrix[i * D + j]! += root[i * D + k]! * root[j * D + k]!;
  }
  return matrix;
}

describe("structured target", () => {
  test("is positive definite and keeps the variances, whatever it is read from", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 100000 }),
        (endpoints, visits, characteristics, seed) => {
          const days = [0, ...Array.from({ length: visits }, (_, v) => 100 * (v + 1) ** 2)];
          const all = items(endpoints, days, characteristics);
          const D = all.length;
          const reference = randomCovariance(D, seed);
          const target = structuredTarget(reference, all);
          expect(choleskyDecompose(target, D).ok).toBe(true);
          for (let j = 0; j < D; j++) {
            expect(target[j * D + j]! / reference[j * D + j]!).toBeCloseTo(1, 12);
            for (let i = 0; i < D; i++) {
              const outside = all[i]!.kind === "characteristic" || all[j]!.kind === "characteristic";
              if (i !== j && outside) expect(target[i * D + j]).toBe(0);
            }
          }
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  test("reproduces a covariance that has its structure", () => {
    const days = [0, 180, 365, 730];
    const all = items(1, days, 0);
    const D = days.length;
    const reference = new Float64Array(D * D);
    for (let i = 0; i < D; i++) {
      for (let j = 0; j < D; j++) {
        const correlation = i === j ? 1 : 0.8 * Math.exp((-0.5 * Math.abs(days[i]! - days[j]!)) / 730);
        reference[i * D + j] = correlation * (2 + i) * (2 + j);
      }
    }
    structuredTarget(reference, all).forEach((value, k) => {
      expect(value).toBeCloseTo(reference[k]!, 10);
    });
  });
});
