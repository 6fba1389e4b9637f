import { z } from "zod";
import { cumulative } from "../../../lib/design/crossing-probability.ts";
import { boundsOfDesign, designGroupSequential } from "../../../lib/design/group-sequential-design.ts";
import { powerOfDesign } from "../../../lib/design/power-of-design.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import {
  alphaPerSide,
  boundaryOf,
  futilityRuleOf,
  inputOf,
  numbersSchema,
  rpactDesignSchema,
  rpactFutilitySchema,
  sidesOf,
} from "./gs-rpact.ts";

const inputSchema = rpactDesignSchema.extend({
  ...rpactFutilitySchema.shape,
  theta: numbersSchema.nullish(),
  nMax: z.number().nullish(),
});

/**
 * Bounds, power, stopping probabilities, inflation and expected sizes of rpact designs (getDesignCharacteristics,
 * getPowerAndAverageSampleNumber).
 */
export const groupSequentialCharacteristicsSet: ReferenceSet = {
  files: /^gs_characteristics/,
  tolerance: ({ path, item }) => {
    const solved = (item.input as { typeBetaSpending?: unknown }).typeBetaSpending !== undefined;
    if (/^(criticalValues|futilityBounds)/.test(path)) return solved ? 2e-4 : 1e-5;
    if (/inflationFactor|averageSampleNumber(0|1|01)$/.test(path)) return 1e-4;
    const unit = Number((item.input as { nMax?: unknown }).nMax ?? 1);
    if (/power_asn\.averageSampleNumber/.test(path)) return 1e-5 * unit;
    return /shift|information|nFixed/.test(path) ? 1e-3 : 1e-5;
  },
  evaluate: (item) => {
    const input = inputOf(item, inputSchema);
    const design = designGroupSequential({
      oneSidedAlpha: alphaPerSide(input),
      power: 1 - input.beta,
      informationFractions: input.informationRates,
      efficacy: boundaryOf(input),
      futility: futilityRuleOf(input),
      sides: sidesOf(input),
      ...(input.twoSidedPower ? { powerCounts: "either-direction" as const } : {}),
    });
    const bounds = boundsOfDesign(design);
    const last = bounds.upper.length - 1;
    const truth = powerOfDesign(bounds, design.drift);
    const shift = design.drift ** 2;
    const twoSided = input.sided === 2;
    const rejections = truth.efficacy.map((p, k) => p + (input.twoSidedPower ? truth.futility[k]! : 0));
    return {
      criticalValues: bounds.upper,
      // rpact has no inner bound as NA, and writes −6 where a design has no futility bound otherwise.
      futilityBounds: bounds.upper
        .slice(0, last)
        .map((_, k) => design.looks[k]!.futilityZ ?? (bounds.inner === undefined ? -6 : null)),
      alphaSpent: design.looks.map((look) => look.alphaSpent * input.sided),
      betaSpent: design.looks.map((look) => look.futilityUnderDesignEffect),
      power: cumulative(rejections),
      characteristics: {
        nFixed: design.fixedDrift ** 2,
        shift,
        inflationFactor: design.inflationFactor,
        information: input.informationRates.map((fraction) => fraction * shift),
        power: cumulative(rejections),
        rejectionProbabilities: rejections,
        futilityProbabilities: (twoSided ? truth.acceptance : truth.futility).slice(0, last),
        averageSampleNumber1: design.expectedInformation.underDesignEffect,
        averageSampleNumber01: design.expectedInformation.underHalfEffect,
        averageSampleNumber0: design.expectedInformation.underNull,
      },
      ...(input.theta && input.nMax ? { power_asn: powerCurve(bounds, input.theta, input.nMax, twoSided) } : {}),
    };
  },
};

/** rpact counts a two-sided rejection in either direction; rows are analyses, columns effects. */
function powerCurve(
  bounds: ReturnType<typeof boundsOfDesign>,
  theta: readonly number[],
  maximum: number,
  twoSided: boolean,
) {
  const truths = theta.map((effect) => powerOfDesign(bounds, effect * Math.sqrt(maximum)));
  const rejected = truths.map((truth) => truth.efficacy.map((p, k) => p + (twoSided ? truth.futility[k]! : 0)));
  const analyses = bounds.upper.map((_, k) => k);
  const interim = analyses.slice(0, -1);
  const futility = (i: number, k: number) => (twoSided ? truths[i]!.acceptance : truths[i]!.futility)[k]!;
  const rows = (ks: readonly number[], value: (i: number, k: number) => number | null) =>
    ks.map((k) => theta.map((_, i) => value(i, k)));
  return {
    averageSampleNumber: truths.map((truth) => truth.expectedInformationFraction * maximum),
    overallReject: rejected.map((row) => cumulative(row).at(-1)),
    overallFutility: theta.map((_, i) => interim.reduce((sum, k) => sum + futility(i, k), 0)),
    rejectPerStage: rows(analyses, (i, k) => rejected[i]![k]!),
    futilityPerStage: rows(interim, futility),
    earlyStop: rows(analyses, (i, k) => (k < interim.length ? rejected[i]![k]! + futility(i, k) : null)),
  };
}
