import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cumulativeSpend, spendingFunctionSchema } from "../../../lib/design/spending-function.ts";
import { spendingFunctions, unequalFractions } from "./arbitraries.ts";

const errors = fc.double({ min: 1e-4, max: 0.5, noNaN: true });

describe("cumulative error spent", () => {
  it("spends everything by the final analysis and never takes error back", () => {
    fc.assert(
      fc.property(spendingFunctions, errors, unequalFractions, (spending, totalError, fractions) => {
        const spend = cumulativeSpend(spending, totalError, fractions);
        expect(spend.at(-1)).toBe(totalError);
        spend.forEach((value, k) => {
          expect(value).toBeGreaterThanOrEqual(spend[k - 1] ?? 0);
        });
      }),
      { seed: 20260106 },
    );
  });

  it("Lan–DeMets O'Brien–Fleming spends 0.001525 of 0.025 at half the information", () => {
    expect(cumulativeSpend({ family: "lan-demets-obrien-fleming" }, 0.025, [0.5])[0]).toBeCloseTo(
      0.001525322757989,
      12,
    );
  });

  it("Hwang–Shih–DeCani is linear at γ = 0 and continuous there, and survives extreme γ", () => {
    const at = (gamma: number) => cumulativeSpend({ family: "hwang-shih-decani", gamma }, 0.05, [0.3])[0]!;
    expect(at(0)).toBeCloseTo(0.015, 15);
    expect(at(1e-11)).toBeCloseTo(0.015, 12);
    expect(at(5e-324)).toBeCloseTo(0.015, 15);
    expect(at(2000)).toBeCloseTo(0.05, 12);
    expect(at(-2000)).toBe(0);
  });

  it("refuses fractions out of order, an error outside (0, 1), and an exponent that is not positive", () => {
    const pocock = { family: "lan-demets-pocock" } as const;
    expect(() => cumulativeSpend(pocock, 0.025, [0.5, 0.4])).toThrow(
      /strictly increasing in \(0, 1\].*received \[0.5, 0.4\]/,
    );
    expect(() => cumulativeSpend(pocock, 0.025, [])).toThrow(/non-empty/);
    expect(() => cumulativeSpend(pocock, 0.025, [Number.NaN])).toThrow(/non-empty/);
    expect(() => cumulativeSpend(pocock, 1, [1])).toThrow(/between 0 and 1/);
    expect(() => cumulativeSpend({ family: "kim-demets", rho: 0 }, 0.025, [0.5, 1])).toThrow(/greater than 0/);
    expect(spendingFunctionSchema.safeParse({ family: "kim-demets", rho: 0 }).success).toBe(false);
    expect(spendingFunctionSchema.safeParse({ family: "kim-demets" }).success).toBe(false);
  });
});
