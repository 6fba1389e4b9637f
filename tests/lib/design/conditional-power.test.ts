import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  conditionalPower,
  conditionalPowerAtFinal,
  driftOfTrend,
  shiftedBounds,
  zOfConditionalPower,
} from "../../../lib/design/conditional-power.ts";
import {
  predictivePower,
  predictivePowerAtFinal,
  probabilityOfSuccess,
  zOfPredictivePower,
} from "../../../lib/design/predictive-power.ts";
import { normalCdf } from "../../../lib/numerics/normal.ts";
import { repositoryPath } from "../../support/shared.ts";
import { numbers } from "./rpact-case.ts";

type Vector = number | number[];

interface ConditionalPowerCase {
  readonly id: string;
  readonly input: {
    readonly k: number;
    readonly n_I: number[];
    readonly upper: number[];
    readonly lower: number[] | null;
    readonly interim: number;
    readonly z: number;
    readonly theta: number[];
  };
  readonly expected: {
    readonly conditional_power_all_remaining: number[];
    readonly conditional_power_per_remaining_stage: Vector[];
    readonly remaining_upper: Vector;
    readonly conditional_power_final_only: number[];
    readonly predictive_prob_normal_prior: {
      readonly prior_mean: number;
      readonly prior_sd: number;
      readonly value: Vector | Vector[];
      readonly final_only: number;
      readonly flat_prior_final_only: number;
    };
  };
}

const fixture: { cases: ConditionalPowerCase[] } = JSON.parse(
  readFileSync(repositoryPath("tests/reference/gs_conditional_power.json"), "utf8"),
);

function inOurTerms({ input }: ConditionalPowerCase) {
  const maximum = input.n_I.at(-1)!;
  const fractions = input.n_I.map((n, k) => (k === input.n_I.length - 1 ? 1 : n / maximum));
  return {
    interim: { z: input.z, informationFraction: fractions[input.interim - 1]! },
    remaining: {
      informationFractions: fractions.slice(input.interim),
      upper: input.upper.slice(input.interim),
      lower: (input.lower ?? input.upper.map(() => -Infinity)).slice(input.interim),
    },
    rootInformation: Math.sqrt(maximum),
    finalBound: input.upper.at(-1)!,
  };
}

describe("conditional and predictive power agree with gsDesign 3.4.0", () => {
  it.each(fixture.cases)("$id", (reference) => {
    const { interim, remaining, rootInformation, finalBound } = inOurTerms(reference);
    const expected = reference.expected;
    numbers(expected.remaining_upper).forEach((bound, k) => {
      expect(Math.abs(shiftedBounds(interim, remaining).upper[k]! - bound)).toBeLessThan(1e-6);
    });
    reference.input.theta.forEach((theta, i) => {
      const drift = theta * rootInformation;
      const power = conditionalPower(interim, remaining, drift);
      expect(Math.abs(power.total - expected.conditional_power_all_remaining[i]!)).toBeLessThan(1e-6);
      power.perAnalysis.forEach((probability, k) => {
        const row = expected.conditional_power_per_remaining_stage;
        const cell = Array.isArray(row[0]) ? numbers(row[k]!)[i]! : (row as number[])[i]!;
        expect(Math.abs(probability - cell)).toBeLessThan(1e-6);
      });
      const closed = conditionalPowerAtFinal(interim, finalBound, drift);
      expect(Math.abs(closed - expected.conditional_power_final_only[i]!)).toBeLessThan(1e-6);
    });
    const prior = expected.predictive_prob_normal_prior;
    const drift = {
      kind: "normal" as const,
      mean: prior.prior_mean * rootInformation,
      standardDeviation: prior.prior_sd * rootInformation,
    };
    numbers(prior.value as number[]).forEach((probability, k) => {
      expect(Math.abs(predictivePower(interim, remaining, drift).perAnalysis[k]! - probability)).toBeLessThan(1e-3);
    });
    expect(Math.abs(predictivePowerAtFinal(interim, finalBound, drift) - prior.final_only)).toBeLessThan(1e-6);
    expect(
      Math.abs(predictivePowerAtFinal(interim, finalBound, { kind: "flat" }) - prior.flat_prior_final_only),
    ).toBeLessThan(1e-6);
  });
});

