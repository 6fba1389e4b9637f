import { invalidInput } from "../errors/domain-error.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import { factorOfItems, fittedMoments } from "./fitted-moments.ts";
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
export const DISTINCT_SCORE_SHARE = 1e-6;

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
  const moments = fittedMoments(primary, model);
  const { mean } = model.parameters;
  return law({
    covariateMean: Float64Array.from(moments.columns, (column) => mean[column]!),
    covariateFactor: factorOfItems(moments.covariance, moments.columns),
    scoreOnCovariates: moments.onColumns,
    ownVariance: moments.ownVariance,
    scoreVariance: moments.scoreVariance,
    residualVariance: moments.residualVariance,
    outcomeMean: mean[moments.outcome]!,
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
