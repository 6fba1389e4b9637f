import { DomainError } from "../errors/domain-error.ts";
import { defaultSizingSpec, type SizingDefaultsRequest } from "./default-sizing-spec.ts";
import type { SizingSpec } from "./sizing-document.ts";

/**
 * The default sizing of a trial that randomises after a run-in: SD and both R² are those found out of fold with the run-in
 * visits conditioned on; everything else is as without one. `lib/progression/METHODS.md`, equation (P23).
 *
 * @param request - As for {@link defaultSizingSpec}.
 * @param runInVisits - 1 or 2 visits before randomisation.
 * @returns A specification that `sizeControlArm` accepts when the target effect is not 0.
 * @throws DomainError INSUFFICIENT_DATA when the model has no figures for such a run-in at the endpoint and visit.
 */
export function runInSizingSpec(request: SizingDefaultsRequest, runInVisits: number): SizingSpec {
  const without = defaultSizingSpec(request);
  const option = without.runInOptions?.find(({ visits }) => visits === runInVisits && visits > 0);
  if (option === undefined)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "runInVisits",
      received: runInVisits,
      requirement: `must be a run-in that the model was evaluated with at ${without.endpointId}, ${without.visitId}: 1 or 2 visits, all before that one`,
      hint: "Choose a later primary visit or a shorter run-in, or train the model again if it is of an older version.",
    });
  const { visits, lastVisit, treatedDays, ...inputs } = option;
  return {
    ...without,
    ...inputs,
    covariatesInAncova: {
      ...without.covariatesInAncova,
      note: without.covariatesInAncova.note.replace("baseline value", "last run-in value"),
    },
    runIn: { visits, lastVisit, treatedDays },
  };
}
