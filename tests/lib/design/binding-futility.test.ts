import { describe, expect, it, test } from "vitest";
import { type AdaptivePlan, preparePlan, repeatedPValueOf } from "../../../lib/design/adaptive-test.ts";
import { compareCase } from "../../reference/runner/compare-case.ts";
import { readReferenceFile } from "../../reference/runner/reference-file.ts";
import { groupSequentialAnalysisSet as set } from "../../reference/sets/gs-analysis.ts";
import { repositoryPath } from "../../support/shared.ts";

const file = readReferenceFile(repositoryPath("tests/reference/design/binding-futility.json"));

describe("repeated intervals and conditional errors under binding futility agree with rpact 3.3.4", () => {
  test.each(file.cases)("$id", (item) => {
    const comparison = compareCase(item, file, set, set.evaluate(item, file));
    expect(comparison.mismatches).toEqual([]);
    expect(comparison.compared).toBeGreaterThan(9);
  });
});

const plan = (oneSidedAlpha: number, futilityPValues: number[]): AdaptivePlan => ({
  oneSidedAlpha,
  informationFractions: [0.4, 0.7, 1],
  test: { kind: "fisher", share: { method: "equal-levels" }, futilityPValues },
});

describe("repeated p-values of Fisher's test under binding futility", () => {
  it("are the error at which the bound is the product, and 0.5 where the first stage would have stopped before", () => {
    const prepared = preparePlan(plan(0.025, [0.4, 0.6]));
    for (const error of [1e-6, 0.003, 0.025, 0.2, 0.39]) {
      const bounds = preparePlan(plan(error, [0.4, 0.6])).bounds;
      for (const analysis of [0, 1, 2])
        expect(Math.abs(repeatedPValueOf(prepared, bounds[analysis]!, analysis)! / error - 1)).toBeLessThan(1e-8);
    }
    expect(repeatedPValueOf(prepared, 0.9, 0)).toBe(0.5);
    expect(repeatedPValueOf(prepared, 1, 2)).toBe(0.5);
    expect(repeatedPValueOf(prepared, 0, 1)).toBe(1e-12);
  });

  it("an error that the first stage cannot spend is refused", () => {
    expect(() => preparePlan(plan(0.05, [0.04, 1]))).toThrow(/test.futilityPValues.0 must not be below.*0.05/);
  });
});
