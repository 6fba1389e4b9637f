import { randomUUID } from "node:crypto";
import { analysisRun } from "../../../drizzle/schema/index.ts";
import type { ChainKind } from "../../../drizzle/schema/job.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import { sha256Hex } from "../../../lib/numerics/sha256.ts";
import type { AnalysisPlan } from "../../../lib/trial-analysis/analysis-plan.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { createJob, newJobId } from "../job/create-job.ts";
import { studyFor } from "../study/access.ts";
import { studyWork } from "../study/study-work.ts";
import { plannedAnalyses } from "./planned-analyses.ts";

/** Queues every planned analysis on the newest enrolled data set, with the scores of its twins where there are any. */
export async function runAnalyses(
  ctx: ServiceContext,
  input: { readonly studyId: string },
  chain: readonly ChainKind[] = [],
): Promise<{ runId: string; jobId: string }> {
  const { id: studyId } = await studyFor(ctx, "analysis.write", input.studyId);
  const { enrolled, twins } = await studyWork(ctx.db, studyId);
  if (enrolled === null)
    throw new ServiceError("CONFLICT", "There is no enrolled data set yet. Import the data of the trial first.");
  const analyses = await plannedAnalyses(ctx.db, studyId);
  if (analyses.length === 0)
    throw new ServiceError("CONFLICT", "No analysis is planned yet. Add one to the plan first.");
  const plan: AnalysisPlan = { format: "understudy-analysis-plan/1", analyses };
  const current = twins !== null && twins.datasetId === enrolled.id ? twins : null;
  const runId = randomUUID();
  const jobId = newJobId();
  const now = ctx.now();
  await ctx.db.transaction(async (tx) => {
    await tx.insert(analysisRun).values({
      id: runId,
      workspaceId: ctx.actor.workspaceId,
      studyId,
      datasetId: enrolled.id,
      twinSetId: current?.id ?? null,
      plan,
      jobId,
      engineVersion: ENGINE_VERSION,
      createdBy: actorLabel(ctx.actor),
      createdAt: now,
    });
    await createJob(tx, ctx, { id: jobId, studyId, kind: "run-analyses", subjectId: runId, chain });
    await recordEvent(tx, ctx.actor, now, {
      action: "analysis.run",
      subject: `analyses ${runId}`,
      change: `${analyses.length} analyses of data set version ${enrolled.version}, twins ${current?.hash ?? "none"}, plan SHA-256 ${sha256Hex(canonicalJson(plan))}`,
      studyId,
    });
  });
  return { runId, jobId };
}
