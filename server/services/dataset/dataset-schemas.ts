import { z } from "zod";
import { fileProblemSchema } from "../../../lib/data/file-problem.ts";
import { mappingSpecSchema } from "../../../lib/data/mapping-spec.ts";
import { qualityReportSchema } from "../../../lib/data/quality-document.ts";
import { subjectsFileSchema } from "../../../lib/dossier/dossier-record.ts";
import { reasonSchema } from "../study/study-schemas.ts";

export const datasetRowSchema = z.object({
  id: z.uuid(),
  role: z.enum(["historical-control", "enrolled"]),
  name: z.string(),
  version: z.number().int(),
  /** True for the version of its role that the study works with. */
  current: z.boolean(),
  fileName: z.string(),
  fileBytes: z.number().int(),
  fileHash: z.string(),
  /** The patient-level file that was joined; null without. */
  subjectsFile: subjectsFileSchema.nullable(),
  dataHash: z.string(),
  patients: z.number().int(),
  visits: z.number().int(),
  importedAt: z.iso.datetime(),
  importedBy: z.string(),
  diagnostics: z.number().int(),
});
export type DatasetRow = z.infer<typeof datasetRowSchema>;

const pointSchema = z.object({ day: z.number(), value: z.number() });

export const trajectorySchema = z.object({
  endpointId: z.string(),
  armId: z.string(),
  /** Mean with its 95 % t interval at baseline (day 0) and each planned visit; limits null below two patients. */
  points: z.array(
    z.object({
      day: z.number(),
      n: z.number().int(),
      mean: z.number(),
      lower: z.number().nullable(),
      upper: z.number().nullable(),
    }),
  ),
  /** Up to 40 patients, evenly spaced over the file. */
  lines: z.array(z.array(pointSchema)),
});
export type Trajectory = z.infer<typeof trajectorySchema>;

export const datasetDetailSchema = datasetRowSchema.extend({
  mapping: mappingSpecSchema,
  quality: qualityReportSchema,
  trajectories: z.array(trajectorySchema),
});
export type DatasetDetail = z.infer<typeof datasetDetailSchema>;

const uploadedTableSchema = z.object({
  name: z.string(),
  label: z.string(),
  format: z.enum(["csv", "xpt-v5", "xpt-v8", "dataset-json"]),
  rowCount: z.number().int(),
  columns: z.array(
    z.object({ name: z.string(), label: z.string(), kind: z.string(), firstValues: z.array(z.string()) }),
  ),
});
export type UploadedTable = z.infer<typeof uploadedTableSchema>;

/** Answer of POST /api/uploads. */
export const uploadResultSchema = z.object({
  /** Null when nothing was kept: a file could not be read. */
  uploadId: z.uuid().nullable(),
  fileName: z.string(),
  fileBytes: z.number().int(),
  fileHash: z.string(),
  table: uploadedTableSchema.nullable(),
  /** The patient-level file (e.g. ADSL) that goes with it; null without. */
  subjects: subjectsFileSchema.extend({ table: uploadedTableSchema }).nullable(),
  suggestion: z
    .object({
      /** As much of a mapping as could be recognised; complete when `missing` is empty. */
      mapping: mappingSpecSchema.partial(),
      reasons: z.array(z.object({ field: z.string(), why: z.string() })),
      /** What must be said before the file can be imported. */
      missing: z.array(z.string()),
      /** Guesses that a person should look at. */
      toConfirm: z.array(z.object({ field: z.string(), question: z.string() })),
    })
    .nullable(),
  problems: z.array(fileProblemSchema),
  /** Problems beyond those listed. */
  omitted: z.number().int(),
});
export type UploadResult = z.infer<typeof uploadResultSchema>;

export const previewInput = z.object({ uploadId: z.uuid(), mapping: mappingSpecSchema });
export type PreviewInput = z.infer<typeof previewInput>;
export const previewResultSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), quality: qualityReportSchema, patients: z.number().int(), dataHash: z.string() }),
  z.object({ ok: z.literal(false), problems: z.array(fileProblemSchema), omitted: z.number().int() }),
]);
export type PreviewResult = z.infer<typeof previewResultSchema>;

export const confirmInput = previewInput.extend({ reason: reasonSchema });
export type ConfirmInput = z.infer<typeof confirmInput>;
