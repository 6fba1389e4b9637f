import { desc, eq } from "drizzle-orm";
import { job, simulationRun } from "../../../drizzle/schema/index.ts";
import type { JobStatus } from "../../../drizzle/schema/job.ts";
import type { ServiceContext } from "../context.ts";
import { studyInWorkspace } from "../study/access.ts";
import { runOutOfDate, type StudyNow } from "../study/out-of-date.ts";
import { studyNow } from "../study/study-now.ts";
import type { RunRecord } from "./access.ts";
import type { SimulationRow } from "./simulation-schemas.ts";

export async function listSimulations(ctx: ServiceContext, studyId: string): Promise<SimulationRow[]> {
  const study = await studyInWorkspace(ctx, studyId);
  const now = await studyNow(ctx.db, study);
  const rows = await ctx.db
    .select({ run: simulationRun, status: job.status })
    .from(simulationRun)
    .innerJoin(job, eq(job.id, simulationRun.jobId))
    .where(eq(simulationRun.studyId, studyId))
    .orderBy(desc(simulationRun.createdAt));
  return rows.map(({ run, status }) => presentRun(run, status, now));
}

export function presentRun(run: RunRecord, status: JobStatus, now: StudyNow): SimulationRow {
  return {
    id: run.id,
    status,
    jobId: run.jobId,
    designs: run.spec.designs.length,
    scenarios: run.spec.scenarios.length,
    replicates: run.spec.replicates,
    seed: run.spec.seed,
    modelId: run.modelId,
    createdBy: run.createdBy,
    createdAt: run.createdAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
    current: now.work.run?.id === run.id,
    outOfDate: runOutOfDate(run, now),
  };
}
