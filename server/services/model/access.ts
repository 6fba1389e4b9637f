import { and, eq } from "drizzle-orm";
import { job, progressionModel } from "../../../drizzle/schema/index.ts";
import { type FrozenModel, frozenModelSchema } from "../../../lib/progression/model-document.ts";
import type { ServiceContext } from "../context.ts";
import { notFound, ServiceError } from "../errors.ts";
import { readDocument } from "../stored-file.ts";

export type ModelRecord = typeof progressionModel.$inferSelect;

export async function modelInWorkspace(ctx: Pick<ServiceContext, "db" | "actor">, modelId: string) {
  const [row] = await ctx.db
    .select({ model: progressionModel, status: job.status })
    .from(progressionModel)
    .innerJoin(job, eq(job.id, progressionModel.jobId))
    .where(and(eq(progressionModel.id, modelId), eq(progressionModel.workspaceId, ctx.actor.workspaceId)));
  if (row === undefined) throw notFound("model");
  return row;
}

/** The document of a model that has been frozen. */
export async function frozenModelDocument(
  ctx: Pick<ServiceContext, "db" | "actor">,
  model: ModelRecord,
): Promise<FrozenModel> {
  if (model.documentFileId === null) {
    throw new ServiceError(
      "CONFLICT",
      `Model version ${model.version} has not been frozen yet. Wait for its training.`,
    );
  }
  return readDocument(ctx.db, ctx.actor.workspaceId, model.documentFileId, frozenModelSchema);
}
