import type { Actor } from "./auth/actor.ts";
import { type Database, openDatabase } from "./db/open-database.ts";
import { type Environment, readEnvironment } from "./env.ts";
import { type BossQueue, startBossQueue } from "./jobs/boss-queue.ts";
import { createThreadPool, type ThreadPool } from "./jobs/thread-pool.ts";
import type { ServiceContext } from "./services/context.ts";

/** What one process holds open. */
export interface Runtime {
  readonly environment: Environment;
  readonly database: Database;
  readonly queue: BossQueue;
  readonly threads: ThreadPool;
}

const KEY = Symbol.for("understudy.runtime");
const holder = globalThis as typeof globalThis & { [KEY]?: Promise<Runtime> };

/**
 * The process's database and queue, opened at first use. Kept on `globalThis`, because a bundler may load this module
 * more than once in one process.
 */
export function getRuntime(): Promise<Runtime> {
  holder[KEY] ??= openRuntime(readEnvironment()).catch((error: unknown) => {
    delete holder[KEY];
    throw error;
  });
  return holder[KEY];
}

async function openRuntime(environment: Environment): Promise<Runtime> {
  if (environment.building) throw new Error("The database must not be opened while the program is being built.");
  const database = await openDatabase(environment);
  const queue = await startBossQueue(database, (error) => console.error("queue:", error));
  const threads = createThreadPool(environment.root, environment.threads);
  return { environment, database, queue, threads };
}

/** Closes what this process holds; for commands, which end afterwards. */
export async function closeRuntime(): Promise<void> {
  const runtime = await holder[KEY];
  delete holder[KEY];
  if (runtime === undefined) return;
  await runtime.queue.stop();
  await runtime.threads.close();
  await runtime.database.close();
}

export async function serviceContext(actor: Actor): Promise<ServiceContext> {
  return contextFor(await getRuntime(), actor);
}

export function contextFor(runtime: Runtime, actor: Actor): ServiceContext {
  const { database, queue, threads, environment } = runtime;
  return {
    db: database.db,
    storage: database.storage,
    actor,
    jobs: queue,
    threads,
    now: () => new Date(),
    root: environment.root,
  };
}
