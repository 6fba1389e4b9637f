import { z } from "zod";
import { analysisReportSchema } from "../analysis/analysis-report.ts";
import { analysisSpecSchema } from "./analysis-spec.ts";
import { survivalCurvesSchema } from "./survival-curves.ts";

/** What an analysis can be for in the protocol. */
export const analysisRoles = ["primary", "sensitivity", "supplementary"] as const;
export const analysisRoleSchema = z.enum(analysisRoles);

/** One analysis as it was planned, before the outcomes are looked at. */
export const plannedAnalysisSchema = z.object({
  /** Unique in the plan. */
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/, "letters, digits, _ and -; at most 60"),
  name: z.string().trim().min(1, "required").max(120),
  role: analysisRoleSchema,
  spec: analysisSpecSchema,
});
export type PlannedAnalysis = z.infer<typeof plannedAnalysisSchema>;

/** The planned analyses of a trial. */
export const analysisPlanSchema = z
  .object({
    format: z.literal("understudy-analysis-plan/1"),
    analyses: z.array(plannedAnalysisSchema).min(1).max(60),
  })
  .refine((plan) => new Set(plan.analyses.map(({ id }) => id)).size === plan.analyses.length, {
    path: ["analyses"],
    error: "must have ids that differ",
  });
export type AnalysisPlan = z.infer<typeof analysisPlanSchema>;

/** What came of a planned analysis: its report, or why it could not be done on these data. */
export const analysisOutcomeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("report"),
    report: analysisReportSchema,
    /** Unit of estimates and limits; empty where they have none. */
    unit: z.string().default(""),
    /** Kaplan–Meier curves of an analysis of times to event. */
    curves: survivalCurvesSchema.nullable().default(null),
  }),
  z.object({ kind: z.literal("refused"), argument: z.string(), message: z.string() }),
]);
export type AnalysisOutcome = z.infer<typeof analysisOutcomeSchema>;

/** Every planned analysis with what came of it, on one data set. */
export const analysisResultsSchema = z.object({
  format: z.literal("understudy-analysis-results/1"),
  engineVersion: z.string(),
  /** SHA-256 of the canonical plan. */
  planHash: z.string(),
  dataHash: z.string(),
  /** Hash of the twins that gave the scores; null without twins. */
  twinHash: z.string().nullable(),
  patients: z.number().int(),
  analyses: z.array(z.object({ planned: plannedAnalysisSchema, outcome: analysisOutcomeSchema })),
});
export type AnalysisResults = z.infer<typeof analysisResultsSchema>;
