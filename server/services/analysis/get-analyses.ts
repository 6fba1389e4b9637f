import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import { analysisResultsSchema } from "../../../lib/trial-analysis/analysis-plan.ts";
import type { ServiceContext } from "../context.ts";
import { readDocument } from "../stored-file.ts";
import { studyInWorkspace } from "../study/access.ts";
import { analysesOutOfDate } from "../study/out-of-date.ts";
import { studyNow } from "../study/study-now.ts";
import { analysisRunsOf } from "./access.ts";
import type { AnalysisOverview, AnalysisVocabulary } from "./analysis-schemas.ts";
import { plannedAnalyses } from "./planned-analyses.ts";

/** The plan of a study, what it may name, and the results of its newest run. */
export async function getAnalyses(ctx: ServiceContext, studyId: string): Promise<AnalysisOverview> {
  const study = await studyInWorkspace(ctx, studyId);
  const now = await studyNow(ctx.db, study);
  const planned = await plannedAnalyses(ctx.db, studyId);
  const runs = await analysisRunsOf(ctx, studyId);
  const newest = runs.find(({ run }) => run.resultFileId !== null)?.run;
  const fileId = newest?.resultFileId ?? null;
  return {
    planned,
    vocabulary: await vocabularyOf(ctx, now.work, study.specification.primary),
    runs: runs.map(({ run, status, error, datasetVersion }) => ({
      id: run.id,
      status,
      error,
      jobId: run.jobId,
      analyses: run.plan.analyses.length,
      datasetVersion,
      withTwins: run.twinSetId !== null,
      createdBy: run.createdBy,
      createdAt: run.createdAt.toISOString(),
      finishedAt: run.finishedAt?.toISOString() ?? null,
    })),
    results: fileId === null ? null : await readDocument(ctx.db, ctx.actor.workspaceId, fileId, analysisResultsSchema),
    outOfDate:
      newest === undefined
        ? null
        : canonicalJson(newest.plan.analyses) !== canonicalJson(planned)
          ? "The plan has changed since these analyses were run."
          : analysesOutOfDate(newest, now),
  };
}

async function vocabularyOf(
  ctx: ServiceContext,
  { enrolled, twins }: Awaited<ReturnType<typeof studyNow>>["work"],
  primary: { endpointId: string; visitId: string },
): Promise<AnalysisVocabulary | null> {
  if (enrolled === null) return null;
  const data = await readDocument(ctx.db, ctx.actor.workspaceId, enrolled.dataFileId, longDataSetSchema);
  const labels = new Set(data.arms.map(({ label }) => label));
  const distinct = labels.size === data.arms.length;
  return {
    endpoints: data.endpoints.map(({ id, label }) => ({ id, label })),
    visits: data.visits.map(({ id, label }) => ({ id, label })),
    covariates: data.covariates.map(({ id, label, type }) => ({ id, label, type })),
    arms: data.arms.map(({ id, label, role }) => ({ name: distinct ? label : id, role })),
    eventKinds: [...new Set(data.patients.flatMap(({ events }) => events.map(({ kind }) => kind)))].sort(),
    patients: data.patients.length,
    hasTwins: twins !== null && twins.datasetId === enrolled.id,
    primary,
  };
}
