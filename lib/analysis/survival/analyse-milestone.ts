import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError } from "../../errors/domain-error.ts";
import { normalQuantile, normalUpperTail } from "../../numerics/normal.ts";
import type { AnalysisReport } from "../analysis-report.ts";
import type { AnalysisResult } from "../analysis-result.ts";
import { waldInference } from "../analysis-result.ts";
import type { TrialData } from "../trial-data.ts";
import { type EventData, eventData, pairOfArms } from "./event-data.ts";
import { type SurvivalCurve, survivalAt } from "./kaplan-meier.ts";
import { milestoneProgram } from "./milestone-program.ts";
import { compareMilestone, type MilestoneComparison } from "./milestone-survival.ts";
import { curvesByArm, eventCountTable, listedDays, quantileTable, survivalTable } from "./survival-tables.ts";
import type { KaplanMeierSpec, MilestoneSpec } from "./time-to-event-spec.ts";

/**
 * Difference of the survival probabilities of every arm and the control at one day.
 *
 * @throws DomainError naming the field of the specification; NOT_ESTIMABLE beyond follow-up.
 *
 * METHODS.md eq. (V24), (V25).
 */
export function analyseMilestone(spec: MilestoneSpec, data: TrialData): AnalysisReport {
  if (spec.scale === "log-log" && spec.nullValue !== 0)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "nullValue",
      received: spec.nullValue,
      requirement: "must be 0 with the test on the log-log scale",
      hint: "Use the plain scale to test against a margin.",
    });
  const events = eventData(spec, data);
  const curves = curvesByArm(events, spec.confidence, spec.intervalScale);
  const pairs = events.armNames.slice(1).map((name, k) => {
    const comparison = atField("day", () =>
      compareMilestone(curves[k + 1]!, curves[0]!, spec.day, spec.scale, spec.confidence),
    );
    return { label: `${name} minus ${events.armNames[0]}`, comparison, experimental: k + 1 };
  });
  return {
    method: `Survival at day ${spec.day}, ${spec.scale === "plain" ? "Wald's test of the difference" : "test of log(−log survival)"}; ${eventWords(spec)}`,
    effects: pairs.map(({ label, comparison, experimental }) => ({
      label,
      result: differenceResult(spec, events, comparison, experimental),
    })),
    tables: [
      survivalTable(events, curves, [spec.day]),
      eventCountTable(events, curves),
      quantileTable(events, curves, [0.25, 0.5, 0.75]),
    ],
    fitNotes: [],
    diagnostics: [...events.diagnostics, ...withoutVariation(events, curves, [spec.day])],
    code: milestoneProgram(spec, events, [spec.day]),
  };
}

/**
 * Kaplan–Meier curves of a trial with quantiles; the effects are the differences of survival at the listed days.
 *
 * @throws DomainError naming the field of the specification.
 *
 * METHODS.md eq. (V1)–(V4), (V24), (V25).
 */
export function analyseKaplanMeier(spec: KaplanMeierSpec, data: TrialData): AnalysisReport {
  const events = eventData(spec, data);
  const curves = curvesByArm(events, spec.confidence, spec.intervalScale);
  const days = listedDays(curves, spec.times);
  const comparable = days.filter((day) =>
    curves.every((curve, code) => code === 0 || isComparable(curve, curves[0]!, day)),
  );
  if (comparable.length === 0)
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "times",
      received: days,
      requirement: "must hold a day within the follow-up of all arms by which there are events",
      hint: "Choose days within the follow-up.",
    });
  const shown = [...comparable].reverse();
  return {
    method: `Kaplan–Meier survival curves, intervals on the ${spec.intervalScale} scale; ${eventWords(spec)}`,
    effects: shown.flatMap((day) =>
      events.armNames.slice(1).map((name, k) => ({
        label: `${name} minus ${events.armNames[0]}, survival at day ${day}`,
        result: differenceResult(
          { ...spec, scale: "plain", nullValue: 0 },
          events,
          compareMilestone(curves[k + 1]!, curves[0]!, day, "plain", spec.confidence),
          k + 1,
        ),
      })),
    ),
    tables: [
      survivalTable(events, curves, days),
      quantileTable(events, curves, spec.quantiles),
      eventCountTable(events, curves),
    ],
    fitNotes: [],
    diagnostics: [...events.diagnostics, ...withoutVariation(events, curves, shown)],
    code: milestoneProgram(spec, events, shown),
  };
}

function isComparable(
  experimental: Parameters<typeof compareMilestone>[0],
  control: Parameters<typeof compareMilestone>[1],
  day: number,
): boolean {
  try {
    compareMilestone(experimental, control, day);
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

function differenceResult(
  spec: Pick<MilestoneSpec, "scale" | "nullValue" | "direction" | "confidence">,
  events: EventData,
  comparison: MilestoneComparison,
  experimental: number,
): AnalysisResult {
  const benefit = spec.direction === "unfavourable" ? ("higher" as const) : ("lower" as const);
  const wald = waldInference(comparison.difference, comparison.standardError, null, {
    nullValue: spec.nullValue,
    benefit,
    confidence: spec.confidence,
  });
  const z = comparison.statistic;
  const half = -normalQuantile((1 - spec.confidence) / 2) * comparison.standardError;
  const tests =
    spec.scale === "plain"
      ? wald
      : {
          ...wald,
          testStatistic: z,
          oneSidedPValue: normalUpperTail(benefit === "higher" ? z : -z),
          twoSidedPValue: comparison.twoSidedPValue,
        };
  return {
    method:
      spec.scale === "plain"
        ? "difference of Kaplan–Meier estimates"
        : "difference of Kaplan–Meier estimates, log-log test",
    summaryMeasure: "survival-difference",
    ...tests,
    interval: {
      lower: Math.max(comparison.difference - half, -1),
      upper: Math.min(comparison.difference + half, 1),
      confidence: spec.confidence,
    },
    subjectsUsed: pairOfArms(events.arm, experimental).length,
    diagnostics: [],
  };
}

/** Greenwood's standard error is 0 where nobody, or everybody, has had the event: the interval then takes too little. */
function withoutVariation(events: EventData, curves: readonly SurvivalCurve[], days: readonly number[]): Diagnostic[] {
  return events.armNames.flatMap((arm, code) =>
    ([1, 0] as const).flatMap((bound) => {
      const at = days.filter((day) => (survivalAt(curves[code]!, day)?.survival ?? 0) === bound).sort((a, b) => a - b);
      if (at.length === 0) return [];
      const seen = bound === 1 ? "No patient has" : "Every patient still followed has";
      return diagnostic(
        "warning",
        bound === 1 ? "no-event-in-arm" : "everybody-has-event-in-arm",
        `${seen} had the event in ${arm} by day ${at.join(", ")}: its survival counts as ${bound} without error, so that the standard error is that of the other arm alone and the interval is too narrow. Choose a later day, count more kinds of events, or compare the arms by the log-rank test or as proportions with an exact interval.`,
        "day",
      );
    }),
  );
}

/** Runs a kernel whose errors name its own argument, and names the field of the specification instead. */
function atField<T>(field: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof DomainError) throw new DomainError(error.code, { ...error.detail, argument: field });
    throw error;
  }
}

function eventWords(spec: KaplanMeierSpec | MilestoneSpec): string {
  const other = spec.otherEvents === "ignore" ? "" : ", other events censor";
  const cutoff = spec.cutoffDay === null ? "" : `, follow-up to day ${spec.cutoffDay}`;
  return `event: ${spec.events.join(" or ")}${other}${cutoff}`;
}
