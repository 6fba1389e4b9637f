import type { Endpoint } from "../../../../lib/trial/endpoint.ts";
import type { Study } from "../../../_components/shell/study-context.tsx";
import type { RouterOutputs } from "../../../_lib/trpc.ts";

export type Twins = NonNullable<RouterOutputs["twins"]["get"]>;
export type TwinCohort = NonNullable<Twins["document"]>;
export type TwinCohortRow = TwinCohort["rows"][number];

/** Name of an arm as the study calls it; its id where the study does not know it. */
export function armLabel(study: Study, armId: string): string {
  return study.specification.arms.find((arm) => arm.id === armId)?.label ?? armId;
}

/** An arm that the study does not call control counts as treated: its updated forecast is not a course under control. */
export function isTreated(study: Study, armId: string): boolean {
  return study.specification.arms.find((arm) => arm.id === armId)?.role !== "control";
}

export function primaryEndpoint(endpoints: readonly Endpoint[], cohort: Pick<TwinCohort, "primary">): Endpoint {
  const endpoint = endpoints.find(({ id }) => id === cohort.primary.endpointId) ?? endpoints[0];
  if (endpoint === undefined) throw new Error("a frozen model has at least one endpoint");
  return endpoint;
}

export function patientHref(studyId: string, patientId: string): string {
  return `/studies/${studyId}/twins/${encodeURIComponent(patientId)}`;
}
