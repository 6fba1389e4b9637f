import { eq } from "drizzle-orm";
import { simulationChunk, simulationRun } from "../../drizzle/schema/index.ts";
import { cellCount } from "../../lib/simulation/simulation-cell.ts";
import { recordEvent } from "../audit/record-event.ts";
import { finishedTallies, runInWorkspace } from "../services/simulation/access.ts";
import { packedModel } from "../services/simulation/get-simulation.ts";
import { sha256OfBytes, storeFile } from "../services/stored-file.ts";
import { touchStudy } from "../services/study/touch-study.ts";
import type { JobHandler } from "./job-work.ts";
import { type Chunk, planChunks } from "./simulation-chunks.ts";
import { simulationTurns } from "./simulation-turns.ts";
import { packDocument } from "./threads/packed-document.ts";

/** Share of the progress bar that the chunks take; the rest sums up. */
const CHUNKS_SHARE = 0.98;

export const runSimulationJob: JobHandler = async ({ job, ctx, signal, report }) => {
  const { run } = await runInWorkspace(ctx, job.subjectId);
  const spec = packDocument(run.spec);
  const model = await packedModel(ctx, run);
  const chunks = planChunks(run.spec);
  const finished = await finishedChunks(ctx.db, run.id);
  const open = chunks.filter((chunk) => !finished.has(chunkKey(chunk)));
  let done = chunks.length - open.length;
  const tell = () => report((CHUNKS_SHARE * done) / chunks.length, `${done} of ${chunks.length} chunks`);
  tell();
  const trialsLeft = () => open.reduce((sum, chunk) => sum + chunk.replicates, 0);
  const turn = simulationTurns.enter(trialsLeft());
  const next = async () => {
    await turn.wait(signal, () =>
      report((CHUNKS_SHARE * done) / chunks.length, "waiting for a simulation with less left to do"),
    );
    const chunk = open.shift();
    turn.update(trialsLeft());
    if (open.length === 0) turn.leave();
    return chunk;
  };
  const workThrough = async () => {
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
      const tally = await ctx.threads.run("simulate-chunk", { runId: run.id, spec, model, ...chunk }, { signal });
      await ctx.db
        .insert(simulationChunk)
        .values({ runId: run.id, ...chunk, tally })
        .onConflictDoNothing();
      done++;
      tell();
    }
  };
  try {
    await Promise.all(Array.from({ length: ctx.threads.threads }, workThrough));
  } finally {
    turn.leave();
  }
  const tallies = await finishedTallies(ctx.db, run.id);
  const result = await ctx.threads.run("summarize-simulation", { spec, model, tallies }, { signal });
  return async (tx) => {
    const now = ctx.now();
    const resultFileId = await storeFile(tx, job.workspaceId, result, now);
    await tx.update(simulationRun).set({ resultFileId, finishedAt: now }).where(eq(simulationRun.id, run.id));
    await tx.delete(simulationChunk).where(eq(simulationChunk.runId, run.id));
    await touchStudy(tx, job.studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "simulation.finish",
      subject: `simulation ${run.id}`,
      change: `${cellCount(run.spec)} cells of ${run.spec.replicates.toLocaleString("en-US")} replicates; stored result ${sha256OfBytes(result)}`,
      studyId: job.studyId,
    });
  };
};

const chunkKey = (chunk: Chunk) => `${chunk.cellIndex}:${chunk.firstReplicate}:${chunk.replicates}`;

async function finishedChunks(db: Parameters<typeof finishedTallies>[0], runId: string): Promise<Set<string>> {
  const rows = await db
    .select({
      cellIndex: simulationChunk.cellIndex,
      firstReplicate: simulationChunk.firstReplicate,
      replicates: simulationChunk.replicates,
    })
    .from(simulationChunk)
    .where(eq(simulationChunk.runId, runId));
  return new Set(rows.map(chunkKey));
}
