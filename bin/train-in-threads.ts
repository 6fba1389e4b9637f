import { Piscina } from "piscina";
import type { LongDataSet } from "../lib/data/long-data-set.ts";
import { DomainError } from "../lib/errors/domain-error.ts";
import {
  finishTraining,
  type TrainedWithPredictions,
  type TrainingRequest,
} from "../lib/progression/train-progression-model.ts";
import { trainingMessage } from "../lib/progression/training-message.ts";
import { planTraining } from "../lib/progression/training-plan.ts";
import { trainingValues, trainingWorkers } from "../lib/progression/training-workers.ts";
import type { PartReply, PartTask } from "./training-thread.ts";

/** Values that all threads may hold together, so that memory stays near 1 GB: 40,000 patients of 8 visits and 13 covariates. */
const VALUES_IN_THREADS = 900_000;

/** Threads for a training where nobody said how many. */
export function trainingThreads(processors: number, data: LongDataSet): number {
  return trainingWorkers(processors, trainingValues({ ...data, count: data.patients.length }), VALUES_IN_THREADS);
}

/** Runs the fits of a training in worker threads; the model is the same, bit for bit, for any number of them. */
export async function trainInThreads(
  request: Omit<TrainingRequest, "neuralBackend">,
  workers: number,
): Promise<TrainedWithPredictions> {
  const { data, training, onProgress } = request;
  const plan = planTraining(data, training);
  const { parts } = plan;
  const fractions = new Float64Array(parts.length);
  const tell = () => {
    const done = fractions.reduce((sum, fraction) => sum + fraction, 0);
    onProgress?.(done / (parts.length + 1), trainingMessage(plan, done));
  };
  tell();
  const pool = new Piscina<PartTask, PartReply>({
    filename: new URL("./training-thread.ts", import.meta.url).href,
    minThreads: Math.min(workers, parts.length),
    maxThreads: Math.min(workers, parts.length),
    workerData: { data, training },
  });
  pool.on("message", ({ index, fraction }: { index: number; fraction: number }) => {
    fractions[index] = Math.max(fractions[index]!, fraction);
    tell();
  });
  try {
    const trained = await Promise.all(
      parts.map(async (part, index) => {
        const reply = await pool.run({ part, index });
        if (!reply.ok) throw new DomainError(reply.code, reply.detail);
        fractions[index] = 1;
        tell();
        return reply.trained;
      }),
    );
    const made = finishTraining(plan, request, trained);
    onProgress?.(1, "Model frozen");
    return made;
  } catch (error) {
    // Threads that still answer after the first failure would otherwise end the program with their own words.
    pool.on("error", () => undefined);
    throw error;
  } finally {
    await pool.destroy();
  }
}
