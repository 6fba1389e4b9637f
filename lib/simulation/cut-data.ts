import type { FailureReason } from "./chunk-tally.ts";
import type { SimulatedTrial } from "./generate-trial.ts";
import { createLookAnalysis, type LookAnalysis } from "./look-analysis.ts";
import type { PreparedCell } from "./prepared-cell.ts";

/** What is known at a look: the analysis grows with the trial, so that a look adds only the patients since the one before. */
export interface KnownData {
  readonly analysis: LookAnalysis;
  /** Patients of each arm with an outcome that the analysis reads. */
  experimental: number;
  control: number;
}

/** Room for the looks of a cell. */
export function createKnownData(cell: PreparedCell): KnownData {
  return { analysis: createLookAnalysis(cell), experimental: 0, control: 0 };
}

/** Forgets all patients. */
export function clearKnownData(known: KnownData): void {
  known.analysis.reset();
  known.experimental = 0;
  known.control = 0;
}

/**
 * Adds what has become known between two looks: the patients from `from` to the look's cohort with an outcome to analyse.
 *
 * @param trial - Generated trial.
 * @param from - Cohort of the look before, 0 at the first.
 * @param cohort - n_k.
 * @param known - Grows by these patients.
 */
export function addCohort(trial: SimulatedTrial, from: number, cohort: number, known: KnownData): void {
  for (let i = from; i < cohort; i++) {
    if (!known.analysis.add(trial, i)) continue;
    if (trial.arm[i] === 1) known.experimental++;
    else known.control++;
  }
}

/**
 * Analyses what is known, METHODS.md eq. (M8), (M18); estimate, standard error and degrees of freedom are left in
 * `known.analysis`.
 *
 * @param known - From {@link addCohort}.
 * @returns "estimated", or why not.
 */
export function analyseKnownData(known: KnownData): "estimated" | FailureReason {
  return known.analysis.solve();
}

/**
 * Month of a look: the visit at which the last patient of its cohort reaches (or would have reached) the primary visit.
 *
 * @param trial - Generated trial.
 * @param cohort - n_k, patients of the look.
 * @param followUpMonths - Months from randomisation to the primary visit.
 */
export function lookMonth(trial: SimulatedTrial, cohort: number, followUpMonths: number): number {
  return trial.enrolledAt[cohort - 1]! + followUpMonths;
}

/**
 * Patients randomised by a month; accrual goes on while a cohort is being followed up.
 *
 * @param trial - Generated trial.
 * @param month - Months from the start of accrual.
 * @param from - A number already known to be randomised by then.
 */
export function enrolledBy(trial: SimulatedTrial, month: number, from: number): number {
  let enrolled = from;
  while (enrolled < trial.patients && trial.enrolledAt[enrolled]! <= month) enrolled++;
  return enrolled;
}
