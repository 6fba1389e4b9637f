import { index, integer, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { scenarioSchema, trialDesignSchema } from "../../lib/simulation/simulation-document.ts";
import { sizingResultSchema, sizingSpecSchema } from "../../lib/sizing/sizing-document.ts";
import { document, identifier, moment } from "./columns.ts";
import { study } from "./study.ts";
import { workspace } from "./workspace.ts";

/** A saved calculation of the sample size, with the inputs it was made from. */
export const sizing = pgTable(
  "sizing",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    studyId: uuid("study_id")
      .notNull()
      .references(() => study.id),
    name: text("name").notNull(),
    spec: document("spec", sizingSpecSchema).notNull(),
    result: document("result", sizingResultSchema).notNull(),
    engineVersion: text("engine_version").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [index("sizing_study").on(table.studyId, table.createdAt)],
);

/** A protocol variant: what we do. `key` is the id inside the document, unique in its study. */
export const design = pgTable(
  "design",
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
    document: document("document", trialDesignSchema).notNull(),
    updatedBy: text("updated_by").notNull(),
    updatedAt: moment("updated_at").notNull(),
  },
  (table) => [unique("design_key").on(table.studyId, table.key)],
);

/** What nature does. `key` is the id inside the document, unique in its study. */
export const scenario = pgTable(
  "scenario",
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
    document: document("document", scenarioSchema).notNull(),
    updatedBy: text("updated_by").notNull(),
    updatedAt: moment("updated_at").notNull(),
  },
  (table) => [unique("scenario_key").on(table.studyId, table.key)],
);
