import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FutilityRule } from "../../../lib/design/futility-bound.ts";
import {
  boundsOfDesign,
  designGroupSequential,
  type GroupSequentialSpec,
  groupSequentialSpecSchema,
} from "../../../lib/design/group-sequential-design.ts";
import { powerOfDesign } from "../../../lib/design/power-of-design.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { repositoryPath } from "../../support/shared.ts";
import { spendingFunctions, unequalFractions } from "./arbitraries.ts";
import { alphaPerSide, type BoundaryInput, boundaryOf, numbers, spendingOf } from "./rpact-case.ts";

type Vector = number | (number | null)[];

interface CharacteristicsCase {
  readonly id: string;
  readonly input: BoundaryInput & {
    readonly beta: number;
    readonly typeBetaSpending?: string;
    readonly gammaB?: number;
    readonly bindingFutility?: boolean;
    readonly futilityBounds?: number[];
    readonly theta?: number[];
    readonly nMax?: number;
  };
  readonly expected: {
    readonly criticalValues: (number | string)[];
    readonly futilityBounds?: number | number[];
    readonly betaSpent?: number[];
    readonly power?: number[];
    readonly characteristics: {
      readonly nFixed: number;
      readonly shift: number;
      readonly inflationFactor: number;
      readonly power: number[];
      readonly rejectionProbabilities: number[];
      readonly futilityProbabilities: number | number[];
      readonly averageSampleNumber1: number;
      readonly averageSampleNumber01: number;
      readonly averageSampleNumber0: number;
    };
    readonly power_asn?: {
      readonly averageSampleNumber: number[];
      readonly overallReject: number[];
      readonly overallFutility?: number[];
      readonly rejectPerStage: Vector[];
      readonly futilityPerStage?: Vector[];
    };
  };
}

const fixture: { cases: CharacteristicsCase[] } = JSON.parse(
  readFileSync(repositoryPath("tests/reference/gs_characteristics.json"), "utf8"),
);

function futilityOf(input: CharacteristicsCase["input"]): FutilityRule {
  const binding = input.bindingFutility ?? false;
  if (input.typeBetaSpending !== undefined)
    return { kind: "beta-spending", spending: spendingOf(input.typeBetaSpending, input.gammaB), binding };
  if (input.futilityBounds !== undefined) return { kind: "z-scale", values: numbers(input.futilityBounds), binding };
  return { kind: "none" };
}

const specOf = (input: CharacteristicsCase["input"]): GroupSequentialSpec =>
  groupSequentialSpecSchema.parse({
    oneSidedAlpha: alphaPerSide(input),
    power: 1 - input.beta,
    informationFractions: input.informationRates,
    efficacy: boundaryOf(input),
    futility: futilityOf(input),
    sides: input.sided === 2 ? "symmetric-two-sided" : "one-sided",
  });

function expectNear(actual: number | null | undefined, expected: number, tolerance: number, what: string): void {
  expect(Math.abs((actual ?? Number.NaN) - expected), `${what}: ${actual} against ${expected}`).toBeLessThan(tolerance);
}

