import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { crossingProbability } from "../../../lib/design/crossing-probability.ts";
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
