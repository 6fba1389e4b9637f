import { trainingMessage } from "../../lib/progression/training-message.ts";
import type { TrainedPart } from "../../lib/progression/training-plan.ts";
import { trainingWorkers } from "../../lib/progression/training-workers.ts";
import type { ThreadPool } from "./thread-pool.ts";
import type { TrainInput } from "./threads/planned-training.ts";
import type { Report } from "./threads/serve-task.ts";

/**
 * Values that the threads of a training may hold together. The server itself has the program, the database and the packed data in
 * memory, so that it allows less than the command line: 20,000 patients of 8 visits and 13 covariates get one thread.
 */
const VALUES_IN_THREADS = 500_000;

/** All fits of a training on the threads of the pool, side by side; results in the order of the plan. */
export async function trainParts(
  threads: ThreadPool,
  input: TrainInput,
  signal: AbortSignal,
  report: Report,
): Promise<TrainedPart[]> {
  const outline = await threads.run("plan-training", input, { signal });
  const { parts } = outline;
  const fractions = new Float64Array(parts.length);
  const tell = () => {
    const done = fractions.reduce((sum, fraction) => sum + fraction, 0);
    // Putting the parts together stands for one more.
    report(done / (parts.length + 1), trainingMessage(outline, done));
  };
  tell();
  // One part that fails ends the others.
  const failed = new AbortController();
  const results: TrainedPart[] = [];
  let next = 0;
  const workThrough = async () => {
    for (let k = next++; k < parts.length; k = next++) {
      results[k] = await threads.run(
        "train-part",
        { ...input, part: parts[k]! },
        {
          signal: AbortSignal.any([signal, failed.signal]),
          onProgress: ({ fraction }) => {
            fractions[k] = fraction;
            tell();
          },
        },
      );
      fractions[k] = 1;
      tell();
    }
  };
  try {
    const workers = trainingWorkers(threads.threads, outline.values, VALUES_IN_THREADS);
    await Promise.all(Array.from({ length: workers }, workThrough));
  } catch (error) {
    failed.abort();
    throw error;
  }
  return results;
}
