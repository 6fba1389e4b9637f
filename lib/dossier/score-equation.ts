import { choleskyDecompose, choleskySolve } from "../numerics/cholesky.ts";
import { createRng } from "../numerics/philox.ts";
import { type BaselineLaw, baselineLaw } from "../progression/baseline-draws.ts";
import { featureLabel } from "../progression/feature-encoding.ts";
import { openTwinPredictor } from "../progression/frozen-model.ts";
import type { MemberModel } from "../progression/member.ts";
import { memberOf } from "../progression/members.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import { baselineHistory, cellOf } from "../twins/baseline-history.ts";

export interface ScoreTerm {
  readonly feature: string;
  readonly mean: number;
  readonly standardDeviation: number;
  /** Change of the score per unit of the feature; for a score that is no line, from mean − SD to mean + SD. */
  readonly coefficient: number;
  /** Coefficient × SD of the feature: change of the score per SD. */
  readonly perStandardDeviation: number;
}

/** The mean of one predictor at one outcome, for complete baselines, as a linear equation or the line next to it. */
export interface LinearForm {
  /** Prediction at the mean baseline. */
  readonly centre: number;
  /** [Q] per unit of the feature. */
  readonly slopes: Float64Array;
  /** Largest distance of the prediction from the equation over drawn baselines, outcome units; 0 up to rounding for an equation. */
  readonly largestDeviation: number;
  readonly isLinear: boolean;
  /** Share of the score's variance over drawn baselines that the equation explains; 1 for a linear score. */
  readonly explained: number;
}

export interface ScoreEquation extends LinearForm {
  readonly terms: readonly ScoreTerm[];
  /** SD of a new patient's outcome about the score at the mean baseline, as the bands have it. */
  readonly residualStandardDeviation: number;
  /** Numerical error of the score at the mean baseline in SDs of the outcome; 0 for an exact mean. */
  readonly numericalError: number;
  /** 1 / (1 − R²) of the score on baseline value and strata, under the law of the features; null when they determine the score. */
  readonly varianceInflation: number | null;
}

/** Baselines drawn in mirrored pairs, for judging linearity and collinearity. */
const DRAWN_PAIRS = 250;
const SEED = 20_260_201;

/**
 * The prognostic score as a function of a complete baseline.
 *
 * Slopes are central differences over ± 1 SD about the mean baseline: exactly β of score = centre + Σ_j β_j (x_j − μ_j) when
 * the score is linear, as it is for the Gaussian joint model, ANCOVA, the mixed-effects and the ridge transition model and
 * every stack of them. Whether it is linear is found out by comparison at drawn baselines.
 *
 * @param model - Frozen model of any predictor.
 * @param at - Endpoint and visit of the score.
 */
export function scoreEquation(
  model: FrozenModel,
  at: { readonly endpointId: string; readonly visitId: string },
): ScoreEquation {
  const predictor = openTwinPredictor(model);
  const law = baselineLaw(model.parameters);
  const cell = cellOf(model, at);
  const sample = drawBaselines(law);
  const form = linearForm(model, predictor.model, cell, law, sample);
  const atMean = predictor.forecast(baselineHistory(model, law.mean));
  const moments = form.isLinear
    ? exactMoments(model, form.slopes)
    : drawnMoments(
        sample,
        sample.map((features) => predictor.model.predictMean(baselineHistory(model, features))[cell]!),
      );
  return {
    ...form,
    terms: model.parameters.features.map((feature, q) => ({
      feature: featureLabel(feature, model.endpoints, model.covariates),
      mean: law.mean[q]!,
      standardDeviation: law.standardDeviation[q]!,
      coefficient: form.slopes[q]!,
      perStandardDeviation: form.slopes[q]! * law.standardDeviation[q]!,
    })),
    numericalError: predictor.model.predict(baselineHistory(model, law.mean)).numericalError,
    residualStandardDeviation: atMean.deviation[cell]!,
    varianceInflation: varianceInflation(moments, comparatorFeatures(model, at.endpointId)),
  };
}

/** One member of a stack at the outcome of the score. */
export interface MemberScore extends LinearForm {
  readonly kind: string;
  readonly weight: number;
}

/**
 * Equations of the members that carry weight in a stack's score; score = Σ weight × member.
 *
 * @param model - Frozen model.
 * @param at - Endpoint and visit of the score.
 * @returns Empty for a model without a stack.
 */
export function memberScores(
  model: FrozenModel,
  at: { readonly endpointId: string; readonly visitId: string },
): MemberScore[] {
  if (model.format === "understudy-model/1" || model.predictor.kind !== "stack") return [];
  const { members, weights } = model.predictor;
  const law = baselineLaw(model.parameters);
  const sample = drawBaselines(law);
  const cell = cellOf(model, at);
  const own = weights[Math.floor(cell / model.visits.length)]!;
  return members.flatMap((parameters, m) => {
    const weight = own[m]!;
    if (weight === 0) return [];
    const opened = memberOf(parameters.kind).open(parameters);
    return [{ kind: parameters.kind, weight, ...linearForm(model, opened, cell, law, sample) }];
  });
}

