import { z } from "zod";
import { diagnosticSchema } from "../../../lib/errors/diagnostic.ts";
import { observedMinusTwinSchema, twinSchema } from "../../../lib/twins/twin-document.ts";
import { jobStatusSchema } from "../job/job-schemas.ts";

export const generateTwinsInput = z.object({
  studyId: z.uuid(),
  modelId: z.uuid(),
  datasetId: z.uuid(),
  /** Why values far from those of training are in the right unit; needed only where they are suspected not to be. */
  acknowledgedUnits: z.string().trim().min(10, "must be a reason of at least 10 characters").max(2000).optional(),
});
export type GenerateTwinsInput = z.infer<typeof generateTwinsInput>;

export const twinCohortSchema = z.object({
  endpointIds: z.array(z.string()),
  visitIds: z.array(z.string()),
  primary: z.object({ endpointId: z.string(), visitId: z.string() }),
  bandLevels: z.array(z.number()),
  rows: z.array(
    z.object({
      patientId: z.string(),
      study: z.string(),
      arm: z.string(),
      prognosticScore: z.number(),
      /** Primary endpoint at the primary visit. */
      observed: z.number().nullable(),
      outOfSupport: z.boolean(),
      outsideRange: z.array(z.string()),
    }),
  ),
  observedMinusTwin: z.array(observedMinusTwinSchema),
  outOfSupport: z.object({ patients: z.number().int(), of: z.number().int() }),
  /** Prognostic scores of trial and history, for the two distributions. */
  scores: z.object({ trial: z.array(z.number()), history: z.array(z.number()) }),
  diagnostics: z.array(diagnosticSchema),
  hash: z.string(),
});

export const twinsSchema = z.object({
  id: z.uuid(),
  status: jobStatusSchema,
  jobId: z.uuid(),
  modelId: z.uuid(),
  modelHash: z.string(),
  datasetId: z.uuid(),
  createdAt: z.iso.datetime(),
  outOfDate: z.string().nullable(),
  /** Newer twins being generated while these are shown. */
  pendingJobId: z.uuid().nullable(),
  document: twinCohortSchema.nullable(),
});
export type Twins = z.infer<typeof twinsSchema>;

export const twinPatientInput = z.object({ twinSetId: z.uuid(), patientId: z.string().min(1).max(200) });

const courseSchema = z.object({
  endpointId: z.string(),
  /** Baseline stands at day 0. */
  points: z.array(z.object({ day: z.number(), value: z.number() })),
});

export const twinPatientSchema = z.object({
  twin: twinSchema,
  nearestCourses: z.array(
    z.object({
      patientId: z.string(),
      study: z.string(),
      distance: z.number(),
      courses: z.array(courseSchema),
    }),
  ),
  /** Every patient of the set in order, for previous and next. */
  patientIds: z.array(z.string()),
});
export type TwinPatient = z.infer<typeof twinPatientSchema>;

export const updatedForecastInput = twinPatientInput.extend({
  /** Last visit whose values may be used. */
  throughVisit: z.string().min(1).max(60),
});
export type UpdatedForecastInput = z.infer<typeof updatedForecastInput>;
