/** Hands a stored job to the workers. */
export interface JobQueue {
  /** Called after the transaction that wrote the job row has committed. */
  enqueue(jobId: string): Promise<void>;
  /** Tells a worker of this process at once; workers elsewhere read the flag of the row. */
  abort(jobId: string): void;
}
