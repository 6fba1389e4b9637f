import type { Db } from "../db/client.ts";
import type { ServiceContext } from "../services/context.ts";
import type { JobRecord } from "../services/job/access.ts";

/** What a kind of work is given. */
export interface JobWork {
  readonly job: JobRecord;
  /** Acts for the program in the job's workspace. */
  readonly ctx: ServiceContext;
  readonly signal: AbortSignal;
  report(fraction: number, message: string): void;
}

/** Writes the result in the transaction that also closes the job, so that both happen or neither. */
export type Finish = (tx: Db) => Promise<void>;

/** One kind of work: does the heavy part, changes nothing that another attempt could not do again, and returns the end. */
export type JobHandler = (work: JobWork) => Promise<Finish>;
