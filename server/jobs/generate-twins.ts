import { eq } from "drizzle-orm";
import { twinSet } from "../../drizzle/schema/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import { datasetInWorkspace } from "../services/dataset/access.ts";
import { modelInWorkspace } from "../services/model/access.ts";
import { readStoredFile, storeFile } from "../services/stored-file.ts";
import { touchStudy } from "../services/study/touch-study.ts";
import { twinSetInWorkspace } from "../services/twins/access.ts";
import type { JobHandler } from "./job-work.ts";

export const generateTwinsJob: JobHandler = async ({ job, ctx, signal, report }) => {
  const set = await twinSetInWorkspace(ctx, job.subjectId);
  const { model } = await modelInWorkspace(ctx, set.modelId);
  const enrolled = await datasetInWorkspace(ctx, set.datasetId);
  const history = await datasetInWorkspace(ctx, model.datasetId);
  if (model.documentFileId === null) throw new Error("the model of the twins is not frozen");
  const twins = await ctx.threads.run(
    "generate-twins",
    {
      model: await readStoredFile(ctx.db, job.workspaceId, model.documentFileId),
      enrolled: await readStoredFile(ctx.db, job.workspaceId, enrolled.dataFileId),
      enrolledHash: enrolled.dataHash,
      history: await readStoredFile(ctx.db, job.workspaceId, history.dataFileId),
      historyHash: history.dataHash,
    },
    { signal, onProgress: ({ fraction, message }) => report(fraction, message) },
  );
  return async (tx) => {
    const now = ctx.now();
    const documentFileId = await storeFile(tx, job.workspaceId, twins.document, now);
    await tx.update(twinSet).set({ documentFileId, hash: twins.hash, finishedAt: now }).where(eq(twinSet.id, set.id));
    await touchStudy(tx, job.studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "twins.finish",
      subject: `twins of data set "${enrolled.name}" version ${enrolled.version}`,
      change: `${twins.patients} twins; SHA-256 ${twins.hash}`,
      studyId: job.studyId,
    });
  };
};
