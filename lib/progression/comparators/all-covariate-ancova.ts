import type { Covariate } from "../../trial/covariate.ts";
import { baselineFeatures } from "../feature-encoding.ts";
import { predictByRegression } from "./baseline-ancova.ts";
import type { Comparator } from "./comparator.ts";

/**
 * ANCOVA on everything the twin sees (baseline values of all endpoints, all covariates) and the strata: what plain
 * adjustment would buy without a progression model.
 *
 * @param covariates - Covariates of the twin and the strata, each once.
 */
export function allCovariateAncova(covariates: readonly Covariate[]): Comparator {
  return {
    name: "ANCOVA on all covariates",
    predict: (training, heldOut) => {
      const features = baselineFeatures(training.endpoints, covariates);
      return predictByRegression(training, heldOut, covariates, () => features);
    },
  };
}
