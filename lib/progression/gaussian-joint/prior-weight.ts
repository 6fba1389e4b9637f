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
  /** [n] weights of the patients' likelihood in training; held-out patients always count alike. */
  readonly weights?: Float64Array;
}

export interface PriorWeightChoice {
  readonly weight: number;
  /** [n] inner fold of every patient, and the fits to the patients outside each fold, at the weight chosen. */
  readonly fold: Int32Array;
  readonly fits: readonly NormalParameters[];
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
 * a twin is asked for. The search stops when two weaker weights in a row have scored lower than the best. METHODS.md,
 * equation (P7).
 *
 * @param data - Standardised training data.
 * @param weights - Candidates, strongest first; a single one is taken as it is.
 * @param rng - Source of the inner folds.
 */
export function choosePriorWeight(data: StandardisedData, weights: readonly number[], rng: Rng): PriorWeightChoice {
  const folds = Math.min(INNER_FOLDS, data.count);
  const fold = assignFolds(data.count, folds, rng);
  const prepared = Array.from({ length: folds }, (_, k) => prepareFold(data, fold, k));
  const scores: { weight: number; score: number }[] = [];
  let current = prepared.map((part) => part.reference);
  let chosen = current;
  let best = 0;
  for (const [w, weight] of weights.entries()) {
    current = prepared.map((part, k) => fitFold(part, weight, current[k]!));
    const score = prepared.reduce((sum, part, k) => sum + outcomeLogDensity(part, current[k]!), 0);
    scores.push({ weight, score });
    if (w === 0 || score > scores[best]!.score) {
      best = w;
      chosen = current;
    } else if (w - best === 2) {
      break;
    }
  }
  const weight = weights[best]!;
  return { weight, fold, fits: chosen, scores, heldOutResiduals: heldOutResiduals(data, weight, fold, chosen) };
}

/**
 * Fits to the patients outside each inner fold at a prior weight that is not searched for.
 *
 * @param data - Standardised training data.
 * @param weight - ν.
 * @param fold - [n] inner fold of every patient.
 */
export function fitInnerFolds(data: StandardisedData, weight: number, fold: Int32Array): NormalParameters[] {
  const folds = 1 + fold.reduce((largest, k) => Math.max(largest, k), 0);
  return Array.from({ length: folds }, (_, k) => {
    const part = prepareFold(data, fold, k);
    return fitFold(part, weight, part.reference);
  });
}

/** Covariance that the target is read from, and that the fits start from. */
export function referenceFit(data: PatternedData): NormalParameters {
  const D = data.dimension;
  const identity = new Float64Array(D * D);
  for (let j = 0; j < D; j++) identity[j * D + j] = 1;
  const start = { mean: new Float64Array(D), covariance: identity };
  return fitNormalByEm(data, { weight: REFERENCE_WEIGHT, target: identity }, start, COMPARISON_SETTINGS);
}

/** Training and held-out part of one inner fold. */
interface InnerFold {
  readonly training: PatternedData;
  readonly heldOut: PatternedData;
  readonly heldOutFeatures: PatternedData;
  readonly reference: NormalParameters;
  readonly target: Float64Array;
}

function prepareFold(data: StandardisedData, fold: Int32Array, k: number): InnerFold {
  const D = data.items.length;
  const training = groupByMissingness(data.values, D, foldMembers(fold, k, false), data.weights);
  const heldOutRows = foldMembers(fold, k, true);
  const reference = referenceFit(training);
  return {
    training,
    heldOut: groupByMissingness(data.values, D, heldOutRows),
    heldOutFeatures: groupByMissingness(featureColumns(data, heldOutRows), data.featureCount),
    reference,
    target: structuredTarget(reference.covariance, data.items),
  };
}

function fitFold(part: InnerFold, weight: number, start: NormalParameters): NormalParameters {
  return fitNormalByEm(part.training, { weight, target: part.target }, start, COMPARISON_SETTINGS);
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

/** log p(outcomes | features) = log p(features, outcomes) − log p(features) of the held-out patients, observed items only. */
function outcomeLogDensity(part: InnerFold, fit: NormalParameters): number {
  const D = part.heldOut.dimension;
  const Q = part.heldOutFeatures.dimension;
  const covariance = new Float64Array(Q * Q);
  for (let i = 0; i < Q; i++) for (let j = 0; j < Q; j++) covariance[i * Q + j] = fit.covariance[i * D + j]!;
  return logDensity(part.heldOut, fit) - logDensity(part.heldOutFeatures, { mean: fit.mean.slice(0, Q), covariance });
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
  const mean = new Float64Array(outcomes);
  fits.forEach((fit, k) => {
    const conditioner = createBaselineConditioner(fit.mean, fit.covariance, Q);
    const held = foldMembers(fold, k, true);
    const trainingCount = effectiveCounts(data, foldMembers(fold, k, false));
    for (const i of held) {
      const features = data.values.subarray(i * D, i * D + Q);
      const law = conditioner.law(features);
      conditioner.mean(features, mean);
      const distance = conditioner.squaredDistance(features);
      for (let v = 0; v < outcomes; v++) {
        const value = data.values[i * D + Q + v]!;
        if (Number.isNaN(value)) continue;
        const patients = trainingCount[v]!;
        const variance = predictiveVariance(law.covariance[v * outcomes + v]!, distance, patients, weight, 1);
        residuals[v]!.push((value - mean[v]!) / Math.sqrt(variance));
      }
    }
  });
  return residuals.map((list) => Float64Array.from(list));
}

/**
 * [E·V] patients that the mean and variance of an outcome rest on: those with the outcome, or (Σw)²/Σw² of them where
 * patients are weighted. At least 1.
 *
 * @param data - Standardised training data.
 * @param rows - Positions of the patients of a fit.
 */
export function effectiveCounts(data: StandardisedData, rows: ArrayLike<number>): Float64Array {
  const D = data.items.length;
  const Q = data.featureCount;
  return Float64Array.from({ length: D - Q }, (_, v) => {
    let sum = 0;
    let squares = 0;
    for (let k = 0; k < rows.length; k++) {
      const i = rows[k]!;
      if (Number.isNaN(data.values[i * D + Q + v]!)) continue;
      const weight = data.weights?.[i] ?? 1;
      sum += weight;
      squares += weight * weight;
    }
    return squares > 0 ? Math.max(1, (sum * sum) / squares) : 1;
  });
}
