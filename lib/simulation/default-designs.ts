import { designGroupSequential } from "../design/group-sequential-design.ts";
import { invalidInput } from "../errors/domain-error.ts";
import type { SizingAnalysis, SizingResult } from "../sizing/sizing-document.ts";
import { refusePlanOutsideSimulation } from "./plan-outside-simulation.ts";
import type { TrialDesign } from "./simulation-document.ts";

const SPENDING = { family: "lan-demets-obrien-fleming" } as const;

/**
 * Protocol variants to begin with, from a sizing: ANCOVA (the reference), unadjusted, ANCOVA with the score at its reduced
 * size, and two- and three-look versions with O'Brien–Fleming spending and non-binding futility.
 *
 * @param sizing - Sizes to randomise are its enrolled sizes, dropout included.
 * @returns Five designs; the sequential ones carry the inflation factor that keeps the power. They use the score unless
 *   the sizing says that no gain of the score is shown.
 * @throws DomainError UNSUPPORTED_COMBINATION for a sizing with a margin or a run-in: the simulated test is that of no
 *   difference, in patients randomised at baseline.
 */
export function defaultDesigns(sizing: SizingResult): TrialDesign[] {
  refusePlanOutsideSimulation(sizing);
  const sequentialAnalysis = sizing.spec.scoreGainShown === false ? "ancova" : "ancova-with-score";
  return [
    fixedDesign(sizing, "ancova", "fixed-ancova", "Fixed, ANCOVA"),
    fixedDesign(sizing, "unadjusted", "fixed-unadjusted", "Fixed, unadjusted"),
    fixedDesign(sizing, "ancova-with-score", "fixed-ancova-score", "Fixed, ANCOVA + twin score"),
    sequentialDesign(sizing, sequentialAnalysis, [0.5, 1], "two-look", "Two looks"),
    sequentialDesign(sizing, sequentialAnalysis, [1 / 3, 2 / 3, 1], "three-look", "Three looks"),
  ];
}

function fixedDesign(sizing: SizingResult, analysis: SizingAnalysis, id: string, name: string): TrialDesign {
  const { experimental, control } = enrolledSizes(sizing, analysis);
  return {
    id,
    name,
    experimental,
    control,
    oneSidedAlpha: sizing.spec.oneSidedAlpha.value,
    analysis,
    lookFractions: [1],
    efficacy: { kind: "fixed" },
    futility: { kind: "none" },
  };
}

function sequentialDesign(
  sizing: SizingResult,
  analysis: SizingAnalysis,
  lookFractions: number[],
  id: string,
  name: string,
): TrialDesign {
  const power = sizing.spec.power.value;
  const oneSidedAlpha = sizing.spec.oneSidedAlpha.value;
  const { inflationFactor } = designGroupSequential({
    oneSidedAlpha,
    power,
    informationFractions: lookFractions,
    efficacy: SPENDING,
    futility: { kind: "beta-spending", spending: SPENDING, binding: false },
  });
  const fixed = enrolledSizes(sizing, analysis);
  return {
    id,
    name: `${name}, ${analysis === "ancova" ? "ANCOVA" : "ANCOVA + twin score"}`,
    experimental: Math.ceil(fixed.experimental * inflationFactor),
    control: Math.ceil(fixed.control * inflationFactor),
    oneSidedAlpha,
    analysis,
    lookFractions,
    efficacy: { kind: "spending", spending: SPENDING },
    futility: { kind: "beta-spending", spending: SPENDING, power, binding: false },
  };
}

function enrolledSizes(sizing: SizingResult, analysis: SizingAnalysis) {
  const row = sizing.rows.find((candidate) => candidate.analysis === analysis);
  if (row === undefined) throw invalidInput("sizing.rows", analysis, "must hold a row for this analysis");
  return row.enrolled;
}
