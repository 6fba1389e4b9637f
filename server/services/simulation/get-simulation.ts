import { gunzipSync } from "node:zlib";
import { count, eq, sum } from "drizzle-orm";
import { progressionModel, simulationChunk } from "../../../drizzle/schema/index.ts";
import { cellAt, cellCount } from "../../../lib/simulation/simulation-cell.ts";
import { type SimulationResult, simulationResultSchema } from "../../../lib/simulation/simulation-document.ts";
import { packDocument } from "../../jobs/threads/packed-document.ts";
import type { ServiceContext } from "../context.ts";
import { readDocument, readStoredFile } from "../stored-file.ts";
import { studyInWorkspace } from "../study/access.ts";
import { studyNow } from "../study/study-now.ts";
import { finishedTallies, type RunRecord, runInWorkspace } from "./access.ts";
import { presentRun } from "./list-simulations.ts";
import type { SimulationDetail } from "./simulation-schemas.ts";

export async function getSimulation(ctx: ServiceContext, runId: string): Promise<SimulationDetail> {
  const { run, status, error } = await runInWorkspace(ctx, runId);
  const now = await studyNow(ctx.db, await studyInWorkspace(ctx, run.studyId));
  const finished = await finishedByCell(ctx, runId);
  const cells = Array.from({ length: cellCount(run.spec) }, (_, index) => cellAt(run.spec, index));
  return {
    ...presentRun(run, status, now),
    spec: run.spec,
    error,
    progress: cells.map(({ index, design, scenario }) => ({
      designId: design.id,
      scenarioId: scenario.id,
      finishedReplicates: run.resultFileId === null ? (finished.get(index) ?? 0) : run.spec.replicates,
      replicates: run.spec.replicates,
    })),
    result: await resultSoFar(ctx, run),
  };
}

async function finishedByCell(ctx: ServiceContext, runId: string): Promise<Map<number, number>> {
  const rows = await ctx.db
    .select({ cellIndex: simulationChunk.cellIndex, replicates: sum(simulationChunk.replicates).mapWith(Number) })
    .from(simulationChunk)
    .where(eq(simulationChunk.runId, runId))
    .groupBy(simulationChunk.cellIndex);
  return new Map(rows.map((row) => [row.cellIndex, row.replicates]));
}

const MOST_REMEMBERED = 8;
/** Polled about twice a second: summed up again only when another chunk has come in. */
const remembered = new Map<string, { readonly chunks: number; readonly result: Promise<SimulationResult | null> }>();

async function resultSoFar(ctx: ServiceContext, run: RunRecord): Promise<SimulationResult | null> {
  if (run.resultFileId !== null) {
    remembered.delete(run.id);
    return readDocument(ctx.db, ctx.actor.workspaceId, run.resultFileId, simulationResultSchema);
  }
  const [finished] = await ctx.db
    .select({ chunks: count() })
    .from(simulationChunk)
    .where(eq(simulationChunk.runId, run.id));
  const chunks = finished?.chunks ?? 0;
  if (chunks === 0) return null;
  const known = remembered.get(run.id);
  if (known !== undefined && known.chunks === chunks) return known.result;
  const result = summarize(ctx, run);
  remembered.delete(run.id);
  remembered.set(run.id, { chunks, result });
  const [oldest] = remembered.keys();
  if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  result.catch(() => remembered.delete(run.id));
  return result;
}

async function summarize(ctx: ServiceContext, run: RunRecord): Promise<SimulationResult> {
  const packed = await ctx.threads.run("summarize-simulation", {
    spec: packDocument(run.spec),
    model: await packedModel(ctx, run),
    tallies: await finishedTallies(ctx.db, run.id),
  });
  return simulationResultSchema.parse(JSON.parse(gunzipSync(packed).toString("utf8")));
}

/** The frozen model of a run as it is stored; null when the run needs none. */
export async function packedModel(
  ctx: Pick<ServiceContext, "db" | "actor">,
  run: Pick<RunRecord, "modelId">,
): Promise<Uint8Array | null> {
  if (run.modelId === null) return null;
  const [model] = await ctx.db
    .select({ fileId: progressionModel.documentFileId })
    .from(progressionModel)
    .where(eq(progressionModel.id, run.modelId));
  if (model?.fileId === undefined || model.fileId === null) throw new Error("the model of the simulation disappeared");
  return readStoredFile(ctx.db, ctx.actor.workspaceId, model.fileId);
}
