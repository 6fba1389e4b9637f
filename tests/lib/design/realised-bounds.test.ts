import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossingProbability } from "../../../lib/design/crossing-probability.ts";
import { efficacyBounds } from "../../../lib/design/efficacy-bound.ts";
import { realisedBounds } from "../../../lib/design/realised-bounds.ts";
import { spendingFunctions, unequalFractions } from "./arbitraries.ts";

const plan = {
  spending: { family: "lan-demets-obrien-fleming" as const },
  oneSidedAlpha: 0.025,
  sides: "one-sided" as const,
  maximumInformation: 200,
};

describe("bounds at realised information", () => {
  it("information as planned gives the planned bounds", () => {
    const informationFractions = [0.4, 0.7, 1];
    const { efficacy, diagnostics } = realisedBounds({
      ...plan,
      information: informationFractions.map((t) => 200 * t),
      final: true,
    });
    const planned = efficacyBounds({ boundary: plan.spending, oneSidedAlpha: 0.025, informationFractions });
    efficacy.forEach((bound, k) => {
      expect(bound).toBeCloseTo(planned[k]!, 10);
    });
    expect(diagnostics).toEqual([]);
  });

  it("the error is spent exactly, whether the trial ends early or late", () => {
    fc.assert(
      fc.property(
        spendingFunctions,
        unequalFractions,
        fc.double({ min: 0.6, max: 1.5, noNaN: true }),
        (spending, t, end) => {
          // Interim analyses stay below the planned maximum.
          const information = t.map((fraction, k) =>
            k === t.length - 1 ? 200 * end : 200 * fraction * Math.min(end, 0.99),
          );
          const { efficacy } = realisedBounds({ ...plan, spending, information, final: true });
          const informationFractions = information.map((value) => value / information.at(-1)!);
          const lower = efficacy.map(() => -Infinity);
          const crossed = crossingProbability({ informationFractions, upper: efficacy, lower }, 0).upper;
          expect(Math.abs(crossed.reduce((a, b) => a + b, 0) - 0.025)).toBeLessThan(1e-9);
        },
      ),
      { seed: 21, numRuns: 40 },
    );
  });

  it("says that a trial ran short or over, and refuses interim analyses beyond the maximum", () => {
    const codes = (information: number[]) =>
      realisedBounds({ ...plan, information, final: true }).diagnostics.map(({ code }) => code);
    expect(codes([90, 170])).toEqual(["under-running"]);
    expect(codes([90, 230])).toEqual(["over-running"]);
    expect(() => realisedBounds({ ...plan, information: [90, 210], final: false })).toThrow(/final one/);
    expect(() => realisedBounds({ ...plan, information: [90, 80], final: true })).toThrow(/information.1 must be/);
  });

  it("beta spending follows the realised information too", () => {
    const futility = { spending: { family: "hwang-shih-decani" as const, gamma: -2 }, total: 0.1, drift: 3.4 };
    const result = realisedBounds({ ...plan, information: [80, 150], final: false, futility });
    expect(result.futility[0]!).toBeLessThan(result.futility[1]!);
    expect(result.futility[1]!).toBeLessThan(result.efficacy[1]!);
  });
});
