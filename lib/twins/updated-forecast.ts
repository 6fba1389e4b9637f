import type { LongDataSet } from "../data/long-data-set.ts";
import { invalidInput } from "../errors/domain-error.ts";
import { openTwinPredictor } from "../progression/frozen-model.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import { alignToModel } from "./align-to-model.ts";
import { bandsByEndpoint, byEndpoint } from "./generate-twins.ts";
import { patientOf } from "./patient-of.ts";
import type { UpdatedForecast } from "./twin-document.ts";
import { expectedEvents } from "./twin-events.ts";

export interface UpdatedForecastRequest {
  readonly model: FrozenModel;
  readonly data: LongDataSet;
  readonly patientId: string;
  /** Narrows the patient down where several studies use the same ids. */
  readonly study?: string;
  /** Observed values of all endpoints up to and including this visit are conditioned on. */
  readonly throughVisitId: string;
}

/**
 * Forecast of one patient's further course from baseline and the visits observed so far.
 *
 * Labelled "updated forecast": for a treated patient it is not a course under control, because the visits it conditions on
 * carry the treatment. It never enters a score or a comparison. METHODS.md, equation (T5).
 *
 * @param request - Frozen model, data, patient, last visit to condition on.
 * @returns Means, SDs and bands; at the values conditioned on the SD is 0 and the band is the value.
 * @throws DomainError INVALID_INPUT when the patient or the visit is not known.
 */
export function updatedForecast(request: UpdatedForecastRequest): UpdatedForecast {
  const { model, patientId } = request;
  const last = model.visits.findIndex((visit) => visit.id === request.throughVisitId);
  if (last < 0) {
    const known = model.visits.map((visit) => visit.id).join(", ");
    throw invalidInput("throughVisitId", request.throughVisitId, `must be a visit of the model (${known})`);
  }
  const patient = patientOf(request.data, patientId, request.study);
  const predictor = openTwinPredictor(model);
  const aligned = alignToModel(model, { ...request.data, patients: [patient] });
  const E = model.endpoints.length;
  const V = model.visits.length;
  const known = aligned.outcomes.map((value, cell) => (cell % V <= last ? value : Number.NaN));
  const cells = E * V;
  const days = Float64Array.from({ length: cells }, (_, cell) =>
    Number.isNaN(known[cell]!) ? model.visits[cell % V]!.targetDay : aligned.days[cell]!,
  );
  const history = { features: aligned.features, observed: known, days };
  const { mean, deviation, bands } = predictor.updatedForecast(history);
  const events = expectedEvents(model);
  const conditionedOn: UpdatedForecast["conditionedOn"] = [];
  for (let cell = 0; cell < cells; cell++) {
    if (Number.isNaN(known[cell]!)) continue;
    const e = Math.floor(cell / V);
    conditionedOn.push({ endpointId: model.endpoints[e]!.id, visitId: model.visits[cell % V]!.id });
  }
  return {
    label: "updated forecast",
    patientId,
    arm: patient.arm,
    conditionedOn,
    mean: byEndpoint(mean, E, V),
    standardDeviation: byEndpoint(deviation, E, V),
    bands: bandsByEndpoint(bands, E, V),
    ...(events === null ? {} : { events: events(predictor.model, history) }),
  };
}
