import type { Db } from "../db/client.ts";

/** Hands stored jobs to the workers. */
export interface JobQueue {
  /** Part of the transaction that writes the job row: both are there, or neither. */
  enqueue(tx: Db, jobId: string): Promise<void>;
  /** Stops a job that runs in this process at once; workers elsewhere read the flag of its row. */
  abort(jobId: string): void;
}
