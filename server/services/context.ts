import type { Actor } from "../auth/actor.ts";
import type { Db } from "../db/client.ts";
import type { JobQueue } from "../jobs/queue.ts";
import type { ThreadPool } from "../jobs/thread-pool.ts";

/** Everything a service verb may use; handed in, so that a verb runs inside a test or a job just as well. */
export interface ServiceContext {
  readonly db: Db;
  readonly actor: Actor;
  readonly jobs: JobQueue;
  /** Heavy work on the way to an answer, e.g. reading a file. */
  readonly threads: ThreadPool;
  readonly now: () => Date;
  /** Root of the program, for what it says about itself and for its samples. */
  readonly root: string;
  readonly storage: "embedded" | "postgres";
}
