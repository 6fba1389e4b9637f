import { z } from "zod";
import { armSchema } from "../trial/arm.ts";
import { covariateSchema } from "../trial/covariate.ts";
import { endpointSchema } from "../trial/endpoint.ts";
import { dataOriginSchema } from "../trial/study-specification.ts";
import { plannedVisitSchema } from "../trial/visit-schedule.ts";
import { checkLongDataSet } from "./check-long-data-set.ts";

/** Why a planned value is absent. */
export const missingReasonSchema = z.enum([
  /** No record in the visit's window though the patient was still in follow-up. */
  "not-measured",
  /** A record exists, its value is blank or a SAS missing code. */
  "recorded-missing",
  /** The patient had left the study (last record before the window) without a terminal event. */
  "dropped-out",
  /** Death, transplant or another intercurrent event that ends the variable had happened before. */
  "after-intercurrent-event",
  /** Follow-up had not reached the window when the data were cut. */
  "not-yet-reached",
  /** A value outside the admissible range was set missing (diagnosed). */
  "out-of-range",
]);
export type MissingReason = z.infer<typeof missingReasonSchema>;

/** One planned value: the number on the analysis scale with the day it was measured, or the reason for its absence. */
export const visitValueSchema = z.union([
  z.object({ value: z.number(), day: z.number() }),
  z.object({ missing: missingReasonSchema }),
]);
export type VisitValue = z.infer<typeof visitValueSchema>;

export const patientRecordSchema = z.object({
  id: z.string().min(1),
  /** Historical source or trial the patient belongs to. */
  study: z.string().min(1),
  site: z.string().nullable(),
  /** Id of an arm of the data set. */
  arm: z.string().min(1),
  /** In the order of `covariates`: number for continuous, level for categorical, null when missing. */
  covariates: z.array(z.union([z.number(), z.string(), z.null()])),
  /** In the order of `endpoints`, analysis scale, null when missing. */
  baseline: z.array(z.number().nullable()),
  /** [endpoint][visit] in the orders of `endpoints` and `visits`. */
  outcomes: z.array(z.array(visitValueSchema)),
  /** Last day the patient is known to have been followed; null when the source does not say and nothing was recorded. */
  lastContactDay: z.number().nullable().default(null),
  /** Intercurrent events in order of day. */
  events: z.array(z.object({ kind: z.string().min(1), day: z.number() })),
});
export type PatientRecord = z.infer<typeof patientRecordSchema>;

/** The one long schema behind every import: one record a patient, planned visits as columns of `outcomes`. */
const longDataSetFields = z.object({
  format: z.literal("understudy-data/1"),
  name: z.string().min(1),
  role: z.enum(["historical-control", "enrolled"]),
  origin: dataOriginSchema,
  endpoints: z.array(endpointSchema).min(1),
  visits: z.array(plannedVisitSchema).min(1),
  arms: z.array(armSchema).min(1),
  covariates: z.array(covariateSchema),
  /** Sorted by (study, id). */
  patients: z.array(patientRecordSchema),
});
export type LongDataSet = z.infer<typeof longDataSetFields>;

/** The fields and what holds between them ({@link checkLongDataSet}). */
export const longDataSetSchema = longDataSetFields.superRefine((data, context) => {
  for (const { path, message } of checkLongDataSet(data)) context.addIssue({ code: "custom", path, message });
});
