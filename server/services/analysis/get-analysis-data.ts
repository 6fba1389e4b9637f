import { analysisTableCsv } from "../../../lib/analysis/analysis-table.ts";
import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import { analysisTableOf } from "../../../lib/trial-analysis/analysis-table-of.ts";
import { trialDataOf } from "../../../lib/trial-analysis/trial-data-of.ts";
import type { ServiceContext } from "../context.ts";
import { datasetInWorkspace } from "../dataset/access.ts";
import { notFound } from "../errors.ts";
import { readDocument } from "../stored-file.ts";
import { studyInWorkspace } from "../study/access.ts";
import { storedTwins, twinSetInWorkspace } from "../twins/access.ts";
import { analysisRunsOf } from "./access.ts";

/** The data set that the programs of an analysis read, from the newest finished run that holds the analysis. */
export async function getAnalysisData(ctx: ServiceContext, studyId: string, key: string): Promise<string> {
  await studyInWorkspace(ctx, studyId);
  const runs = await analysisRunsOf(ctx, studyId);
  const run = runs.find((row) => row.run.resultFileId !== null)?.run;
  const planned = run?.plan.analyses.find(({ id }) => id === key);
  if (run === undefined || planned === undefined) throw notFound("analysis that was run");
  const { dataFileId } = await datasetInWorkspace(ctx, run.datasetId);
  const data = await readDocument(ctx.db, ctx.actor.workspaceId, dataFileId, longDataSetSchema);
  const twins =
    run.twinSetId === null ? null : (await storedTwins(ctx, await twinSetInWorkspace(ctx, run.twinSetId))).twins;
  return analysisTableCsv(analysisTableOf(planned.spec, trialDataOf(data, twins)));
}
