import { describe, expect, it } from "vitest";
import { zOfConditionalPower } from "../../../lib/design/conditional-power.ts";
import { futilityRuleSchema, startFutilitySpending } from "../../../lib/design/futility-bound.ts";
import { futilityScales, zOfEffectShare } from "../../../lib/design/futility-scale.ts";
import { normalCdf } from "../../../lib/numerics/normal.ts";

describe("a futility bound on the scales people discuss it on", () => {
  it("says Z = 1 at half the information as p-value, effect, conditional and predictive power", () => {
    const scales = futilityScales(1, 0.5, 1.96, 3.2415155);
    expect(scales.oneSidedPValue).toBeCloseTo(0.1587, 4);
    expect(scales.shareOfDesignEffect).toBeCloseTo(0.4363, 4);
    expect(scales.conditionalPowerDesignEffect).toBeCloseTo(0.6986, 4);
    expect(scales.conditionalPowerTrend).toBeCloseTo(0.2201, 4);
    expect(scales.predictivePowerFlatPrior).toBeCloseTo(0.2926, 4);
  });

  it("comes back from the effect and the conditional-power scale", () => {
    const scales = futilityScales(0.4, 0.35, 2, 3);
    expect(zOfEffectShare(scales.shareOfDesignEffect, 0.35, 3)).toBeCloseTo(0.4, 12);
    expect(zOfConditionalPower(scales.conditionalPowerDesignEffect, 0.35, 2, 3)).toBeCloseTo(0.4, 12);
  });
});

describe("beta spending", () => {
  it("spends the type II error of the first analysis as a plain normal tail", () => {
    const spender = startFutilitySpending([0.5, 1], { family: "kim-demets", rho: 1 }, 0.1, 3);
    const bound = spender.lowerBound(0, 2.8);
    expect(normalCdf(bound - 3 * Math.SQRT1_2)).toBeCloseTo(0.05, 12);
  });

  it("meets the efficacy bound when it would rise above it", () => {
    const spender = startFutilitySpending([0.5, 1], { family: "kim-demets", rho: 0.1 }, 0.4, 6);
    expect(spender.lowerBound(0, 2)).toBe(2);
    expect(spender.typeTwoError(2)).toBeCloseTo(normalCdf(2 - 6 * Math.SQRT1_2), 12);
  });

  it("is non-binding unless the plan says otherwise", () => {
    expect(futilityRuleSchema.parse({ kind: "z-scale", values: [0, null] })).toEqual({
      kind: "z-scale",
      values: [0, null],
      binding: false,
    });
  });
});
