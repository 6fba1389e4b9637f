import { type SubjectTable, selectSubjects } from "../data/subject-table.ts";
import type { Rng } from "../numerics/rng.ts";
import type { Covariate } from "../trial/covariate.ts";
import { allCovariateAncova } from "./comparators/all-covariate-ancova.ts";
import { baselineAncova } from "./comparators/baseline-ancova.ts";
import type { Comparator } from "./comparators/comparator.ts";
import { lastValueCarriedForward } from "./comparators/last-value-carried-forward.ts";
import { meanChange } from "./comparators/mean-change.ts";
import type { Enrichment } from "./enrichment.ts";
import {
  addCandidates,
  type Candidates,
  emptyCandidates,
  predictCandidates,
} from "./evaluation/candidate-predictions.ts";
import { addRunIns, emptyRunIns, predictRunIns, type RunIns } from "./evaluation/run-in-predictions.ts";
import { addRows, scoreBeyond, scoresOf } from "./evaluation/score-beyond.ts";
import { forecastScores } from "./forecast-scores.ts";
import type { MemberId } from "./member-parameters.ts";
import type { BaselineFeature, TrainingSpec } from "./model-document.ts";
import type { NeuralBoltzmannOptions } from "./neural-boltzmann/neural-boltzmann-options.ts";
import { assignFolds, foldMembers } from "./patient-folds.ts";
import { pitUniforms } from "./pit-uniforms.ts";
import { BAND_WIDTH } from "./prediction-bands.ts";
import { trainPredictor } from "./train-predictor.ts";
import { histories } from "./training-set.ts";

/** Predictions of every patient by models that never saw the patient; all arrays [n × E·V], order e·V + v. */
export interface HeldOutPredictions {
  readonly twin: Float64Array;
  /** Variance of the outcome about the twin, parameter uncertainty included. */
  readonly twinVariance: Float64Array;
  /** [n × E·V × 3 × 2] limits of the twin's 50, 80 and 95 % bands. */
  readonly twinBands: Float64Array;
  /** PIT and CRPS of the observed outcomes; those of a normal law when absent. */
  readonly twinPit?: Float64Array;
  readonly twinCrps?: Float64Array;
  readonly baselineAncova: Float64Array;
  readonly allCovariateAncova: Float64Array;
  readonly meanChange: Float64Array;
  readonly lastValueCarriedForward: Float64Array;
  /** Twin minus what baseline value and strata already say about it, the latter learnt from the training patients. */
  readonly scoreBeyondBaseline: Float64Array;
}

/** The twin's predictions beside those of every member, and with visits before randomisation conditioned on. */
export interface CrossValidated extends HeldOutPredictions {
  readonly twinPit: Float64Array;
  readonly twinCrps: Float64Array;
  /** Twin minus what all covariates in an ANCOVA say about it: whether the score is more than a sum of covariates. */
  readonly scoreBeyondCovariates: Float64Array;
  readonly candidates: Candidates;
  readonly runIns: RunIns;
}

/** What is trained: the same for every fold and for the final model. */
export interface TrainingProblem {
  readonly table: SubjectTable;
  readonly features: readonly BaselineFeature[];
  /** Covariates of the twin and strata, each once. */
  readonly covariates: readonly Covariate[];
  readonly strata: readonly Covariate[];
  readonly shrinkage: TrainingSpec["shrinkage"];
  /** Whether the Gaussian joint model may choose scales and curves; `none` when absent. */
  readonly curvature?: "chosen" | "none";
  /** Subgroup that counts for more in training. */
  readonly enrichment?: Enrichment;
  /** The Gaussian joint model alone, or the members of a stack. */
  readonly members: readonly MemberId[];
  readonly neural: NeuralBoltzmannOptions;
}

/** One fold of one repetition of the assignment to folds. */
export interface FoldPlace {
  readonly repeat: number;
  readonly fold: number;
}

