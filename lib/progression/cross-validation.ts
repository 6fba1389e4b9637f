import { type SubjectTable, selectSubjects } from "../data/subject-table.ts";
import type { Rng } from "../numerics/rng.ts";
import type { Covariate } from "../trial/covariate.ts";
import { allCovariateAncova } from "./comparators/all-covariate-ancova.ts";
import { baselineAncova } from "./comparators/baseline-ancova.ts";
import type { Comparator } from "./comparators/comparator.ts";
import { lastValueCarriedForward } from "./comparators/last-value-carried-forward.ts";
import { meanChange } from "./comparators/mean-change.ts";
import { encodeFeatures } from "./feature-encoding.ts";
import { BAND_LEVELS } from "./gaussian-joint/band-calibration.ts";
import { fitGaussianJoint } from "./gaussian-joint/fit-gaussian-joint.ts";
import { createGaussianJointModel } from "./gaussian-joint/gaussian-joint-model.ts";
import type { BaselineFeature, TrainingSpec } from "./model-document.ts";
import { assignFolds, foldMembers } from "./patient-folds.ts";
import type { ProgressionModel } from "./progression-model.ts";

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
  /** Twin minus what baseline value and strata already say about it, the latter learnt from the training patients. */
  readonly scoreBeyondBaseline: Float64Array;
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
  "scoreBeyondBaseline",
] as const satisfies readonly (keyof HeldOutPredictions)[];

/**
 * Trains every method on some patients and predicts others.
 *
 * @param training - Positions of the training patients.
 * @param heldOut - Positions of the patients to predict.
 * @param rng - Source of the inner folds.
 * @returns [held-out patients × E·V] each.
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
  };
}

function predictTwins(
  problem: TrainingProblem,
  training: SubjectTable,
  heldOut: SubjectTable,
  rng: Rng,
): Pick<HeldOutPredictions, "twin" | "twinVariance" | "twinHalfWidths" | "scoreBeyondBaseline"> {
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
  const expected = expectedFromBaseline(problem, training, model, parameters.features, heldOut);
  const scoreBeyondBaseline = twin.map((score, k) => score - expected[k]!);
  return { twin, twinVariance, twinHalfWidths, scoreBeyondBaseline };
}

/**
 * What baseline value and strata already say about the twin's score: the score regressed on them in the training patients,
 * evaluated in the held-out ones. METHODS.md, equation (P11).
 */
function expectedFromBaseline(
  problem: TrainingProblem,
  training: SubjectTable,
  model: ProgressionModel,
  features: readonly BaselineFeature[],
  heldOut: SubjectTable,
): Float64Array {
  const encoded = encodeFeatures(training, features, problem.covariates);
  const Q = model.featureCount;
  const cells = model.outcomeCount;
  const scores = new Float64Array(training.outcomes.length);
  for (let i = 0; i < training.count; i++) {
    scores.set(model.predictFromBaseline(encoded.subarray(i * Q, (i + 1) * Q)).mean, i * cells);
  }
  // Same patients as the ANCOVA: those whose outcome is observed.
  const outcomes = scores.map((score, k) => (Number.isNaN(training.outcomes[k]!) ? Number.NaN : score));
  return baselineAncova(problem.strata).predict({ ...training, outcomes }, heldOut);
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
    scoreBeyondBaseline: new Float64Array(length),
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
