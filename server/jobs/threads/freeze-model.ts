import { gzipSync } from "node:zlib";
import type { ModelSummary } from "../../../drizzle/schema/progression-model.ts";
import { csvText } from "../../../lib/data/export-csv.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import type { FrozenModel } from "../../../lib/progression/model-document.ts";
import { finishTraining } from "../../../lib/progression/train-progression-model.ts";
import type { TrainedPart } from "../../../lib/progression/training-plan.ts";
import { outOfFoldScoreInformation } from "../../../lib/simulation/out-of-fold-score-information.ts";
import { defaultSizingSpec } from "../../../lib/sizing/default-sizing-spec.ts";
import { sizeControlArm } from "../../../lib/sizing/size-control-arm.ts";
import type { SizingResult } from "../../../lib/sizing/sizing-document.ts";
import { type PackedDocument, packDocument } from "./packed-document.ts";
import { plannedTraining, type TrainInput } from "./planned-training.ts";
import { serveTask } from "./serve-task.ts";

export interface FreezeInput extends TrainInput {
  /** Results of all parts of the training, in their order. */
  readonly parts: readonly TrainedPart[];
  readonly name: string;
  /** Experimental minus control that the study wants to detect. */
  readonly targetEffect: number;
  readonly targetEffectSource?: "user" | "default";
}

export interface FreezeOutput {
  readonly document: PackedDocument;
  /** Out-of-fold predictions: gzip of a CSV file. */
  readonly heldOut: Uint8Array;
  readonly hash: string;
  readonly summary: ModelSummary;
  /** How much of the score's own information held up out of fold; scenarios begin with it. */
  readonly scoreInformation: number;
}

/** Fits of a training → frozen model with its evaluation. */
export default serveTask<FreezeInput, FreezeOutput>(
  async ({ parts, name, targetEffect, targetEffectSource, ...input }) => {
    const { training, dataHash } = input;
    const effect = { targetEffect, ...(targetEffectSource === undefined ? {} : { targetEffectSource }) };
    const { model, heldOut } = finishTraining(await plannedTraining(input), { name, dataHash }, parts);
    return {
      document: packDocument(model),
      heldOut: gzipSync(csvText(heldOut.columns, heldOut.rows)),
      hash: model.hash,
      summary: summarize(model, effect),
      scoreInformation: outOfFoldScoreInformation(model, training.primary),
    };
  },
);

type TargetEffect = Pick<FreezeInput, "targetEffect" | "targetEffectSource">;

function summarize(model: FrozenModel, effect: TargetEffect): ModelSummary {
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
    sizing: sizingOf(model, effect),
    diagnostics: model.diagnostics.length,
  };
}

/** A target effect may admit no sample size; that is no reason to refuse the model. */
function sizingOf(model: FrozenModel, effect: TargetEffect): SizingResult | null {
  try {
    return sizeControlArm(defaultSizingSpec({ model, ...effect }));
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
