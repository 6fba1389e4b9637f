import { bigint, index, integer, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { mappingSpecSchema } from "../../lib/data/mapping-spec.ts";
import { qualityReportSchema } from "../../lib/data/quality-document.ts";
import { document, identifier, moment } from "./columns.ts";
import { storedFile } from "./file.ts";
import { study } from "./study.ts";
import { workspace } from "./workspace.ts";

/** A file that was received and read, waiting for its mapping to be confirmed. */
export const upload = pgTable(
  "upload",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    studyId: uuid("study_id")
      .notNull()
      .references(() => study.id),
    fileName: text("file_name").notNull(),
    fileId: uuid("file_id")
      .notNull()
      .references(() => storedFile.id),
    /** File with one row a patient (e.g. ADSL) to be joined; null without. */
    subjectsFileName: text("subjects_file_name"),
    subjectsFileId: uuid("subjects_file_id").references(() => storedFile.id),
    uploadedBy: text("uploaded_by").notNull(),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [index("upload_created").on(table.createdAt)],
);

/** An immutable, versioned data set, identified by the SHA-256 of its bytes. */
export const dataset = pgTable(
  "dataset",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    studyId: uuid("study_id")
      .notNull()
      .references(() => study.id),
    role: text("role", { enum: ["historical-control", "enrolled"] }).notNull(),
    version: integer("version").notNull(),
    name: text("name").notNull(),
    fileName: text("file_name").notNull(),
    fileBytes: bigint("file_bytes", { mode: "number" }).notNull(),
    fileHash: text("file_hash").notNull(),
    /** The file as received. */
    sourceFileId: uuid("source_file_id")
      .notNull()
      .references(() => storedFile.id),
    /** The file with one row a patient that was joined, as received; null without. */
    subjectsFileName: text("subjects_file_name"),
    subjectsFileBytes: bigint("subjects_file_bytes", { mode: "number" }),
    subjectsFileHash: text("subjects_file_hash"),
    subjectsSourceFileId: uuid("subjects_source_file_id").references(() => storedFile.id),
    /** The long data set: gzip of its canonical JSON; `dataHash` is the SHA-256 of that JSON. */
    dataFileId: uuid("data_file_id")
      .notNull()
      .references(() => storedFile.id),
    dataHash: text("data_hash").notNull(),
    mapping: document("mapping", mappingSpecSchema).notNull(),
    mappingHash: text("mapping_hash").notNull(),
    quality: document("quality", qualityReportSchema).notNull(),
    patients: integer("patients").notNull(),
    visits: integer("visits").notNull(),
    diagnostics: integer("diagnostics").notNull(),
    engineVersion: text("engine_version").notNull(),
    importedBy: text("imported_by").notNull(),
    importedAt: moment("imported_at").notNull(),
  },
  (table) => [unique("dataset_version").on(table.studyId, table.role, table.version)],
);