/** What models trained without a fold predict for its patients. Plain data: it may come from another thread. */
export interface FoldPredictions extends FoldPlace {
  /** Positions of the fold's patients. */
  readonly rows: Int32Array;
  readonly predictions: CrossValidated;
}

/**
 * Places of a cross-validation in order.
 *
 * @param folds - Number of folds K; every patient is in exactly one.
 * @param repeats - Independent assignments to folds.
 */
export function foldPlaces(folds: number, repeats: number): FoldPlace[] {
  return Array.from({ length: folds * repeats }, (_, k) => ({ repeat: Math.floor(k / folds), fold: k % folds }));
}

/**
 * Fold of every patient in one repetition of a cross-validation, so that other software can be given the same folds.
 *
 * @param count - Number of patients.
 * @param folds - Number of folds.
 * @param repeat - Repetition, 0 first.
 * @param rng - Of the cross-validation.
 * @returns [n] fold.
 */
export function foldsOfRepetition(count: number, folds: number, repeat: number, rng: Rng): Int32Array {
  return assignFolds(count, folds, rng.fork(repeat).fork("folds"));
}

/**
 * Trains everything without one fold and predicts its patients.
 *
 * Features, scaling, tuning, weights and calibration are all determined from the other folds.
 *
 * @param problem - Patients and what the methods may use.
 * @param folds - Number of folds.
 * @param place - Which fold.
 * @param rng - Of the cross-validation; forked by repetition and fold, so that folds can be worked on in any order.
 * @param onProgress - Fraction done; may throw to cancel.
 */
export function predictFold(
  problem: TrainingProblem,
  folds: number,
  place: FoldPlace,
  rng: Rng,
  onProgress: (fraction: number) => void,
): FoldPredictions {
  const source = rng.fork(place.repeat);
  const fold = foldsOfRepetition(problem.table.count, folds, place.repeat, rng);
  const rows = foldMembers(fold, place.fold, true);
  const others = foldMembers(fold, place.fold, false);
  const predictions = predictHeldOut(problem, others, rows, source.fork(place.fold + 1), onProgress);
  return { ...place, rows, predictions };
}

/**
 * Out-of-fold predictions of the twin, of every member and of every comparator, on the same folds, averaged over
 * repetitions.
 *
 * @param problem - As for {@link predictFold}.
 * @param repeats - Number of repetitions.
 * @param parts - Of every place, in the order of {@link foldPlaces}: sums are taken in that order.
 */
export function gatherFolds(
  problem: TrainingProblem,
  repeats: number,
  parts: readonly FoldPredictions[],
): CrossValidated {
  const { table } = problem;
  const total = emptyPredictions(table);
  for (const { repeat, rows, predictions } of parts) {
    for (const key of PREDICTION_KEYS) addRows(predictions[key], rows, total[key], 1 / repeats);
    addCandidates(predictions.candidates, rows, table, total.candidates, { repeat, repeats });
    addRunIns(predictions.runIns, rows, total.runIns, 1 / repeats);
  }
  return total;
}

/** {@link predictFold} for every fold in turn, gathered. */
export function crossValidate(
  problem: TrainingProblem,
  folds: number,
  repeats: number,
  rng: Rng,
  onFold: (done: number) => void,
): CrossValidated {
  const parts = foldPlaces(folds, repeats).map((place, done) => {
    const part = predictFold(problem, folds, place, rng, (fraction) => onFold(done + fraction));
    onFold(done + 1);
    return part;
  });
  return gatherFolds(problem, repeats, parts);
}

const PREDICTION_KEYS = [
  "twin",
  "twinVariance",
  "twinBands",
  "twinPit",
  "twinCrps",
  "baselineAncova",
  "allCovariateAncova",
  "meanChange",
  "lastValueCarriedForward",
  "scoreBeyondBaseline",
  "scoreBeyondCovariates",
] as const satisfies readonly (keyof CrossValidated)[];

