import { DomainError } from "../errors/domain-error.ts";
import type { PatientHistory } from "../progression/member.ts";
import type { FrozenModel } from "../progression/model-document.ts";

/**
 * What a twin may know of a patient: the baseline, and the planned days of the visits.
 *
 * @param model - Frozen model.
 * @param features - [Q] baseline features; NaN = missing.
 */
export function baselineHistory(model: FrozenModel, features: Float64Array): PatientHistory {
  const V = model.visits.length;
  const cells = model.endpoints.length * V;
  return {
    features,
    observed: new Float64Array(cells).fill(Number.NaN),
    days: Float64Array.from({ length: cells }, (_, cell) => model.visits[cell % V]!.targetDay),
  };
}

/**
 * Position e·V + v of an endpoint at a visit in a model's outcomes.
 *
 * @param model - Frozen model.
 * @param at - By id.
 * @throws DomainError INVALID_INPUT when the model has no such endpoint or visit.
 */
export function cellOf(model: FrozenModel, at: { readonly endpointId: string; readonly visitId: string }): number {
  const e = model.endpoints.findIndex((endpoint) => endpoint.id === at.endpointId);
  const v = model.visits.findIndex((visit) => visit.id === at.visitId);
  if (e >= 0 && v >= 0) return e * model.visits.length + v;
  throw new DomainError("INVALID_INPUT", {
    argument: "model.training.primary",
    received: `${at.endpointId} @ ${at.visitId}`,
    requirement: "must be an endpoint and a visit of the model",
    hint: "Use the model file as training wrote it.",
  });
}
