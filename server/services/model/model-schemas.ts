import { z } from "zod";
import { frozenModelSchema, trainingSpecSchema } from "../../../lib/progression/model-document.ts";
import { jobStatusSchema } from "../job/job-schemas.ts";

export const modelRowSchema = z.object({
  id: z.uuid(),
  version: z.number().int(),
  name: z.string(),
  status: jobStatusSchema,
  jobId: z.uuid(),
  datasetId: z.uuid(),
  hash: z.string().nullable(),
  training: trainingSpecSchema,
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  frozenAt: z.iso.datetime().nullable(),
  /** The model the study works with: the newest frozen one. */
  current: z.boolean(),
  /** Why the model no longer fits the study; null when it does. */
  outOfDate: z.string().nullable(),
});
export type ModelRow = z.infer<typeof modelRowSchema>;

export const modelDetailSchema = modelRowSchema.extend({
  document: frozenModelSchema.nullable(),
  /** Whether the out-of-fold predictions were kept. */
  hasHeldOut: z.boolean(),
});
export type ModelDetail = z.infer<typeof modelDetailSchema>;

export const trainModelInput = z.object({ studyId: z.uuid(), training: trainingSpecSchema });
export type TrainModelInput = z.infer<typeof trainModelInput>;
export const modelIdInput = z.object({ modelId: z.uuid() });

/** Texts of the two files that the last combination of a federation writes; 60 MB hold several hundred networks. */
const MOST_CHARACTERS = 60_000_000;
export const bringInModelInput = z.object({
  studyId: z.uuid(),
  model: z.string().min(2).max(MOST_CHARACTERS),
  report: z.string().min(2).max(MOST_CHARACTERS),
  reason: z.string().trim().min(1, "Say why the model is brought in.").max(500),
});
export type BringInModelInput = z.infer<typeof bringInModelInput>;
