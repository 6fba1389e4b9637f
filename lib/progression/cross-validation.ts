import { type SubjectTable, selectSubjects } from "../data/subject-table.ts";
import type { Rng } from "../numerics/rng.ts";
import type { Covariate } from "../trial/covariate.ts";
import { allCovariateAncova } from "./comparators/all-covariate-ancova.ts";
import { baselineAncova } from "./comparators/baseline-ancova.ts";
import type { Comparator } from "./comparators/comparator.ts";
import { lastValueCarriedForward } from "./comparators/last-value-carried-forward.ts";
import { fitLinearPredictor, predictLinear } from "./comparators/linear-predictor.ts";
import { meanChange } from "./comparators/mean-change.ts";
import { baselineFeatures, encodeFeatures } from "./feature-encoding.ts";
import { BAND_LEVELS } from "./gaussian-joint/band-calibration.ts";
import { fitGaussianJoint } from "./gaussian-joint/fit-gaussian-joint.ts";
import { createGaussianJointModel } from "./gaussian-joint/gaussian-joint-model.ts";
import type { BaselineFeature, TrainingSpec } from "./model-document.ts";
import { assignFolds, foldMembers } from "./patient-folds.ts";

/** Predictions of every patient by models that never saw the patient; all arrays [n × E·V], order e·V + v. */
export interface HeldOutPredictions {
  readonly twin: Float64Array;
  /** Variance of the outcome about the twin, parameter uncertainty included. */
  readonly twinVariance: Float64Array;
  /** [n × E·V × 3] half widths of the twin's 50, 80 and 95 % bands. */
  readonly twinHalfWidths: Float64Array;
  readonly baselineAncova: Float64Array;
  readonly allCovariateAncova: Float64Array;
  readonly meanChange: Float64Array;
  readonly lastValueCarriedForward: Float64Array;
  /** ANCOVA on baseline value, strata and the out-of-fold twin score, itself fitted without the patient. */
  readonly ancovaWithScore: Float64Array;
}

/** What is trained: the same for every fold and for the final model. */
export interface TrainingProblem {
  readonly table: SubjectTable;
  readonly features: readonly BaselineFeature[];
  /** Covariates of the twin and strata, each once. */
  readonly covariates: readonly Covariate[];
  readonly strata: readonly Covariate[];
  readonly shrinkage: TrainingSpec["shrinkage"];
}

/**
 * Out-of-fold predictions of the twin and of every comparator, on the same folds, averaged over repetitions.
 *
 * The twin's features, scaling, prior weight, target and inflation are all determined inside the training folds.
 *
 * @param problem - Patients and what the methods may use.
 * @param folds - Number of folds K; every patient is in exactly one.
 * @param repeats - Independent assignments to folds.
 * @param rng - Forked per repetition and fold.
 * @param onFold - Called after each of the folds × repeats fits; may throw to cancel.
 */
export function crossValidate(
  problem: TrainingProblem,
  folds: number,
  repeats: number,
  rng: Rng,
  onFold: () => void,
): HeldOutPredictions {
  const { table } = problem;
  const total = emptyPredictions(table.outcomes.length);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const source = rng.fork(repeat);
    const fold = assignFolds(table.count, folds, source.fork("folds"));
    const once = emptyPredictions(table.outcomes.length);
    for (let k = 0; k < folds; k++) {
      const heldOut = foldMembers(fold, k, true);
      const predictions = predictHeldOut(problem, foldMembers(fold, k, false), heldOut, source.fork(k + 1));
      scatterRows(predictions, heldOut, once);
      onFold();
    }
    once.ancovaWithScore.set(ancovaWithScore(problem, once.twin, fold, folds));
    for (const key of PREDICTION_KEYS) for (let j = 0; j < total[key].length; j++) total[key][j]! += once[key][j]!;
  }
  for (const key of PREDICTION_KEYS) for (let j = 0; j < total[key].length; j++) total[key][j]! /= repeats;
  return total;
}

const PREDICTION_KEYS = [
  "twin",
  "twinVariance",
  "twinHalfWidths",
  "baselineAncova",
  "allCovariateAncova",
  "meanChange",
  "lastValueCarriedForward",
  "ancovaWithScore",
] as const satisfies readonly (keyof HeldOutPredictions)[];

/**
 * Trains every method on some patients and predicts others.
 *
 * @param training - Positions of the training patients.
 * @param heldOut - Positions of the patients to predict.
 * @returns [held-out patients × E·V] each; `ancovaWithScore` is left at 0 (it needs the scores of all folds).
 */
