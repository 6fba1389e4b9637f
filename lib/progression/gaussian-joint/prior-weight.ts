import type { Rng } from "../../numerics/rng.ts";
import { assignFolds, foldMembers } from "../patient-folds.ts";
import { createBaselineConditioner } from "./baseline-conditioner.ts";
import { COMPARISON_SETTINGS, fitNormalByEm, type NormalParameters } from "./em.ts";
import { createExpectation, expectation } from "./expectation.ts";
import { groupByMissingness, type PatternedData } from "./missing-patterns.ts";
import { predictiveVariance } from "./predictive-variance.ts";
import { type JointItem, structuredTarget } from "./shrinkage.ts";

/** Prior weights ν (pseudo-patients) that are compared, strongest first: each fit starts from the one before. */
export const PRIOR_WEIGHTS: readonly number[] = [1000, 500, 200, 100, 50, 20, 10, 5];
const INNER_FOLDS = 5;
/** Pull towards independent items in the fit that the structured target is read from. */
const REFERENCE_WEIGHT = 10;

/** Columns already standardised. */
export interface StandardisedData {
  /** [n × D] row-major, NaN = missing; features first. */
  readonly values: Float64Array;
  readonly count: number;
  readonly featureCount: number;
  readonly items: readonly JointItem[];
}

export interface PriorWeightChoice {
  readonly weight: number;
  /** [E·V] held-out residuals in predictive SDs (without inflation), one list per outcome. */
  readonly heldOutResiduals: readonly Float64Array[];
  /** Held-out log-density of the outcomes given baseline, summed over patients, per weight tried. */
  readonly scores: readonly { readonly weight: number; readonly score: number }[];
}

/**
 * Chooses the prior weight by cross-validation inside the data given, and returns the held-out residuals by which the
 * prediction bands are calibrated.
 *
 * The score of a weight is the held-out log-density of the outcomes given the baseline features, log p(z) − log p(x): what
 * a twin is asked for. METHODS.md, equation (P7).
 *
 * @param data - Standardised training data.
 * @param weights - Candidates, strongest first; a single one is taken as it is.
 * @param rng - Source of the inner folds.
 */
export function choosePriorWeight(data: StandardisedData, weights: readonly number[], rng: Rng): PriorWeightChoice {
  const folds = Math.min(INNER_FOLDS, data.count);
  const fold = assignFolds(data.count, folds, rng);
  const fits = Array.from({ length: folds }, (_, k) => fitFold(data, weights, fold, k));
  const scores = weights.map((weight, w) => ({ weight, score: fits.reduce((sum, fit) => sum + fit.scores[w]!, 0) }));
  let best = 0;
  scores.forEach(({ score }, w) => {
    if (score > scores[best]!.score) best = w;
  });
  const weight = weights[best]!;
  const chosen = fits.map((fit) => fit.parameters[best]!);
  return { weight, scores, heldOutResiduals: heldOutResiduals(data, weight, fold, chosen) };
}

/** Covariance that the target is read from, and that the fits start from. */
export function referenceFit(data: PatternedData): NormalParameters {
  const D = data.dimension;
  const identity = new Float64Array(D * D);
  for (let j = 0; j < D; j++) identity[j * D + j] = 1;
  const start = { mean: new Float64Array(D), covariance: identity };
  return fitNormalByEm(data, { weight: REFERENCE_WEIGHT, target: identity }, start, COMPARISON_SETTINGS);
}

function fitFold(
  data: StandardisedData,
  weights: readonly number[],
  fold: Int32Array,
  k: number,
): { scores: number[]; parameters: NormalParameters[] } {
  const D = data.items.length;
  const training = groupByMissingness(data.values, D, foldMembers(fold, k, false));
  const heldOutRows = foldMembers(fold, k, true);
  const heldOut = groupByMissingness(data.values, D, heldOutRows);
  const heldOutFeatures = groupByMissingness(featureColumns(data, heldOutRows), data.featureCount);
  const reference = referenceFit(training);
  const target = structuredTarget(reference.covariance, data.items);
  const scores: number[] = [];
  const parameters: NormalParameters[] = [];
  let start = reference;
  for (const weight of weights) {
    const fit = fitNormalByEm(training, { weight, target }, start, COMPARISON_SETTINGS);
    scores.push(outcomeLogDensity(heldOut, heldOutFeatures, fit, data.featureCount));
    parameters.push(fit);
    start = fit;
  }
  return { scores, parameters };
}

function featureColumns(data: StandardisedData, rows: Int32Array): Float64Array {
  const D = data.items.length;
  const Q = data.featureCount;
  const columns = new Float64Array(rows.length * Q);
  rows.forEach((i, k) => {
    columns.set(data.values.subarray(i * D, i * D + Q), k * Q);
  });
  return columns;
}

/** log p(outcomes | features) = log p(features, outcomes) − log p(features), observed items only. */
function outcomeLogDensity(
  all: PatternedData,
  featuresOnly: PatternedData,
  fit: NormalParameters,
  featureCount: number,
): number {
  const D = all.dimension;
  const Q = featureCount;
  const covariance = new Float64Array(Q * Q);
  for (let i = 0; i < Q; i++) for (let j = 0; j < Q; j++) covariance[i * Q + j] = fit.covariance[i * D + j]!;
  return logDensity(all, fit) - logDensity(featuresOnly, { mean: fit.mean.slice(0, Q), covariance });
}

function logDensity(data: PatternedData, at: NormalParameters): number {
  const step = createExpectation(data.dimension);
  return expectation(data, at, null, step) ? step.logLikelihood : Number.NEGATIVE_INFINITY;
}

/** Held-out residuals over their predictive SD without inflation, one list per outcome. */
function heldOutResiduals(
  data: StandardisedData,
  weight: number,
  fold: Int32Array,
  fits: readonly NormalParameters[],
): Float64Array[] {
  const D = data.items.length;
  const Q = data.featureCount;
  const outcomes = D - Q;
  const residuals: number[][] = Array.from({ length: outcomes }, () => []);
  const total = countObserved(data);
  const mean = new Float64Array(outcomes);
  fits.forEach((fit, k) => {
    const conditioner = createBaselineConditioner(fit.mean, fit.covariance, Q);
    const held = foldMembers(fold, k, true);
    const trainingCount = total.slice();
    for (const i of held) {
      for (let v = 0; v < outcomes; v++) if (!Number.isNaN(data.values[i * D + Q + v]!)) trainingCount[v]!--;
    }
    for (const i of held) {
      const features = data.values.subarray(i * D, i * D + Q);
      const law = conditioner.law(features);
      conditioner.mean(features, mean);
      const distance = conditioner.squaredDistance(features);
      for (let v = 0; v < outcomes; v++) {
        const value = data.values[i * D + Q + v]!;
        if (Number.isNaN(value)) continue;
        const patients = Math.max(1, trainingCount[v]!);
        const variance = predictiveVariance(law.covariance[v * outcomes + v]!, distance, patients, weight, 1);
        residuals[v]!.push((value - mean[v]!) / Math.sqrt(variance));
      }
    }
  });
  return residuals.map((list) => Float64Array.from(list));
}

function countObserved(data: StandardisedData): Int32Array {
  const D = data.items.length;
  const Q = data.featureCount;
  const counts = new Int32Array(D - Q);
  for (let i = 0; i < data.count; i++) {
    for (let v = 0; v < D - Q; v++) if (!Number.isNaN(data.values[i * D + Q + v]!)) counts[v]!++;
  }
  return counts;
}
