import { z } from "zod";
import { checklistPointSchema, dossierContentsSchema } from "../../../drizzle/schema/dossier.ts";
import { attestationSchema, signatureSchema } from "../../../lib/dossier/dossier-record.ts";
import { jobStatusSchema } from "../job/job-schemas.ts";
import { reasonSchema } from "../study/study-schemas.ts";

export const buildDossierInput = z.object({ studyId: z.uuid(), reason: reasonSchema });
export const dossierIdInput = z.object({ dossierId: z.uuid() });
export const attestInput = z.object({
  dossierId: z.uuid(),
  pointId: z.string().min(1).max(40),
  statement: z.string().trim().min(3, "say what was checked").max(2000),
});
export type AttestInput = z.infer<typeof attestInput>;
export const lockDossierInput = dossierIdInput.extend({ reason: reasonSchema, password: z.string().max(200) });
export type LockDossierInput = z.infer<typeof lockDossierInput>;
export const signDossierInput = dossierIdInput.extend({
  password: z.string().max(200),
  meaning: signatureSchema.shape.meaning,
});
export type SignDossierInput = z.infer<typeof signDossierInput>;

/** A lock or a signature that was asked for and is not done: waiting, at work, failed or cancelled. */
export const dossierRequestSchema = z.object({
  act: z.enum(["lock", "sign"]),
  jobId: z.uuid(),
  status: jobStatusSchema,
  error: z.string().nullable(),
  by: z.string(),
  role: z.string(),
  atUtc: z.iso.datetime(),
});

export const dossierStateSchema = z.enum(["draft", "locked", "signed"]);

export const dossierRowSchema = z.object({
  id: z.uuid(),
  version: z.number().int(),
  status: jobStatusSchema,
  jobId: z.uuid(),
  state: dossierStateSchema,
  reason: z.string(),
  recordHash: z.string().nullable(),
  pdfHash: z.string().nullable(),
  pages: z.number().int().nullable(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  lockedAt: z.iso.datetime().nullable(),
  signatures: z.number().int(),
  outOfDate: z.string().nullable(),
});
export type DossierRow = z.infer<typeof dossierRowSchema>;

export const dossierDetailSchema = dossierRowSchema.omit({ signatures: true }).extend({
  error: z.string().nullable(),
  contents: dossierContentsSchema,
  checklist: z.array(checklistPointSchema),
  attestations: z.array(attestationSchema),
  signatures: z.array(signatureSchema),
  request: dossierRequestSchema.nullable(),
  files: z.array(z.object({ name: z.string(), mediaType: z.string(), bytes: z.number().int(), hash: z.string() })),
});
export type DossierDetail = z.infer<typeof dossierDetailSchema>;
