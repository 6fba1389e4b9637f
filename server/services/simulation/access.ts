import { and, asc, eq } from "drizzle-orm";
import { job, simulationChunk, simulationRun } from "../../../drizzle/schema/index.ts";
import type { ChunkTally } from "../../../lib/simulation/chunk-tally.ts";
import type { Db } from "../../db/client.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";

export type RunRecord = typeof simulationRun.$inferSelect;

export async function runInWorkspace(ctx: Pick<ServiceContext, "db" | "actor">, runId: string) {
  const [row] = await ctx.db
    .select({ run: simulationRun, status: job.status, error: job.error })
    .from(simulationRun)
    .innerJoin(job, eq(job.id, simulationRun.jobId))
    .where(and(eq(simulationRun.id, runId), eq(simulationRun.workspaceId, ctx.actor.workspaceId)));
  if (row === undefined) throw notFound("simulation");
  return row;
}

/** Tallies of the chunks that are finished, in the order of cells and replicates. */
export async function finishedTallies(db: Db, runId: string): Promise<ChunkTally[]> {
  const rows = await db
    .select({ tally: simulationChunk.tally })
    .from(simulationChunk)
    .where(eq(simulationChunk.runId, runId))
    .orderBy(asc(simulationChunk.cellIndex), asc(simulationChunk.firstReplicate));
  return rows.map((row) => row.tally);
}