describe("conditional power worked out by hand: Z = 1 at half the information, final bound 1.96", () => {
  const interim = { z: 1, informationFraction: 0.5 };
  const design = 1.959963984540054 + 1.2815515655446004;

  it("under the trend, the design effect, no effect, and averaged over the posterior", () => {
    expect(conditionalPowerAtFinal(interim, 1.96, driftOfTrend(interim))).toBeCloseTo(0.2201, 4);
    expect(conditionalPowerAtFinal(interim, 1.96, design)).toBeCloseTo(0.6986, 4);
    expect(conditionalPowerAtFinal(interim, 1.96, 0)).toBeCloseTo(0.0382, 4);
    expect(predictivePowerAtFinal(interim, 1.96, { kind: "flat" })).toBeCloseTo(0.2926, 4);
  });

  it("refuses an interim analysis at or after the end", () => {
    expect(() => conditionalPowerAtFinal({ z: 1, informationFraction: 1 }, 1.96, 0)).toThrow(/between 0 and 1/);
    const remaining = { informationFractions: [0.4, 1], upper: [2, 2], lower: [-Infinity, -Infinity] };
    expect(() => conditionalPower(interim, remaining, 0)).toThrow(/exceed the interim fraction/);
  });
});

describe("laws of conditional and predictive power", () => {
  const fractions = fc.double({ min: 0.05, max: 0.95, noNaN: true });
  const powers = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  const zs = fc.double({ min: -3, max: 4, noNaN: true });

  it("one remaining analysis gives the closed forms", () => {
    fc.assert(
      fc.property(fractions, zs, zs, (informationFraction, z, drift) => {
        const interim = { z, informationFraction };
        const remaining = { informationFractions: [1], upper: [2], lower: [2] };
        expect(conditionalPower(interim, remaining, drift).total).toBeCloseTo(
          conditionalPowerAtFinal(interim, 2, drift),
          10,
        );
        for (const prior of [
          { kind: "flat" as const },
          { kind: "normal" as const, mean: drift, standardDeviation: 1.5 },
        ])
          expect(predictivePower(interim, remaining, prior).total).toBeCloseTo(
            predictivePowerAtFinal(interim, 2, prior),
            10,
          );
      }),
      { seed: 20260102, numRuns: 50 },
    );
  });

  it("the Z of a conditional or predictive power gives that power back", () => {
    fc.assert(
      fc.property(fractions, powers, zs, (informationFraction, power, drift) => {
        const at = (z: number) => ({ z, informationFraction });
        const fixed = zOfConditionalPower(power, informationFraction, 2, drift);
        expect(conditionalPowerAtFinal(at(fixed), 2, drift)).toBeCloseTo(power, 9);
        const trend = zOfConditionalPower(power, informationFraction, 2, "trend");
        expect(conditionalPowerAtFinal(at(trend), 2, driftOfTrend(at(trend)))).toBeCloseTo(power, 9);
        const predictive = zOfPredictivePower(power, informationFraction, 2);
        expect(predictivePowerAtFinal(at(predictive), 2, { kind: "flat" })).toBeCloseTo(power, 9);
      }),
      { seed: 20260103 },
    );
  });

  it("predictive power is conditional power averaged over the posterior", () => {
    const interim = { z: 1.2, informationFraction: 0.3 };
    const remaining = { informationFractions: [0.6, 0.8, 1], upper: [2.6, 2.3, 2], lower: [0.2, 0.8, 2] };
    const mean = 1.2 / Math.sqrt(0.3);
    const spread = 1 / Math.sqrt(0.3);
    let average = 0;
    const steps = 400;
    for (let i = 0; i < steps; i++) {
      const [from, to] = [-8 + (16 * i) / steps, -8 + (16 * (i + 1)) / steps];
      const drift = mean + spread * ((from + to) / 2);
      average += (normalCdf(to) - normalCdf(from)) * conditionalPower(interim, remaining, drift).total;
    }
    expect(Math.abs(predictivePower(interim, remaining, { kind: "flat" }).total - average)).toBeLessThan(1e-5);
  });

  it("assurance with a sharp prior is the power at its mean", () => {
    const bounds = { informationFractions: [0.5, 1], upper: [2.9626, 1.9686], lower: [-Infinity, -Infinity] };
    const sharp = probabilityOfSuccess(bounds, { mean: 3, standardDeviation: 1e-6 }).total;
    const vague = probabilityOfSuccess(bounds, { mean: 3, standardDeviation: 2 }).total;
    expect(sharp).toBeCloseTo(0.8494, 3);
    expect(vague).toBeLessThan(sharp);
  });
});
