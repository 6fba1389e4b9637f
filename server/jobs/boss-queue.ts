import { sql } from "drizzle-orm";
import { fromDrizzle, fromPglite, PgBoss } from "pg-boss";
import type { Db } from "../db/client.ts";
import type { Database } from "../db/open-database.ts";
import type { JobQueue } from "./queue.ts";

const QUEUE = "understudy-work";

/** A process that stops answering for this long has its job given to another (pg-boss: at least 10). */
const HEARTBEAT_SECONDS = 10;

/** Higher than the attempts that a job may use up, so that it is always we who give up on it. */
const DELIVERIES = 10;
const LONGEST_JOB_SECONDS = 12 * 3600;

/** drizzle types the result by driver; pg-boss takes the shapes of both. */
const transaction = (tx: Db) => tx as unknown as Parameters<typeof fromDrizzle>[0];

export interface BossQueue extends JobQueue {
  /** Starts working on jobs in this process, `concurrency` at a time. */
  work(concurrency: number, run: (jobId: string, signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Queues a job that is neither queued nor being worked on, e.g. after its database was moved. */
  ensureQueued(jobId: string): Promise<void>;
  /** Takes a job back from a process that is known to be dead; on the embedded database every other process is. */
  takeBack(jobId: string): Promise<void>;
  stop(): Promise<void>;
}

/** The queue: pg-boss on the same database as everything else. */
export async function startBossQueue(database: Database, log: (error: unknown) => void): Promise<BossQueue> {
  const common = {
    useListenNotify: true,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    monitorVacuum: false,
    reindex: false,
    schedule: false,
  };
  const boss =
    database.storage === "embedded"
      ? new PgBoss({ ...common, db: fromPglite(database.client), backend: "pglite" })
      : new PgBoss({ ...common, connectionString: database.url, max: 4 });
  boss.on("error", log);
  await boss.start();
  await boss.createQueue(QUEUE, {
    // One job row is never queued or worked on twice at the same time.
    policy: "exclusive",
    notify: true,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: LONGEST_JOB_SECONDS,
    retryLimit: DELIVERIES,
    retryDelay: 1,
  });
  // pg-boss looks its queues up at first use, on its own connection. That look-up must be over before the first job is
  // sent inside a transaction: the embedded database has one connection, and both would wait for each other for ever.
  await boss.findJobs(QUEUE, { key: "" });
  const running = new Map<string, AbortController>();
  return {
    async enqueue(tx: Db, jobId: string) {
      await boss.send(QUEUE, { jobId }, { singletonKey: jobId, db: fromDrizzle(transaction(tx), sql) });
    },
    abort: (jobId) => running.get(jobId)?.abort(),
    async ensureQueued(jobId) {
      await boss.send(QUEUE, { jobId }, { singletonKey: jobId });
    },
    async takeBack(jobId) {
      const left = await boss.findJobs<{ jobId: string }>(QUEUE, { key: jobId });
      const active = left.filter((job) => job.state === "active").map((job) => job.id);
      if (active.length > 0) await boss.fail(QUEUE, active, { reason: "the server stopped" });
    },
    async work(concurrency, run) {
      const options = {
        localConcurrency: concurrency,
        pollingIntervalSeconds: 1,
        notifyPollingIntervalSeconds: 2,
        heartbeatRefreshSeconds: 3,
      };
      await boss.work<{ jobId: string }>(QUEUE, options, async ([delivery]) => {
        if (delivery === undefined) return;
        const { jobId } = delivery.data;
        const controller = new AbortController();
        running.set(jobId, controller);
        try {
          await run(jobId, AbortSignal.any([controller.signal, delivery.signal]));
        } finally {
          running.delete(jobId);
        }
      });
    },
    stop: () => boss.stop({ graceful: false, close: true }),
  };
}
