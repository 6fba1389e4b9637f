import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conditionalPower } from "../../../lib/design/conditional-power.ts";
import { efficacyBounds } from "../../../lib/design/efficacy-bound.ts";
import { repeatedConfidenceInterval, repeatedPValue } from "../../../lib/design/repeated-inference.ts";
import { stagewiseInference, stagewisePValue } from "../../../lib/design/stagewise-inference.ts";
import { normalQuantile } from "../../../lib/numerics/normal.ts";
import { sharedFile } from "../../support/shared.ts";
import { type BoundaryInput, boundaryOf } from "./rpact-case.ts";

type Column = (number | null)[];

interface AnalysisCase {
  readonly id: string;
  readonly input: {
    readonly family: string;
    readonly design: BoundaryInput & { readonly criticalValues: number[] };
    readonly endpoint: string;
    readonly data: { readonly overallEvents?: number[] };
  };
  readonly expected: Record<string, Column>;
}

const bytes = sharedFile("reference/gs_analysis.json");
const all: AnalysisCase[] = bytes === null ? [] : JSON.parse(new TextDecoder().decode(bytes)).cases;
const oneSided = all.filter(({ input }) => input.family !== "fisher" && input.design.sided !== 2);
const survival = oneSided.filter(({ input }) => input.endpoint === "survival");

/** Z the group sequential test uses: the combination statistic, or the normal score of the overall p-value. */
function statistics({ input, expected }: AnalysisCase): number[] {
  if (input.family === "inorm") return present(expected.stage_combInverseNormal);
  return present(expected.stage_overallPValues).map((p) => -normalQuantile(p));
}
const present = (column: Column | undefined): number[] => (column ?? []).filter((value) => value !== null);

const near = (actual: number, expected: number, tolerance: number) =>
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThan(tolerance);

describe.skipIf(bytes === null)("analyses agree with rpact 3.3.4 (1e-4)", () => {
  it.each(oneSided)("$id: p-values and conditional rejection probabilities", (reference) => {
    const { design } = reference.input;
    const { informationRates, criticalValues } = design;
    const zs = statistics(reference);
    zs.forEach((z, k) => {
      const repeated = reference.expected.repeatedPValues?.[k];
      if (repeated !== null && repeated !== undefined)
        near(repeatedPValue(boundaryOf(design), informationRates, k + 1, z), repeated, 1e-4);
      const final = reference.expected.finalPValues?.[k];
      if (final !== null && final !== undefined)
        near(
          stagewisePValue({
            informationFractions: informationRates.slice(0, k + 1),
            efficacyBounds: criticalValues,
            z,
          }),
          final,
          1e-4,
        );
      const rejection = reference.expected.conditionalRejectionProbabilities?.[k];
      if (rejection === null || rejection === undefined) return;
      const remaining = {
        informationFractions: informationRates.slice(k + 1),
        upper: criticalValues.slice(k + 1),
        lower: criticalValues.slice(k + 1).map(() => -Infinity),
      };
      near(conditionalPower({ z, informationFraction: informationRates[k]! }, remaining, 0).total, rejection, 1e-4);
    });
  });

  it.each(survival)("$id: hazard ratio, interval and repeated interval", (reference) => {
    const { design, data } = reference.input;
    const { informationRates, criticalValues } = design;
    const zs = statistics(reference);
    zs.forEach((z, k) => {
      // log hazard ratio = drift / √(information), information of a 1:1 log-rank test = events / 4.
      const rootMaximum = Math.sqrt(data.overallEvents![k]! / 4 / informationRates[k]!);
      const ratio = (drift: number) => Math.exp(drift / rootMaximum);
      const repeated = repeatedConfidenceInterval(z, informationRates[k]!, criticalValues[k]!);
      near(ratio(repeated.lowerDrift), reference.expected.repeatedConfidenceIntervalLowerBounds![k]!, 1e-4);
      near(ratio(repeated.upperDrift), reference.expected.repeatedConfidenceIntervalUpperBounds![k]!, 1e-4);
      const estimate = reference.expected.medianUnbiasedEstimates?.[k];
      if (estimate === null || estimate === undefined) return;
      const trial = { informationFractions: informationRates.slice(0, k + 1), efficacyBounds: criticalValues, z };
      const inference = stagewiseInference(trial, design.alpha);
      near(ratio(inference.medianUnbiasedDrift), estimate, 1e-4);
      near(ratio(inference.lowerDrift), reference.expected.finalConfidenceIntervalLowerBounds![k]!, 1e-4);
      near(ratio(inference.upperDrift), reference.expected.finalConfidenceIntervalUpperBounds![k]!, 1e-4);
    });
  });
});

describe("laws of inference after stopping", () => {
  it("a trial stopped at its first analysis is a fixed trial", () => {
    const inference = stagewiseInference({ informationFractions: [0.5], efficacyBounds: [], z: 3 }, 0.025);
    near(inference.medianUnbiasedDrift, 3 * Math.SQRT2, 1e-8);
    near(inference.lowerDrift, (3 - 1.959963984540054) * Math.SQRT2, 1e-8);
    near(inference.upperDrift, (3 + 1.959963984540054) * Math.SQRT2, 1e-8);
  });

  it("the interval excludes no effect exactly when the trial rejects, and moves with the statistic", () => {
    const informationFractions = [0.4, 0.7, 1];
    const bounds = efficacyBounds({
      boundary: { family: "lan-demets-obrien-fleming" },
      oneSidedAlpha: 0.025,
      informationFractions,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.double({ min: -3, max: 5, noNaN: true }), (analysis, z) => {
        fc.pre(Math.abs(z - bounds[analysis - 1]!) > 1e-6);
        const trial = { informationFractions: informationFractions.slice(0, analysis), efficacyBounds: bounds, z };
        const inference = stagewiseInference(trial, 0.025);
        if (analysis === 3) expect(inference.lowerDrift > 0).toBe(z > bounds[2]!);
        expect(inference.lowerDrift).toBeLessThan(inference.medianUnbiasedDrift);
        expect(inference.medianUnbiasedDrift).toBeLessThan(inference.upperDrift);
        const higher = stagewiseInference({ ...trial, z: z + 0.1 }, 0.025);
        expect(higher.medianUnbiasedDrift).toBeGreaterThan(inference.medianUnbiasedDrift);
      }),
      { seed: 20260109, numRuns: 25 },
    );
  });

  it("the repeated p-value is the error when the statistic sits on its bound", () => {
    const informationFractions = [0.3, 0.6, 1];
    for (const boundary of [{ family: "lan-demets-pocock" }, { family: "obrien-fleming" }] as const) {
      const bounds = efficacyBounds({ boundary, oneSidedAlpha: 0.025, informationFractions });
      bounds.forEach((bound, k) => {
        near(repeatedPValue(boundary, informationFractions, k + 1, bound), 0.025, 1e-8);
      });
    }
    expect(repeatedPValue({ family: "pocock" }, informationFractions, 1, -2)).toBe(0.5);
  });
});
