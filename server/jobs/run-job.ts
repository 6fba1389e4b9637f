import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { job } from "../../drizzle/schema/index.ts";
import type { JobKind } from "../../drizzle/schema/job.ts";
import { DomainError } from "../../lib/errors/domain-error.ts";
import { recordEvent } from "../audit/record-event.ts";
import type { Db } from "../db/client.ts";
import type { ServiceContext } from "../services/context.ts";
import { ServiceError } from "../services/errors.ts";
import type { JobRecord } from "../services/job/access.ts";
import { buildDossierJob } from "./build-dossier.ts";
import { continueChain } from "./continue-chain.ts";
import { generateTwinsJob } from "./generate-twins.ts";
import type { Finish, JobHandler } from "./job-work.ts";
import { lockDossierJob } from "./lock-dossier.ts";
import { runAnalysesJob } from "./run-analyses.ts";
import { runSimulationJob } from "./run-simulation.ts";
import { signDossierJob } from "./sign-dossier.ts";
import { trainModelJob } from "./train-model.ts";

const handlers: Record<JobKind, JobHandler> = {
  "train-model": trainModelJob,
  "generate-twins": generateTwinsJob,
  "run-simulation": runSimulationJob,
  "run-analyses": runAnalysesJob,
  "build-dossier": buildDossierJob,
  "lock-dossier": lockDossierJob,
  "sign-dossier": signDossierJob,
};

/** Starts of one job before it is given up: a job that takes the whole process down must not do so for ever. */
const MOST_ATTEMPTS = 4;
/** How often progress and heartbeat are written and the wish to cancel is read. */
const BEAT_MS = 400;

export interface JobEnvironment {
  /** Context of the program itself, acting in a workspace. */
  contextFor(workspaceId: string, requestedBy: string): ServiceContext;
  readonly db: Db;
  readonly log: (id: string, error: unknown) => void;
  /** For tests: replaces the work of a kind. */
  readonly handlers?: Partial<Record<JobKind, JobHandler>>;
}

/** Works on a stored job: once to the end, or again after a crash. Throws only when the delivery should be repeated. */
export async function runJob(environment: JobEnvironment, jobId: string, delivery: AbortSignal): Promise<void> {
  const { db } = environment;
  const row = await claim(environment, jobId);
  if (row === null) return;
  const ctx = environment.contextFor(row.workspaceId, row.requestedBy);
  const controller = new AbortController();
  const beat = startBeat(db, row, () => controller.abort());
  try {
    const handler = environment.handlers?.[row.kind] ?? handlers[row.kind];
    const signal = AbortSignal.any([controller.signal, delivery]);
    const finish = await handler({ job: row, ctx, signal, report: beat.report });
    await beat.stop();
    await close(db, row, ctx, finish);
  } catch (error) {
    await beat.stop();
    // The queue took the delivery back; the row stays as it is for the next one.
    if (delivery.aborted && !controller.signal.aborted) throw error;
    await fail(environment, row, ctx, error);
  }
}

/** Takes the job for this attempt, or settles it when there is nothing left to do. */
async function claim(environment: JobEnvironment, jobId: string): Promise<JobRecord | null> {
  const now = new Date();
  return environment.db.transaction(async (tx) => {
    const [row] = await tx.select().from(job).where(eq(job.id, jobId)).for("update");
    if (row === undefined || (row.status !== "queued" && row.status !== "running")) return null;
    const settle = (change: Partial<JobRecord>) =>
      tx
        .update(job)
        .set({ ...change, finishedAt: now })
        .where(eq(job.id, jobId));
    if (row.cancelRequested) {
      await settle({ status: "cancelled", message: "cancelled" });
      return null;
    }
    if (row.attempts >= MOST_ATTEMPTS) {
      const error = `The server stopped ${row.attempts} times while this job ran, so it was given up. Start it again to retry.`;
      await settle({ status: "failed", message: "given up", error });
      return null;
    }
    const again = row.attempts > 0 ? "resumed after the server stopped" : "started";
    const [claimed] = await tx
      .update(job)
      .set({
        status: "running",
        attempts: row.attempts + 1,
        startedAt: row.startedAt ?? now,
        heartbeatAt: now,
        message: again,
      })
      .where(eq(job.id, jobId))
      .returning();
    return claimed ?? null;
  });
}

/** The row of this very attempt: a worker that was taken for dead must not write over its successor. */
const attemptOf = (row: JobRecord) =>
  and(eq(job.id, row.id), eq(job.status, "running"), eq(job.attempts, row.attempts));

function startBeat(db: Db, row: JobRecord, abort: () => void) {
  let progress = row.progress;
  let message = row.message;
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const beat = async () => {
    const [now] = await db
      .update(job)
      .set({ heartbeatAt: new Date(), progress, ...(message === "" ? {} : { message }) })
      .where(attemptOf(row))
      .returning({ cancelRequested: job.cancelRequested });
    if (now === undefined || now.cancelRequested) abort();
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = beat()
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, BEAT_MS);
  return {
    report(fraction: number, text: string) {
      // Progress never runs backwards, not even when an attempt starts over.
      progress = Math.max(progress, Math.min(1, fraction));
      message = text;
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

async function close(db: Db, row: JobRecord, ctx: ServiceContext, finish: Finish): Promise<void> {
  await db.transaction(async (tx) => {
    const [current] = await tx.select().from(job).where(attemptOf(row)).for("update");
    if (current === undefined) throw new SupersededError();
    if (current.cancelRequested) throw new CancelledError();
    await finish(tx);
    await tx
      .update(job)
      .set({ status: "done", progress: 1, message: "done", finishedAt: ctx.now() })
      .where(eq(job.id, row.id));
    await continueChain({ ...ctx, db: tx }, row);
  });
}

class CancelledError extends Error {}
/** Another worker has taken over; what this one did is dropped. */
class SupersededError extends Error {}

async function fail(environment: JobEnvironment, row: JobRecord, ctx: ServiceContext, error: unknown): Promise<void> {
  if (error instanceof SupersededError) return;
  await environment.db.transaction(async (tx) => {
    const [current] = await tx.select().from(job).where(attemptOf(row)).for("update");
    if (current === undefined) return;
    const now = ctx.now();
    const cancelled = current.cancelRequested;
    const reason = cancelled ? null : failureSentence(environment, error);
    await tx
      .update(job)
      .set({
        status: cancelled ? "cancelled" : "failed",
        message: cancelled ? "cancelled" : "failed",
        error: reason,
        finishedAt: now,
      })
      .where(eq(job.id, row.id));
    if (cancelled) return;
    await recordEvent(tx, ctx.actor, now, {
      action: "job.fail",
      subject: `${row.kind} ${row.id}`,
      change: `running → failed: ${reason ?? ""}`,
      studyId: row.studyId,
    });
  });
}

function failureSentence(environment: JobEnvironment, error: unknown): string {
  if (error instanceof DomainError || error instanceof ServiceError) return error.message;
  const id = randomUUID();
  environment.log(id, error);
  return `Something went wrong on our side. It was logged under ${id}.`;
}
