import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { poolByRubin, rubinInference } from "../../../../lib/analysis/missing-data/rubin.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { runReferenceFile } from "../../../reference/runner/run-reference.ts";
import { repositoryPath } from "../../../support/shared.ts";

const runs = fc
  .integer({ min: 2, max: 30 })
  .chain((m) =>
    fc.tuple(
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: m, maxLength: m }),
      fc.array(fc.double({ min: 0.01, max: 4, noNaN: true }), { minLength: m, maxLength: m }),
      fc.integer({ min: 3, max: 1000 }),
    ),
  );

describe("Rubin's rules", () => {
  it("agree with mice", () => {
    const { cases, passed } = runReferenceFile(repositoryPath("tests/reference/rubin.json"));
    expect(passed).toBe(cases);
  });

  it("have more variance and fewer degrees of freedom than the complete data", () => {
    fc.assert(
      fc.property(runs, ([estimates, variances, df]) => {
        const pooled = poolByRubin(estimates, variances, df);
        expect(pooled.totalVariance).toBeGreaterThanOrEqual(pooled.withinVariance);
        expect(pooled.degreesOfFreedom).toBeLessThanOrEqual(df);
        expect(pooled.degreesOfFreedom).toBeGreaterThan(0);
        expect(pooled.missingShare).toBeGreaterThanOrEqual(0);
        expect(pooled.missingShare).toBeLessThanOrEqual(1);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it("have no variance between equal estimates, whatever their rounding", () => {
    const pooled = poolByRubin(new Array(100).fill(0.1), new Array(100).fill(0.37), Infinity);
    expect(pooled.betweenVariance).toBe(0);
    expect(pooled.degreesOfFreedom).toBe(Infinity);
    expect(pooled.estimate).toBe(0.1);
  });

  it("equal estimates give the analysis of the complete data, with the normal when its degrees of freedom are infinite", () => {
    const pooled = poolByRubin([2, 2, 2], [0.25, 0.25, 0.25], Infinity);
    const { estimate, standardError, degreesOfFreedom } = rubinInference(pooled);
    expect([estimate, standardError, degreesOfFreedom]).toEqual([2, 0.5, null]);
  });

  it.each<[string, readonly number[], readonly number[], number]>([
    ["one imputation", [1], [1], 10],
    ["a variance short", [1, 2], [1], 10],
    ["a negative variance", [1, 2], [1, -1], 10],
    ["an estimate that is not a number", [1, Number.NaN], [1, 1], 10],
    ["no degrees of freedom", [1, 2], [1, 1], 0],
    ["no variance at all", [1, 1], [0, 0], 10],
  ])("refuse %s", (_, estimates, variances, df) => {
    expect(() => poolByRubin(estimates, variances, df)).toThrow(DomainError);
  });
});
