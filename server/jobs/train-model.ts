import { eq } from "drizzle-orm";
import { progressionModel } from "../../drizzle/schema/index.ts";
import { targetEffectSource } from "../../lib/trial/study-specification.ts";
import { recordEvent } from "../audit/record-event.ts";
import { datasetInWorkspace } from "../services/dataset/access.ts";
import { startDesigns } from "../services/design/start-designs.ts";
import { modelInWorkspace } from "../services/model/access.ts";
import { readStoredFile, storeFile } from "../services/stored-file.ts";
import { studyInWorkspace } from "../services/study/access.ts";
import { touchStudy } from "../services/study/touch-study.ts";
import type { JobHandler } from "./job-work.ts";
import type { TrainInput } from "./threads/planned-training.ts";
import { trainParts } from "./train-parts.ts";

export const trainModelJob: JobHandler = async ({ job, ctx, signal, report }) => {
  const { model } = await modelInWorkspace(ctx, job.subjectId);
  const data = await datasetInWorkspace(ctx, model.datasetId);
  const study = await studyInWorkspace(ctx, job.studyId);
  const input: TrainInput = {
    data: await readStoredFile(ctx.db, job.workspaceId, data.dataFileId),
    dataHash: data.dataHash,
    training: model.training,
  };
  const parts = await trainParts(ctx.threads, input, signal, report);
  const { targetEffect } = study.specification;
  const effect = { targetEffect, targetEffectSource: targetEffectSource(study.specification) };
  const trained = await ctx.threads.run("freeze-model", { ...input, parts, name: model.name, ...effect }, { signal });
  return async (tx) => {
    const now = ctx.now();
    const documentFileId = await storeFile(tx, job.workspaceId, trained.document, now);
    const heldOutFileId = await storeFile(tx, job.workspaceId, trained.heldOut, now);
    const { hash, summary, scoreInformation } = trained;
    await tx
      .update(progressionModel)
      .set({ documentFileId, heldOutFileId, hash, summary, frozenAt: now })
      .where(eq(progressionModel.id, model.id));
    await touchStudy(tx, job.studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "model.freeze",
      subject: `model version ${model.version}`,
      change: `trained → frozen; SHA-256 ${hash}`,
      studyId: job.studyId,
    });
    if (summary.sizing !== null) await startDesigns(tx, ctx, job.studyId, summary.sizing, scoreInformation);
  };
};
