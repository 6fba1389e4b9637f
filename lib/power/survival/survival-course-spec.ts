import { z } from "zod";
import { invalidInput } from "../../errors/domain-error.ts";
import type { NumericField } from "../numeric-field.ts";
import type { PowerInput } from "../power-report.ts";
import { assertAbsent, type GivenField, required, type Settings } from "../power-sweep.ts";
import { severalValues } from "../several-values.ts";
import { accrualEnd, assertAccrual, uniformAccrual } from "./event-projection.ts";
import type { SurvivalAssumptions } from "./lachin-foulkes.ts";
import { assertPiecewiseHazard, constantHazard, hazardOfMedian, hazardOfShare } from "./piecewise-hazard.ts";

/** Fields that say how events, entry and dropout run in time. */
export const survivalCourseShape = {
  hazardRatio: severalValues("positive", "Below 1 the experimental arm has fewer events.")
    .optional()
    .describe("Expected hazard ratio experimental : control."),
  nullHazardRatio: severalValues("positive")
    .optional()
    .describe("Hazard ratio under the null hypothesis; 1 if not given, the margin for non-inferiority."),
  controlMedian: severalValues("positive", "Enter the median in the unit of time chosen.")
    .optional()
    .describe("Median time to event in the control arm (exponential); not beside controlHazard."),
  controlHazard: z
    .object({
      changes: z.array(z.number().positive()).describe("Times since entry at which the hazard changes."),
      rates: z.array(z.number().min(0)).min(1).describe("Hazards before, between and after these times."),
    })
    .nullable()
    .default(null)
    .describe("Piecewise constant hazard of the control arm, in place of the median."),
  accrualDuration: severalValues("positive")
    .optional()
    .describe("Time over which subjects enter at a constant rate; not beside accrual."),
  accrual: z
    .object({
      durations: z.array(z.number().positive()).min(1).describe("Lengths of the periods of entry."),
      rates: z.array(z.number().min(0)).min(1).describe("Rates of entry in them; only their ratios count."),
    })
    .nullable()
    .default(null)
    .describe("Entry at rates that change between periods, in place of accrualDuration."),
  followUp: severalValues("not-negative").optional().describe("Time from the last entry to the analysis."),
  dropout: severalValues("half-open-unit", "Enter a proportion such as 0.1, not a percentage.")
    .optional()
    .describe("Share of subjects lost by dropoutTime; 0 if not given."),
  dropoutExperimental: severalValues("half-open-unit", "Enter a proportion such as 0.1, not a percentage.")
    .optional()
    .describe("The same in the experimental arm; as dropout if not given."),
  dropoutTime: severalValues("positive").optional().describe("Time by which that share is lost; 12 if not given."),
  timeUnit: z.enum(["days", "weeks", "months", "years"]).default("months").describe("Unit of every time."),
};

/** The fields of `survivalCourseShape` after parsing. */
export type SurvivalCourseSpec = z.infer<z.ZodObject<typeof survivalCourseShape>>;

export const SURVIVAL_FIELDS = {
  hazardRatio: { name: "hazardRatio", label: "Hazard ratio", unit: "", kind: "number", range: "positive" },
  nullHazardRatio: { name: "nullHazardRatio", label: "Null hazard ratio", unit: "", kind: "number", range: "positive" },
} as const satisfies Record<string, NumericField>;

/** Field of a time in the unit of the spec. */
function timeField(spec: SurvivalCourseSpec, name: string, label: string, zero = false): NumericField {
  return { name, label, unit: spec.timeUnit, kind: "number", range: zero ? "not-negative" : "positive" };
}

/** A share that drops out. */
function shareField(name: string, label: string): NumericField {
  return { name, label, unit: "", kind: "proportion", range: "half-open-unit" };
}

/**
 * Numeric fields of the course of the trial.
 *
 * @param withFollowUp - Whether the follow-up is given (else it is solved for).
 * @throws DomainError INVALID_INPUT for a field that is missing, or given twice.
 */
