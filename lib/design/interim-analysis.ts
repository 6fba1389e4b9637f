import type { Diagnostic } from "../errors/diagnostic.ts";
import { diagnostic } from "../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import {
  type PreparedPlan,
  preparePlan,
  repeatedInterval,
  repeatedPValueOf,
  type TestedStages,
  testStages,
} from "./adaptive-test.ts";
import { conditionalPower } from "./conditional-power.ts";
import { conditionalPowerOfStages, conditionalRejectionProbability } from "./conditional-rejection.ts";
import { expectedStageScores } from "./expected-stage-scores.ts";
import { type FinalInference, finalInference } from "./final-inference.ts";
import type { InterimAnalysisSpec } from "./interim-analysis-spec.ts";
import { predictivePower } from "./predictive-power.ts";
import { realisedPlan } from "./realised-plan.ts";
import { type StageTests, stageTests } from "./stage-tests.ts";

/** Cumulative conditional power over the remaining analyses under one assumption. */
export interface ConditionalPowerRow {
  readonly assumption: "no-effect" | "observed-trend" | "flat-prior" | "assumed";
  readonly byAnalysis: readonly number[];
}

export interface InterimAnalysis {
  readonly prepared: PreparedPlan;
  readonly tests: StageTests;
  readonly tested: TestedStages;
  readonly nullValue: number;
  /** Repeated confidence interval and p-value at each analysis held. */
  readonly repeated: readonly { readonly lower: number; readonly upper: number; readonly pValue: number | null }[];
  /** Conditional rejection probability at the last analysis held; null at the end. */
  readonly conditionalRejection: number | null;
  readonly conditionalPower: readonly ConditionalPowerRow[];
  /** Inference after the end; null while the trial goes on. */
  readonly final: FinalInference | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Analysis of a group sequential or adaptive trial at its last look: repeated and conditional inference, and inference by
 * stage-wise ordering once it has ended.
 *
 * @param spec - Plan, stage-wise data, null value, what is assumed of the rest (`interimAnalysisSpecSchema`).
 * @returns All of it; probabilities absolute to 1e-9.
 * @throws DomainError INVALID_INPUT for data that do not fit the plan; as the functions it calls.
 * @remarks METHODS.md eq. (G23)–(G25), (G31)–(G44). Reference values: gs_analysis.json (rpact 3.3.4).
 */
export function analyseInterim(spec: InterimAnalysisSpec): InterimAnalysis {
  const tests = stageTests(spec.data);
  const realised = spec.timing === undefined ? null : realisedPlan(planOf(spec), tests, spec.timing);
  const prepared = realised?.prepared ?? preparePlan(planOf(spec));
  if (tests.stages > prepared.bounds.length)
    throw new DomainError("INVALID_INPUT", {
      argument: "data.stages",
      received: tests.stages,
      requirement: `must not be more than the ${prepared.bounds.length} analyses of the plan`,
    });
  const nullValue = spec.nullValue ?? tests.neutral;
  if (tests.logarithmic && !(nullValue > 0))
    throw invalidInput("nullValue", nullValue, "must be a positive hazard ratio");
  const tested = testStages(prepared, tests, nullValue, spec.benefit);
  const last = tests.stages - 1;
  const interim = last < prepared.bounds.length - 1;
  const conditionalRejection = interim ? conditionalRejectionProbability(prepared, tested, last) : null;
  const final = finalInference(prepared, tests, tested, nullValue, spec.benefit);
  const diagnostics = [...(realised?.diagnostics ?? []), ...stoppedEarlier(prepared, tested)];
  return {
    prepared,
    tests,
    tested,
    nullValue,
    repeated: tested.combined.map((statistic, k) => ({
      ...repeatedInterval(prepared, tests, k, spec.benefit),
      pValue: repeatedPValueOf(prepared, statistic, k),
    })),
    conditionalRejection,
    // A trial that has ended has no remainder.
    conditionalPower:
      interim && final === null ? powerRows(spec, prepared, tested, nullValue, conditionalRejection ?? 0) : [],
    final,
    diagnostics,
  };
}

const planOf = ({ oneSidedAlpha, informationFractions, test }: InterimAnalysisSpec) => ({
  oneSidedAlpha,
  informationFractions,
  test,
});

function powerRows(
  spec: InterimAnalysisSpec,
  prepared: PreparedPlan,
  tested: TestedStages,
  nullValue: number,
  conditionalError: number,
): ConditionalPowerRow[] {
  const last = tested.combined.length - 1;
  const left = prepared.bounds.length - 1 - last;
  const rows: ConditionalPowerRow[] = [
    {
      assumption: "no-effect",
      byAnalysis: conditionalPowerOfStages(
        prepared,
        tested,
        last,
        Array.from({ length: left }, () => 0),
      ),
    },
  ];
  if (prepared.plan.test.kind !== "fisher") {
    const { informationFractions: t, test } = prepared.plan;
    const interim = { z: tested.combined[last]!, informationFraction: t[last]! };
    const upper = prepared.bounds.slice(last + 1);
    const lower = upper.map((bound, k) =>
      test.sides === "symmetric-two-sided" ? -bound : prepared.lower[last + 1 + k]!,
    );
    const remaining = { informationFractions: t.slice(last + 1), upper, lower };
    const cumulate = (values: readonly number[]) => {
      let total = 0;
      return values.map((value) => {
        total += value;
        return total;
      });
    };
    const trend = interim.z / Math.sqrt(interim.informationFraction);
    rows.push(
      { assumption: "observed-trend", byAnalysis: cumulate(conditionalPower(interim, remaining, trend).perAnalysis) },
      {
        assumption: "flat-prior",
        byAnalysis: cumulate(predictivePower(interim, remaining, { kind: "flat" }).perAnalysis),
      },
    );
  }
  if (spec.stagesToCome !== undefined) {
    const { sizes, allocationRatio, assumed } = spec.stagesToCome;
    if (assumed.endpoint !== spec.data.endpoint)
      throw invalidInput(
        "stagesToCome.assumed.endpoint",
        assumed.endpoint,
        `must be "${spec.data.endpoint}", as the data`,
      );
    if (sizes.length !== left)
      throw invalidInput("stagesToCome.sizes", sizes, `must hold one size for each of the ${left} remaining stages`);
    const scores = expectedStageScores(assumed, {
      sizes,
      allocationRatio,
      nullValue,
      benefit: spec.benefit,
      conditionalError,
    });
    rows.push({ assumption: "assumed", byAnalysis: conditionalPowerOfStages(prepared, tested, last, scores) });
  }
  return rows;
}

/** A trial that went on after it had crossed a bound. */
function stoppedEarlier(prepared: PreparedPlan, tested: TestedStages): Diagnostic[] {
  const final = tested.combined.length - 1;
  const fisher = prepared.plan.test.kind === "fisher";
  const crossed = tested.combined.findIndex((statistic, k) =>
    fisher ? statistic <= prepared.bounds[k]! : statistic >= prepared.bounds[k]!,
  );
  if (crossed === -1 || crossed >= final) return [];
  return [
    diagnostic(
      "warning",
      "data-after-the-end",
      `The efficacy bound was crossed at analysis ${crossed + 1}; inference after the end is that of this analysis, later data do not enter it.`,
      "data.stages",
    ),
  ];
}
