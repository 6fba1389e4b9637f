import { index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { studySpecificationSchema } from "../../lib/trial/study-specification.ts";
import { document, identifier, moment } from "./columns.ts";
import { workspace } from "./workspace.ts";

export const study = pgTable(
  "study",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    title: text("title").notNull(),
    specification: document("specification", studySpecificationSchema).notNull(),
    /** Raised with every change of the specification. */
    revision: integer("revision").notNull().default(1),
    /** Id of the sample it was opened from, if any. */
    sample: text("sample", { enum: ["pbc", "alzheimer"] }),
    planFrozenAt: moment("plan_frozen_at"),
    outcomesFirstAccessedAt: moment("outcomes_first_accessed_at"),
    engineVersion: text("engine_version").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: moment("created_at").notNull(),
    updatedAt: moment("updated_at").notNull(),
  },
  (table) => [index("study_workspace").on(table.workspaceId, table.createdAt)],
);
