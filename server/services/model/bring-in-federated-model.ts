import { randomUUID } from "node:crypto";
import { count, eq } from "drizzle-orm";
import { job, progressionModel, study } from "../../../drizzle/schema/index.ts";
import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import { DomainError, invalidInput } from "../../../lib/errors/domain-error.ts";
import type { FederationPlan } from "../../../lib/progression/federation/federation-plan.ts";
import { refuseDifferences } from "../../../lib/progression/federation/site-data.ts";
import { verifyFederatedModel } from "../../../lib/progression/federation/verify-federated-model.ts";
import type { TrainedModel } from "../../../lib/progression/model-document.ts";
import { outOfFoldScoreInformation } from "../../../lib/simulation/out-of-fold-score-information.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { startDesigns } from "../design/start-designs.ts";
import { ServiceError } from "../errors.ts";
import { newJobId } from "../job/create-job.ts";
import { readDocument, storeDocument } from "../stored-file.ts";
import { type StudyRecord, studyFor } from "../study/access.ts";
import { studyWork } from "../study/study-work.ts";
import { touchStudy } from "../study/touch-study.ts";
import type { BringInModelInput } from "./model-schemas.ts";
import { modelSummary } from "./model-summary.ts";

/**
 * Takes a model that a federation made as the study's newest frozen model. The study's own historical data set stays: it gives
 * the nearest historical patients, and must have the endpoints, visits and covariates of the plan in the same units.
 */
export async function bringInFederatedModel(
  ctx: ServiceContext,
  input: BringInModelInput,
): Promise<{ modelId: string }> {
  const owner = await studyFor(ctx, "model.train", input.studyId);
  const { history } = await studyWork(ctx.db, owner.id);
  if (history === null) {
    throw new ServiceError(
      "CONFLICT",
      "There is no historical data set yet. Import this site's own one first: it gives the nearest historical patients and shows that units and visits are those of the federation.",
    );
  }
  const { model, report } = verifyFederatedModel(parsed(input.model, "model"), parsed(input.report, "report"));
  refuseOtherQuestion(model, owner);
  const data = await readDocument(ctx.db, ctx.actor.workspaceId, history.dataFileId, longDataSetSchema);
  refuseOtherData(data, report.plan);
  const summary = modelSummary(model, { targetEffect: owner.specification.targetEffect });
  const scoreInformation = outOfFoldScoreInformation(model, model.training.primary);
  const modelId = randomUUID();
  const jobId = newJobId();
  await ctx.db.transaction(async (tx) => {
    await tx.select({ id: study.id }).from(study).where(eq(study.id, owner.id)).for("update");
    const [before] = await tx
      .select({ versions: count() })
      .from(progressionModel)
      .where(eq(progressionModel.studyId, owner.id));
    const version = (before?.versions ?? 0) + 1;
    const now = ctx.now();
    const documentFileId = await storeDocument(tx, ctx.actor.workspaceId, model, now);
    await tx.insert(progressionModel).values({
      id: modelId,
      workspaceId: ctx.actor.workspaceId,
      studyId: owner.id,
      version,
      name: `${model.name}, model ${version}`,
      datasetId: history.id,
      training: model.training,
      jobId,
      documentFileId,
      hash: model.hash,
      summary,
      engineVersion: model.engineVersion,
      createdBy: actorLabel(ctx.actor),
      createdAt: now,
      frozenAt: now,
    });
    // Every model has the job that made it; this one was made elsewhere and is done.
    await tx.insert(job).values({
      id: jobId,
      workspaceId: ctx.actor.workspaceId,
      studyId: owner.id,
      kind: "train-model",
      subjectId: modelId,
      chain: [],
      status: "done",
      progress: 1,
      message: "brought in from a federation",
      requestedBy: actorLabel(ctx.actor),
      createdAt: now,
      startedAt: now,
      finishedAt: now,
    });
    await touchStudy(tx, owner.id, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "model.bring-in",
      subject: `model version ${version}`,
      change: `none → federated model of ${report.record.sites.map(({ site, patients }) => `${site} (${patients} patients)`).join(", ")}; plan ${report.record.planHash}; SHA-256 ${model.hash}; report ${report.hash}`,
      reason: input.reason,
      studyId: owner.id,
    });
    if (summary.sizing !== null) await startDesigns(tx, ctx, owner.id, summary.sizing, scoreInformation);
  });
  return { modelId };
}

function parsed(text: string, argument: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidInput(argument, "text that is not JSON", "must be the JSON file that `federate combine` wrote");
  }
}

/** The model must answer the study's question: what is learnt for another endpoint or visit would be out of date at once. */
function refuseOtherQuestion(model: TrainedModel, { specification }: StudyRecord): void {
  const { endpointId, visitId } = specification.primary;
  const { primary } = model.training;
  if (primary.endpointId !== endpointId || primary.visitId !== visitId) {
    throw invalidInput(
      "model.training.primary",
      `${primary.endpointId} at ${primary.visitId}`,
      `must be the study's primary endpoint and visit, ${endpointId} at ${visitId}`,
      "Change the study's specification, or plan the federation for this endpoint and visit.",
    );
  }
  const evaluated = model.evaluation.gain.some((row) => row.endpointId === endpointId && row.visitId === visitId);
  if (evaluated) return;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "model.evaluation",
    received: "no figure at the primary endpoint and visit",
    requirement: "must hold the comparison with ANCOVA of sites left out: sizing, simulation and dossier rest on it",
    hint: 'Plan the federation with evaluation "leave-one-site-out" and without noise. Twins alone can be made on the command line: understudy twins.',
  });
}

function refuseOtherData(data: Parameters<typeof refuseDifferences>[0], plan: FederationPlan): void {
  refuseDifferences(data, plan);
  const extra = [
    ...data.endpoints.filter(({ id }) => !plan.endpoints.some((endpoint) => endpoint.id === id)),
    ...data.visits.filter(({ id }) => !plan.visits.some((visit) => visit.id === id)),
  ];
  if (extra.length === 0) return;
  throw invalidInput(
    "data",
    extra.map(({ id }) => id).join(", "),
    "must not be in the historical data set: the federation's plan does not have these endpoints or visits",
    "Import the data set without them, or plan the federation with them.",
  );
}
