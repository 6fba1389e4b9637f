import type { SubjectTable } from "../../data/subject-table.ts";
import type { Covariate } from "../../trial/covariate.ts";
import { baselineFeatures, encodeFeatures } from "../feature-encoding.ts";
import type { BaselineFeature } from "../model-document.ts";
import type { Comparator } from "./comparator.ts";
import { fitLinearPredictor, predictLinear } from "./linear-predictor.ts";

/**
 * ANCOVA on the endpoint's own baseline value and the strata: what a trial would do anyway, and so what a twin has to beat.
 *
 * @param strata - Covariates that randomisation is stratified by; may be empty.
 */
export function baselineAncova(strata: readonly Covariate[]): Comparator {
  return {
    name: "ANCOVA on baseline value and strata",
    predict: (training, heldOut) =>
      predictByRegression(training, heldOut, strata, (endpointId) => [
        { kind: "baseline-endpoint", endpointId },
        ...baselineFeatures([], strata),
      ]),
  };
}

/**
 * One least-squares regression per planned outcome.
 *
 * @param predictorsOf - Predictors of the outcomes of an endpoint.
 * @returns [held-out patients × E·V]; NaN where no training patient has the outcome.
 */
export function predictByRegression(
  training: SubjectTable,
  heldOut: SubjectTable,
  covariates: readonly Covariate[],
  predictorsOf: (endpointId: string) => readonly BaselineFeature[],
): Float64Array {
  const V = training.visits.length;
  const cells = training.endpoints.length * V;
  const result = new Float64Array(heldOut.count * cells).fill(Number.NaN);
  training.endpoints.forEach((endpoint, e) => {
    const features = predictorsOf(endpoint.id);
    const fitOn = encodeFeatures(training, features, covariates);
    const predictFor = encodeFeatures(heldOut, features, covariates);
    for (let cell = e * V; cell < (e + 1) * V; cell++) {
      const outcome = Float64Array.from({ length: training.count }, (_, i) => training.outcomes[i * cells + cell]!);
      const predictor = fitLinearPredictor(fitOn, outcome);
      if (predictor === null) continue;
      for (let i = 0; i < heldOut.count; i++) result[i * cells + cell] = predictLinear(predictor, predictFor, i);
    }
  });
  return result;
}