/**
 * Trains every method on some patients and predicts others.
 *
 * @param training - Positions of the training patients.
 * @param heldOut - Positions of the patients to predict.
 * @param rng - Source of the inner folds.
 * @param onProgress - Fraction done; may throw to cancel.
 * @returns [held-out patients × E·V] each.
 */
export function predictHeldOut(
  problem: TrainingProblem,
  training: Int32Array,
  heldOut: Int32Array,
  rng: Rng,
  onProgress: (fraction: number) => void,
): CrossValidated {
  const trainingTable = selectSubjects(problem.table, training);
  const heldOutTable = selectSubjects(problem.table, heldOut);
  const compare = (comparator: Comparator) => comparator.predict(trainingTable, heldOutTable);
  const trained = trainPredictor(problem, trainingTable, rng, false, onProgress);
  const { predictor } = trained;
  const historyOf = histories(heldOutTable, predictor.features, problem.covariates);
  const twin = new Float64Array(heldOutTable.outcomes.length);
  const twinVariance = new Float64Array(twin.length);
  const cells = predictor.model.outcomeCount;
  const twinBands = new Float64Array(twin.length * BAND_WIDTH);
  const twinPit = new Float64Array(twin.length).fill(Number.NaN);
  const twinCrps = new Float64Array(twin.length).fill(Number.NaN);
  for (let i = 0; i < heldOutTable.count; i++) {
    const { mean, deviation, bands, laws } = predictor.forecast(historyOf(i));
    const uniforms = pitUniforms(heldOutTable, i);
    for (let cell = 0; cell < cells; cell++) {
      const at = i * cells + cell;
      const outcome = heldOutTable.outcomes[at]!;
      if (Number.isNaN(outcome)) continue;
      const scores = forecastScores(mean[cell]!, deviation[cell]!, laws?.[cell], outcome, uniforms[cell]!);
      twinPit[at] = scores.pit;
      twinCrps[at] = scores.crps;
    }
    twin.set(mean, i * cells);
    twinVariance.set(
      deviation.map((sd) => sd * sd),
      i * cells,
    );
    twinBands.set(bands, i * cells * BAND_WIDTH);
  }
  const trainingHistory = histories(trainingTable, predictor.features, problem.covariates);
  const trainingScores = scoresOf(predictor.model, trainingHistory, trainingTable.count);
  const beyond = (comparator: Comparator) => scoreBeyond(twin, trainingScores, comparator, trainingTable, heldOutTable);
  const strataAncova = baselineAncova(problem.strata);
  const everything = allCovariateAncova(problem.covariates);
  return {
    twin,
    twinVariance,
    twinBands,
    twinPit,
    twinCrps,
    scoreBeyondBaseline: beyond(strataAncova),
    scoreBeyondCovariates: beyond(everything),
    baselineAncova: compare(strataAncova),
    allCovariateAncova: compare(everything),
    meanChange: compare(meanChange),
    lastValueCarriedForward: compare(lastValueCarriedForward),
    candidates: predictCandidates(problem, trained, trainingTable, heldOutTable, rng.fork("draws")),
    runIns: predictRunIns(problem, predictor, trainingTable, heldOutTable),
  };
}

function emptyPredictions(table: SubjectTable): CrossValidated {
  const length = table.outcomes.length;
  return {
    twin: new Float64Array(length),
    twinVariance: new Float64Array(length),
    twinBands: new Float64Array(length * BAND_WIDTH),
    twinPit: new Float64Array(length),
    twinCrps: new Float64Array(length),
    baselineAncova: new Float64Array(length),
    allCovariateAncova: new Float64Array(length),
    meanChange: new Float64Array(length),
    lastValueCarriedForward: new Float64Array(length),
    scoreBeyondBaseline: new Float64Array(length),
    scoreBeyondCovariates: new Float64Array(length),
    candidates: emptyCandidates(),
    runIns: emptyRunIns(table),
  };
}
