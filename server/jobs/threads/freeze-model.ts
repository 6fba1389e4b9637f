import { gzipSync } from "node:zlib";
import type { ModelSummary } from "../../../drizzle/schema/progression-model.ts";
import { csvText } from "../../../lib/data/export-csv.ts";
import { finishTraining } from "../../../lib/progression/train-progression-model.ts";
import type { TrainedPart } from "../../../lib/progression/training-plan.ts";
import { outOfFoldScoreInformation } from "../../../lib/simulation/out-of-fold-score-information.ts";
import { modelSummary } from "../../services/model/model-summary.ts";
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
      summary: modelSummary(model, effect),
      scoreInformation: outOfFoldScoreInformation(model, training.primary),
    };
  },
);
