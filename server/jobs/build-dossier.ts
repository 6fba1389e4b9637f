import { recordEvent } from "../audit/record-event.ts";
import { dossierInWorkspace } from "../services/dossier/access.ts";
import { gatherRecordParts, packedTwins } from "../services/dossier/record-parts.ts";
import { storeDossier } from "../services/dossier/store-dossier.ts";
import { touchStudy } from "../services/study/touch-study.ts";
import type { JobHandler } from "./job-work.ts";

const GATHERED = 0.1;

export const buildDossierJob: JobHandler = async ({ job, ctx, signal, report }) => {
  const { dossier } = await dossierInWorkspace(ctx, job.subjectId);
  report(0, "gathering the results");
  const parts = await gatherRecordParts(ctx, dossier);
  report(GATHERED, "writing the dossier and checking it");
  const made = await ctx.threads.run(
    "build-dossier",
    { record: { kind: "parts", parts }, twins: await packedTwins(ctx, dossier), signatures: [] },
    { signal, onProgress: ({ fraction, message }) => report(GATHERED + (1 - GATHERED) * fraction, message) },
  );
  return async (tx) => {
    const now = ctx.now();
    await storeDossier(tx, dossier, made, now);
    await touchStudy(tx, job.studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "dossier.finish",
      subject: `dossier version ${dossier.version}`,
      change: `${made.pages} pages; record ${made.recordHash}; PDF ${made.pdfHash}`,
      studyId: job.studyId,
    });
  };
};
