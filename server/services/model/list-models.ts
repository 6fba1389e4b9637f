import { desc, eq } from "drizzle-orm";
import { job, progressionModel } from "../../../drizzle/schema/index.ts";
import type { JobStatus } from "../../../drizzle/schema/job.ts";
import type { ServiceContext } from "../context.ts";
import { studyInWorkspace } from "../study/access.ts";
import { modelOutOfDate, type StudyNow } from "../study/out-of-date.ts";
import { studyNow } from "../study/study-now.ts";
import type { ModelRecord } from "./access.ts";
import type { ModelRow } from "./model-schemas.ts";

export async function listModels(ctx: ServiceContext, studyId: string): Promise<ModelRow[]> {
  const study = await studyInWorkspace(ctx, studyId);
  const now = await studyNow(ctx.db, study);
  const rows = await ctx.db
    .select({ model: progressionModel, status: job.status })
    .from(progressionModel)
    .innerJoin(job, eq(job.id, progressionModel.jobId))
    .where(eq(progressionModel.studyId, studyId))
    .orderBy(desc(progressionModel.version));
  return rows.map((row) => presentModel(row.model, row.status, now));
}

export function presentModel(model: ModelRecord, status: JobStatus, now: StudyNow): ModelRow {
  return {
    id: model.id,
    version: model.version,
    name: model.name,
    status,
    jobId: model.jobId,
    datasetId: model.datasetId,
    hash: model.hash,
    training: model.training,
    createdBy: model.createdBy,
    createdAt: model.createdAt.toISOString(),
    frozenAt: model.frozenAt?.toISOString() ?? null,
    current: now.work.model?.id === model.id,
    outOfDate: modelOutOfDate(model, now),
  };
}
