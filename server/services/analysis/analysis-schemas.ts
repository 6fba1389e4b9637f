import { z } from "zod";
import { analysisResultsSchema, plannedAnalysisSchema } from "../../../lib/trial-analysis/analysis-plan.ts";
import { jobStatusSchema } from "../job/job-schemas.ts";

export const saveAnalysisInput = z.object({ studyId: z.uuid(), planned: plannedAnalysisSchema });
export type SaveAnalysisInput = z.infer<typeof saveAnalysisInput>;

export const removeAnalysisInput = z.object({
  studyId: z.uuid(),
  id: z.string(),
  reason: z.string().trim().min(1, "required").max(500),
});
export type RemoveAnalysisInput = z.infer<typeof removeAnalysisInput>;

/** Names that a specification may use, from the enrolled data set and the twins as they are now. */
export const analysisVocabularySchema = z.object({
  endpoints: z.array(z.object({ id: z.string(), label: z.string() })),
  visits: z.array(z.object({ id: z.string(), label: z.string() })),
  covariates: z.array(z.object({ id: z.string(), label: z.string(), type: z.enum(["continuous", "categorical"]) })),
  arms: z.array(z.object({ name: z.string(), role: z.enum(["control", "experimental"]) })),
  eventKinds: z.array(z.string()),
  patients: z.number().int(),
  hasTwins: z.boolean(),
  primary: z.object({ endpointId: z.string(), visitId: z.string() }),
});
export type AnalysisVocabulary = z.infer<typeof analysisVocabularySchema>;

export const analysisRunRowSchema = z.object({
  id: z.uuid(),
  status: jobStatusSchema,
  error: z.string().nullable(),
  jobId: z.uuid(),
  analyses: z.number().int(),
  datasetVersion: z.number().int(),
  withTwins: z.boolean(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type AnalysisRunRow = z.infer<typeof analysisRunRowSchema>;

export const analysisOverviewSchema = z.object({
  planned: z.array(plannedAnalysisSchema),
  /** Null without an enrolled data set. */
  vocabulary: analysisVocabularySchema.nullable(),
  /** Newest first. */
  runs: z.array(analysisRunRowSchema),
  /** Results of the newest finished run; null before there is one. */
  results: analysisResultsSchema.nullable(),
  /** Why those results no longer fit the study; null when they do. */
  outOfDate: z.string().nullable(),
});
export type AnalysisOverview = z.infer<typeof analysisOverviewSchema>;
