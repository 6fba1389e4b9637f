import { type SubjectTable, selectSubjects } from "../../data/subject-table.ts";
import type { Rng } from "../../numerics/rng.ts";
import { baselineAncova } from "../comparators/baseline-ancova.ts";
import { foldsOfRepetition, type TrainingProblem } from "../cross-validation.ts";
import type { PatientHistory } from "../member.ts";
import type { MemberId } from "../member-parameters.ts";
import { memberOf } from "../members.ts";
import { foldMembers } from "../patient-folds.ts";
import { trainPredictor } from "../train-predictor.ts";
import { histories } from "../training-set.ts";
import type { SeedSpread } from "./candidate-document.ts";
import { candidateName } from "./candidate-evaluation.ts";
import type { CandidateId } from "./candidate-predictions.ts";

/** Members whose training begins at random or draws patients: another seed gives another fit of the same patients. */
const RANDOM_TRAINING: readonly MemberId[] = ["boosted-transition", "neural-boltzmann"];
/** Trainings that are compared. */
const SEEDS = 5;
/** Fewer held-out patients than this give no figure. */
const MINIMUM_PATIENTS = 5;

/** What one more training predicts for the patients of the first fold. Plain data: it may come from another thread. */
export interface SeedPredictions {
  readonly rows: Int32Array;
  /** [rows × E·V] baseline ANCOVA. */
  readonly baselineAncova: Float64Array;
  readonly means: readonly { readonly id: CandidateId; readonly mean: Float64Array }[];
}

/** Numbers of the trainings that differ by nothing but their seed; none where no member draws at random. */
export function comparedSeeds(members: readonly MemberId[]): number[] {
  return members.some((member) => RANDOM_TRAINING.includes(member)) ? Array.from({ length: SEEDS }, (_, k) => k) : [];
}

/**
 * Trains again on the patients outside the first fold, with random numbers of its own, and predicts that fold.
 *
 * @param problem - As for training.
 * @param folds - Number of folds.
 * @param seed - Which of the trainings.
 * @param rng - Of the cross-validation, so that the fold is one of it.
 * @param onProgress - Fraction done; may throw to cancel.
 */
export function predictWithSeed(
  problem: TrainingProblem,
  folds: number,
  seed: number,
  rng: Rng,
  onProgress: (fraction: number) => void,
): SeedPredictions {
  const fold = foldsOfRepetition(problem.table.count, folds, 0, rng);
  const rows = foldMembers(fold, 0, true);
  const training = selectSubjects(problem.table, foldMembers(fold, 0, false));
  const heldOut = selectSubjects(problem.table, rows);
  const { stack, predictor } = trainPredictor(problem, training, rng.fork("seeds").fork(seed), false, onProgress);
  const historyOf = histories(heldOut, predictor.features, problem.covariates);
  const drawn = (stack?.members ?? []).filter(({ kind }) => RANDOM_TRAINING.includes(kind));
  return {
    rows,
    baselineAncova: baselineAncova(problem.strata).predict(training, heldOut),
    means: [
      ...drawn.map((member) => ({
        id: member.kind,
        mean: meansOf(memberOf(member.kind).open(member), historyOf, heldOut),
      })),
      ...(drawn.length === 0 ? [] : [{ id: "stack" as const, mean: meansOf(predictor.model, historyOf, heldOut) }]),
    ],
  };
}

function meansOf(
  model: { readonly outcomeCount: number; predictMean(history: PatientHistory): Float64Array },
  historyOf: (patient: number) => PatientHistory,
  table: SubjectTable,
): Float64Array {
  const means = new Float64Array(table.outcomes.length);
  for (let i = 0; i < table.count; i++) means.set(model.predictMean(historyOf(i)), i * model.outcomeCount);
  return means;
}

/**
 * Spread of gain and predictions over trainings that differ by their seed only. METHODS.md, equation (P32).
 *
 * @param table - All patients.
 * @param cell - e·V + v of the primary endpoint and visit.
 * @param trainings - Of every seed, the same patients each.
 * @returns One entry per member with a random training and for the stack; empty when nobody in the fold was measured.
 */
export function seedSpread(table: SubjectTable, cell: number, trainings: readonly SeedPredictions[]): SeedSpread[] {
  const first = trainings[0];
  if (first === undefined || trainings.length < 2) return [];
  const V = table.visits.length;
  const cells = table.endpoints.length * V;
  const e = Math.floor(cell / V);
  const outcome = (row: number) => table.outcomes[first.rows[row]! * cells + cell]!;
  const measured = Array.from({ length: first.rows.length }, (_, row) => row).filter(
    (row) =>
      !Number.isNaN(outcome(row)) && !Number.isNaN(table.baseline[first.rows[row]! * table.endpoints.length + e]!),
  );
  if (measured.length < MINIMUM_PATIENTS) return [];
  const squares = (predicted: Float64Array) =>
    measured.reduce((sum, row) => sum + (outcome(row) - predicted[row * cells + cell]!) ** 2, 0);
  return first.means.flatMap(({ id }) => {
    const fits = trainings.flatMap(({ means, baselineAncova: reference }) => {
      const own = means.find((one) => one.id === id);
      return own === undefined ? [] : [{ mean: own.mean, gain: 1 - squares(own.mean) / squares(reference) }];
    });
    if (fits.length < trainings.length) return [];
    const gains = fits.map(({ gain }) => gain);
    const perPatient = measured.map((row) => variance(fits.map(({ mean }) => mean[row * cells + cell]!)));
    return [
      {
        endpointId: table.endpoints[e]!.id,
        visitId: table.visits[cell % V]!.id,
        candidate: id,
        name: candidateName(id),
        patients: measured.length,
        gains,
        gainStandardDeviation: Math.sqrt(variance(gains)),
        predictionStandardDeviation: Math.sqrt(perPatient.reduce((sum, value) => sum + value, 0) / measured.length),
      },
    ];
  });
}

/** With n − 1 in the denominator. */
function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
