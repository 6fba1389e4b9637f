import { integer, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { trainingSpecSchema } from "../../lib/progression/model-document.ts";
import { document, identifier, moment } from "./columns.ts";
import { dataset } from "./dataset.ts";
import { storedFile } from "./file.ts";
import { study } from "./study.ts";
import { workspace } from "./workspace.ts";

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
    hash: text("hash"),
    engineVersion: text("engine_version").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: moment("created_at").notNull(),
    frozenAt: moment("frozen_at"),
  },
  (table) => [unique("progression_model_version").on(table.studyId, table.version)],
);
