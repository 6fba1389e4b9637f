import { describe, expect, it } from "vitest";
import { crossingProbability } from "../../../lib/design/crossing-probability.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { lookCohorts } from "../../../lib/simulation/look-schedule.ts";
import { stoppingBounds } from "../../../lib/simulation/stopping-rule.ts";
import { tFromZ, zFromT } from "../../../lib/simulation/t-scale-bound.ts";
import { threeLooks, trialDesign } from "./simulation-fixtures.ts";

const obrienFleming = { kind: "spending", spending: { family: "lan-demets-obrien-fleming" } } as const;

describe("stopping bounds of a design", () => {
  it("are the published O'Brien–Fleming spending bounds", () => {
    const two = stoppingBounds(trialDesign({ lookFractions: [0.5, 1], efficacy: obrienFleming }));
    expect(two.upper[0]).toBeCloseTo(2.9626, 4);
    expect(two.upper[1]).toBeCloseTo(1.9686, 4);
    const three = stoppingBounds(trialDesign({ lookFractions: [1 / 3, 2 / 3, 1], efficacy: obrienFleming }));
    expect(three.upper.map((bound) => Number(bound.toFixed(4)))).toEqual([3.7103, 2.5114, 1.993]);
  });

  it("spend exactly alpha when futility is non-binding and ignored", () => {
    const bounds = stoppingBounds(trialDesign(threeLooks));
    const last = bounds.upper.length - 1;
    const ignored = bounds.lower.map((_, k) => (k === last ? bounds.upper[k]! : -Infinity));
    const { upper } = crossingProbability({ ...bounds, lower: ignored }, 0);
    expect(upper.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0.025, 9);
    const followed = crossingProbability(bounds, 0).upper.reduce((sum, value) => sum + value, 0);
    expect(followed).toBeLessThan(0.025);
  });

  it("keep alpha with binding futility on the Z scale", () => {
    const bounds = stoppingBounds(
      trialDesign({
        lookFractions: [0.5, 1],
        efficacy: obrienFleming,
        futility: { kind: "z-scale", bounds: [0.5], binding: true },
      }),
    );
    const { upper } = crossingProbability(bounds, 0);
    expect(upper.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0.025, 9);
    expect(bounds.lower[0]).toBe(0.5);
  });

  it("test once at the end when efficacy is fixed", () => {
    const bounds = stoppingBounds(
      trialDesign({ lookFractions: [0.5, 1], futility: { kind: "z-scale", bounds: [0], binding: false } }),
    );
    expect(bounds.upper[0]).toBe(Infinity);
    expect(bounds.upper[1]).toBeCloseTo(1.959964, 6);
    expect(bounds.lower[0]).toBe(0);
  });

  it("come from the cohorts that whole patients allow", () => {
    const design = trialDesign({ experimental: 51, control: 50, lookFractions: [0.5, 1], efficacy: obrienFleming });
    expect(lookCohorts(design)).toEqual([51, 101]);
    expect(stoppingBounds(design).informationFractions[0]).toBe(51 / 101);
  });

  it("are refused for looks or futility that do not fit", () => {
    const inadmissible = [
      trialDesign({ lookFractions: [0.5, 0.4, 1], efficacy: obrienFleming }),
      trialDesign({ lookFractions: [0.5], efficacy: obrienFleming }),
      trialDesign({ experimental: 3, control: 3, lookFractions: [0.5, 0.55, 1], efficacy: obrienFleming }),
      trialDesign({
        lookFractions: [0.5, 1],
        efficacy: obrienFleming,
        futility: { kind: "z-scale", bounds: [], binding: false },
      }),
      trialDesign({ ...threeLooks, efficacyLooks: [true, true] }),
      trialDesign({ ...threeLooks, efficacyLooks: [true, true, false] }),
    ];
    for (const design of inadmissible) expect(() => stoppingBounds(design)).toThrow(DomainError);
  });
});

describe("bounds on the t scale", () => {
  it("have the tail probability of the Z scale", () => {
    for (const df of [3, 20, 500])
      for (const z of [-2, -0.3, 0, 1.96, 4, 7]) expect(zFromT(tFromZ(z, df), df)).toBeCloseTo(z, 9);
    expect(tFromZ(1.959964, 1e6)).toBeCloseTo(1.959964, 4);
    expect(tFromZ(Infinity, 10)).toBe(Infinity);
  });
});
