import type { SubjectTable } from "../../data/subject-table.ts";
import { allCovariateAncova } from "../comparators/all-covariate-ancova.ts";
import { baselineAncova } from "../comparators/baseline-ancova.ts";
import { lastValueCarriedForward } from "../comparators/last-value-carried-forward.ts";
import { meanChange } from "../comparators/mean-change.ts";
import type { HeldOutPredictions, TrainingProblem } from "../cross-validation.ts";
import { BAND_WIDTH } from "../prediction-bands.ts";
import { histories } from "../training-set.ts";
import type { TwinPredictor } from "../twin-predictor.ts";
import { addRows, scoreBeyond, scoresOf } from "./score-beyond.ts";

/** Numbers of pre-randomisation visits that are tried. */
const RUN_IN_VISITS: readonly number[] = [1, 2];

/** Held-out predictions of the visits after a run-in; what comparators call baseline is the last run-in value. */
export interface RunIn {
  /** The first planned visits that stand for the run-in. */
  readonly visits: number;
  readonly predictions: HeldOutPredictions;
}

export type RunIns = readonly RunIn[];

/** Numbers of run-in visits that leave something to predict. */
export function runInVisits(table: SubjectTable): number[] {
  return RUN_IN_VISITS.filter((visits) => visits < table.visits.length);
}

/**
 * The patients as if randomised after some visits: the last run-in value of every endpoint is its baseline.
 *
 * @param table - Patients.
 * @param visits - Number of run-in visits r; the last run-in value is that of visit r.
 */
export function afterRunIn(table: SubjectTable, visits: number): SubjectTable {
  const V = table.visits.length;
  const baseline = table.baseline.map((_, k) => table.outcomes[k * V + visits - 1]!);
  return { ...table, baseline };
}

/**
 * Predictions with one and with two run-in visits conditioned on, beside comparators that start from the last run-in value.
 * METHODS.md, equation (P23).
 *
 * @param problem - As for training.
 * @param predictor - Trained on the training patients; not retrained for the run-in.
 * @param training - Training patients.
 * @param heldOut - Patients to predict.
 */
export function predictRunIns(
  problem: TrainingProblem,
  predictor: TwinPredictor,
  training: SubjectTable,
  heldOut: SubjectTable,
): RunIns {
  return runInVisits(training).map((visits) => {
    const trainingAfter = afterRunIn(training, visits);
    const heldOutAfter = afterRunIn(heldOut, visits);
    const of = (table: SubjectTable) => histories(table, predictor.features, problem.covariates, visits);
    const twin = scoresOf(predictor.model, of(heldOut), heldOut.count);
    const trainingScores = scoresOf(predictor.model, of(training), training.count);
    const ancova = baselineAncova(problem.strata);
    return {
      visits,
      predictions: {
        twin,
        // Not evaluated: bands after a run-in are those of the updated forecast.
        twinVariance: new Float64Array(twin.length),
        twinBands: new Float64Array(twin.length * BAND_WIDTH),
        scoreBeyondBaseline: scoreBeyond(twin, trainingScores, ancova, trainingAfter, heldOutAfter),
        baselineAncova: ancova.predict(trainingAfter, heldOutAfter),
        allCovariateAncova: allCovariateAncova(problem.covariates).predict(trainingAfter, heldOutAfter),
        meanChange: meanChange.predict(trainingAfter, heldOutAfter),
        lastValueCarriedForward: lastValueCarriedForward.predict(trainingAfter, heldOutAfter),
      },
    };
  });
}

export function emptyRunIns(table: SubjectTable): RunIns {
  const array = (width = 1) => new Float64Array(table.outcomes.length * width);
  return runInVisits(table).map((visits) => ({
    visits,
    predictions: {
      twin: array(),
      twinVariance: array(),
      twinBands: array(BAND_WIDTH),
      scoreBeyondBaseline: array(),
      baselineAncova: array(),
      allCovariateAncova: array(),
      meanChange: array(),
      lastValueCarriedForward: array(),
    },
  }));
}

const KEYS = [
  "twin",
  "twinVariance",
  "twinBands",
  "scoreBeyondBaseline",
  "baselineAncova",
  "allCovariateAncova",
  "meanChange",
  "lastValueCarriedForward",
] as const satisfies readonly (keyof HeldOutPredictions)[];

/** Puts one fold's predictions at their patients' places. */
export function addRunIns(from: RunIns, rows: Int32Array, into: RunIns, weight: number): void {
  from.forEach(({ predictions }, r) => {
    for (const key of KEYS) addRows(predictions[key], rows, into[r]!.predictions[key], weight);
  });
}
