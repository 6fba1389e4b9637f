import type { Endpoint } from "../trial/endpoint.ts";
import { outcomeType } from "../trial/outcome-type.ts";
import type { MemberId } from "./member-parameters.ts";

/**
 * Members of a training that names none: the Gaussian joint model for continuous endpoints, the transition model of discrete outcomes for
 * the others. METHODS.md, "Default members".
 *
 * @param endpoints - Of the history.
 */
export function defaultMembers(endpoints: readonly Pick<Endpoint, "outcome">[]): readonly MemberId[] {
  const isContinuous = (endpoint: Pick<Endpoint, "outcome">) => outcomeType(endpoint) === "continuous";
  return [
    ...(endpoints.some(isContinuous) ? (["gaussian-joint"] as const) : []),
    ...(endpoints.every(isContinuous) ? [] : (["discrete-transition"] as const)),
  ];
}
