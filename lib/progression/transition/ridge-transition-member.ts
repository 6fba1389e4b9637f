import type { MemberKind } from "../member.ts";
import { fitLinearTransition, modelWithoutFold, refitLinearTransition } from "./fit-linear-transition.ts";
import { forecastInflation } from "./forecast-inflation.ts";
import { createRidgeTransitionModel } from "./ridge-transition-model.ts";
import type { RidgeTransitionParameters } from "./transition-parameters.ts";

/** The ridge transition member has nothing to choose: its penalties come from cross-validation inside the training patients. */
export type RidgeTransitionOptions = Record<never, never>;

/**
 * Transition model with a linear law: the change to the next visit is a ridge regression on the history so far and baseline
 * covariates. Rolling forward is exact, whatever part of the history is known. METHODS.md, equations (TM1)–(TM8).
 */
export const ridgeTransitionMember: MemberKind<RidgeTransitionParameters, RidgeTransitionOptions> = {
  kind: "ridge-transition",
  name: "Transition model (ridge)",
  supports: ["continuous"],
  train(training, _options, rng, onProgress) {
    const fit = fitLinearTransition(training, rng);
    onProgress(0.6);
    const inflation = forecastInflation(
      training,
      fit.setting.fold,
      (k) => createRidgeTransitionModel("ridge-transition", modelWithoutFold(fit, fit.model.residual, k)),
      (share) => onProgress(0.6 + 0.4 * share),
    );
    return { kind: "ridge-transition", ...fit.model, inflation };
  },
  retrain: (training, _options, like, rng) => ({
    kind: "ridge-transition",
    ...refitLinearTransition(training, like, rng).model,
  }),
  open: (parameters) => createRidgeTransitionModel("ridge-transition", parameters),
};
