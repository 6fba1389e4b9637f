import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import type { TrainingSpec } from "../../../lib/progression/model-document.ts";
import { planTraining, type TrainingPlan } from "../../../lib/progression/training-plan.ts";
import { neuralBackendFor } from "../../neural/neural-backend-for.ts";
import { type PackedDocument, unpackDocument } from "./packed-document.ts";

export interface TrainInput {
  readonly data: PackedDocument;
  readonly dataHash: string;
  readonly training: TrainingSpec;
}

/** The last plan of this thread: the parts of one training come one after the other. */
let last: { readonly key: string; readonly plan: TrainingPlan } | null = null;

export async function plannedTraining({ data, dataHash, training }: TrainInput): Promise<TrainingPlan> {
  const key = `${dataHash} ${JSON.stringify(training)}`;
  if (last?.key !== key) {
    const backend = await neuralBackendFor(training);
    last = { key, plan: planTraining(unpackDocument(data, longDataSetSchema), training, backend) };
  }
  return last.plan;
}
