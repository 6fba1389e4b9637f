import { describe, expect, it } from "vitest";
import { testProportions } from "../../lib/analysis/proportions/compare-proportions.ts";
import type { TwoProportionsSpec } from "../../lib/analysis/proportions/two-proportions-spec.ts";
import { binomialDensity } from "../../lib/numerics/binomial.ts";

const EXACT = ["fisher-minimum-likelihood", "fisher-central", "barnard", "boschloo"] as const;
const PROPORTIONS = [0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.63, 0.8, 0.97];

/** Level of a two-sided test at nominal 5 % by enumeration of all outcomes. */
function levels(test: TwoProportionsSpec["test"], m: number, n: number, proportions: readonly number[]): number[] {
  const level = new Array<number>(proportions.length).fill(0);
  for (let a = 0; a <= m; a++)
    for (let c = 0; c <= n; c++) {
      const table = { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n };
      const { twoSidedPValue } = testProportions(table, {
        measure: "risk-difference",
        test,
        interval: "wald",
        nullValue: null,
        confidence: 0.95,
      });
      if (twoSidedPValue > 0.05) continue;
      proportions.forEach((p, k) => {
        level[k]! += binomialDensity(a, m, p) * binomialDensity(c, n, p);
      });
    }
  return level;
}

describe("level of the tests of two proportions, 60 patients", () => {
  for (const [m, n] of [
    [30, 30],
    [45, 15],
  ] as const) {
    it(`exact tests stay at or below 5 %: ${m} + ${n}`, () => {
      for (const test of EXACT)
        for (const level of levels(test, m, n, PROPORTIONS)) expect(level).toBeLessThanOrEqual(0.05 + 1e-12);
    });
  }

  it("the other tests have the levels that the method notes print", () => {
    const printed: readonly [TwoProportionsSpec["test"], number, number, readonly string[]][] = [
      ["pooled-z", 30, 30, ["0.0544", "0.0487", "0.0519"]],
      ["unpooled-z", 45, 15, ["0.1459", "0.0769", "0.0654"]],
      ["miettinen-nurminen", 45, 15, ["0.0351", "0.0517", "0.0453"]],
      ["fisher-mid-p", 45, 15, ["0.0235", "0.0408", "0.0437"]],
      ["pooled-z-continuity", 30, 30, ["0.0094", "0.0261", "0.0274"]],
    ];
    for (const [test, m, n, wanted] of printed)
      expect(levels(test, m, n, [0.1, 0.3, 0.5]).map((level) => level.toFixed(4))).toEqual(wanted);
  });
});
