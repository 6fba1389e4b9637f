import { inArray } from "drizzle-orm";
import { job } from "../../drizzle/schema/index.ts";
import { contextFor, type Runtime } from "../runtime.ts";
import { runJob } from "./run-job.ts";

/**
 * Jobs worked on at the same time in one process. They share the threads chunk by chunk, so more of them than threads
 * lets a training that somebody waits for begin while long simulations run.
 */
const CONCURRENCY = 4;
const LOOK_AFTER_MS = 60_000;

/** Works on jobs in this process, first of all on those that a stopped server left behind. */
export async function startWorkers(runtime: Runtime): Promise<void> {
  const { database, queue } = runtime;
  if (database.storage === "embedded") await eachOpenJob(runtime, queue.takeBack);
  await eachOpenJob(runtime, queue.ensureQueued);
  setInterval(() => {
    eachOpenJob(runtime, queue.ensureQueued).catch((error: unknown) => console.error("queue:", error));
  }, LOOK_AFTER_MS).unref();
  const environment = {
    db: database.db,
    contextFor: (workspaceId: string, requestedBy: string) =>
      contextFor(runtime, { kind: "system", name: onBehalfOf(requestedBy), workspaceId }),
    log: (id: string, error: unknown) => console.error(`error ${id}:`, error),
  };
  await queue.work(CONCURRENCY, (jobId, signal) => runJob(environment, jobId, signal));
}

async function eachOpenJob({ database }: Runtime, act: (jobId: string) => Promise<void>): Promise<void> {
  const open = await database.db
    .select({ id: job.id })
    .from(job)
    .where(inArray(job.status, ["queued", "running"]))
    .orderBy(job.createdAt);
  for (const { id } of open) await act(id);
}

/** A job queued by a job still acts for the person who began the chain. */
function onBehalfOf(requestedBy: string): string {
  return requestedBy.startsWith("Understudy") ? requestedBy : `Understudy for ${requestedBy}`;
}
