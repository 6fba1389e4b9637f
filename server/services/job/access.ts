import { and, eq } from "drizzle-orm";
import { job } from "../../../drizzle/schema/index.ts";
import { type Actor, actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";
import type { Job } from "./job-schemas.ts";

export type JobRecord = typeof job.$inferSelect;

export async function jobInWorkspace(ctx: Pick<ServiceContext, "db" | "actor">, jobId: string): Promise<JobRecord> {
  const [row] = await ctx.db
    .select()
    .from(job)
    .where(and(eq(job.id, jobId), eq(job.workspaceId, ctx.actor.workspaceId)));
  if (row === undefined) throw notFound("job");
  return row;
}

/** Why an actor may not stop this very job; null when the role decides. A signature is taken back by nobody but its signer. */
export function cancelRefusal(actor: Actor, row: Pick<JobRecord, "kind" | "requestedBy">): string | null {
  if (row.kind !== "sign-dossier" || row.requestedBy === actorLabel(actor)) return null;
  return `Only ${row.requestedBy} can take this signature back.`;
}

export function presentJob(row: JobRecord, actor: Actor): Job {
  return {
    id: row.id,
    studyId: row.studyId,
    kind: row.kind,
    subjectId: row.subjectId,
    status: row.status,
    progress: row.progress,
    message: row.message,
    error: row.error,
    requestedBy: row.requestedBy,
    cancellable: cancelRefusal(actor, row) === null,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