describe("designs agree with rpact 3.3.4: bounds, power, inflation, expected information", () => {
  it.each(fixture.cases)("$id", ({ input, expected }) => {
    const design = designGroupSequential(specOf(input));
    const boundTolerance = input.typeBetaSpending === undefined ? 1e-5 : 2e-4;
    numbers(expected.criticalValues).forEach((bound, k) => {
      expectNear(design.looks[k]!.efficacyZ, bound, boundTolerance, `efficacy bound ${k + 1}`);
    });
    if (expected.futilityBounds !== undefined)
      numbers(expected.futilityBounds).forEach((bound, k) => {
        expectNear(design.looks[k]!.futilityZ, bound, 2e-4, `futility bound ${k + 1}`);
      });
    expected.betaSpent?.forEach((spent, k) => {
      expectNear(design.looks[k]!.futilityUnderDesignEffect, spent, 1e-5, `type II error spent ${k + 1}`);
    });
    expected.power?.forEach((power, k) => {
      expectNear(design.looks[k]!.efficacyUnderDesignEffect, power, 1e-5, `power ${k + 1}`);
    });
    const characteristics = expected.characteristics;
    expectNear(design.fixedDrift ** 2, characteristics.nFixed, 1e-4, "fixed information");
    expectNear(design.drift ** 2, characteristics.shift, 1e-4 * characteristics.shift, "shift");
    expectNear(design.inflationFactor, characteristics.inflationFactor, 1e-4, "inflation");
    expectNear(design.expectedInformation.underDesignEffect, characteristics.averageSampleNumber1, 1e-4, "ASN1");
    expectNear(design.expectedInformation.underHalfEffect, characteristics.averageSampleNumber01, 1e-4, "ASN01");
    expectNear(design.expectedInformation.underNull, characteristics.averageSampleNumber0, 1e-4, "ASN0");
    const truth = powerOfDesign(boundsOfDesign(design), design.drift);
    characteristics.rejectionProbabilities.forEach((p, k) => {
      expectNear(truth.efficacy[k], p, 1e-5, `rejection ${k + 1}`);
    });
    if (input.typeBetaSpending !== undefined || input.futilityBounds !== undefined)
      numbers(characteristics.futilityProbabilities).forEach((p, k) => {
        expectNear(truth.futility[k], p, 1e-5, `futility ${k + 1}`);
      });
    checkPowerCurve(input, expected, boundsOfDesign(design));
  });
});

function checkPowerCurve(
  input: CharacteristicsCase["input"],
  { power_asn: curve }: CharacteristicsCase["expected"],
  bounds: ReturnType<typeof boundsOfDesign>,
): void {
  if (curve === undefined) return;
  const last = bounds.upper.length - 1;
  input.theta!.forEach((theta, i) => {
    const truth = powerOfDesign(bounds, theta * Math.sqrt(input.nMax!));
    // rpact counts a two-sided rejection in either direction.
    const rejected = truth.efficacy.map((p, k) => p + (input.sided === 2 ? truth.futility[k]! : 0));
    rejected.forEach((p, k) => {
      expectNear(p, (curve.rejectPerStage[k] as number[])[i]!, 1e-5, `reject at ${k + 1}, theta ${theta}`);
    });
    expectNear(
      rejected.reduce((a, b) => a + b, 0),
      curve.overallReject[i]!,
      1e-5,
      `overall, theta ${theta}`,
    );
    expectNear(
      truth.expectedInformationFraction * input.nMax!,
      curve.averageSampleNumber[i]!,
      1e-5 * input.nMax!,
      `ASN, theta ${theta}`,
    );
    if (curve.overallFutility !== undefined)
      expectNear(truth.cumulativeFutility[last - 1], curve.overallFutility[i]!, 1e-5, `futility, theta ${theta}`);
  });
}

