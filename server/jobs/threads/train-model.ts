import type { ModelSummary } from "../../../drizzle/schema/progression-model.ts";
import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import type { FrozenModel, TrainingSpec } from "../../../lib/progression/model-document.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { outOfFoldScoreInformation } from "../../../lib/simulation/out-of-fold-score-information.ts";
import { defaultSizingSpec } from "../../../lib/sizing/default-sizing-spec.ts";
import { sizeControlArm } from "../../../lib/sizing/size-control-arm.ts";
import type { SizingResult } from "../../../lib/sizing/sizing-document.ts";
import { type PackedDocument, packDocument, unpackDocument } from "./packed-document.ts";
import { serveTask } from "./serve-task.ts";

export interface TrainInput {
  readonly data: PackedDocument;
  readonly dataHash: string;
  readonly training: TrainingSpec;
  readonly name: string;
  /** Experimental minus control that the study wants to detect. */
  readonly targetEffect: number;
}

export interface TrainOutput {
  readonly document: PackedDocument;
  readonly hash: string;
  readonly summary: ModelSummary;
  /** How much of the score's own information held up out of fold; scenarios begin with it. */
  readonly scoreInformation: number;
}

/** Historical controls → frozen model with its evaluation. */
export default serveTask<TrainInput, TrainOutput>(({ data, dataHash, training, name, targetEffect }, onProgress) => {
  const model = trainProgressionModel({
    data: unpackDocument(data, longDataSetSchema),
    dataHash,
    training,
    name,
    onProgress,
  });
  return {
    document: packDocument(model),
    hash: model.hash,
    summary: summarize(model, targetEffect),
    scoreInformation: outOfFoldScoreInformation(model, training.primary),
  };
});

function summarize(model: FrozenModel, targetEffect: number): ModelSummary {
  const { endpointId, visitId } = model.training.primary;
  const atPrimary = (entry: { endpointId: string; visitId: string }) =>
    entry.endpointId === endpointId && entry.visitId === visitId;
  const gain = model.evaluation.gain.find(atPrimary);
  const verdict = model.evaluation.verdicts.find(atPrimary);
  if (gain === undefined || verdict === undefined) throw new Error("the model was not evaluated at the primary visit");
  return {
    decision: verdict.decision,
    sentence: verdict.sentence,
    gain: gain.gain,
    gainClaimed: gain.gainClaimed,
    sizing: sizingOf(model, targetEffect),
    diagnostics: model.diagnostics.length,
  };
}

/** A target effect may admit no sample size; that is no reason to refuse the model. */
function sizingOf(model: FrozenModel, targetEffect: number): SizingResult | null {
  try {
    return sizeControlArm(defaultSizingSpec({ model, targetEffect }));
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
