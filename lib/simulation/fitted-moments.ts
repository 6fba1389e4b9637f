import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { choleskyDecompose, choleskySolve } from "../numerics/cholesky.ts";
import type { BaselineFeature, FrozenModel } from "../progression/model-document.ts";
import { outcomeType } from "../trial/outcome-type.ts";
import type { SimulationSpec } from "./simulation-document.ts";

/** Second moments of the fitted joint law that simulations need; items are features, then outcomes (endpoint-major). */
export interface FittedMoments {
  readonly covariance: CovarianceEntry;
  /** Items of ANCOVA's covariates. */
  readonly columns: readonly number[];
  /** Item of the primary outcome. */
  readonly outcome: number;
  /** b: slopes of the primary outcome, and so of the score, on the columns. */
  readonly onColumns: Float64Array;
  /** Cov(score, item). */
  readonly scoreWith: (item: number) => number;
  readonly scoreVariance: number;
  /** s²: of the part of the score that the columns do not know. */
  readonly ownVariance: number;
  /** r²: of the outcome given all features. */
  readonly residualVariance: number;
}

/**
 * Moments of the frozen Gaussian joint model around the primary outcome, METHODS.md eq. (M3).
 *
 * @throws DomainError INVALID_INPUT when the model lacks the primary endpoint, its baseline value or the visit; NOT_ESTIMABLE
 *   when its covariance is not positive definite.
 */
export function fittedMoments(primary: SimulationSpec["primary"], model: FrozenModel): FittedMoments {
  const { parameters } = model;
  const dimension = parameters.mean.length;
  const features = parameters.features.length;
  const outcome = features + outcomePosition(primary, model);
  const columns = analysisColumns(primary, model);
  const at = (i: number, j: number) => parameters.covariance[i * dimension + j]!;
  const allFeatures = Array.from({ length: features }, (_, j) => j);
  const slopes = regressionSlopes(at, allFeatures, outcome);
  const scoreWith = (item: number) => allFeatures.reduce((sum, i) => sum + slopes[i]! * at(i, item), 0);
  const scoreVariance = allFeatures.reduce((sum, j) => sum + slopes[j]! * scoreWith(j), 0);
  // Cov(score, c) = Cov(y, c), because score and residual are uncorrelated with every feature's remainder.
  const onColumns = regressionSlopes(at, columns, outcome);
  const explained = columns.reduce((sum, column, i) => sum + onColumns[i]! * at(column, outcome), 0);
  return {
    covariance: at,
    columns,
    outcome,
    onColumns,
    scoreWith,
    scoreVariance,
    ownVariance: Math.max(0, scoreVariance - explained),
    residualVariance: at(outcome, outcome) - scoreVariance,
  };
}

/** Calculations that know the type of a discrete endpoint. */
const CALCULATIONS = {
  binary: "Two proportions",
  ordinal: "Wilcoxon rank-sum test",
  count: "Two rates of counts",
} as const;

/** Position of the primary outcome among the model's outcomes (endpoint-major). */
function outcomePosition(primary: SimulationSpec["primary"], model: FrozenModel): number {
  const endpoint = model.endpoints.findIndex(({ id }) => id === primary.endpointId);
  const visit = model.visits.findIndex(({ id }) => id === primary.visitId);
  if (endpoint < 0)
    throw invalidInput("primary.endpointId", primary.endpointId, "must be an endpoint of the progression model");
  if (visit < 0) throw invalidInput("primary.visitId", primary.visitId, "must be a visit of the progression model");
  const type = outcomeType(model.endpoints[endpoint]!);
  if (type !== "continuous")
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "primary.endpointId",
      received: `${primary.endpointId}, a ${type} endpoint`,
      requirement: "must be continuous: simulated patients come from a normal law, which has no levels and no counts",
      hint: `Choose the parametric generator, a normal approximation of the coded value; the calculation “${CALCULATIONS[type]}” gives the power without one.`,
    });
  return endpoint * model.visits.length + visit;
}

/** Feature positions of ANCOVA's covariates: the endpoint's own baseline, then the strata the model was trained for. */
function analysisColumns(primary: SimulationSpec["primary"], model: FrozenModel): number[] {
  const { features } = model.parameters;
  const baseline = features.findIndex(
    (feature) => feature.kind === "baseline-endpoint" && feature.endpointId === primary.endpointId,
  );
  if (baseline < 0)
    throw invalidInput("primary.endpointId", primary.endpointId, "must have a baseline value in the model");
  const isStratum = (feature: BaselineFeature) =>
    feature.kind !== "baseline-endpoint" && model.training.strata.includes(feature.covariateId);
  return [baseline, ...features.flatMap((feature, j) => (isStratum(feature) ? [j] : []))];
}

/** Covariance of two items of the joint law: features first, then outcomes. */
export type CovarianceEntry = (i: number, j: number) => number;

/** Slopes of the regression of one item on others under the joint law. */
export function regressionSlopes(at: CovarianceEntry, on: readonly number[], of: number): Float64Array {
  return choleskySolve(
    factorOfItems(at, on),
    on.length,
    Float64Array.from(on, (j) => at(j, of)),
  );
}

/** Cholesky factor of the covariance of some items. */
export function factorOfItems(at: CovarianceEntry, items: readonly number[]): Float64Array {
  const matrix = Float64Array.from(items.flatMap((i) => items.map((j) => at(i, j))));
  const result = choleskyDecompose(matrix, items.length);
  if (result.ok) return result.factor;
  throw new DomainError("NOT_ESTIMABLE", {
    argument: "model.parameters.covariance",
    received: `${items.length} × ${items.length} block`,
    requirement: "must be positive definite over the baseline features",
    hint: "Use a model written by the training, unchanged.",
  });
}
