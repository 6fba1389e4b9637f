import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { choleskyDecompose, choleskySolve } from "../numerics/cholesky.ts";
import type { BaselineFeature, FrozenModel } from "../progression/model-document.ts";
import type { Scenario, SimulationSpec } from "./simulation-document.ts";

/**
 * Joint law, under control and before drift, of what the analysis reads of one patient: covariates c, score m, outcome y.
 *
 * c − E c = L z; m − E m = b′(c − E c) + s u; y = m + r e, with z, u, e independent standard normal (METHODS.md eq. (M1)).
 */
export interface PatientLaw {
  /** Columns of ANCOVA besides intercept and treatment: baseline value first, then the strata. */
  readonly covariates: number;
  readonly covariateMean: Float64Array;
  /** L, lower triangular, [q · q] row-major. */
  readonly covariateFactor: Float64Array;
  /** b, shape [q]: what ANCOVA's own covariates already say about the outcome. */
  readonly scoreOnCovariates: Float64Array;
  /** s: SD of the part of the score that ANCOVA's covariates do not know; analysis scale. */
  readonly scoreOwnSd: number;
  /** SD of the whole score. */
  readonly scoreSd: number;
  /** r: SD of the outcome given the score. */
  readonly residualSd: number;
  readonly outcomeMean: number;
  /** Whether the score tells the analysis anything that is not linear in its covariates. */
  readonly scoreIsDistinct: boolean;
}

/** A score whose own part is below this share of its SD is a copy of the covariates to working accuracy. */
const DISTINCT_SCORE_SHARE = 1e-6;

/**
 * Law of a generator.
 *
 * @param primary - Primary endpoint and visit.
 * @param generator - The fitted model or the parametric law.
 * @param model - Frozen model, or null when none is at hand.
 * @throws DomainError INVALID_INPUT when the generator needs a model and has none, or the model lacks the primary endpoint
 *   or visit, or the parametric R² leave no residual; NOT_ESTIMABLE when the model's covariance is not positive definite.
 */
export function patientLaw(
  primary: SimulationSpec["primary"],
  generator: Scenario["generator"],
  model: FrozenModel | null,
): PatientLaw {
  switch (generator.kind) {
    case "parametric":
      return parametricLaw(generator);
    case "fitted-model":
      if (model === null)
        throw invalidInput(
          "generator.kind",
          "fitted-model",
          "needs a frozen progression model",
          "Give the model, or choose the parametric generator.",
        );
      return fittedModelLaw(primary, model);
  }
}

/** One covariate (the baseline value, SD σ); METHODS.md eq. (M2). */
function parametricLaw(generator: Extract<Scenario["generator"], { kind: "parametric" }>): PatientLaw {
  const { standardDeviation: sd, rSquaredBaseline, rSquaredScore } = generator;
  const rest = 1 - rSquaredBaseline - rSquaredScore;
  if (!(rest > 0))
    throw invalidInput(
      "generator.rSquaredScore",
      rSquaredScore,
      `must leave residual variance beside the baseline's R² of ${rSquaredBaseline}: their sum must be below 1`,
    );
  return law({
    covariateMean: new Float64Array(1),
    covariateFactor: Float64Array.of(sd),
    scoreOnCovariates: Float64Array.of(Math.sqrt(rSquaredBaseline)),
    ownVariance: rSquaredScore * sd * sd,
    scoreVariance: (rSquaredBaseline + rSquaredScore) * sd * sd,
    residualVariance: rest * sd * sd,
    outcomeMean: 0,
  });
}

/** Exact marginal law of the Gaussian joint model over the columns the analysis reads; METHODS.md eq. (M3). */
function fittedModelLaw(primary: SimulationSpec["primary"], model: FrozenModel): PatientLaw {
  const { parameters } = model;
  const dimension = parameters.mean.length;
  const features = parameters.features.length;
  const outcome = features + outcomePosition(primary, model);
  const columns = analysisColumns(primary, model);
  const at = (i: number, j: number) => parameters.covariance[i * dimension + j]!;
  const allFeatures = Array.from({ length: features }, (_, j) => j);
  const slopes = regressionSlopes(at, allFeatures, outcome);
  const scoreWith = (j: number) => allFeatures.reduce((sum, i) => sum + slopes[i]! * at(i, j), 0);
  const scoreVariance = allFeatures.reduce((sum, j) => sum + slopes[j]! * scoreWith(j), 0);
  // Cov(score, c) = Cov(y, c), because score and residual are uncorrelated with every feature's remainder.
  const onColumns = regressionSlopes(at, columns, outcome);
  const explained = columns.reduce((sum, column, i) => sum + onColumns[i]! * at(column, outcome), 0);
  return law({
    covariateMean: Float64Array.from(columns, (column) => parameters.mean[column]!),
    covariateFactor: factorOf(at, columns),
    scoreOnCovariates: onColumns,
    ownVariance: Math.max(0, scoreVariance - explained),
    scoreVariance,
    residualVariance: at(outcome, outcome) - scoreVariance,
    outcomeMean: parameters.mean[outcome]!,
  });
}

function law(parts: {
  covariateMean: Float64Array;
  covariateFactor: Float64Array;
  scoreOnCovariates: Float64Array;
  ownVariance: number;
  scoreVariance: number;
  residualVariance: number;
  outcomeMean: number;
}): PatientLaw {
  const scoreOwnSd = Math.sqrt(parts.ownVariance);
  const scoreSd = Math.sqrt(parts.scoreVariance);
  return {
    covariates: parts.covariateMean.length,
    covariateMean: parts.covariateMean,
    covariateFactor: parts.covariateFactor,
    scoreOnCovariates: parts.scoreOnCovariates,
    scoreOwnSd,
    scoreSd,
    residualSd: Math.sqrt(parts.residualVariance),
    outcomeMean: parts.outcomeMean,
    scoreIsDistinct: scoreOwnSd > DISTINCT_SCORE_SHARE * Math.max(scoreSd, Number.MIN_VALUE),
  };
}

/** Position of the primary outcome among the model's outcomes (endpoint-major). */
function outcomePosition(primary: SimulationSpec["primary"], model: FrozenModel): number {
  const endpoint = model.endpoints.findIndex(({ id }) => id === primary.endpointId);
  const visit = model.visits.findIndex(({ id }) => id === primary.visitId);
  if (endpoint < 0)
    throw invalidInput("primary.endpointId", primary.endpointId, "must be an endpoint of the progression model");
  if (visit < 0) throw invalidInput("primary.visitId", primary.visitId, "must be a visit of the progression model");
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

type CovarianceEntry = (i: number, j: number) => number;

/** Slopes of the regression of one item on others under the joint law. */
function regressionSlopes(at: CovarianceEntry, on: readonly number[], of: number): Float64Array {
  return choleskySolve(
    factorOf(at, on),
    on.length,
    Float64Array.from(on, (j) => at(j, of)),
  );
}

function factorOf(at: CovarianceEntry, items: readonly number[]): Float64Array {
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
