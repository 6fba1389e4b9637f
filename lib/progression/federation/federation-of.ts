import type { FrozenModel } from "../model-document.ts";
import type { FederatedMember } from "./federation-plan.ts";
import type { AveragingRound, FederationRecord } from "./federation-record.ts";

/** How a frozen model was federated; undefined for a model trained on one data set. */
export function federationOf(model: FrozenModel): FederationRecord | undefined {
  return model.format === "understudy-model/3" ? model.federation : undefined;
}

/** Which member the sites of a federated model fitted. */
export function federatedMember(model: FrozenModel): FederatedMember["kind"] {
  if (model.format === "understudy-model/1" || model.predictor.kind !== "stack") return "gaussian-joint";
  return model.predictor.members.some(({ kind }) => kind === "neural-boltzmann") ? "neural-boltzmann" : "mixed-effects";
}

/** Whether the average that a round began with is the one that was kept; hidden units are none when they did not improve on it. */
export function wasKept(
  { kept }: NonNullable<FederationRecord["averaging"]>,
  { stage, round }: Pick<AveragingRound, "stage" | "round">,
): boolean {
  if (stage === "hidden" && kept.hidden === 0) return false;
  return kept[stage] + 1 === round;
}
