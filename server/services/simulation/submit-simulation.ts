import { randomUUID } from "node:crypto";
import { simulationRun } from "../../../drizzle/schema/index.ts";
import type { ChainKind } from "../../../drizzle/schema/job.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { invalidInput } from "../../../lib/errors/domain-error.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import { sha256Hex } from "../../../lib/numerics/sha256.ts";
import { cellCount } from "../../../lib/simulation/simulation-cell.ts";
import type { SimulationSpec } from "../../../lib/simulation/simulation-document.ts";
import { stoppingBounds } from "../../../lib/simulation/stopping-rule.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { createJob, newJobId } from "../job/create-job.ts";
import { studyFor } from "../study/access.ts";
import { studyWork } from "../study/study-work.ts";
import type { SubmitSimulationInput } from "./simulation-schemas.ts";

/** Queues a simulation; patients come from the current frozen model where a scenario asks for it. */
export async function submitSimulation(
  ctx: ServiceContext,
  input: SubmitSimulationInput,
  chain: readonly ChainKind[] = [],
): Promise<{ runId: string; jobId: string }> {
  const { id: studyId } = await studyFor(ctx, "simulation.run", input.studyId);
  const { spec } = input;
  checkSimulation(spec);
  const { model } = await studyWork(ctx.db, studyId);
  if (model === null && spec.scenarios.some((scenario) => scenario.generator.kind === "fitted-model")) {
    throw new ServiceError(
      "CONFLICT",
      "A scenario draws its patients from the progression model, and there is no frozen model yet. Train one first.",
    );
  }
  const runId = randomUUID();
  const jobId = newJobId();
  const now = ctx.now();
  await ctx.db.transaction(async (tx) => {
    await tx.insert(simulationRun).values({
      id: runId,
      workspaceId: ctx.actor.workspaceId,
      studyId,
      modelId: model?.id ?? null,
      modelHash: model?.hash ?? null,
      spec,
      specHash: sha256Hex(canonicalJson(spec)),
      jobId,
      engineVersion: ENGINE_VERSION,
      createdBy: actorLabel(ctx.actor),
      createdAt: now,
    });
    await createJob(tx, ctx, { id: jobId, studyId, kind: "run-simulation", subjectId: runId, chain });
    await recordEvent(tx, ctx.actor, now, {
      action: "simulation.submit",
      subject: `simulation ${runId}`,
      change: `${cellCount(spec)} cells of ${spec.replicates.toLocaleString("en-US")} replicates, seed ${spec.seed}, model ${model?.hash ?? "none"}`,
      studyId,
    });
  });
  return { runId, jobId };
}

function checkSimulation(spec: SimulationSpec): void {
  for (const [field, items] of [
    ["designs", spec.designs],
    ["scenarios", spec.scenarios],
  ] as const) {
    const ids = items.map((item) => item.id);
    const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
    if (repeated !== undefined) throw invalidInput(`spec.${field}`, repeated, "must have ids that differ");
  }
  // The engine accepts every plan, or says why not, before anything is queued.
  for (const design of spec.designs) stoppingBounds(design);
}
