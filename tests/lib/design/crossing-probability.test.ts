import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossingProbability } from "../../../lib/design/crossing-probability.ts";
import { designGroupSequential } from "../../../lib/design/group-sequential-design.ts";
import { normalCdf, normalUpperTail } from "../../../lib/numerics/normal.ts";
import { unequalFractions } from "./arbitraries.ts";

describe("crossing probabilities agree with nested integration at 18 to 30 digits (mpmath)", () => {
  it("two analyses with a drift and a lower bound", () => {
    const bounds = { informationFractions: [0.3, 1], upper: [2.5, 2], lower: [-0.4, 2] };
    expect(Math.abs(crossingProbability(bounds, 2.8).upper[1]! - 0.61855868778468)).toBeLessThan(1e-12);
  });

  it("three analyses at unequal information", () => {
    const bounds = { informationFractions: [0.2, 0.65, 1], upper: [3, 2.2, 2.05], lower: [-1, 0.3, 2.05] };
    expect(Math.abs(crossingProbability(bounds, 1.7).upper[2]! - 0.18185493400930966)).toBeLessThan(1e-12);
  });
});

describe("laws of crossing probabilities", () => {
  const drifts = fc.double({ min: -4, max: 6, noNaN: true });

  it("stopping somewhere is certain when the last bounds meet", () => {
    fc.assert(
      fc.property(
        unequalFractions,
        drifts,
        fc.infiniteStream(fc.double({ min: 0.2, max: 4, noNaN: true })),
        (informationFractions, drift, widths) => {
          const upper = informationFractions.map(() => widths.next().value as number);
          const lower = upper.map((bound, k) =>
            k === upper.length - 1 ? bound : bound - (widths.next().value as number),
          );
          const { upper: up, lower: down } = crossingProbability({ informationFractions, upper, lower }, drift);
          const total = [...up, ...down].reduce((sum, probability) => sum + probability, 0);
          expect(Math.abs(total - 1)).toBeLessThan(1e-10);
        },
      ),
      { seed: 20260107, numRuns: 80 },
    );
  });

  it("an analysis that cannot stop the trial changes nothing", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.31, max: 0.99, noNaN: true }), drifts, (between, drift) => {
        const without = crossingProbability({ informationFractions: [0.3, 1], upper: [2.4, 2], lower: [0, 2] }, drift);
        const idle = crossingProbability(
          { informationFractions: [0.3, between, 1], upper: [2.4, Infinity, 2], lower: [0, -Infinity, 2] },
          drift,
        );
        expect(Math.abs(without.upper[1]! - idle.upper[2]!)).toBeLessThan(1e-11);
      }),
      { seed: 20260108, numRuns: 60 },
    );
  });

  it("the first analysis is a normal tail, far out in the tail too", () => {
    const { upper, lower } = crossingProbability({ informationFractions: [0.25, 1], upper: [9, 2], lower: [-8, 2] }, 1);
    expect(upper[0]! / normalUpperTail(8.5)).toBeCloseTo(1, 12);
    expect(lower[0]! / normalCdf(-8.5)).toBeCloseTo(1, 12);
  });

  it("analyses a millionth of the information apart are still resolved", () => {
    const close = crossingProbability(
      { informationFractions: [0.5, 0.500001, 1], upper: [2.5, 2.5, 2], lower: [0, -Infinity, 2] },
      2,
    );
    const merged = crossingProbability({ informationFractions: [0.5, 1], upper: [2.5, 2], lower: [0, 2] }, 2);
    expect(Math.abs(close.upper[2]! - merged.upper[1]!)).toBeLessThan(1e-3);
    const total = [...close.upper, ...close.lower].reduce((sum, probability) => sum + probability, 0);
    expect(Math.abs(total - 1)).toBeLessThan(1e-9);
  });

  it("refuses bounds of another length, crossed bounds, and a drift that is no number", () => {
    const informationFractions = [0.5, 1];
    expect(() => crossingProbability({ informationFractions, upper: [2], lower: [0, 2] }, 0)).toThrow(
      /one Z value for each of 2/,
    );
    expect(() => crossingProbability({ informationFractions, upper: [2, 2], lower: [2.5, 2] }, 0)).toThrow(
      /not exceed/,
    );
    expect(() => crossingProbability({ informationFractions, upper: [2, 2], lower: [0, 2] }, Number.NaN)).toThrow(
      /finite/,
    );
  });
});

describe("speed", () => {
  it("designs five analyses with alpha and beta spending in about ten milliseconds", () => {
    const plan = {
      oneSidedAlpha: 0.025,
      power: 0.9,
      informationFractions: [0.2, 0.4, 0.6, 0.8, 1],
      efficacy: { family: "lan-demets-obrien-fleming" as const },
      futility: {
        kind: "beta-spending" as const,
        spending: { family: "hwang-shih-decani" as const, gamma: -2 },
        binding: false,
      },
    };
    const times = Array.from({ length: 12 }, () => {
      const start = performance.now();
      designGroupSequential(plan);
      return performance.now() - start;
    });
    // The best of a dozen, with room for a machine that is busy with other things.
    expect(Math.min(...times)).toBeLessThan(10);
  });
});
