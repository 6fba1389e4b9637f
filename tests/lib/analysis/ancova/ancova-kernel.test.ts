import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitAncova } from "../../../../lib/analysis/ancova/ancova.ts";
import { AncovaKernel } from "../../../../lib/analysis/ancova/ancova-kernel.ts";
import type { VarianceEstimator } from "../../../../lib/analysis/ancova/linear-model.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";

function simulate(seed: number, n: number, k: number, offset: number) {
  const rng = createRng(seed);
  const covariates = Float64Array.from({ length: n * k }, () => offset + rng.normal());
  const treatment = Int32Array.from({ length: n }, (_, i) => (i < 2 ? i : rng.uniform() < 0.6 ? 1 : 0));
  const outcome = Float64Array.from({ length: n }, (_, i) => {
    let mean = offset + 0.7 * treatment[i]!;
    for (let j = 0; j < k; j++) mean += 0.3 * covariates[i * k + j]!;
    return mean + rng.normal() * (1 + treatment[i]!);
  });
  const named = Array.from({ length: k }, (_, j) => ({
    kind: "numeric" as const,
    name: `x${j}`,
    values: Float64Array.from({ length: n }, (__, i) => covariates[i * k + j]!),
  }));
  return { covariates, treatment, outcome, named };
}

const close = (actual: number, expected: number) => expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-9);

describe("AncovaKernel", () => {
  it("gives the numbers of fitAncova", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 25, max: 300 }),
        fc.integer({ min: 0, max: 8 }),
        fc.constantFrom(0, 1000),
        fc.constantFrom<VarianceEstimator>("model", "HC0", "HC1", "HC2", "HC3", "HC4"),
        (seed, n, k, offset, varianceEstimator) => {
          const { covariates, treatment, outcome, named } = simulate(seed, n, k, offset);
          const kernel = new AncovaKernel(k);
          expect(kernel.fit(n, outcome, treatment, covariates, varianceEstimator)).toBe(true);
          const { result } = fitAncova({ outcome, arm: treatment, covariates: named, varianceEstimator });
          close(kernel.estimate, result.estimate);
          close(kernel.standardError, result.standardError);
          expect(kernel.degreesOfFreedom).toBe(result.degreesOfFreedom);
        },
      ),
      { seed: 1, numRuns: 120 },
    );
  });

  it("gives the same from rows added one by one, and after reuse", () => {
    const { covariates, treatment, outcome } = simulate(3, 80, 2, 5);
    const kernel = new AncovaKernel(2);
    kernel.fit(80, outcome, treatment, covariates);
    const { estimate, standardError } = kernel;
    kernel.fit(40, outcome, treatment, covariates, "HC3");
    kernel.reset();
    for (let i = 0; i < 80; i++) kernel.add(outcome[i]!, treatment[i]!, covariates, 2 * i);
    expect(kernel.solve()).toBe(true);
    expect([kernel.estimate, kernel.standardError]).toEqual([estimate, standardError]);
  });

  it("leaves out constant and repeated covariates", () => {
    const n = 60;
    const { treatment, outcome, covariates } = simulate(4, n, 1, 2);
    const wide = new Float64Array(n * 3);
    for (let i = 0; i < n; i++) wide.set([0.1, covariates[i]!, 3 * covariates[i]! - 1], 3 * i);
    const narrow = new AncovaKernel(1);
    const redundant = new AncovaKernel(3);
    for (const estimator of ["model", "HC3"] as const) {
      expect(narrow.fit(n, outcome, treatment, covariates, estimator)).toBe(true);
      expect(redundant.fit(n, outcome, treatment, wide, estimator)).toBe(true);
      expect(redundant.degreesOfFreedom).toBe(n - 3);
      close(redundant.estimate, narrow.estimate);
      close(redundant.standardError, narrow.standardError);
    }
  });

  it("says when the effect cannot be estimated", () => {
    const kernel = new AncovaKernel(1);
    const outcome = Float64Array.of(1, 2, 3, 4);
    expect(kernel.fit(4, outcome, [1, 1, 1, 1], Float64Array.of(1, 2, 3, 4))).toBe(false);
    expect(kernel.fit(4, outcome, [0, 1, 0, 1], Float64Array.of(5, 7, 5, 7))).toBe(false);
    expect(kernel.fit(3, outcome, [0, 1, 0], Float64Array.of(1, 2, 3))).toBe(false);
    expect(kernel.fit(0, outcome, [], new Float64Array(0))).toBe(false);
    expect(kernel.fit(4, outcome, [0, 1, 0, 1], Float64Array.of(1, 2, 3, 9))).toBe(true);
  });
});
