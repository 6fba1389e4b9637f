import { boolean, doublePrecision, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { z } from "zod";
import { document, identifier, moment } from "./columns.ts";
import { study } from "./study.ts";
import { workspace } from "./workspace.ts";

/** Work that may follow other work without a person in between. */
export const chainKinds = ["train-model", "generate-twins", "run-simulation", "run-analyses", "build-dossier"] as const;
export const jobKinds = [...chainKinds, "lock-dossier", "sign-dossier"] as const;
export const jobStatuses = ["queued", "running", "done", "failed", "cancelled"] as const;
export type ChainKind = (typeof chainKinds)[number];
export type JobKind = (typeof jobKinds)[number];
export type JobStatus = (typeof jobStatuses)[number];

/** Kinds of work that follow when this job is done: the rest of a chain. */
export const jobChainSchema = z.array(z.enum(chainKinds));

export const job = pgTable(
  "job",
  {
    id: identifier(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id),
    studyId: uuid("study_id")
      .notNull()
      .references(() => study.id),
    kind: text("kind", { enum: jobKinds }).notNull(),
    /** Row that the work fills: model, twin set, simulation run or dossier. */
    subjectId: uuid("subject_id").notNull(),
    chain: document("chain", jobChainSchema).notNull(),
    status: text("status", { enum: jobStatuses }).notNull(),
    progress: doublePrecision("progress").notNull().default(0),
    message: text("message").notNull().default(""),
    error: text("error"),
    cancelRequested: boolean("cancel_requested").notNull().default(false),
    attempts: integer("attempts").notNull().default(0),
    requestedBy: text("requested_by").notNull(),
    createdAt: moment("created_at").notNull(),
    startedAt: moment("started_at"),
    heartbeatAt: moment("heartbeat_at"),
    finishedAt: moment("finished_at"),
  },
  (table) => [index("job_study").on(table.studyId, table.createdAt), index("job_status").on(table.status)],
);
