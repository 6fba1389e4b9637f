import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import {
  type ComparisonOfMeans,
  noncentralityOfMeans,
  normalSampleSizeOfMeans,
  powerOfMeans,
  sampleSizeOfMeans,
} from "../../../lib/sizing/power-of-means.ts";
import { repositoryPath } from "../../support/shared.ts";

interface ReferenceCase {
  readonly id: string;
  readonly input: {
    readonly kind: string;
    readonly delta: number;
    readonly sd: number;
    readonly R2?: number;
    readonly margin_thetaH0?: number;
    readonly alpha: number;
    readonly sided: 1 | 2;
    readonly power?: number;
    readonly target_power?: number;
    readonly ratio_n1_n2?: number;
    readonly n1?: number;
    readonly n2?: number;
    readonly power_at?: { readonly n1: number; readonly n2: number };
  };
  readonly expected: Readonly<Record<string, number | null>>;
}

const reference = JSON.parse(readFileSync(repositoryPath("tests/reference/power_means.json"), "utf8")) as {
  cases: ReferenceCase[];
};

function comparisonOf({ input }: ReferenceCase): ComparisonOfMeans {
  const ancova = input.kind.startsWith("ANCOVA");
  return {
    groups: input.kind.startsWith("one-sample") ? "one-sample" : "two-sample",
    distance: input.delta - (input.margin_thetaH0 ?? 0),
    standardDeviation: input.sd,
    rSquared: input.R2 ?? 0,
    covariates: ancova ? 1 : 0,
    sides: input.sided,
    alpha: input.alpha,
  };
}

const expectSize = (actual: number, expected: number) => expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-6);
const expectPower = (actual: number, expected: number) => expect(Math.abs(actual - expected)).toBeLessThan(1e-8);

describe("power and size of comparisons of means agree with R", () => {
  expect(reference.cases.length).toBe(246);
  for (const item of reference.cases) {
    it(item.id, () => {
      const comparison = comparisonOf(item);
      const { input, expected } = item;
      const ratio = input.ratio_n1_n2 ?? 1;
      const checked = new Set<string>();
      const value = (name: string): number | null => {
        checked.add(name);
        return expected[name] ?? null;
      };
      const total = value("n_t_unrounded") ?? value("n_total_unrounded_for_target");
      const { unrounded } = sampleSizeOfMeans(comparison, (input.power ?? input.target_power)!, ratio);
      if (total !== null) expectSize(unrounded.total, total);
      const n1 = value("n1_t");
      if (n1 !== null) expectSize(unrounded.experimental, n1);
      const n2 = value("n2_t");
      if (n2 !== null) expectSize(unrounded.control, n2);
      const perArm = value("power_t_test");
      if (perArm !== null) expectSize(unrounded.control, perArm);
      const normal = value("n_normal_unrounded");
      if (normal !== null) expectSize(normalSampleSizeOfMeans(comparison, input.power!, ratio), normal);
      const powerAt = value("power_at_n");
      if (powerAt !== null) {
        const sizes = { experimental: input.power_at!.n1, control: input.power_at!.n2 };
        expectPower(powerOfMeans({ ...comparison, twoSidedPower: "both-directions" }, sizes), powerAt);
      }
      const power = value("power");
      if (power !== null) {
        const sizes = { experimental: input.n1!, control: input.n2! };
        expectPower(powerOfMeans(comparison, sizes), power);
        expectPower(noncentralityOfMeans(comparison, sizes), value("ncp")!);
      }
      expect([...checked]).toEqual(expect.arrayContaining(Object.keys(expected)));
    });
  }
});

const comparisons = fc.record({
  groups: fc.constantFrom("one-sample" as const, "two-sample" as const),
  distance: fc.double({ min: 0.05, max: 3, noNaN: true }),
  standardDeviation: fc.double({ min: 0.5, max: 2, noNaN: true }),
  rSquared: fc.double({ min: 0, max: 0.9, noNaN: true }),
  covariates: fc.integer({ min: 0, max: 12 }),
  sides: fc.constantFrom(1 as const, 2 as const),
  alpha: fc.double({ min: 0.001, max: 0.2, noNaN: true }),
});
const powers = fc.double({ min: 0.3, max: 0.99, noNaN: true });
const ratios = fc.double({ min: 0.2, max: 5, noNaN: true });

