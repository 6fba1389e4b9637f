import type { Covariate } from "../../trial/covariate.ts";
import { fitLinearPredictor, predictLinear } from "../comparators/linear-predictor.ts";
import { createGaussianForecast } from "../gaussian-forecast.ts";
import type { MemberKind, MemberModel, MemberTraining, PatientHistory } from "../member.ts";
import type { BaselineAncovaParameters } from "./baseline-ancova-parameters.ts";
import { residualCovariance } from "./residual-covariance.ts";

export interface BaselineAncovaOptions {
  /** Covariates that randomisation is stratified by; those among the features are used. */
  readonly strata: readonly Covariate[];
}

const NAME = "ANCOVA on baseline value and strata";

/**
 * The null member: what a trial would do anyway, with a law around it. One regression per outcome on the endpoint's own
 * baseline value and the strata; residuals are jointly normal, so that later visits follow from earlier ones.
 * METHODS.md, equation (P18).
 */
export const baselineAncovaMember: MemberKind<BaselineAncovaParameters, BaselineAncovaOptions> = {
  kind: "baseline-ancova",
  name: NAME,
  supports: ["continuous"],
  train(training, options, _rng, onProgress) {
    const { table } = training;
    const cells = table.endpoints.length * table.visits.length;
    const residuals = new Float64Array(table.outcomes.length).fill(Number.NaN);
    const equations = Array.from({ length: cells }, (_, cell) => fitCell(training, options.strata, cell, residuals));
    const parameters = Array.from(equations, ({ predictors }) => predictors.length + 1);
    const covariance = residualCovariance(residuals, table.count, parameters, training.weights);
    onProgress(1);
    return {
      kind: "baseline-ancova",
      features: training.features.length,
      equations,
      covariance: Array.from(covariance),
    };
  },
  open: openBaselineAncova,
};

function fitCell(
  training: MemberTraining,
  strata: readonly Covariate[],
  cell: number,
  residuals: Float64Array,
): BaselineAncovaParameters["equations"][number] {
  const { table, features, featureValues } = training;
  const V = table.visits.length;
  const cells = table.endpoints.length * V;
  const Q = features.length;
  const endpointId = table.endpoints[Math.floor(cell / V)]!.id;
  const predictors = features.flatMap((feature, q) => {
    const wanted =
      feature.kind === "baseline-endpoint"
        ? feature.endpointId === endpointId
        : strata.some((covariate) => covariate.id === feature.covariateId);
    return wanted ? [q] : [];
  });
  const design = new Float64Array(table.count * predictors.length);
  for (let i = 0; i < table.count; i++) {
    predictors.forEach((q, k) => {
      design[i * predictors.length + k] = featureValues[i * Q + q]!;
    });
  }
  const outcome = Float64Array.from({ length: table.count }, (_, i) => table.outcomes[i * cells + cell]!);
  const fitted = fitLinearPredictor(design, outcome, training.weights);
  let patients = 0;
  for (let i = 0; i < table.count; i++) {
    if (Number.isNaN(outcome[i]!) || fitted === null) continue;
    residuals[i * cells + cell] = outcome[i]! - predictLinear(fitted, design, i);
    patients++;
  }
  return {
    predictors,
    intercept: fitted?.intercept ?? 0,
    slopes: Array.from(fitted?.slopes ?? []),
    means: Array.from(fitted?.means ?? []),
    patients,
  };
}

/**
 * The null member, ready to predict.
 *
 * @param parameters - From training.
 */
export function openBaselineAncova(parameters: BaselineAncovaParameters): MemberModel {
  const equations = parameters.equations.map(({ intercept, slopes, means, predictors }) => ({
    predictors,
    linear: { intercept, slopes: Float64Array.from(slopes), means: Float64Array.from(means) },
  }));
  const forecast = createGaussianForecast(Float64Array.from(parameters.covariance), equations.length);
  const fromBaseline = (history: PatientHistory): Float64Array =>
    Float64Array.from(equations, ({ predictors, linear }) =>
      predictLinear(
        linear,
        Float64Array.from(predictors, (q) => history.features[q]!),
        0,
      ),
    );
  return {
    kind: "baseline-ancova",
    featureCount: parameters.features,
    outcomeCount: equations.length,
    predict: (history) => forecast.moments(fromBaseline(history), history.observed),
    predictMean: (history) => forecast.mean(fromBaseline(history), history.observed),
    drawTrajectories: (history, count, rng, into) =>
      forecast.draw(fromBaseline(history), history.observed, count, rng, into),
  };
}
