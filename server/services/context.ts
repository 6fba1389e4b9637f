import type { Actor } from "../auth/actor.ts";
import type { Db } from "../db/client.ts";
import type { JobQueue } from "../jobs/queue.ts";

/** Everything a service verb may use; handed in, so that a verb runs inside a test or a job just as well. */
export interface ServiceContext {
  readonly db: Db;
  readonly actor: Actor;
  readonly jobs: JobQueue;
  readonly now: () => Date;
  readonly storage: "embedded" | "postgres";
}
