import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { invalidInput } from "../errors/domain-error.ts";
import { preparePlan, testStages } from "./adaptive-test.ts";
import { blindedSize } from "./blinded-variance.ts";
import { conditionalRejectionProbability } from "./conditional-rejection.ts";
import type { DesignReport } from "./design-report.ts";
import { type AssumedEffect, expectedStageScores } from "./expected-stage-scores.ts";
import { endOfTrial } from "./final-inference.ts";
import { blindedProgram, unblindedProgram } from "./reestimation-program.ts";
import { reestimateSize } from "./sample-size-reestimation.ts";
import type {
  BlindedReestimation,
  SampleSizeReestimationSpec,
  UnblindedReestimation,
} from "./sample-size-reestimation-spec.ts";
import { type StageTests, stageTests } from "./stage-tests.ts";

const ZONE_WORDS = {
  unfavourable: "unfavourable: sizes stay as planned",
  promising: "promising: sizes grow",
  favourable: "favourable: sizes stay as planned",
} as const;

/**
 * New size of a running trial, from unblinded conditional power or from the blinded variance.
 *
 * @param spec - Approach with its data and limits (`sampleSizeReestimationSpecSchema`).
 * @returns Report with sizes, conditional power before and after, and programs.
 * @throws DomainError INVALID_INPUT for data, limits or targets that do not fit.
 * @remarks METHODS.md eq. (G40), (G45)–(G47).
 */
export function reportSampleSizeReestimation({ approach }: SampleSizeReestimationSpec): DesignReport {
  return approach.kind === "unblinded" ? reportUnblinded(approach) : reportBlinded(approach);
}

const column = (title: string, kind: "number" | "proportion" | "count" | "text") => ({ title, unit: "", kind });

function reportUnblinded(approach: UnblindedReestimation): DesignReport {
  const { oneSidedAlpha, informationFractions, test, benefit, plannedSizes, allocationRatio, targetPower } = approach;
  const prepared = preparePlan({ oneSidedAlpha, informationFractions, test });
  const tests = stageTests(approach.data);
  const nullValue = approach.nullValue ?? tests.neutral;
  const tested = testStages(prepared, tests, nullValue, benefit);
  const analysis = tests.stages - 1;
  if (plannedSizes.length !== informationFractions.length - tests.stages)
    throw invalidInput(
      "approach.plannedSizes",
      plannedSizes,
      `must hold one size for each of the ${informationFractions.length - tests.stages} remaining stages`,
    );
  if (endOfTrial(prepared, tested) !== null)
    throw invalidInput(
      "approach.data",
      analysis + 1,
      "must be of a trial that goes on; this one has ended",
      "Report its final analysis instead.",
    );
  const assumed = approach.assumed === "observed" ? observedEffect(approach, tests) : approach.assumed;
  if (assumed.endpoint !== approach.data.endpoint)
    throw invalidInput(
      "approach.assumed.endpoint",
      assumed.endpoint,
      `must be "${approach.data.endpoint}", as the data`,
    );
  const conditionalError = conditionalRejectionProbability(prepared, tested, analysis);
  const total = plannedSizes.reduce((sum, size) => sum + size, 0);
  const result = reestimateSize({
    prepared,
    tested,
    analysis,
    plannedSizes,
    scoresAt: (sizes) => expectedStageScores(assumed, { sizes, allocationRatio, nullValue, benefit, conditionalError }),
    targetPower,
    minimum: approach.minimum ?? total,
    maximum: approach.maximum,
    ...(approach.promisingFrom === undefined ? {} : { promisingFrom: approach.promisingFrom }),
  });
  const newTotal = result.sizes.reduce((sum, size) => sum + size, 0);
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const zone = result.zone === null ? "" : ` The interim result is ${ZONE_WORDS[result.zone]}.`;
  return {
    method: `Unblinded sample-size re-estimation by conditional power; ${test.kind === "fisher" ? "Fisher's combination" : "inverse normal combination with fixed weights (Cui–Hung–Wang)"}${approach.promisingFrom === undefined ? "" : "; promising zone"}`,
    answer: `The remaining stages take ${newTotal} instead of ${total}: conditional power ${percent(result.conditionalPowerNew)} instead of ${percent(result.conditionalPowerPlanned)}, target ${percent(targetPower)}.${zone}`,
    tables: [
      {
        id: "sizes",
        title: "Sizes of the remaining stages",
        columns: [
          column("Stage", "count"),
          column("Planned", "number"),
          column("For the target", "number"),
          column("New", "number"),
        ],
        rows: result.sizes.map((size, k) => [analysis + 2 + k, plannedSizes[k]!, result.wanted?.[k] ?? null, size]),
        note: "Rounded up to whole units after the limits.",
      },
      {
        id: "conditional-power",
        title: "Conditional power",
        columns: [column("Sizes", "text"), column("Conditional power", "proportion")],
        rows: [
          ["as planned", result.conditionalPowerPlanned],
          ["new", result.conditionalPowerNew],
          ["no effect (conditional type I error)", conditionalError],
        ],
        note: "",
      },
    ],
    conventionNote:
      "Weights of the stages stay as planned, so the type I error holds whatever size is chosen. East and rpact use the same statistic.",
    diagnostics: limits(result.wanted, newTotal, approach.maximum, result.conditionalPowerNew, targetPower),
    code: unblindedProgram(approach, assumed, nullValue, conditionalError),
  };
}