function drawBaselines(law: BaselineLaw): Float64Array[] {
  const rng = createRng(SEED);
  const Q = law.mean.length;
  return Array.from({ length: DRAWN_PAIRS }, () => {
    const pair = [new Float64Array(Q), new Float64Array(Q)] as const;
    law.drawPair(rng, ...pair);
    return pair;
  }).flat();
}

function linearForm(
  model: FrozenModel,
  member: MemberModel,
  cell: number,
  law: BaselineLaw,
  sample: readonly Float64Array[],
): LinearForm {
  const score = (features: Float64Array) => member.predictMean(baselineHistory(model, features))[cell]!;
  const centre = score(law.mean);
  const slopes = law.mean.map((mean, q) => {
    const step = law.standardDeviation[q]!;
    const high = law.mean.slice();
    const low = law.mean.slice();
    high[q] = mean + step;
    low[q] = mean - step;
    return (score(high) - score(low)) / (high[q]! - low[q]!);
  });
  const values = sample.map(score);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let largestDeviation = 0;
  let squared = 0;
  let total = 0;
  let offset = 0;
  const lines = sample.map((features) =>
    features.reduce((sum, value, q) => sum + slopes[q]! * (value - law.mean[q]!), centre),
  );
  values.forEach((value, i) => {
    offset += (value - lines[i]!) / values.length;
    largestDeviation = Math.max(largestDeviation, Math.abs(value - lines[i]!));
  });
  values.forEach((value, i) => {
    squared += (value - lines[i]! - offset) ** 2;
    total += (value - mean) ** 2;
  });
  const spread = Math.sqrt(total / values.length);
  const scale = Math.max(spread, 1e-6 * Math.abs(centre), Number.MIN_VALUE);
  const isLinear = largestDeviation <= 1e-8 * scale;
  return { centre, slopes, largestDeviation, isLinear, explained: total > 0 ? Math.max(0, 1 - squared / total) : 1 };
}

/** Baseline value of the endpoint and the strata. */
function comparatorFeatures(model: FrozenModel, endpointId: string): number[] {
  const strata = new Set(model.training.strata);
  return model.parameters.features.flatMap((feature, j) => {
    if (feature.kind === "baseline-endpoint") return feature.endpointId === endpointId ? [j] : [];
    return strata.has(feature.covariateId) ? [j] : [];
  });
}

/** Second moments of the features and the score about their means. */
interface ScoreMoments {
  /** [Q × Q]. */
  readonly features: Float64Array;
  /** [Q] with the score. */
  readonly crossed: Float64Array;
  readonly score: number;
}

/** Of a linear score: exact under the law of the features. */
function exactMoments({ parameters }: FrozenModel, slopes: Float64Array): ScoreMoments {
  const Q = slopes.length;
  const D = parameters.mean.length;
  const features = Float64Array.from(
    { length: Q * Q },
    (_, k) => parameters.covariance[Math.floor(k / Q) * D + (k % Q)]!,
  );
  const crossed = slopes.map((_, i) => slopes.reduce((sum, slope, j) => sum + features[i * Q + j]! * slope, 0));
  return { features, crossed, score: slopes.reduce((sum, slope, j) => sum + slope * crossed[j]!, 0) };
}

/** Of any score: over drawn baselines. */
function drawnMoments(sample: readonly Float64Array[], scores: readonly number[]): ScoreMoments {
  const Q = sample[0]!.length;
  const n = sample.length;
  const means = Float64Array.from({ length: Q }, (_, q) => sample.reduce((sum, row) => sum + row[q]!, 0) / n);
  const meanScore = scores.reduce((sum, score) => sum + score, 0) / n;
  const features = new Float64Array(Q * Q);
  const crossed = new Float64Array(Q);
  let score = 0;
  sample.forEach((row, i) => {
    const deviation = scores[i]! - meanScore;
    score += deviation * deviation;
    for (let a = 0; a < Q; a++) {
      const x = row[a]! - means[a]!;
      crossed[a]! += x * deviation;
      for (let b = 0; b < Q; b++) features[a * Q + b]! += x * (row[b]! - means[b]!);
    }
  });
  return { features, crossed, score };
}

/** 1 / (1 − R²) of the regression of the score on some of the features. */
function varianceInflation({ features, crossed, score }: ScoreMoments, on: readonly number[]): number | null {
  const Q = crossed.length;
  const k = on.length;
  const block = Float64Array.from({ length: k * k }, (_, i) => features[on[Math.floor(i / k)]! * Q + on[i % k]!]!);
  const factored = choleskyDecompose(block, k);
  if (!factored.ok) return null;
  const own = Float64Array.from(on, (q) => crossed[q]!);
  const explained = choleskySolve(factored.factor, k, own).reduce((sum, slope, a) => sum + slope * own[a]!, 0);
  const rest = 1 - explained / score;
  return rest > 1e-9 ? 1 / rest : null;
}
