import { z } from "zod";
import { auditEventSchema } from "../../../lib/dossier/dossier-record.ts";
import { diagnosticSchema } from "../../../lib/errors/diagnostic.ts";
import { endpointScaleSchema } from "../../../lib/trial/endpoint.ts";
import { dataOriginSchema, studySpecificationSchema } from "../../../lib/trial/study-specification.ts";

export const reasonSchema = z.string().trim().min(3, "say why, in a few words").max(500);
export const studyIdInput = z.object({ studyId: z.uuid() });

export const createStudyInput = z.object({
  title: z.string().trim().min(1, "required").max(200),
  indication: z.string().trim().min(1, "required").max(120),
  endpoint: z.object({
    label: z.string().trim().min(1, "required").max(120),
    unit: z.string().trim().max(40).default(""),
    scale: endpointScaleSchema.default("identity"),
    benefit: z.enum(["lower-is-better", "higher-is-better"]),
  }),
  /** Planned visits after baseline, in days from time zero; the last one is the primary visit. */
  visits: z
    .array(z.object({ label: z.string().trim().min(1, "required").max(60), targetDay: z.number().positive() }))
    .min(1)
    .max(40),
  arms: z.object({
    experimental: z.string().trim().min(1, "required").max(120),
    control: z.string().trim().min(1, "required").max(120),
  }),
  /** Experimental minus control on the analysis scale; a default of one unit in the direction of benefit is used without. */
  targetEffect: z
    .number()
    .refine((value) => value !== 0, { error: "must differ from 0" })
    .optional(),
});
export type CreateStudyInput = z.infer<typeof createStudyInput>;

export const sampleIdSchema = z.enum(["pbc", "alzheimer"]);
export const openSampleInput = z.object({ sample: sampleIdSchema });
export const openedSampleSchema = z.object({ id: z.uuid(), jobId: z.uuid() });

export const studyStateSchema = z.enum(["draft", "plan-frozen", "locked"]);

export const studyRowSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  indication: z.string(),
  /** "log bilirubin at Year 2" */
  primaryEndpoint: z.string(),
  dataOrigin: dataOriginSchema,
  state: studyStateSchema,
  /** Patients saved by the twin against ANCOVA at the planned power, with the range over the interval of its R². */
  patientsSaved: z.object({ value: z.number().int(), lower: z.number().int(), upper: z.number().int() }).nullable(),
  gainSentence: z.string(),
  lastSimulationAt: z.iso.datetime().nullable(),
  dossierState: z.enum(["none", "building", "draft", "locked", "signed"]),
  updatedAt: z.iso.datetime(),
});
export type StudyRow = z.infer<typeof studyRowSchema>;

export const stepKeySchema = z.enum([
  "data",
  "model",
  "twins",
  "sizing",
  "designs",
  "simulations",
  "analysis",
  "dossier",
  "audit",
]);
export const stepStateSchema = z.enum(["empty", "draft", "running", "done", "out-of-date", "locked"]);
export const studyStepSchema = z.object({ key: stepKeySchema, state: stepStateSchema, detail: z.string() });
export type StudyStep = z.infer<typeof studyStepSchema>;

/** `object`: what the caveat belongs to, by the name under which a person knows it; `href`: where that stands. */
export const studyWarningSchema = diagnosticSchema.extend({ object: z.string(), href: z.string() });
export type StudyWarning = z.infer<typeof studyWarningSchema>;

export const studyOverviewSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  specification: studySpecificationSchema,
  revision: z.number().int(),
  state: studyStateSchema,
  planFrozenAt: z.iso.datetime().nullable(),
  sample: sampleIdSchema.nullable(),
  steps: z.array(studyStepSchema),
  /** The answer so far in one sentence. */
  answer: z.string(),
  next: z.object({ label: z.string(), href: z.string() }),
  warnings: z.array(studyWarningSchema),
  /** What the quoted sizing plans and the simulations do not have, e.g. a run-in. */
  simulationCaveats: z.array(diagnosticSchema),
  recentEvents: z.array(auditEventSchema),
});
export type StudyOverview = z.infer<typeof studyOverviewSchema>;

export const updateSpecificationInput = z.object({
  studyId: z.uuid(),
  specification: studySpecificationSchema,
  reason: reasonSchema,
});
export type UpdateSpecificationInput = z.infer<typeof updateSpecificationInput>;

export const lockPlanInput = z.object({ studyId: z.uuid(), reason: reasonSchema });
