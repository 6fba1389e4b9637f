import { and, eq } from "drizzle-orm";
import { job } from "../../../drizzle/schema/index.ts";
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

export function presentJob(row: JobRecord): Job {
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
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
