import { z } from "zod";
import { calculationReportSchema } from "../calculation/calculation-report.ts";
import { calculationSpecSchema } from "../calculation/calculation-spec.ts";
import { mappingSpecSchema } from "../data/mapping-spec.ts";
import { qualityReportSchema } from "../data/quality-document.ts";
import { frozenModelSchema } from "../progression/model-document.ts";
import { simulationResultSchema } from "../simulation/simulation-document.ts";
import { sizingResultSchema } from "../sizing/sizing-document.ts";
import { studySpecificationSchema } from "../trial/study-specification.ts";
import { analysisResultsSchema } from "../trial-analysis/analysis-plan.ts";
import { observedMinusTwinSchema, twinSchema } from "../twins/twin-document.ts";

export const auditEventSchema = z.object({
  sequence: z.number().int(),
  atUtc: z.string(),
  actor: z.string(),
  role: z.string(),
  action: z.string(),
  subject: z.string(),
  /** What changed, old → new, as short text; never patient-level data. */
  change: z.string(),
  reason: z.string(),
  previousHash: z.string(),
  hash: z.string(),
});
export type AuditEvent = z.infer<typeof auditEventSchema>;

/** A file with one row a patient (e.g. ADSL) whose columns were joined to the data file. */
export const subjectsFileSchema = z.object({ fileName: z.string(), fileBytes: z.number().int(), fileHash: z.string() });
export type SubjectsFile = z.infer<typeof subjectsFileSchema>;

export const dossierDataSetSchema = z.object({
  role: z.enum(["historical-control", "enrolled"]),
  name: z.string(),
  version: z.number().int(),
  fileName: z.string(),
  fileBytes: z.number().int(),
  fileHash: z.string(),
  subjectsFile: subjectsFileSchema.optional(),
  dataHash: z.string(),
  mappingHash: z.string(),
  mapping: mappingSpecSchema,
  importedAtUtc: z.string(),
  patients: z.number().int(),
  /** Patient ids shared with the other data set; must be 0. */
  sharedPatients: z.number().int(),
  quality: qualityReportSchema,
});

/** A person's answer to a checklist point that no machine can check. */
export const attestationSchema = z.object({
  pointId: z.string(),
  role: z.string(),
  person: z.string(),
  atUtc: z.string(),
  statement: z.string(),
});
export type Attestation = z.infer<typeof attestationSchema>;

/**
 * The canonical record (`results.json`): every number the dossier prints comes from here. What is signed is the SHA-256
 * of its canonical JSON; signatures therefore stand outside it.
 */
export const dossierRecordSchema = z.object({
  format: z.literal("understudy-results/1"),
  engineVersion: z.string(),
  runId: z.string(),
  version: z.number().int(),
  createdAtUtc: z.string(),
  study: studySpecificationSchema,
  datasets: z.array(dossierDataSetSchema),
  model: frozenModelSchema,
  twins: z.object({
    hash: z.string(),
    patients: z.number().int(),
    observedMinusTwin: z.array(observedMinusTwinSchema),
    outOfSupport: z.object({ patients: z.number().int(), of: z.number().int() }),
    /** Some whole twins to be shown, chosen by a fixed rule. */
    examples: z.array(twinSchema).default([]),
    /** Nominal levels of the bands of `examples`. */
    bandLevels: z.array(z.number()).default([]),
    scores: z.array(z.object({ patientId: z.string(), arm: z.string(), score: z.number(), outOfSupport: z.boolean() })),
  }),
  sizing: sizingResultSchema,
  simulation: simulationResultSchema,
  /** Planned analyses of the enrolled trial; null when none was run. */
  analyses: analysisResultsSchema.nullable().default(null),
  /** Saved calculations beside the sizing. */
  calculations: z
    .array(z.object({ name: z.string(), spec: calculationSpecSchema, report: calculationReportSchema }))
    .default([]),
  /** Plan (study specification and model) frozen against first access to the enrolled outcomes. */
  timing: z.object({ planFrozenAtUtc: z.string().nullable(), outcomesFirstAccessedAtUtc: z.string().nullable() }),
  environment: z.object({
    appVersion: z.string(),
    gitCommit: z.string(),
    lockHash: z.string(),
    node: z.string(),
    operatingSystem: z.string(),
  }),
  members: z.array(z.object({ name: z.string(), role: z.string() })),
  audit: z.object({
    events: z.array(auditEventSchema),
    total: z.number().int(),
    headSequence: z.number().int(),
    headHash: z.string(),
  }),
  attestations: z.array(attestationSchema),
  changes: z.array(z.object({ version: z.number().int(), atUtc: z.string(), what: z.string() })),
  reviewer: z.string().nullable(),
});
export type DossierRecord = z.infer<typeof dossierRecordSchema>;

export const signatureSchema = z.object({
  printedName: z.string(),
  role: z.string(),
  atUtc: z.string(),
  meaning: z.enum(["authorship", "review", "approval", "responsibility"]),
  /** SHA-256 of the canonical record that was signed. */
  recordHash: z.string(),
});
export type Signature = z.infer<typeof signatureSchema>;
