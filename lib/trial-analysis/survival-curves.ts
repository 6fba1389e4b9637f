import { z } from "zod";
import type { ResultTable } from "../analysis/analysis-report.ts";
import { survivalFigure } from "../analysis/survival/survival-curve-data.ts";
import type { TrialData } from "../analysis/trial-data.ts";
import type { AnalysisSpec } from "./analysis-spec.ts";

/** Kaplan–Meier curves of the arms as a figure draws them. */
export const survivalCurvesSchema = z.object({
  arms: z.array(
    z.object({
      name: z.string(),
      /** Corners of the step function: [day, survival]. */
      steps: z.array(z.tuple([z.number(), z.number()])),
      /** Corners of the pointwise band: [day, lower, upper]. */
      band: z.array(z.tuple([z.number(), z.number(), z.number()])),
      /** Censored patients: [day, survival]. */
      censored: z.array(z.tuple([z.number(), z.number()])),
      /** Patients at risk at each of `riskDays`. */
      atRisk: z.array(z.number().int()),
    }),
  ),
  riskDays: z.array(z.number()),
});
export type SurvivalCurves = z.infer<typeof survivalCurvesSchema>;

/** Curves behind an analysis of times to event; null for any other analysis. */
export function survivalCurves(spec: AnalysisSpec, data: TrialData): SurvivalCurves | null {
  switch (spec.method) {
    case "log-rank":
    case "cox":
    case "restricted-mean":
    case "milestone":
    case "kaplan-meier":
    case "failure-time":
      return survivalCurvesSchema.parse(survivalFigure(spec, data));
    default:
      return null;
  }
}

/** Patients at risk below the curves. */
export function atRiskTable({ arms, riskDays }: SurvivalCurves): ResultTable {
  return {
    id: "at-risk",
    title: "Patients at risk",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      ...riskDays.map((day) => ({ title: `Day ${Math.round(day)}`, unit: "", kind: "count" as const })),
    ],
    rows: arms.map(({ name, atRisk }) => [name, ...atRisk]),
    note: "",
  };
}