export function predictHeldOut(
  problem: TrainingProblem,
  training: Int32Array,
  heldOut: Int32Array,
  rng: Rng,
): HeldOutPredictions {
  const trainingTable = selectSubjects(problem.table, training);
  const heldOutTable = selectSubjects(problem.table, heldOut);
  const compare = (comparator: Comparator) => comparator.predict(trainingTable, heldOutTable);
  return {
    ...predictTwins(problem, trainingTable, heldOutTable, rng),
    baselineAncova: compare(baselineAncova(problem.strata)),
    allCovariateAncova: compare(allCovariateAncova(problem.covariates)),
    meanChange: compare(meanChange),
    lastValueCarriedForward: compare(lastValueCarriedForward),
    ancovaWithScore: new Float64Array(heldOutTable.outcomes.length),
  };
}

function predictTwins(
  problem: TrainingProblem,
  training: SubjectTable,
  heldOut: SubjectTable,
  rng: Rng,
): Pick<HeldOutPredictions, "twin" | "twinVariance" | "twinHalfWidths"> {
  const { parameters } = fitGaussianJoint(training, problem.features, problem.covariates, problem.shrinkage, rng);
  const model = createGaussianJointModel(parameters);
  const features = encodeFeatures(heldOut, parameters.features, problem.covariates);
  const Q = model.featureCount;
  const cells = model.outcomeCount;
  const twin = new Float64Array(heldOut.outcomes.length);
  const twinVariance = new Float64Array(heldOut.outcomes.length);
  const twinHalfWidths = new Float64Array(heldOut.outcomes.length * BAND_LEVELS.length);
  for (let i = 0; i < heldOut.count; i++) {
    const row = features.subarray(i * Q, (i + 1) * Q);
    twin.set(model.predictFromBaseline(row).mean, i * cells);
    twinVariance.set(model.predictiveVariance(row), i * cells);
    twinHalfWidths.set(model.bandHalfWidths(row), i * cells * BAND_LEVELS.length);
  }
  return { twin, twinVariance, twinHalfWidths };
}

/** Second-stage regression y ~ baseline + strata + score: fitted on the other folds' out-of-fold scores, METHODS.md (P12). */
function ancovaWithScore(problem: TrainingProblem, score: Float64Array, fold: Int32Array, folds: number): Float64Array {
  const { table, strata } = problem;
  const V = table.visits.length;
  const cells = table.endpoints.length * V;
  const result = new Float64Array(table.outcomes.length).fill(Number.NaN);
  const masked = new Float64Array(table.count);
  table.endpoints.forEach((endpoint, e) => {
    const base = encodeFeatures(
      table,
      [{ kind: "baseline-endpoint", endpointId: endpoint.id }, ...baselineFeatures([], strata)],
      strata,
    );
    const K = base.length / table.count;
    const design = new Float64Array(table.count * (K + 1));
    for (let i = 0; i < table.count; i++) design.set(base.subarray(i * K, (i + 1) * K), i * (K + 1));
    for (let cell = e * V; cell < (e + 1) * V; cell++) {
      for (let i = 0; i < table.count; i++) design[i * (K + 1) + K] = score[i * cells + cell]!;
      for (let k = 0; k < folds; k++) {
        for (let i = 0; i < table.count; i++)
          masked[i] = fold[i] === k ? Number.NaN : table.outcomes[i * cells + cell]!;
        const predictor = fitLinearPredictor(design, masked);
        if (predictor === null) continue;
        for (let i = 0; i < table.count; i++) {
          if (fold[i] === k) result[i * cells + cell] = predictLinear(predictor, design, i);
        }
      }
    }
  });
  return result;
}

function emptyPredictions(length: number): HeldOutPredictions {
  return {
    twin: new Float64Array(length),
    twinVariance: new Float64Array(length),
    twinHalfWidths: new Float64Array(length * BAND_LEVELS.length),
    baselineAncova: new Float64Array(length),
    allCovariateAncova: new Float64Array(length),
    meanChange: new Float64Array(length),
    lastValueCarriedForward: new Float64Array(length),
    ancovaWithScore: new Float64Array(length),
  };
}

function scatterRows(from: HeldOutPredictions, rows: Int32Array, into: HeldOutPredictions): void {
  for (const key of PREDICTION_KEYS) {
    const width = from[key].length / rows.length;
    rows.forEach((row, k) => {
      into[key].set(from[key].subarray(k * width, (k + 1) * width), row * width);
    });
  }
}
