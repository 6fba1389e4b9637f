import { randomUUID } from "node:crypto";
import { count, eq } from "drizzle-orm";
import type { DossierBasis } from "../../../drizzle/schema/dossier.ts";
import { dossier, study } from "../../../drizzle/schema/index.ts";
import type { ChainKind } from "../../../drizzle/schema/job.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { createJob, newJobId } from "../job/create-job.ts";
import { type StudyRecord, studyFor } from "../study/access.ts";
import { analysesOutOfDate, runOutOfDate, twinsOutOfDate } from "../study/out-of-date.ts";
import { quotedSizing } from "../study/study-answer.ts";
import { type StudyWork, studyWork } from "../study/study-work.ts";

/** Queues a new version of the dossier from the newest results of the study. */
export async function buildDossier(
  ctx: ServiceContext,
  input: { studyId: string; reason: string },
  chain: readonly ChainKind[] = [],
): Promise<{ dossierId: string; jobId: string }> {
  const record = await studyFor(ctx, "dossier.build", input.studyId);
  const { id: studyId } = record;
  const dossierId = randomUUID();
  const jobId = newJobId();
  await ctx.db.transaction(async (tx) => {
    await tx.select({ id: study.id }).from(study).where(eq(study.id, studyId)).for("update");
    const basis = basisOf(record, await studyWork(tx, studyId));
    const [before] = await tx.select({ versions: count() }).from(dossier).where(eq(dossier.studyId, studyId));
    const version = (before?.versions ?? 0) + 1;
    const now = ctx.now();
    await tx.insert(dossier).values({
      id: dossierId,
      workspaceId: ctx.actor.workspaceId,
      studyId,
      version,
      state: "draft",
      reason: input.reason,
      jobId,
      basis,
      contents: [],
      checklist: [],
      engineVersion: ENGINE_VERSION,
      createdBy: actorLabel(ctx.actor),
      createdAt: now,
    });
    await createJob(tx, ctx, { id: jobId, studyId, kind: "build-dossier", subjectId: dossierId, chain });
    await recordEvent(tx, ctx.actor, now, {
      action: "dossier.build",
      subject: `dossier version ${version}`,
      change: "build requested",
      reason: input.reason,
      studyId,
    });
  });
  return { dossierId, jobId };
}

/** What a dossier is made of; refused with the step that is missing or out of date. */
function basisOf(record: StudyRecord, work: StudyWork): DossierBasis {
  const { history, enrolled, model, twins, run, analyses } = work;
  const missing = (what: string) => new ServiceError("CONFLICT", `A dossier needs ${what} first.`);
  if (history === null) throw missing("a historical data set");
  if (enrolled === null) throw missing("an enrolled data set");
  if (model === null) throw missing("a frozen model");
  if (twins === null) throw missing("twins");
  if (quotedSizing(work) === null) throw missing("a saved sizing");
  if (run === null) throw missing("a finished simulation");
  const now = { specification: record.specification, revision: record.revision, work };
  const stale =
    twinsOutOfDate(twins, now) ??
    runOutOfDate(run, now) ??
    (analyses === null ? null : behindAnalyses(analysesOutOfDate(analyses, now)));
  if (stale !== null)
    throw new ServiceError("CONFLICT", `Results are out of date, and a dossier must not mix them: ${stale}`);
  return {
    studyRevision: record.revision,
    historyId: history.id,
    enrolledId: enrolled.id,
    modelId: model.id,
    twinSetId: twins.id,
    runId: run.id,
    analysisRunId: analyses?.id ?? null,
  };
}

const behindAnalyses = (reason: string | null) => (reason === null ? null : `Run the analyses again. ${reason}`);
