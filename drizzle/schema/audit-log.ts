import { bigint, bigserial, index, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { moment } from "./columns.ts";
import { workspace } from "./workspace.ts";

/**
 * A chain of events: one for each study, so that its dossier can carry it whole, and one for what concerns the workspace
 * (its id is then that of the workspace). The head stands here too, so that a cut-off tail is noticed.
 */
export const auditChain = pgTable(
  "audit_chain",
  {
    id: uuid("id").primaryKey(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    head: text("head").notNull(),
    startedAt: moment("started_at").notNull(),
  },
  (table) => [index("audit_chain_workspace").on(table.workspaceId)],
);

/**
 * Who did what, when and why. Append-only (a trigger refuses UPDATE, DELETE and TRUNCATE); `hash` covers every printed
 * field and the hash of the event before.
 */
export const auditEvent = pgTable(
  "audit_event",
  {
    /** Order in which events were written, over all chains. */
    position: bigserial("position", { mode: "number" }).primaryKey(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    chainId: uuid("chain_id")
      .notNull()
      .references(() => auditChain.id),
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
  },
  (table) => [
    unique("audit_event_sequence").on(table.chainId, table.sequence),
    index("audit_event_workspace").on(table.workspaceId, table.position),
  ],
);
