import { bigint, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { bytes, identifier, moment } from "./columns.ts";
import { workspace } from "./workspace.ts";

/** Heavy content: source files, data sets, models, twins, dossier files. Never changed once written. */
export const storedFile = pgTable(
  "stored_file",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    byteLength: bigint("byte_length", { mode: "number" }).notNull(),
    /** SHA-256 of the content as it was given. */
    sha256: text("sha256").notNull(),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [index("stored_file_workspace").on(table.workspaceId)],
);

/** Parts of a few megabytes, so that a large file never passes through the database as one value. */
export const storedFilePart = pgTable(
  "stored_file_part",
  {
    fileId: uuid("file_id")
      .notNull()
      .references(() => storedFile.id, { onDelete: "cascade" }),
    part: integer("part").notNull(),
    content: bytes("content").notNull(),
  },
  (table) => [primaryKey({ columns: [table.fileId, table.part] })],
);
