import { DomainError } from "../../errors/domain-error.ts";
import type { Covariate } from "../../trial/covariate.ts";
import { outcomeType } from "../../trial/outcome-type.ts";
import type { MemberKind, MemberTraining } from "../member.ts";
import type { DiscreteTransitionParameters } from "./discrete-transition-parameters.ts";
import { type EndpointTuning, fitEndpoint } from "./fit-endpoint.ts";
import { openDiscreteTransition } from "./open-discrete-transition.ts";

export interface DiscreteTransitionOptions {
  /** Covariates that randomisation is stratified by: their coefficients are hardly penalised. */
  readonly strata: readonly Covariate[];
}

/** Counts above this belong on a log scale as continuous values. */
const LARGEST_COUNT = 200;

/**
 * Binary, ordinal and count endpoints: a Markov chain over the visits, its first visit given the baseline features, every later one given
 * the last value and the features. Means, covariances and updates are exact for levels. METHODS.md, equations (DT1)–(DT9).
 */
export const discreteTransitionMember: MemberKind<DiscreteTransitionParameters, DiscreteTransitionOptions> = {
  kind: "discrete-transition",
  name: "Transition model of discrete outcomes",
  supports: ["binary", "ordinal", "count"],
  train(training, options, rng, onProgress) {
    refuseWhatCannotBeFitted(training);
    const { endpoints, visits } = training.table;
    return {
      kind: "discrete-transition",
      features: training.features.length,
      visits: visits.length,
      endpoints: endpoints.map((endpoint, e) => {
        const fitted = fitEndpoint(training, e, options.strata, rng.fork(endpoint.id), null);
        onProgress((e + 1) / endpoints.length);
        return fitted;
      }),
    };
  },
  retrain(training, options, like, rng) {
    refuseWhatCannotBeFitted(training);
    const { endpoints, visits } = training.table;
    return {
      kind: "discrete-transition",
      features: training.features.length,
      visits: visits.length,
      endpoints: endpoints.map((endpoint, e) => {
        const own = like.endpoints.find(({ endpointId }) => endpointId === endpoint.id);
        const tuning: EndpointTuning | null =
          own === undefined ? null : { penalties: own.penalties, structure: own.structure };
        return fitEndpoint(training, e, options.strata, rng.fork(endpoint.id), tuning);
      }),
    };
  },
  open: openDiscreteTransition,
};

function refuseWhatCannotBeFitted({ table }: MemberTraining): void {
  const continuous = table.endpoints.filter((endpoint) => outcomeType(endpoint) === "continuous");
  if (continuous.length > 0) {
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "endpoints",
      received: continuous.map(({ label }) => label).join(", "),
      requirement: "must be binary, ordinal or counts for the transition model of discrete outcomes",
      hint: "Use it for such endpoints; continuous ones have members of their own.",
    });
  }
  const V = table.visits.length;
  table.endpoints.forEach((endpoint, e) => {
    if (outcomeType(endpoint) !== "count") return;
    let largest = 0;
    for (let i = 0; i < table.count; i++) {
      for (let v = 0; v < V; v++) {
        const value = table.outcomes[(i * table.endpoints.length + e) * V + v]!;
        if (value > largest) largest = value;
      }
    }
    if (largest <= LARGEST_COUNT) return;
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "data",
      received: largest,
      requirement: `must hold counts of ${endpoint.label} up to ${LARGEST_COUNT}: larger ones are described by a continuous scale as well`,
      hint: "Take the endpoint as continuous in the mapping, on the log scale where it is never 0.",
    });
  });
}
