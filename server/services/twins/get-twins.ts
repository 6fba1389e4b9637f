import { and, desc, eq } from "drizzle-orm";
import { job, progressionModel, twinSet } from "../../../drizzle/schema/index.ts";
import type { ServiceContext } from "../context.ts";
import { studyInWorkspace } from "../study/access.ts";
import { twinsOutOfDate } from "../study/out-of-date.ts";
import { studyNow } from "../study/study-now.ts";
import { storedTwins } from "./access.ts";
import type { StoredTwins } from "./stored-twins.ts";
import type { Twins } from "./twins-schemas.ts";

/** The newest finished twins of a study; the newest attempt while there are none; null before the first. */
export async function getTwins(ctx: ServiceContext, studyId: string): Promise<Twins | null> {
  const study = await studyInWorkspace(ctx, studyId);
  const rows = await ctx.db
    .select({ twins: twinSet, status: job.status, modelHash: progressionModel.hash })
    .from(twinSet)
    .innerJoin(job, eq(job.id, twinSet.jobId))
    .innerJoin(progressionModel, eq(progressionModel.id, twinSet.modelId))
    .where(and(eq(twinSet.studyId, studyId), eq(twinSet.workspaceId, ctx.actor.workspaceId)))
    .orderBy(desc(twinSet.createdAt))
    .limit(50);
  const shown = rows.find((row) => row.twins.hash !== null) ?? rows[0];
  if (shown === undefined) return null;
  const pending = rows.find((row) => row.status === "queued" || row.status === "running");
  const { twins, status, modelHash } = shown;
  return {
    id: twins.id,
    status,
    jobId: twins.jobId,
    modelId: twins.modelId,
    modelHash: modelHash ?? "",
    datasetId: twins.datasetId,
    createdAt: twins.createdAt.toISOString(),
    outOfDate: twinsOutOfDate(twins, await studyNow(ctx.db, study)),
    pendingJobId: pending === undefined || pending.twins.id === twins.id ? null : pending.twins.jobId,
    document: twins.documentFileId === null ? null : cohort(await storedTwins(ctx, twins)),
  };
}

function cohort({ twins: set, historyScores }: StoredTwins): NonNullable<Twins["document"]> {
  const e = set.endpointIds.indexOf(set.primary.endpointId);
  const v = set.visitIds.indexOf(set.primary.visitId);
  return {
    endpointIds: set.endpointIds,
    visitIds: set.visitIds,
    primary: set.primary,
    bandLevels: set.bandLevels,
    rows: set.twins.map((twin) => ({
      patientId: twin.patientId,
      study: twin.study,
      arm: twin.arm,
      prognosticScore: twin.prognosticScore,
      observed: twin.observed[e]?.[v] ?? null,
      outOfSupport: twin.support.outOfSupport,
      outsideRange: twin.support.outsideRange,
    })),
    observedMinusTwin: set.observedMinusTwin,
    outOfSupport: set.outOfSupport,
    scores: { trial: set.twins.map((twin) => twin.prognosticScore), history: historyScores },
    diagnostics: set.diagnostics,
    hash: set.hash,
  };
}
