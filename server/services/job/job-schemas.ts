import { z } from "zod";
import { jobKinds, jobStatuses } from "../../../drizzle/schema/job.ts";

export const jobStatusSchema = z.enum(jobStatuses);

export const jobSchema = z.object({
  id: z.uuid(),
  studyId: z.uuid(),
  kind: z.enum(jobKinds),
  /** Model, twin set, simulation run or dossier that the job fills. */
  subjectId: z.uuid(),
  status: jobStatusSchema,
  /** 0 … 1 */
  progress: z.number(),
  message: z.string(),
  error: z.string().nullable(),
  requestedBy: z.string(),
  /** Whether this person may stop it while it lasts. */
  cancellable: z.boolean(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
});
export type Job = z.infer<typeof jobSchema>;

export const jobIdInput = z.object({ jobId: z.uuid() });
export const listJobsInput = z.object({ studyId: z.uuid(), active: z.boolean().optional() });
