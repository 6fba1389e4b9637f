import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { calculationReportSchema } from "../../lib/calculation/calculation-report.ts";
import { calculationSpecSchema } from "../../lib/calculation/calculation-spec.ts";
import { document, identifier, moment } from "./columns.ts";
import { study } from "./study.ts";
import { workspace } from "./workspace.ts";

/** A saved calculation of power, size, bounds or multiplicity, with the inputs it was made from. */
export const calculation = pgTable(
  "calculation",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    studyId: uuid("study_id")
      .notNull()
      .references(() => study.id),
    name: text("name").notNull(),
    spec: document("spec", calculationSpecSchema).notNull(),
    report: document("report", calculationReportSchema).notNull(),
    engineVersion: text("engine_version").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [index("calculation_study").on(table.studyId, table.createdAt)],
);
