import { randomUUID } from "node:crypto";
import { twinSet } from "../../../drizzle/schema/index.ts";
import type { ChainKind } from "../../../drizzle/schema/job.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { datasetInWorkspace } from "../dataset/access.ts";
import { notFound, ServiceError } from "../errors.ts";
import { createJob, newJobId } from "../job/create-job.ts";
import { modelInWorkspace } from "../model/access.ts";
import { studyFor } from "../study/access.ts";
import { assertUnitsOfTraining } from "./check-units.ts";
import type { GenerateTwinsInput } from "./twins-schemas.ts";

/** Queues the generation of twins of an enrolled data set from a frozen model. */
export async function generateTwins(
  ctx: ServiceContext,
  input: GenerateTwinsInput,
  chain: readonly ChainKind[] = [],
): Promise<{ jobId: string; twinSetId: string }> {
  const { id: studyId } = await studyFor(ctx, "model.train", input.studyId);
  const { model } = await modelInWorkspace(ctx, input.modelId);
  const data = await datasetInWorkspace(ctx, input.datasetId);
  if (model.studyId !== studyId) throw notFound("model in this study");
  if (data.studyId !== studyId) throw notFound("data set in this study");
  if (model.hash === null) {
    throw new ServiceError(
      "CONFLICT",
      `Model version ${model.version} has not been frozen yet. Wait for its training.`,
    );
  }
  if (data.role !== "enrolled") {
    const requirement = "must be the data set of the enrolled trial";
    throw new ServiceError("INVALID", `The data set ${requirement}.`, { argument: "datasetId", requirement });
  }
  if (model.documentFileId !== null) {
    const files = { model: model.documentFileId, data: data.dataFileId };
    await assertUnitsOfTraining(ctx, files, input.acknowledgedUnits);
  }
  const twinSetId = randomUUID();
  const jobId = newJobId();
  const now = ctx.now();
  await ctx.db.transaction(async (tx) => {
    await tx.insert(twinSet).values({
      id: twinSetId,
      workspaceId: ctx.actor.workspaceId,
      studyId,
      modelId: model.id,
      datasetId: data.id,
      jobId,
      engineVersion: ENGINE_VERSION,
      createdBy: actorLabel(ctx.actor),
      createdAt: now,
    });
    await createJob(tx, ctx, { id: jobId, studyId, kind: "generate-twins", subjectId: twinSetId, chain });
    await recordEvent(tx, ctx.actor, now, {
      action: "twins.generate",
      subject: `twins of data set "${data.name}" version ${data.version}`,
      change: `requested from model version ${model.version} (${model.hash})${input.acknowledgedUnits === undefined ? "" : `; suspected units acknowledged: ${input.acknowledgedUnits}`}`,
      studyId,
    });
  });
  return { jobId, twinSetId };
}
