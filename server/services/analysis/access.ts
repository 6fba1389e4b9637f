import { and, desc, eq } from "drizzle-orm";
import { analysisRun, dataset, job } from "../../../drizzle/schema/index.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";

type Scope = Pick<ServiceContext, "db" | "actor">;
export type AnalysisRunRecord = typeof analysisRun.$inferSelect;

export async function analysisRunInWorkspace(ctx: Scope, runId: string): Promise<AnalysisRunRecord> {
  const [row] = await ctx.db
    .select()
    .from(analysisRun)
    .where(and(eq(analysisRun.id, runId), eq(analysisRun.workspaceId, ctx.actor.workspaceId)));
  if (row === undefined) throw notFound("run of analyses");
  return row;
}

/** Runs of a study with the state of their jobs, newest first. */
export async function analysisRunsOf(ctx: Scope, studyId: string) {
  return ctx.db
    .select({ run: analysisRun, status: job.status, error: job.error, datasetVersion: dataset.version })
    .from(analysisRun)
    .innerJoin(job, eq(job.id, analysisRun.jobId))
    .innerJoin(dataset, eq(dataset.id, analysisRun.datasetId))
    .where(eq(analysisRun.studyId, studyId))
    .orderBy(desc(analysisRun.createdAt));
}