/** The effect as estimated so far, in the words of an assumption. */
function observedEffect({ data }: UnblindedReestimation, tests: StageTests): AssumedEffect {
  const last = tests.stages - 1;
  const effect = tests.effects[last]!;
  switch (data.endpoint) {
    case "means":
      return { endpoint: "means", effect, standardDeviation: tests.standardDeviations![last]! };
    case "rates": {
      const [experimentalRate, controlRate] = tests.rates![last]!;
      if (!(experimentalRate > 0 && experimentalRate < 1 && controlRate > 0 && controlRate < 1))
        throw invalidInput(
          "approach.assumed",
          "observed",
          "must be given as rates when an observed rate is 0 or 1",
          "Enter the rates expected in the remaining stages.",
        );
      return { endpoint: "rates", experimentalRate, controlRate };
    }
    case "survival":
      return { endpoint: "survival", hazardRatio: effect };
    case "estimates":
      return { endpoint: "estimates", effect };
  }
}

function limits(
  wanted: readonly number[] | null,
  total: number,
  maximum: number,
  power: number,
  target: number,
): Diagnostic[] {
  if (power >= target - 1e-9) return [];
  if (wanted === null)
    return [
      diagnostic(
        "warning",
        "target-out-of-reach",
        "No size reaches the target under the assumed effect.",
        "targetPower",
      ),
    ];
  return total >= maximum - 1
    ? [
        diagnostic(
          "warning",
          "maximum-reached",
          `The largest size allowed, ${maximum}, gives less than the target conditional power.`,
          "maximum",
        ),
      ]
    : [];
}

function reportBlinded(approach: BlindedReestimation): DesignReport {
  const { estimator, plannedTotal, maximum, power, oneSidedAlpha } = approach;
  const result = blindedSize({
    pilot: { n: approach.pilotSize, standardDeviation: approach.pilotStandardDeviation },
    estimator,
    effect: approach.effect,
    nullValue: approach.nullValue,
    oneSidedAlpha,
    power,
    allocationRatio: approach.allocationRatio,
    minimum: approach.minimum ?? plannedTotal,
    maximum,
    inflationFactor: approach.inflationFactor,
  });
  const total = result.experimental + result.control;
  const short = result.power < power - 1e-9;
  return {
    method: `Blinded sample-size re-estimation of a difference of means, ${estimator === "lumped" ? "standard deviation of all patients" : "standard deviation less the part of the assumed effect"}`,
    answer: `The trial takes ${total} patients (${result.experimental} + ${result.control}) instead of ${plannedTotal}: at a standard deviation of ${result.standardDeviation.toPrecision(5)} its power is ${(100 * result.power).toFixed(1)} %.`,
    tables: [
      {
        id: "sizes",
        title: "Size from the blinded standard deviation",
        columns: [
          column("Standard deviation", "number"),
          column("Total for the power", "number"),
          column("Experimental", "count"),
          column("Control", "count"),
          column("Total", "count"),
          column("Power", "proportion"),
        ],
        rows: [[result.standardDeviation, result.exactTotal, result.experimental, result.control, total, result.power]],
        note: "Two-sample t test, exact noncentral t; sizes rounded up in each arm after the limits.",
      },
    ],
    conventionNote:
      estimator === "lumped"
        ? "The lumped standard deviation contains the effect and errs on the side of more patients (Kieser and Friede)."
        : "The adjusted standard deviation assumes the effect that is to be shown (Gould and Shih's simple adjustment).",
    diagnostics: short
      ? [
          diagnostic(
            "warning",
            "maximum-reached",
            `The largest size allowed, ${maximum}, gives a power of ${(100 * result.power).toFixed(1)} % only.`,
            "maximum",
          ),
        ]
      : [],
    code: blindedProgram(approach),
  };
}
