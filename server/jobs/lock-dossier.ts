import { eq } from "drizzle-orm";
import { dossier } from "../../drizzle/schema/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import { dossierInWorkspace } from "../services/dossier/access.ts";
import { requestOfJob } from "../services/dossier/dossier-request.ts";
import { assertDraft, assertUpToDate } from "../services/dossier/lock-dossier.ts";
import { gatherRecordParts, packedTwins } from "../services/dossier/record-parts.ts";
import { storeDossier } from "../services/dossier/store-dossier.ts";
import { touchStudy } from "../services/study/touch-study.ts";
import type { JobHandler } from "./job-work.ts";
import { makeDossierFiles } from "./make-dossier-files.ts";

/** Makes the final record of a draft and closes it, both in one transaction. */
export const lockDossierJob: JobHandler = async (work) => {
  const { job, ctx } = work;
  const { dossier: draft } = await dossierInWorkspace(ctx, job.subjectId);
  const { act, printedName } = await requestOfJob(ctx.db, job.id, "lock");
  assertDraft(draft);
  await assertUpToDate(ctx, draft);
  const made = await makeDossierFiles(work, async () => ({
    record: { kind: "parts", parts: await gatherRecordParts(ctx, draft) },
    twins: await packedTwins(ctx, draft),
    signatures: [],
  }));
  return async (tx) => {
    const [row] = await tx.select().from(dossier).where(eq(dossier.id, draft.id)).for("update");
    assertDraft(row);
    const now = ctx.now();
    await storeDossier(tx, row, made, now);
    await tx.update(dossier).set({ state: "locked", lockedAt: now }).where(eq(dossier.id, row.id));
    await touchStudy(tx, job.studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "dossier.lock",
      subject: `dossier version ${row.version}`,
      change: `draft → locked, as ${printedName} asked; record ${made.recordHash}`,
      reason: act.reason,
      studyId: job.studyId,
    });
  };
};
