import { index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { chunkTallySchema } from "../../lib/simulation/chunk-tally.ts";
import { simulationSpecSchema } from "../../lib/simulation/simulation-document.ts";
import { document, identifier, moment } from "./columns.ts";
import { storedFile } from "./file.ts";
import { progressionModel } from "./progression-model.ts";
import { study } from "./study.ts";
import { workspace } from "./workspace.ts";

export const simulationRun = pgTable(
  "simulation_run",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    studyId: uuid("study_id")
      .notNull()
      .references(() => study.id),
    modelId: uuid("model_id").references(() => progressionModel.id),
    modelHash: text("model_hash"),
    spec: document("spec", simulationSpecSchema).notNull(),
    specHash: text("spec_hash").notNull(),
    jobId: uuid("job_id").notNull(),
    resultFileId: uuid("result_file_id").references(() => storedFile.id),
    engineVersion: text("engine_version").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: moment("created_at").notNull(),
    finishedAt: moment("finished_at"),
  },
  (table) => [index("simulation_run_study").on(table.studyId, table.createdAt)],
);

/** Tally of some replicates of one cell: written when finished, so that a run resumes where it stopped. */
export const simulationChunk = pgTable(
  "simulation_chunk",
  {
    runId: uuid("run_id")
      .notNull()
      .references(() => simulationRun.id, { onDelete: "cascade" }),
    cellIndex: integer("cell_index").notNull(),
    firstReplicate: integer("first_replicate").notNull(),
    replicates: integer("replicates").notNull(),
    tally: document("tally", chunkTallySchema).notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.cellIndex, table.firstReplicate] })],
);
