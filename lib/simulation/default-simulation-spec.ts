import { invalidInput } from "../errors/domain-error.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import type { SizingResult } from "../sizing/sizing-document.ts";
import { outcomeType } from "../trial/outcome-type.ts";
import { defaultDesigns } from "./default-designs.ts";
import { defaultScenarios } from "./default-scenarios.ts";
import { outOfFoldScoreInformation } from "./out-of-fold-score-information.ts";
import type { SimulationSpec } from "./simulation-document.ts";

export interface SimulationDefaultsRequest {
  readonly sizing: SizingResult;
  /** Frozen model that generates the patients, or null for the parametric law. */
  readonly model: FrozenModel | null;
  readonly seed: number;
  readonly accrualPerMonth?: number;
  /** Needed without a model, which otherwise states them. */
  readonly benefit?: SimulationSpec["benefit"];
  readonly primaryDay?: number;
}

const DEFAULT_REPLICATES = 10_000;

/**
 * The simulation a study begins with: default designs × default scenarios, 10,000 replicates per cell. With a model, the
 * score starts with the information it had out of fold, not with what the fitted law promises. A binary, ordinal or count
 * endpoint is simulated by the parametric law: a normal approximation of its coded value.
 *
 * @param request - Sizing, model or none, seed.
 * @throws DomainError INVALID_INPUT when neither the model nor the request states the direction of benefit.
 */
export function defaultSimulationSpec(request: SimulationDefaultsRequest): SimulationSpec {
  const { sizing, model } = request;
  const { endpointId, visitId } = sizing.spec;
  const endpoint = model?.endpoints.find(({ id }) => id === endpointId);
  const benefit = request.benefit ?? endpoint?.benefit;
  if (benefit === undefined)
    throw invalidInput("benefit", null, "must say whether lower or higher values are better", "Or give a model.");
  // The joint law of a model is normal: levels and counts take the parametric law, whose R² is already out of fold.
  const generating = endpoint !== undefined && outcomeType(endpoint) !== "continuous" ? null : model;
  return {
    format: "understudy-simulation/1",
    designs: defaultDesigns(sizing),
    scenarios: defaultScenarios({
      sizing,
      fromModel: generating !== null,
      ...(generating === null
        ? {}
        : { scoreInformation: outOfFoldScoreInformation(generating, { endpointId, visitId }) }),
      ...(request.accrualPerMonth === undefined ? {} : { accrualPerMonth: request.accrualPerMonth }),
    }),
    replicates: DEFAULT_REPLICATES,
    seed: request.seed,
    primary: { endpointId, visitId, ...(request.primaryDay === undefined ? {} : { day: request.primaryDay }) },
    benefit,
  };
}
