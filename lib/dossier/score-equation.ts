import { choleskyDecompose, choleskySolve } from "../numerics/cholesky.ts";
import { featureLabel } from "../progression/feature-encoding.ts";
import type { FrozenModel } from "../progression/model-document.ts";

export interface ScoreTerm {
  readonly feature: string;
  readonly mean: number;
  readonly standardDeviation: number;
  /** Change of the score per unit of the feature. */
  readonly coefficient: number;
  /** Coefficient × SD of the feature: change of the score per SD. */
  readonly perStandardDeviation: number;
}

/** The prognostic score of a patient with complete baseline as a linear equation, read off the joint model. */
export interface ScoreEquation {
  readonly terms: readonly ScoreTerm[];
  readonly outcomeMean: number;
  readonly residualStandardDeviation: number;
  /** 1 / (1 − R²) of the score on baseline value and strata, under the model; null when they determine the score. */
  readonly varianceInflation: number | null;
}

/**
 * score = μ_y + Σ_j β_j (x_j − μ_j), β = Σ_xx⁻¹ Σ_xy, from the frozen mean and covariance.
 *
 * @param model - Frozen model.
 * @param at - Endpoint and visit of the score.
 * @param analysisFeatures - Positions of the features that the comparator analysis holds (baseline value, strata).
 */
export function scoreEquation(
  model: FrozenModel,
  at: { readonly endpointId: string; readonly visitId: string },
): ScoreEquation {
  const { parameters } = model;
  const D = parameters.mean.length;
  const Q = parameters.features.length;
  const y =
    Q +
    model.endpoints.findIndex((endpoint) => endpoint.id === at.endpointId) * model.visits.length +
    model.visits.findIndex((visit) => visit.id === at.visitId);
  const covariance = (i: number, j: number) => parameters.covariance[i * D + j]!;
  const all = Array.from({ length: Q }, (_, j) => j);
  const slopes = regress(covariance, all, (j) => covariance(j, y));
  const withScore = (j: number) => all.reduce((sum, i) => sum + slopes[i]! * covariance(i, j), 0);
  const scoreVariance = all.reduce((sum, j) => sum + slopes[j]! * withScore(j), 0);
  const comparator = comparatorFeatures(model, at.endpointId);
  const onComparator = regress(covariance, comparator, withScore);
  const explained = comparator.reduce((sum, j, k) => sum + onComparator[k]! * withScore(j), 0);
  const rest = 1 - explained / scoreVariance;
  return {
    terms: all.map((j) => {
      const standardDeviation = Math.sqrt(covariance(j, j));
      return {
        feature: featureLabel(parameters.features[j]!, model.endpoints, model.covariates),
        mean: parameters.mean[j]!,
        standardDeviation,
        coefficient: slopes[j]!,
        perStandardDeviation: slopes[j]! * standardDeviation,
      };
    }),
    outcomeMean: parameters.mean[y]!,
    residualStandardDeviation: Math.sqrt(Math.max(0, covariance(y, y) - scoreVariance)),
    varianceInflation: rest > 1e-9 ? 1 / rest : null,
  };
}

/** Baseline value of the endpoint and the strata. */
function comparatorFeatures(model: FrozenModel, endpointId: string): number[] {
  const strata = new Set(model.training.strata);
  return model.parameters.features.flatMap((feature, j) => {
    if (feature.kind === "baseline-endpoint") return feature.endpointId === endpointId ? [j] : [];
    return strata.has(feature.covariateId) ? [j] : [];
  });
}

function regress(
  covariance: (i: number, j: number) => number,
  on: readonly number[],
  with_: (j: number) => number,
): Float64Array {
  const n = on.length;
  const matrix = new Float64Array(n * n);
  on.forEach((i, a) => {
    on.forEach((j, b) => {
      matrix[a * n + b] = covariance(i, j);
    });
  });
  const decomposed = choleskyDecompose(matrix, n);
  if (!decomposed.ok) return new Float64Array(n);
  return choleskySolve(
    decomposed.factor,
    n,
    Float64Array.from(on, (j) => with_(j)),
  );
}
