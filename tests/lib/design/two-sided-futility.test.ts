import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { crossingProbability } from "../../../lib/design/crossing-probability.ts";
import { designSpecSchema, planOf } from "../../../lib/design/design-spec.ts";
import type { FutilityRule } from "../../../lib/design/futility-bound.ts";
import {
  boundsOfDesign,
  designGroupSequential,
  type GroupSequentialSpec,
} from "../../../lib/design/group-sequential-design.ts";
import { normalUpperTail } from "../../../lib/numerics/normal.ts";
import { gaussLegendre } from "../../../lib/numerics/quadrature.ts";
import { compareCase } from "../../reference/runner/compare-case.ts";
import { readReferenceFile } from "../../reference/runner/reference-file.ts";
import { groupSequentialCharacteristicsSet as set } from "../../reference/sets/gs-characteristics.ts";
import { repositoryPath } from "../../support/shared.ts";
import { unequalFractions } from "./arbitraries.ts";

const file = readReferenceFile(repositoryPath("tests/reference/design/two-sided-futility.json"));

describe("Pampallona–Tsiatis designs and inner bounds agree with rpact 3.3.4", () => {
  test.each(file.cases)("$id", (item) => {
    const comparison = compareCase(item, file, set, set.evaluate(item, file));
    expect(comparison.mismatches).toEqual([]);
    expect(comparison.compared).toBeGreaterThan(15);
  });
});

const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const rules: readonly FutilityRule[] = [
  { kind: "beta-spending", spending: { family: "kim-demets", rho: 1 }, binding: true, overlap: "adjust" },
  { kind: "beta-spending", spending: { family: "lan-demets-pocock" }, binding: false, overlap: "carry" },
  { kind: "pampallona-tsiatis", shape: 0.3, binding: true },
  { kind: "pampallona-tsiatis", shape: 0.5, binding: false },
];

const specs = fc.record({
  oneSidedAlpha: fc.double({ min: 0.005, max: 0.2, noNaN: true }),
  power: fc.double({ min: 0.5, max: 0.97, noNaN: true }),
  informationFractions: unequalFractions,
  futility: fc.constantFrom(...rules),
  efficacy: fc.constantFrom<GroupSequentialSpec["efficacy"][]>(
    { family: "lan-demets-obrien-fleming" },
    { family: "pocock" },
    { family: "hwang-shih-decani", gamma: -2 },
  ),
});

describe("laws of two-sided designs with inner bounds", () => {
  it("keep the error of each direction: binding rules obeyed, non-binding ones ignored; have their power and end", () => {
    fc.assert(
      fc.property(specs, fc.constantFrom("benefit" as const, "either-direction" as const), (plan, powerCounts) => {
        const spec: GroupSequentialSpec = { ...plan, sides: "symmetric-two-sided", powerCounts };
        const design = designGroupSequential(spec);
        const bounds = boundsOfDesign(design);
        const binding = spec.futility.kind !== "none" && spec.futility.binding;
        const { inner, ...outer } = bounds;
        const underNull = crossingProbability(binding ? bounds : outer, 0);
        expect(Math.abs(total(underNull.upper) / spec.oneSidedAlpha - 1)).toBeLessThan(1e-9);
        expect(Math.abs(total(underNull.lower) / spec.oneSidedAlpha - 1)).toBeLessThan(1e-9);
        const truth = crossingProbability(bounds, design.drift);
        const counted = total(truth.upper) + (powerCounts === "either-direction" ? total(truth.lower) : 0);
        expect(Math.abs(counted - spec.power)).toBeLessThan(1e-9);
        expect(Math.abs(total(truth.upper) + total(truth.lower) + total(truth.inner) - 1)).toBeLessThan(1e-9);
        expect(inner!.every((bound, k) => bound <= bounds.upper[k]!)).toBe(true);
      }),
      { numRuns: 40, seed: 7 },
    );
  });
});

