import { describe, expect, it } from "vitest";
import { describeDesign } from "../../../lib/simulation/describe-design.ts";
import type { TrialDesign } from "../../../lib/simulation/simulation-document.ts";
import { stoppingBounds } from "../../../lib/simulation/stopping-rule.ts";

const threeLooks: TrialDesign = {
  id: "three",
  name: "Three looks",
  experimental: 150,
  control: 150,
  oneSidedAlpha: 0.025,
  analysis: "ancova",
  lookFractions: [1 / 3, 2 / 3, 1],
  efficacy: { kind: "spending", spending: { family: "lan-demets-obrien-fleming" } },
  futility: {
    kind: "beta-spending",
    spending: { family: "lan-demets-obrien-fleming" },
    power: 0.9,
    binding: false,
  },
};

describe("describeDesign", () => {
  it("states the bounds that the simulation stops by", () => {
    const { looks } = describeDesign(threeLooks);
    const bounds = stoppingBounds(threeLooks);
    expect(looks.map((look) => look.efficacyBound)).toEqual(bounds.upper);
    expect(looks.slice(0, 2).map((look) => look.futilityBound)).toEqual(bounds.lower.slice(0, 2));
    expect(looks[2]?.futilityBound).toBeNull();
    expect(looks.map((look) => look.cohort)).toEqual([100, 200, 300]);
  });

  it("spends the whole error and reaches the power the beta spending is built for", () => {
    const description = describeDesign(threeLooks);
    const last = description.looks[2];
    expect(last?.alphaSpent).toBeCloseTo(0.025, 9);
    expect(last?.efficacyUnderEffect).toBeCloseTo(0.9, 9);
    expect((last?.efficacyUnderNull ?? 0) + (last?.futilityUnderNull ?? 0)).toBeCloseTo(1, 9);
    expect(description.effect).toEqual({ kind: "beta-spending", power: 0.9 });
    expect(description.twoSidedAlphaEquivalent).toBe(0.05);
  });

  it("loses type I error to a non-binding rule that is followed, never more than is spent", () => {
    for (const look of describeDesign(threeLooks).looks) {
      expect(look.efficacyUnderNull).toBeLessThanOrEqual(look.alphaSpent + 1e-12);
    }
  });

  it("describes a fixed design by one test with 90 % power under its effect", () => {
    const { looks, effect, inflationFactor, expectedFraction } = describeDesign({
      ...threeLooks,
      lookFractions: [1],
      efficacy: { kind: "fixed" },
      futility: { kind: "none" },
    });
    expect(looks).toHaveLength(1);
    expect(looks[0]?.efficacyBound).toBeCloseTo(1.959963984540054, 12);
    expect(looks[0]?.efficacyNominalP).toBeCloseTo(0.025, 12);
    expect(looks[0]?.efficacyUnderEffect).toBeCloseTo(0.9, 9);
    expect(effect.kind).toBe("single-look");
    expect(inflationFactor).toBeNull();
    expect(expectedFraction).toEqual({ underNull: 1, underEffect: 1 });
  });

  it("refuses looks that do not end at 1", () => {
    expect(() => describeDesign({ ...threeLooks, lookFractions: [0.5, 0.9] })).toThrow(/end at 1/);
  });
});
