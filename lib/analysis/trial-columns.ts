import { type DomainError, invalidInput } from "../errors/domain-error.ts";
import type { Covariate } from "./covariate.ts";
import type { TrialData, TrialEndpoint, TrialScore } from "./trial-data.ts";

/**
 * The parts of a trial that a specification names.
 *
 * @throws DomainError INVALID_INPUT naming the field and what the trial has instead.
 */
export function trialEndpoint(data: TrialData, id: string, field = "endpoint"): TrialEndpoint {
  const found = data.endpoints.find((endpoint) => endpoint.id === id);
  if (found === undefined)
    throw unknownName(
      field,
      id,
      data.endpoints.map((endpoint) => endpoint.id),
    );
  return found;
}

/** Position of a visit in `data.visits`. */
export function trialVisitIndex(data: TrialData, id: string, field = "visit"): number {
  const index = data.visits.findIndex((visit) => visit.id === id);
  if (index === -1)
    throw unknownName(
      field,
      id,
      data.visits.map((visit) => visit.id),
    );
  return index;
}

/** Covariates in the order named. */
export function trialCovariates(data: TrialData, names: readonly string[], field = "covariates"): Covariate[] {
  return names.map((name, index) => {
    const found = data.covariates.find((covariate) => covariate.name === name);
    if (found === undefined)
      throw unknownName(
        `${field}.${index}`,
        name,
        data.covariates.map((covariate) => covariate.name),
      );
    if (names.indexOf(name) !== index) throw invalidInput(`${field}.${index}`, name, "must not be named twice");
    return found;
  });
}

/** Score of the twins at an endpoint and visit. */
export function trialScore(data: TrialData, endpointId: string, visitId: string, field = "score"): TrialScore {
  const found = data.scores.find((score) => score.endpointId === endpointId && score.visitId === visitId);
  if (found === undefined)
    throw invalidInput(
      field,
      true,
      `needs twins that predict ${endpointId} at ${visitId}`,
      "Generate the twins of this trial, or analyse without the score.",
    );
  return found;
}

/** Values of an endpoint at one visit, [patient]; NaN when missing. */
export function valuesAtVisit(data: TrialData, endpoint: TrialEndpoint, visitIndex: number): Float64Array {
  const width = data.visits.length;
  return Float64Array.from(data.patientIds, (_, patient) => endpoint.values[patient * width + visitIndex]!);
}

function unknownName(field: string, received: string, known: readonly string[]): DomainError {
  return invalidInput(
    field,
    received,
    `must be one of ${known.length === 0 ? "none in this trial" : known.join(", ")}`,
  );
}