describe("laws of power and size", () => {
  it("the real size has exactly the power asked for, whole sizes have at least that", () => {
    fc.assert(
      fc.property(comparisons, powers, ratios, (comparison, power, ratio) => {
        const size = sampleSizeOfMeans(comparison, power, ratio);
        expect(Math.abs(powerOfMeans(comparison, size.unrounded) - power)).toBeLessThan(1e-9);
        expect(size.powerAtRounded).toBeGreaterThanOrEqual(power - 1e-9);
        expect(Number.isInteger(size.rounded.total)).toBe(true);
      }),
      { seed: 1 },
    );
  });

  it("is the same for a distance of either sign, and depends on distance / SD only", () => {
    fc.assert(
      fc.property(comparisons, powers, fc.double({ min: 0.01, max: 100, noNaN: true }), (comparison, power, factor) => {
        const a = sampleSizeOfMeans(comparison, power).unrounded.total;
        const scaled = {
          ...comparison,
          distance: -comparison.distance * factor,
          standardDeviation: comparison.standardDeviation * factor,
        };
        expect(Math.abs(sampleSizeOfMeans(scaled, power).unrounded.total / a - 1)).toBeLessThan(1e-9);
      }),
      { seed: 2 },
    );
  });

  it("a larger R² never costs subjects; the normal approximation is never larger than the exact size", () => {
    fc.assert(
      fc.property(comparisons, powers, (comparison, power) => {
        const total = (rSquared: number) => sampleSizeOfMeans({ ...comparison, rSquared }, power).unrounded.total;
        expect(total(comparison.rSquared)).toBeLessThanOrEqual(total(0) * (1 + 1e-9));
        expect(normalSampleSizeOfMeans(comparison, power)).toBeLessThanOrEqual(total(comparison.rSquared) * (1 + 1e-9));
      }),
      { seed: 3 },
    );
  });

  it("counting both directions adds the wrong-way rejections", () => {
    const base: ComparisonOfMeans = {
      groups: "two-sample",
      distance: 1e-9,
      standardDeviation: 1,
      sides: 2,
      alpha: 0.05,
    };
    const sizes = { experimental: 10, control: 10 };
    expect(powerOfMeans(base, sizes)).toBeCloseTo(0.025, 7);
    expect(powerOfMeans({ ...base, twoSidedPower: "both-directions" }, sizes)).toBeCloseTo(0.05, 7);
  });

  it("has no power without residual degrees of freedom", () => {
    const base: ComparisonOfMeans = {
      groups: "two-sample",
      distance: 1,
      standardDeviation: 1,
      covariates: 3,
      sides: 1,
      alpha: 0.025,
    };
    expect(powerOfMeans(base, { experimental: 3, control: 2 })).toBe(0);
    expect(powerOfMeans(base, { experimental: 30, control: 0 })).toBe(0);
  });
});

describe("inadmissible plans are refused", () => {
  const base: ComparisonOfMeans = { groups: "two-sample", distance: 1, standardDeviation: 1, sides: 1, alpha: 0.025 };
  it.each<[Partial<ComparisonOfMeans>, number, number, string]>([
    [{ distance: 0 }, 0.9, 1, "distance"],
    [{ distance: Number.NaN }, 0.9, 1, "distance"],
    [{ standardDeviation: 0 }, 0.9, 1, "standardDeviation"],
    [{ rSquared: 1 }, 0.9, 1, "rSquared"],
    [{ covariates: 0.5 }, 0.9, 1, "covariates"],
    [{ alpha: 0 }, 0.9, 1, "alpha"],
    [{}, 0.02, 1, "power"],
    [{}, 1, 1, "power"],
    [{}, 0.9, 0, "ratio"],
    [{ distance: 1e-7 }, 0.9, 1, "distance"],
  ])("%o with power %d and ratio %d", (change, power, ratio, argument) => {
    try {
      sampleSizeOfMeans({ ...base, ...change }, power, ratio);
    } catch (error) {
      expect(error).toBeInstanceOf(DomainError);
      expect((error as DomainError).detail.argument).toBe(argument);
      return;
    }
    throw new Error("was accepted");
  });
});