describe("laws of group sequential designs", () => {
  const plans = fc.record({
    oneSidedAlpha: fc.double({ min: 0.001, max: 0.1, noNaN: true }),
    power: fc.double({ min: 0.5, max: 0.99, noNaN: true }),
    informationFractions: unequalFractions,
    efficacy: spendingFunctions,
    futility: fc.oneof(
      fc.constant<FutilityRule>({ kind: "none" }),
      fc.record({ kind: fc.constant("beta-spending" as const), spending: spendingFunctions, binding: fc.boolean() }),
    ),
  });

  /** Null for the one kind of plan that may be refused: binding futility that leaves too few trials to spend alpha on. */
  function designOrRefusal(spec: GroupSequentialSpec) {
    try {
      return designGroupSequential(spec);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "NOT_ESTIMABLE") throw error;
      expect(spec.futility.kind !== "none" && spec.futility.binding).toBe(true);
      return null;
    }
  }

  it("the error is spent exactly, the power is reached, and following a futility rule never adds error", () => {
    fc.assert(
      fc.property(plans, (spec) => {
        const design = designOrRefusal(spec);
        fc.pre(design !== null);
        const final = design.looks.at(-1)!;
        expect(Math.abs(final.alphaSpent - spec.oneSidedAlpha)).toBeLessThan(1e-8);
        expect(Math.abs(design.power - spec.power)).toBeLessThan(1e-8);
        expect(final.efficacyUnderNull).toBeLessThan(spec.oneSidedAlpha + 1e-9);
        expect(final.futilityUnderDesignEffect + final.efficacyUnderDesignEffect).toBeCloseTo(1, 9);
        expect(design.inflationFactor).toBeGreaterThan(1 - 1e-9);
        for (const look of design.looks)
          if (look.futilityZ !== null) expect(look.futilityZ).toBeLessThan(look.efficacyZ ?? Infinity);
      }),
      { seed: 20260104, numRuns: 60 },
    );
  });

  it("power increases with the drift and mirrors when the sign of everything changes", () => {
    fc.assert(
      fc.property(plans, fc.double({ min: -2, max: 5, noNaN: true }), (spec, drift) => {
        const design = designOrRefusal(spec);
        fc.pre(design !== null);
        const bounds = boundsOfDesign(design);
        const here = powerOfDesign(bounds, drift);
        expect(powerOfDesign(bounds, drift + 0.1).power).toBeGreaterThan(here.power - 1e-11);
        const mirrored = {
          informationFractions: bounds.informationFractions,
          upper: bounds.lower.map((bound) => -bound),
          lower: bounds.upper.map((bound) => -bound),
        };
        const there = powerOfDesign(mirrored, -drift);
        here.efficacy.forEach((p, k) => {
          expect(Math.abs(there.futility[k]! - p)).toBeLessThan(1e-12);
        });
      }),
      { seed: 20260105, numRuns: 40 },
    );
  });

  it("one analysis is the fixed design, whatever the family", () => {
    for (const family of ["lan-demets-obrien-fleming", "pocock"] as const) {
      const design = designGroupSequential({
        oneSidedAlpha: 0.025,
        power: 0.9,
        informationFractions: [1],
        efficacy: { family },
        futility: { kind: "none" },
      });
      expect(design.inflationFactor).toBeCloseTo(1, 9);
      expect(design.looks[0]!.efficacyZ).toBeCloseTo(1.959964, 6);
    }
  });
});

describe("plans that cannot be designed say why", () => {
  const base: GroupSequentialSpec = {
    oneSidedAlpha: 0.025,
    power: 0.9,
    informationFractions: [0.5, 1],
    efficacy: { family: "lan-demets-obrien-fleming" },
    futility: { kind: "none" },
  };

  it("futility above efficacy, wrong count, two-sided with futility on a scale of power, fractions that do not end at 1", () => {
    expect(() =>
      designGroupSequential({ ...base, futility: { kind: "z-scale", values: [3.2], binding: false } }),
    ).toThrow(/below the efficacy bound 2.9626 of analysis 1/);
    expect(() =>
      designGroupSequential({ ...base, futility: { kind: "z-scale", values: [0, 1], binding: false } }),
    ).toThrow(/each of the 1 interim/);
    expect(() =>
      designGroupSequential({
        ...base,
        sides: "symmetric-two-sided",
        futility: { kind: "scale", scale: "predictive-power", values: [0.1], binding: false },
      }),
    ).toThrow(/two-sided/);
    expect(() => designGroupSequential({ ...base, informationFractions: [0.5, 0.9] })).toThrow(/must end at 1/);
    expect(groupSequentialSpecSchema.safeParse({ ...base, informationFractions: [0.5, 0.5, 1] }).success).toBe(false);
  });

  it("futility so strict that the power is out of reach", () => {
    expect(() =>
      designGroupSequential({
        ...base,
        informationFractions: [0.0001, 1],
        futility: { kind: "z-scale", values: [2], binding: false },
      }),
    ).toThrow(/no effect reaches it/);
  });

  it("says when an early look cannot stop for efficacy", () => {
    const design = designGroupSequential({ ...base, informationFractions: [0.05, 1] });
    expect(design.looks[0]!.efficacyZ).toBeNull();
    expect(design.diagnostics.map((caveat) => caveat.code)).toEqual(["efficacy-out-of-reach"]);
  });

  it("a look without a futility value does not stop for futility", () => {
    const design = designGroupSequential({
      ...base,
      informationFractions: [1 / 3, 2 / 3, 1],
      futility: { kind: "z-scale", values: [null, 0.5], binding: false },
    });
    expect(design.looks.map((look) => look.futilityZ)).toEqual([null, 0.5, null]);
    expect(design.looks[0]!.futilityUnderNull).toBe(0);
  });
});
