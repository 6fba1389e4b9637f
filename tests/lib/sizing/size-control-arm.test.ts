import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { plannedPower } from "../../../lib/power/means/planned-power.ts";
import { sizeControlArm } from "../../../lib/sizing/size-control-arm.ts";
import { type SizingAnalysis, type SizingResult, sizingResultSchema } from "../../../lib/sizing/sizing-document.ts";
import { sizingSpec, sizingSpecArbitrary } from "./sizing-arbitraries.ts";

function row(result: SizingResult, analysis: SizingAnalysis) {
  return result.rows.find((candidate) => candidate.analysis === analysis)!;
}

describe("sizing the control arm", () => {
  it("gives a document of its schema whose every analysis reaches the power with the fewest patients of the ratio", () => {
    fc.assert(
      fc.property(sizingSpecArbitrary, (spec) => {
        const result = sizeControlArm(spec);
        expect(() => sizingResultSchema.parse(JSON.parse(JSON.stringify(result)))).not.toThrow();
        for (const found of result.rows) {
          expect(found.power).toBeGreaterThanOrEqual(spec.power.value - 1e-9);
          expect(found.total).toBe(found.experimental + found.control);
          expect(found.total - found.unroundedTotal).toBeLessThan(2 + 1e-6);
          expect(found.powerAtZeroRSquared).toBeLessThanOrEqual(found.power + 1e-12);
        }
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it("needs fewer patients the higher the R²", () => {
    fc.assert(
      fc.property(sizingSpecArbitrary, (spec) => {
        const { grid } = sizeControlArm(spec);
        for (let i = 1; i < grid.length; i++) {
          expect(grid[i]!.total).toBeLessThanOrEqual(grid[i - 1]!.total);
          expect(grid[i]!.powerAtPlannedSize).toBeGreaterThanOrEqual(grid[i - 1]!.powerAtPlannedSize - 1e-12);
        }
      }),
      { numRuns: 25, seed: 6 },
    );
  });

  it("with R² 0 all three analyses need the same patients up to the degrees of freedom of the covariates", () => {
    const result = sizeControlArm(sizingSpec({ rSquaredAncova: 0, rSquaredWithScore: 0, covariatesInAncova: 3 }));
    const totals = result.rows.map(({ unroundedTotal }) => unroundedTotal);
    expect(Math.max(...totals) - Math.min(...totals)).toBeLessThan(0.1);
    const without = sizeControlArm(sizingSpec({ rSquaredAncova: 0, rSquaredWithScore: 0, covariatesInAncova: 0 }));
    expect(row(without, "ancova").unroundedTotal).toBe(row(without, "unadjusted").unroundedTotal);
  });

  it("inflates the control SD in all three analyses alike", () => {
    const plain = sizeControlArm(sizingSpec());
    const inflated = sizeControlArm(sizingSpec({ controlSdInflation: 1.2 }));
    for (const analysis of ["unadjusted", "ancova", "ancova-with-score"] as const) {
      const ratio = row(inflated, analysis).normalApproximationTotal / row(plain, analysis).normalApproximationTotal;
      expect(ratio).toBeCloseTo((1 + 1.2 ** 2) / 2, 10);
    }
  });

  it("saves the share of controls that the identity states when the treated arm is held", () => {
    const correlation = 0.5;
    const result = sizeControlArm(
      sizingSpec({ effect: 0.05, rSquaredAncova: 0, rSquaredWithScore: correlation ** 2, covariatesInAncova: 0 }),
    );
    const held = result.controlOnly.find(({ analysis }) => analysis === "ancova-with-score")!;
    const ancova = row(result, "ancova").control;
    expect(held.savedVersusAncova! / ancova).toBeCloseTo(0.4, 2);
    expect(held.power).toBeGreaterThanOrEqual(0.9);
  });

  it("says null where no control arm reaches the power, and otherwise the smallest that does", () => {
    const result = sizeControlArm(sizingSpec({ rSquaredAncova: 0.6, rSquaredWithScore: 0.7 }));
    const unadjusted = result.controlOnly.find(({ analysis }) => analysis === "unadjusted")!;
    expect(unadjusted).toMatchObject({ control: null, savedVersusAncova: null, power: null });
    fc.assert(
      fc.property(sizingSpecArbitrary, (spec) => {
        const { controlOnly } = sizeControlArm(spec);
        for (const held of controlOnly)
          if (held.power !== null) expect(held.power).toBeGreaterThanOrEqual(spec.power.value - 1e-9);
      }),
      { numRuns: 15, seed: 8 },
    );
  });

  it("does not depend on the sign of the effect or on the unit", () => {
    const up = sizeControlArm(sizingSpec({ effect: 0.3 }));
    const down = sizeControlArm(sizingSpec({ effect: -0.3 }));
    const scaled = sizeControlArm(sizingSpec({ effect: 3, standardDeviation: 10 }));
    expect(down.rows).toEqual(up.rows);
    expect(scaled.rows.map(({ total }) => total)).toEqual(up.rows.map(({ total }) => total));
  });

  it("enrols enough that the planned number is expected to have the endpoint", () => {
    const { rows } = sizeControlArm(sizingSpec({ dropout: 0.15 }));
    for (const { experimental, control, enrolled } of rows) {
      expect(enrolled.experimental).toBe(Math.ceil(experimental / 0.85));
      expect(enrolled.control).toBe(Math.ceil(control / 0.85));
    }
  });

  it("sizes at the limits of R², a negative lower limit counting as 0", () => {
    const result = sizeControlArm(sizingSpec({ rSquaredWithScoreLimits: { lower: -0.05, upper: 0.4 } }));
    expect(result.range!.totalAtLower).toBe(result.grid[0]!.total);
    expect(result.range!.totalAtUpper).toBeLessThan(result.range!.totalAtLower);
    expect(result.diagnostics.map(({ code }) => code)).toContain("gain-not-shown");
  });

  it("shows a superiority margin against the effect and a non-inferiority margin beside it", () => {
    const margin = sizeControlArm(sizingSpec({ effect: 0.4, margin: 0.1 }));
    const plain = sizeControlArm(sizingSpec({ effect: 0.3 }));
    const tolerated = sizeControlArm(sizingSpec({ effect: 0, margin: 0.3, hypothesis: "non-inferiority" }));
    const totals = (result: SizingResult) => result.rows.map(({ total }) => total);
    expect(totals(margin)).toEqual(totals(plain));
    expect(totals(tolerated)).toEqual(totals(plain));
  });

  it("writes the numbers of the table into the protocol text", () => {
    const result = sizeControlArm(sizingSpec({ dropout: 0.1, correlationDeflation: 0.9, controlSdInflation: 1.1 }));
    for (const { experimental, control, total, enrolled } of result.rows)
      for (const value of [experimental, control, total, enrolled.total])
        expect(result.protocolText).toContain(String(value));
    expect(result.protocolText).toContain("two-sided 0.05");
    expect(result.protocolText).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  it.each([
    { effect: 5, covariatesInAncova: 6 },
    { oneSidedAlpha: 0.4, power: 0.41 },
    { effect: 50, covariatesInAncova: 0 },
    { effect: 500, randomizationRatio: 100 },
    { covariatesInAncova: 1000 },
    { power: 0.999, oneSidedAlpha: 1e-6 },
    { rSquaredAncova: 0.99, rSquaredWithScore: 0.999 },
    { randomizationRatio: 0.1 },
    { controlSdInflation: 10, dropout: 0.99 },
  ])("answers plans at the edge with trials that can be analysed: %o", (change) => {
    const result = sizeControlArm(sizingSpec(change));
    for (const found of result.rows) {
      expect(found.power).toBeGreaterThanOrEqual(result.spec.power.value - 1e-9);
      expect(Math.min(found.experimental, found.control)).toBeGreaterThanOrEqual(2);
      expect(found.degreesOfFreedom).toBeGreaterThanOrEqual(1);
    }
    expect(JSON.stringify(result)).not.toMatch(/null,"upper|NaN|Infinity/);
  });

  it("keeps the exact classical power at γ = 1", () => {
    const result = sizeControlArm(sizingSpec());
    const ancova = row(result, "ancova");
    const classical = plannedPower(
      {
        distance: 0.3,
        standardDeviation: Math.sqrt(0.8),
        discountedRSquared: 0,
        controlSdInflation: 1,
        covariates: 1,
        oneSidedAlpha: 0.025,
      },
      ancova,
    );
    expect(ancova.power).toBeCloseTo(classical, 12);
  });

  it.each([
    { change: { effect: 0 }, argument: "effect.value" },
    { change: { margin: 0.3 }, argument: "margin.value" },
    { change: { margin: -0.1 }, argument: "margin.value" },
    { change: { hypothesis: "non-inferiority" as const }, argument: "margin.value" },
    { change: { standardDeviation: 0 }, argument: "standardDeviation.value" },
    { change: { standardDeviation: Number.NaN }, argument: "standardDeviation.value" },
    { change: { power: 1 }, argument: "power.value" },
    { change: { power: 0.02 }, argument: "power.value" },
    { change: { oneSidedAlpha: 0.5 }, argument: "oneSidedAlpha.value" },
    { change: { randomizationRatio: 0 }, argument: "randomizationRatio.value" },
    { change: { rSquaredAncova: -0.1 }, argument: "rSquaredAncova.value" },
    { change: { rSquaredWithScore: 1 }, argument: "rSquaredWithScore.value" },
    { change: { correlationDeflation: 0 }, argument: "correlationDeflation.value" },
    { change: { controlSdInflation: 0.9 }, argument: "controlSdInflation.value" },
    { change: { dropout: 1 }, argument: "dropout.value" },
    { change: { covariatesInAncova: 1.5 }, argument: "covariatesInAncova.value" },
    { change: { effect: 1e-9 }, argument: "effect" },
  ])("refuses $change at $argument", ({ change, argument }) => {
    let caught: unknown;
    try {
      sizeControlArm(sizingSpec(change));
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(DomainError);
    expect((caught as DomainError).detail.argument).toBe(argument);
  });
});
