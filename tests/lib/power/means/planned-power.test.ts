import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PlannedAnalysis, plannedPower } from "../../../../lib/power/means/planned-power.ts";
import { plannedSize } from "../../../../lib/sizing/planned-size.ts";
import { repositoryPath } from "../../../support/shared.ts";

interface AncovaCase {
  readonly id: string;
  readonly input: {
    readonly delta: number;
    readonly sd: number;
    readonly R2: number;
    readonly alpha: number;
    readonly sided: number;
    readonly n1: number;
    readonly n2: number;
    readonly ratio_n1_n2: number;
    readonly target_power: number;
  };
  readonly expected: { readonly power: number; readonly n_total_unrounded_for_target: number };
}

function ancovaCases(): AncovaCase[] {
  const text = readFileSync(repositoryPath("tests/reference/power_means.json"), "utf8");
  const file = JSON.parse(text) as { cases: AncovaCase[] };
  return file.cases.filter(({ id }) => id.startsWith("ancova_"));
}

function analysisOf({ input }: AncovaCase): PlannedAnalysis {
  return {
    distance: input.delta,
    standardDeviation: input.sd,
    discountedRSquared: input.R2,
    controlSdInflation: 1,
    covariates: 1,
    oneSidedAlpha: input.alpha / input.sided,
  };
}

describe("planned power", () => {
  it("equals R's noncentral t for ANCOVA with one covariate", () => {
    for (const reference of ancovaCases()) {
      const { n1, n2 } = reference.input;
      const sizes = { experimental: n1, control: n2 };
      const analysis = analysisOf(reference);
      // The reference counts rejections on the wrong side too.
      const wrongSide = plannedPower({ ...analysis, distance: -analysis.distance }, sizes);
      const power = plannedPower(analysis, sizes) + (reference.input.sided === 2 ? wrongSide : 0);
      expect(Math.abs(power - reference.expected.power), reference.id).toBeLessThan(1e-8);
    }
  });

  it("is reached by R's unrounded size", () => {
    for (const reference of ancovaCases()) {
      const { ratio_n1_n2: ratio, target_power: target } = reference.input;
      const { unroundedTotal } = plannedSize(analysisOf(reference), target, ratio);
      const expected = reference.expected.n_total_unrounded_for_target;
      expect(Math.abs(unroundedTotal / expected - 1), reference.id).toBeLessThan(1e-6);
    }
  });

  it("grows with each arm and falls with the variance of the controls", () => {
    const analysis = fc.record({
      distance: fc.double({ min: 0.05, max: 1, noNaN: true }),
      standardDeviation: fc.double({ min: 0.5, max: 2, noNaN: true }),
      discountedRSquared: fc.double({ min: 0, max: 0.9, noNaN: true }),
      controlSdInflation: fc.double({ min: 1, max: 2, noNaN: true }),
      covariates: fc.integer({ min: 0, max: 5 }),
      oneSidedAlpha: fc.double({ min: 0.001, max: 0.2, noNaN: true }),
    });
    const size = fc.integer({ min: 8, max: 400 });
    fc.assert(
      fc.property(analysis, size, size, (plan, experimental, control) => {
        const power = plannedPower(plan, { experimental, control });
        expect(plannedPower(plan, { experimental: experimental + 1, control })).toBeGreaterThanOrEqual(power - 1e-12);
        expect(plannedPower(plan, { experimental, control: control + 1 })).toBeGreaterThanOrEqual(power - 1e-12);
        const wider = { ...plan, controlSdInflation: plan.controlSdInflation + 0.1 };
        expect(plannedPower(wider, { experimental, control })).toBeLessThanOrEqual(power + 1e-12);
      }),
      { numRuns: 200, seed: 11 },
    );
  });

  it("is nothing when no residual degrees of freedom are left", () => {
    const plan: PlannedAnalysis = {
      distance: 1,
      standardDeviation: 1,
      discountedRSquared: 0,
      controlSdInflation: 1,
      covariates: 2,
      oneSidedAlpha: 0.025,
    };
    expect(plannedPower(plan, { experimental: 2, control: 2 })).toBe(0);
  });
});
