import { pgTable, text } from "drizzle-orm/pg-core";
import { identifier, moment } from "./columns.ts";

/** A tenant. */
export const workspace = pgTable("workspace", {
  id: identifier(),
  name: text("name").notNull(),
  createdAt: moment("created_at").notNull(),
});
