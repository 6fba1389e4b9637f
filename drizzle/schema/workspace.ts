import { bigint, pgTable, text } from "drizzle-orm/pg-core";
import { identifier, moment } from "./columns.ts";

/** A tenant. The head of its audit chain stands here too, so that a cut-off tail is noticed. */
export const workspace = pgTable("workspace", {
  id: identifier(),
  name: text("name").notNull(),
  auditSequence: bigint("audit_sequence", { mode: "number" }).notNull().default(0),
  auditHead: text("audit_head").notNull(),
  createdAt: moment("created_at").notNull(),
});
