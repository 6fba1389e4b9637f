import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { identifier, moment } from "./columns.ts";
import { dataset } from "./dataset.ts";
import { storedFile } from "./file.ts";
import { progressionModel } from "./progression-model.ts";
import { study } from "./study.ts";
import { workspace } from "./workspace.ts";

export const twinSet = pgTable(
  "twin_set",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    studyId: uuid("study_id")
      .notNull()
      .references(() => study.id),
    modelId: uuid("model_id")
      .notNull()
      .references(() => progressionModel.id),
    datasetId: uuid("dataset_id")
      .notNull()
      .references(() => dataset.id),
    jobId: uuid("job_id").notNull(),
    /** The twin set with the prognostic scores of the historical patients. */
    documentFileId: uuid("document_file_id").references(() => storedFile.id),
    hash: text("hash"),
    engineVersion: text("engine_version").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: moment("created_at").notNull(),
    finishedAt: moment("finished_at"),
  },
  (table) => [index("twin_set_study").on(table.studyId, table.createdAt)],
);
