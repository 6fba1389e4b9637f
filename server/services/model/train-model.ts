import { randomUUID } from "node:crypto";
import { count, eq } from "drizzle-orm";
import { progressionModel, study } from "../../../drizzle/schema/index.ts";
import type { ChainKind } from "../../../drizzle/schema/job.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { invalidInput } from "../../../lib/errors/domain-error.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { createJob, newJobId } from "../job/create-job.ts";
import { studyFor } from "../study/access.ts";
import { studyWork } from "../study/study-work.ts";
import type { TrainModelInput } from "./model-schemas.ts";

/** Queues the training of a new model version on the current historical data set. */
export async function trainModel(
  ctx: ServiceContext,
  input: TrainModelInput,
  chain: readonly ChainKind[] = [],
): Promise<{ jobId: string; modelId: string }> {
  const { id: studyId, specification } = await studyFor(ctx, "model.train", input.studyId);
  const { endpointId, visitId } = input.training.primary;
  if (!specification.endpoints.some((endpoint) => endpoint.id === endpointId)) {
    throw invalidInput("training.primary.endpointId", endpointId, "must be an endpoint of the study");
  }
  if (!specification.visits.some((visit) => visit.id === visitId)) {
    throw invalidInput("training.primary.visitId", visitId, "must be a planned visit of the study");
  }
  const modelId = randomUUID();
  const jobId = newJobId();
  await ctx.db.transaction(async (tx) => {
    await tx.select({ id: study.id }).from(study).where(eq(study.id, studyId)).for("update");
    const { history } = await studyWork(tx, studyId);
    if (history === null) throw new ServiceError("CONFLICT", "There is no historical data set yet. Import one first.");
    const [before] = await tx
      .select({ versions: count() })
      .from(progressionModel)
      .where(eq(progressionModel.studyId, studyId));
    const version = (before?.versions ?? 0) + 1;
    const now = ctx.now();
    await tx.insert(progressionModel).values({
      id: modelId,
      workspaceId: ctx.actor.workspaceId,
      studyId,
      version,
      name: `${history.name}, model ${version}`,
      datasetId: history.id,
      training: input.training,
      jobId,
      engineVersion: ENGINE_VERSION,
      createdBy: actorLabel(ctx.actor),
      createdAt: now,
    });
    await createJob(tx, ctx, { id: jobId, studyId, kind: "train-model", subjectId: modelId, chain });
    await recordEvent(tx, ctx.actor, now, {
      action: "model.train",
      subject: `model version ${version}`,
      change: `training requested on "${history.name}" version ${history.version} (data ${history.dataHash}), seed ${input.training.seed}`,
      studyId,
    });
  });
  return { jobId, modelId };
}
