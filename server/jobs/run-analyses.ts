import { eq } from "drizzle-orm";
import { analysisRun } from "../../drizzle/schema/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import { analysisRunInWorkspace } from "../services/analysis/access.ts";
import { datasetInWorkspace } from "../services/dataset/access.ts";
import { readStoredFile, sha256OfBytes, storeFile } from "../services/stored-file.ts";
import { touchStudy } from "../services/study/touch-study.ts";
import { twinSetInWorkspace } from "../services/twins/access.ts";
import type { JobHandler } from "./job-work.ts";

export const runAnalysesJob: JobHandler = async ({ job, ctx, signal, report }) => {
  const run = await analysisRunInWorkspace(ctx, job.subjectId);
  const data = await datasetInWorkspace(ctx, run.datasetId);
  const twins = run.twinSetId === null ? null : await twinSetInWorkspace(ctx, run.twinSetId);
  const packed = async (fileId: string) => readStoredFile(ctx.db, job.workspaceId, fileId);
  const done = await ctx.threads.run(
    "run-analyses",
    {
      plan: run.plan,
      data: await packed(data.dataFileId),
      dataHash: data.dataHash,
      twins: twins === null || twins.documentFileId === null ? null : await packed(twins.documentFileId),
    },
    { signal, onProgress: ({ fraction, message }) => report(fraction, message) },
  );
  return async (tx) => {
    const now = ctx.now();
    const resultFileId = await storeFile(tx, job.workspaceId, done.document, now);
    await tx.update(analysisRun).set({ resultFileId, finishedAt: now }).where(eq(analysisRun.id, run.id));
    await touchStudy(tx, job.studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "analysis.finish",
      subject: `analyses ${run.id}`,
      change: `${done.reports} done, ${done.refused} refused; stored result ${sha256OfBytes(done.document)}`,
      studyId: job.studyId,
    });
  };
};
