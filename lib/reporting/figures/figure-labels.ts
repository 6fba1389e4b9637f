import { analysisUnit, type Endpoint } from "../../trial/endpoint.ts";
import type { PlannedVisit } from "../../trial/visit-schedule.ts";

/** Names of a document's endpoints and visits, the id where a name is missing. */
export interface Vocabulary {
  readonly endpoints: readonly Endpoint[];
  readonly visits: readonly PlannedVisit[];
}

export function endpointLabel(vocabulary: Pick<Vocabulary, "endpoints">, endpointId: string): string {
  return vocabulary.endpoints.find((endpoint) => endpoint.id === endpointId)?.label ?? endpointId;
}

export function endpointUnit(vocabulary: Pick<Vocabulary, "endpoints">, endpointId: string): string {
  const endpoint = vocabulary.endpoints.find(({ id }) => id === endpointId);
  return endpoint === undefined ? "" : analysisUnit(endpoint);
}

export function visitLabel(vocabulary: Pick<Vocabulary, "visits">, visitId: string): string {
  return vocabulary.visits.find((visit) => visit.id === visitId)?.label ?? visitId;
}

/** "log bilirubin, year 2". */
export function placeLabel(
  vocabulary: Vocabulary,
  at: { readonly endpointId: string; readonly visitId: string },
): string {
  return `${endpointLabel(vocabulary, at.endpointId)}, ${visitLabel(vocabulary, at.visitId)}`;
}

/** Direction of benefit as printed beside an axis. */
export function benefitText(benefit: Endpoint["benefit"]): string {
  return benefit === "lower-is-better" ? "lower is better" : "higher is better";
}
