import { parentPort } from "node:worker_threads";
import { workerData } from "piscina";
import type { LongDataSet } from "../lib/data/long-data-set.ts";
import { DomainError, type DomainErrorCode, type DomainErrorDetail } from "../lib/errors/domain-error.ts";
import type { TrainingSpec } from "../lib/progression/model-document.ts";
import {
  planTraining,
  runTrainingPart,
  type TrainedPart,
  type TrainingPart,
} from "../lib/progression/training-plan.ts";
import { neuralBackendFor } from "../server/neural/neural-backend-for.ts";

export interface PartTask {
  readonly part: TrainingPart;
  readonly index: number;
}

/** An error class does not survive the way out of a thread; this does. */
export type PartReply =
  | { readonly ok: true; readonly trained: TrainedPart }
  | { readonly ok: false; readonly code: DomainErrorCode; readonly detail: DomainErrorDetail };

const { data, training } = workerData as { data: LongDataSet; training: TrainingSpec };
const plan = planTraining(data, training, await neuralBackendFor(training));

/** One fit of the training; the data are prepared once per thread. */
export default function trainPart({ part, index }: PartTask): PartReply {
  try {
    const trained = runTrainingPart(plan, part, (fraction) => parentPort?.postMessage({ index, fraction }));
    return { ok: true, trained };
  } catch (error) {
    if (error instanceof DomainError) return { ok: false, code: error.code, detail: error.detail };
    throw error;
  }
}
