import type { SimulatedTrial } from "./generate-trial.ts";
import { addPatient, type LookRegression } from "./look-regression.ts";

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

/**
 * Adds what has become known between two looks: the patients from `from` to the look's cohort who reached the visit.
 *
 * @param trial - Generated trial.
 * @param from - Cohort of the look before, 0 at the first.
 * @param cohort - n_k.
 * @param useScore - Whether the analysis has the score as its last covariate.
 * @param regression - Grows by the patients with an observed outcome.
 */
export function addCohort(
  trial: SimulatedTrial,
  from: number,
  cohort: number,
  useScore: boolean,
  regression: LookRegression,
): void {
  const { row, covariates } = regression;
  const baselines = useScore ? covariates - 1 : covariates;
  row[0] = 1;
  for (let i = from; i < cohort; i++) {
    if (trial.completes[i] === 0) continue;
    for (let j = 0; j < baselines; j++) row[1 + j] = trial.covariate[i * trial.covariates + j]!;
    if (useScore) row[covariates] = trial.score[i]!;
    row[covariates + 1] = trial.arm[i]!;
    row[covariates + 2] = trial.outcome[i]!;
    addPatient(regression);
  }
}
