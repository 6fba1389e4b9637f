import { bigint, index, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { workspace } from "./workspace.ts";

/**
 * Who did what, when and why. Append-only (a trigger refuses UPDATE, DELETE and TRUNCATE); `hash` covers every printed
 * field and the hash of the event before.
 */
export const auditEvent = pgTable(
  "audit_event",
  {
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    /** ISO 8601 text, because the hash is over exactly these characters. */
    atUtc: text("at_utc").notNull(),
    actor: text("actor").notNull(),
    role: text("role").notNull(),
    action: text("action").notNull(),
    subject: text("subject").notNull(),
    change: text("change").notNull(),
    reason: text("reason").notNull(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
    /** For filtering only. */
    studyId: uuid("study_id"),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.sequence] }),
    index("audit_event_study").on(table.studyId, table.sequence),
  ],
);
