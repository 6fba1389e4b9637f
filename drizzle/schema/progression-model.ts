import { integer, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { z } from "zod";
import { trainingSpecSchema } from "../../lib/progression/model-document.ts";
import { sizingResultSchema } from "../../lib/sizing/sizing-document.ts";
import { intervalEstimateSchema } from "../../lib/trial/interval.ts";
import { document, identifier, moment } from "./columns.ts";
import { dataset } from "./dataset.ts";
import { storedFile } from "./file.ts";
import { study } from "./study.ts";
import { workspace } from "./workspace.ts";

/** What lists and the overview say about a model without opening its document. */
export const modelSummarySchema = z.object({
  decision: z.enum(["use", "use-with-care", "do-not-use"]),
  /** Verdict at the primary endpoint and visit. */
  sentence: z.string(),
  gain: intervalEstimateSchema,
  gainClaimed: z.boolean(),
  /** With the default inputs that follow from the model; null when they admit no sample size. */
  sizing: sizingResultSchema.nullable(),
  diagnostics: z.number().int(),
});
export type ModelSummary = z.infer<typeof modelSummarySchema>;

/** A progression model; its document is there once training is done, and never changes after that. */
export const progressionModel = pgTable(
  "progression_model",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    studyId: uuid("study_id")
      .notNull()
      .references(() => study.id),
    version: integer("version").notNull(),
    name: text("name").notNull(),
    datasetId: uuid("dataset_id")
      .notNull()
      .references(() => dataset.id),
    training: document("training", trainingSpecSchema).notNull(),
    jobId: uuid("job_id").notNull(),
    documentFileId: uuid("document_file_id").references(() => storedFile.id),
    /** What every method predicted for patients it had not seen: gzip of a CSV file; null for models before it was kept. */
    heldOutFileId: uuid("held_out_file_id").references(() => storedFile.id),
    hash: text("hash"),
    summary: document("summary", modelSummarySchema),
    engineVersion: text("engine_version").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: moment("created_at").notNull(),
    frozenAt: moment("frozen_at"),
  },
  (table) => [unique("progression_model_version").on(table.studyId, table.version)],
);
