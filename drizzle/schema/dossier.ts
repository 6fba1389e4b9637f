import { bigint, index, integer, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { z } from "zod";
import { document, identifier, moment } from "./columns.ts";
import { storedFile } from "./file.ts";
import { study } from "./study.ts";
import { workspace } from "./workspace.ts";

export const dossierContentsSchema = z.array(
  z.object({ number: z.string(), title: z.string(), page: z.number().int() }),
);

export const checklistPointSchema = z.object({
  id: z.string(),
  section: z.string(),
  text: z.string(),
  critical: z.boolean(),
  kind: z.enum(["machine", "human"]),
  role: z.string(),
  status: z.enum(["pass", "fail", "open", "not-applicable"]),
  evidence: z.string(),
});

/** Rows that the dossier was built from, to tell when it has fallen behind the study. */
export const dossierBasisSchema = z.object({
  studyRevision: z.number().int(),
  historyId: z.string(),
  enrolledId: z.string(),
  modelId: z.string(),
  twinSetId: z.string(),
  runId: z.string(),
  /** Run of the planned analyses; null when there was none. */
  analysisRunId: z.string().nullable().default(null),
});

export type DossierBasis = z.infer<typeof dossierBasisSchema>;

export const dossier = pgTable(
  "dossier",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    studyId: uuid("study_id")
      .notNull()
      .references(() => study.id),
    version: integer("version").notNull(),
    state: text("state", { enum: ["draft", "locked", "signed"] }).notNull(),
    reason: text("reason").notNull(),
    jobId: uuid("job_id").notNull(),
    /** The canonical record as it is stored. */
    recordFileId: uuid("record_file_id").references(() => storedFile.id),
    /** SHA-256 of the canonical record: what is signed. */
    recordHash: text("record_hash"),
    pdfHash: text("pdf_hash"),
    pages: integer("pages"),
    basis: document("basis", dossierBasisSchema),
    contents: document("contents", dossierContentsSchema).notNull(),
    checklist: document("checklist", z.array(checklistPointSchema)).notNull(),
    engineVersion: text("engine_version").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: moment("created_at").notNull(),
    builtAt: moment("built_at"),
    lockedAt: moment("locked_at"),
  },
  (table) => [unique("dossier_version").on(table.studyId, table.version)],
);

export const dossierFile = pgTable(
  "dossier_file",
  {
    dossierId: uuid("dossier_id")
      .notNull()
      .references(() => dossier.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    mediaType: text("media_type").notNull(),
    byteLength: bigint("byte_length", { mode: "number" }).notNull(),
    sha256: text("sha256").notNull(),
    fileId: uuid("file_id")
      .notNull()
      .references(() => storedFile.id),
  },
  (table) => [primaryKey({ columns: [table.dossierId, table.name] })],
);

/** A person's answer to a checklist point that no machine can check. */
export const attestation = pgTable("attestation", {
  id: identifier(),
  dossierId: uuid("dossier_id")
    .notNull()
    .references(() => dossier.id),
  pointId: text("point_id").notNull(),
  memberId: uuid("member_id").notNull(),
  person: text("person").notNull(),
  role: text("role").notNull(),
  statement: text("statement").notNull(),
  at: moment("at").notNull(),
});

const meanings = ["authorship", "review", "approval", "responsibility"] as const;

/** What a person asked to be done with a dossier. */
export const dossierActSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("lock"), reason: z.string() }),
  /** The record that the person had before them, by its SHA-256. */
  z.object({ kind: z.literal("sign"), meaning: z.enum(meanings), recordHash: z.string() }),
]);
export type DossierAct = z.infer<typeof dossierActSchema>;

/** A lock or a signature that was asked for; a job makes the files that go with it. `at` is when the person acted. */
export const dossierRequest = pgTable(
  "dossier_request",
  {
    id: identifier(),
    dossierId: uuid("dossier_id")
      .notNull()
      .references(() => dossier.id),
    jobId: uuid("job_id").notNull().unique(),
    act: document("act", dossierActSchema).notNull(),
    memberId: uuid("member_id").notNull(),
    printedName: text("printed_name").notNull(),
    role: text("role").notNull(),
    at: moment("at").notNull(),
  },
  (table) => [index("dossier_request_dossier").on(table.dossierId, table.at)],
);

/** `id` is that of the request that it answers, so that one request can never sign twice. */
export const signature = pgTable("signature", {
  id: identifier(),
  dossierId: uuid("dossier_id")
    .notNull()
    .references(() => dossier.id),
  memberId: uuid("member_id").notNull(),
  printedName: text("printed_name").notNull(),
  role: text("role").notNull(),
  meaning: text("meaning", { enum: meanings }).notNull(),
  recordHash: text("record_hash").notNull(),
  at: moment("at").notNull(),
});
