import type { ModelSummary } from "../../../drizzle/schema/progression-model.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import type { FrozenModel } from "../../../lib/progression/model-document.ts";
import { defaultSizingSpec } from "../../../lib/sizing/default-sizing-spec.ts";
import { sizeControlArm } from "../../../lib/sizing/size-control-arm.ts";
import type { SizingResult } from "../../../lib/sizing/sizing-document.ts";

/** Experimental minus control that the study wants to detect, and who said so. */
export interface TargetEffect {
  readonly targetEffect: number;
  readonly targetEffectSource?: "user" | "default";
}

/** What lists and the overview say about a frozen model. */
export function modelSummary(model: FrozenModel, effect: TargetEffect): ModelSummary {
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