test("the probability between inner bounds is that of nested integration over both sides of the wedge", () => {
  const t = [0.4, 1];
  const [u1, u2, a1, drift] = [2.4, 2.0, 0.7, 2.6];
  const found = crossingProbability(
    { informationFractions: t, upper: [u1, u2], lower: [-u1, -u2], inner: [a1, u2] },
    drift,
  );
  const rule = gaussLegendre(60);
  const mean = drift * Math.sqrt(t[0]!);
  const density = (z: number) => Math.exp(-0.5 * (z - mean) ** 2) / Math.sqrt(2 * Math.PI);
  const later = (z: number, bound: number) =>
    normalUpperTail((bound - z * Math.sqrt(t[0]!) - drift * (1 - t[0]!)) / Math.sqrt(1 - t[0]!));
  const over = (from: number, to: number, bound: number) =>
    total(
      Array.from(rule.nodes, (node, i) => {
        const z = (from + to) / 2 + ((to - from) / 2) * node;
        return rule.weights[i]! * ((to - from) / 2) * density(z) * later(z, bound);
      }),
    );
  const beyond = (bound: number) => over(-u1, -a1, bound) + over(a1, u1, bound);
  expect(found.inner[0]).toBeCloseTo(normalUpperTail(-a1 - mean) - normalUpperTail(a1 - mean), 13);
  expect(found.upper[1]).toBeCloseTo(beyond(u2), 12);
  expect(found.inner[1]).toBeCloseTo(beyond(-u2) - beyond(u2), 12);
});

test("either direction counted needs less information than benefit alone, by the rejections in favour of control", () => {
  const plan = (powerCounts: "benefit" | "either-direction"): GroupSequentialSpec => ({
    oneSidedAlpha: 0.15,
    power: 0.6,
    informationFractions: [0.5, 1],
    efficacy: { family: "pocock" },
    futility: { kind: "none" },
    sides: "symmetric-two-sided",
    powerCounts,
  });
  const [benefit, either] = [designGroupSequential(plan("benefit")), designGroupSequential(plan("either-direction"))];
  expect(either.drift).toBeLessThan(benefit.drift);
  expect(either.fixedDrift).toBeLessThan(benefit.fixedDrift);
});

/** rpact 3.3.4, getDesignGroupSequential(sided = 2, betaAdjustment): designs with an early bound close to 0. */
const NEAR_ZERO = [
  {
    spec: {
      sides: "symmetric-two-sided",
      oneSidedAlpha: 0.00585,
      power: 0.829,
      informationFractions: [0.153, 0.269, 0.342, 0.374, 0.888, 1],
      efficacy: { family: "hwang-shih-decani", gamma: -1.97 },
      futility: {
        kind: "beta-spending",
        spending: { family: "lan-demets-obrien-fleming" },
        binding: true,
        overlap: "carry",
      },
    },
    upper: [3.40281, 3.35826, 3.34538, 3.37579, 2.67389, 2.58591],
    inner: [null, null, null, 0.34347, 2.3319],
    inflation: 1.092203,
  },
  {
    spec: {
      sides: "symmetric-two-sided",
      oneSidedAlpha: 0.03195,
      power: 0.818,
      informationFractions: [0.143, 0.42, 0.583, 0.764, 0.914, 1],
      efficacy: { family: "lan-demets-pocock" },
      futility: {
        kind: "beta-spending",
        spending: { family: "hwang-shih-decani", gamma: -2.84 },
        binding: true,
        overlap: "carry",
      },
    },
    upper: [2.45625, 2.2606, 2.32784, 2.30644, 2.30338, 2.29694],
    inner: [null, null, 0.69902, 1.26163, 1.83979],
    inflation: 1.244214,
  },
  {
    spec: {
      sides: "symmetric-two-sided",
      oneSidedAlpha: 0.03395,
      power: 0.806,
      informationFractions: [0.124, 0.282, 0.389, 0.708, 0.779, 1],
      efficacy: { family: "hwang-shih-decani", gamma: 1.24 },
      futility: {
        kind: "beta-spending",
        spending: { family: "hwang-shih-decani", gamma: 0.92 },
        binding: true,
        overlap: "adjust",
      },
    },
    upper: [2.46718, 2.36523, 2.39619, 2.17927, 2.30281, 2.13166],
    inner: [null, 0.23352, 0.34007, 1.4022, 1.4755],
    inflation: 1.357192,
  },
] as const;

describe("an inner bound exists where that of the one-sided design is not below 0", () => {
  it.each(NEAR_ZERO)("$spec.informationFractions", ({ spec, upper, inner, inflation }) => {
    const plan = designSpecSchema.parse({ method: "group-sequential-design", ...spec });
    const design = designGroupSequential(planOf(plan, spec.oneSidedAlpha, spec.power));
    expect(design.looks.slice(0, -1).map(({ futilityZ }) => futilityZ !== null)).toEqual(inner.map((z) => z !== null));
    design.looks.forEach((look, k) => {
      expect(look.efficacyZ).toBeCloseTo(upper[k]!, 3);
      const bound = inner[k] ?? null;
      if (bound !== null) expect(look.futilityZ).toBeCloseTo(bound, 3);
    });
    expect(design.inflationFactor).toBeCloseTo(inflation, 4);
  });
});
