import { boolean, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { identifier, moment } from "./columns.ts";
import { workspace } from "./workspace.ts";

export const memberRoles = ["sponsor", "statistician", "regulatory", "admin"] as const;

/** A person in a workspace. Raising `sessionVersion` ends every session of that person. */
export const member = pgTable(
  "member",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    email: text("email").notNull().unique(),
    name: text("name").notNull(),
    role: text("role", { enum: memberRoles }).notNull(),
    passwordHash: text("password_hash").notNull(),
    temporaryPassword: boolean("temporary_password").notNull(),
    sessionVersion: integer("session_version").notNull().default(1),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [index("member_workspace").on(table.workspaceId)],
);

/** Counts failed attempts per account and per address; keys are hashes, so unknown accounts look like known ones. */
export const signInThrottle = pgTable("sign_in_throttle", {
  key: text("key").primaryKey(),
  failures: integer("failures").notNull(),
  blockedUntil: moment("blocked_until"),
  lastAttemptAt: moment("last_attempt_at").notNull(),
});
