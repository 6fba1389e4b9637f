import { index, integer, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { analysisPlanSchema, analysisRoles } from "../../lib/trial-analysis/analysis-plan.ts";
import { analysisSpecSchema } from "../../lib/trial-analysis/analysis-spec.ts";
import { document, identifier, moment } from "./columns.ts";
import { dataset } from "./dataset.ts";
import { storedFile } from "./file.ts";
import { study } from "./study.ts";
import { twinSet } from "./twin-set.ts";
import { workspace } from "./workspace.ts";

/** An analysis in the plan of a study. `key` is its id inside plans and results, unique in the study. */
export const plannedAnalysis = pgTable(
  "planned_analysis",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    studyId: uuid("study_id")
      .notNull()
      .references(() => study.id),
    key: text("key").notNull(),
    position: integer("position").notNull(),
    name: text("name").notNull(),
    role: text("role", { enum: analysisRoles }).notNull(),
    spec: document("spec", analysisSpecSchema).notNull(),
    updatedBy: text("updated_by").notNull(),
    updatedAt: moment("updated_at").notNull(),
  },
  (table) => [unique("planned_analysis_key").on(table.studyId, table.key)],
);

/** One execution of a plan on one data set. */
export const analysisRun = pgTable(
  "analysis_run",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    studyId: uuid("study_id")
      .notNull()
      .references(() => study.id),
    datasetId: uuid("dataset_id")
      .notNull()
      .references(() => dataset.id),
    /** Twins that gave the scores; null without. */
    twinSetId: uuid("twin_set_id").references(() => twinSet.id),
    plan: document("plan", analysisPlanSchema).notNull(),
    jobId: uuid("job_id").notNull(),
    resultFileId: uuid("result_file_id").references(() => storedFile.id),
    engineVersion: text("engine_version").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: moment("created_at").notNull(),
    finishedAt: moment("finished_at"),
  },
  (table) => [index("analysis_run_study").on(table.studyId, table.createdAt)],
);