export function courseFields(spec: SurvivalCourseSpec, withFollowUp: boolean): GivenField[] {
  const given: GivenField[] = [];
  if (spec.controlHazard === null)
    given.push(
      required(timeField(spec, "controlMedian", "Median of the control arm"), spec.controlMedian, "(or controlHazard)"),
    );
  else {
    assertAbsent("controlMedian", spec.controlMedian, "beside controlHazard");
    assertPiecewiseHazard(spec.controlHazard, "controlHazard", true);
  }
  if (spec.accrual === null)
    given.push(required(timeField(spec, "accrualDuration", "Duration of entry"), spec.accrualDuration, "(or accrual)"));
  else {
    assertAbsent("accrualDuration", spec.accrualDuration, "beside accrual");
    assertAccrual(spec.accrual);
  }
  if (withFollowUp)
    given.push(required(timeField(spec, "followUp", "Follow-up after the last entry", true), spec.followUp, "here"));
  else assertAbsent("followUp", spec.followUp, "when the duration is solved for");
  if (spec.dropout === undefined && spec.dropoutExperimental === undefined) {
    assertAbsent("dropoutTime", spec.dropoutTime, "without dropout");
    return given;
  }
  given.push({ field: shareField("dropout", "Dropout"), values: spec.dropout ?? 0 });
  if (spec.dropoutExperimental !== undefined)
    given.push({
      field: shareField("dropoutExperimental", "Dropout, experimental arm"),
      values: spec.dropoutExperimental,
    });
  given.push({ field: timeField(spec, "dropoutTime", "Dropout by time"), values: spec.dropoutTime ?? 12 });
  return given;
}

/** Inputs of the course that are no single numbers. */
export function courseChoices(spec: SurvivalCourseSpec): PowerInput[] {
  const choices: PowerInput[] = [{ field: "timeUnit", label: "Unit of time", unit: "", values: [spec.timeUnit] }];
  if (spec.controlHazard !== null) {
    const { changes, rates } = spec.controlHazard;
    choices.push({
      field: "controlHazard",
      label: "Hazards of the control arm",
      unit: `per ${spec.timeUnit.slice(0, -1)}`,
      values: rates,
    });
    if (changes.length > 0)
      choices.push({
        field: "controlHazard.changes",
        label: "Hazard changes at",
        unit: spec.timeUnit,
        values: changes,
      });
  }
  if (spec.accrual !== null) {
    choices.push(
      { field: "accrual.durations", label: "Periods of entry", unit: spec.timeUnit, values: spec.accrual.durations },
      { field: "accrual.rates", label: "Rates of entry (relative)", unit: "", values: spec.accrual.rates },
    );
  }
  return choices;
}

/** The trial of one row of settings. */
export function assumptionsAt(spec: SurvivalCourseSpec, settings: Settings, hazardRatio: number): SurvivalAssumptions {
  const { controlMedian, accrualDuration, nullHazardRatio, dropout, dropoutTime, dropoutExperimental, ratio } =
    settings;
  const dropoutHazard = (share: number | undefined) =>
    share === undefined || dropoutTime === undefined
      ? constantHazard(0)
      : constantHazard(hazardOfShare(share, dropoutTime));
  const accrual = spec.accrual ?? uniformAccrual(accrualDuration!);
  if (!(accrualEnd(accrual) > 0)) throw invalidInput("accrualDuration", accrualDuration ?? 0, "must be positive");
  return {
    controlHazard: spec.controlHazard ?? constantHazard(hazardOfMedian(controlMedian!)),
    hazardRatio,
    nullHazardRatio: nullHazardRatio ?? 1,
    controlDropout: dropoutHazard(dropout),
    experimentalDropout: dropoutHazard(dropoutExperimental ?? dropout),
    accrual,
    ratio: ratio ?? 1,
  };
}
