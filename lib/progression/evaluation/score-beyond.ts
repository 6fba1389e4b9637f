import type { SubjectTable } from "../../data/subject-table.ts";
import type { Comparator } from "../comparators/comparator.ts";
import type { MemberModel, PatientHistory } from "../member.ts";

/**
 * Means of every outcome for every patient.
 *
 * @param model - Member or stack.
 * @param historyOf - What is known of each patient.
 * @param count - n.
 * @returns [n × E·V].
 */
export function scoresOf(
  model: MemberModel,
  historyOf: (patient: number) => PatientHistory,
  count: number,
): Float64Array {
  const scores = new Float64Array(count * model.outcomeCount);
  for (let i = 0; i < count; i++) scores.set(model.predictMean(historyOf(i)), i * model.outcomeCount);
  return scores;
}

/**
 * A score minus what a comparator's covariates already say about it: the score regressed on them in the training patients,
 * evaluated in the held-out ones. METHODS.md, equation (P11).
 *
 * @param score - [held-out × E·V].
 * @param trainingScores - [training × E·V] of the same model.
 * @param comparator - A regression on baseline.
 */
export function scoreBeyond(
  score: Float64Array,
  trainingScores: Float64Array,
  comparator: Comparator,
  training: SubjectTable,
  heldOut: SubjectTable,
): Float64Array {
  // Same patients as the comparator's own regression: those whose outcome is observed.
  const outcomes = trainingScores.map((value, k) => (Number.isNaN(training.outcomes[k]!) ? Number.NaN : value));
  const expected = comparator.predict({ ...training, outcomes }, heldOut);
  return score.map((value, k) => value - expected[k]!);
}

/** Adds rows of held-out patients, times a weight, at the patients' positions. */
export function addRows(from: Float64Array, rows: Int32Array, into: Float64Array, weight: number): void {
  const width = from.length / rows.length;
  rows.forEach((row, k) => {
    for (let j = 0; j < width; j++) into[row * width + j]! += weight * from[k * width + j]!;
  });
}
