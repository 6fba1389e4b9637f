import { recordEvent } from "../audit/record-event.ts";
import { dossierInWorkspace } from "../services/dossier/access.ts";
import { gatherRecordParts, packedTwins } from "../services/dossier/record-parts.ts";
import { storeDossier } from "../services/dossier/store-dossier.ts";
import { touchStudy } from "../services/study/touch-study.ts";
import type { JobHandler } from "./job-work.ts";
import { makeDossierFiles } from "./make-dossier-files.ts";

export const buildDossierJob: JobHandler = async (work) => {
  const { job, ctx } = work;
  const { dossier } = await dossierInWorkspace(ctx, job.subjectId);
  const made = await makeDossierFiles(work, async () => ({
    record: { kind: "parts", parts: await gatherRecordParts(ctx, dossier) },
    twins: await packedTwins(ctx, dossier),
    signatures: [],
  }));
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
