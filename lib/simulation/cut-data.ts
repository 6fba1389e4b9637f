import { AncovaKernel } from "../analysis/ancova/ancova-kernel.ts";
import type { FailureReason } from "./chunk-tally.ts";
import type { SimulatedTrial } from "./generate-trial.ts";
import type { PreparedCell } from "./prepared-cell.ts";

/** What is known at a look: the analysis grows with the trial, so that a look adds only the patients since the one before. */
export interface KnownData {
  readonly kernel: AncovaKernel;
  /** Columns of the analysis taken from the trial's covariates; the score, if used, comes after them. */
  readonly baselineColumns: number;
  readonly useScore: boolean;
  /** Covariates of one patient, scratch. */
  readonly row: Float64Array;
  /** Patients of each arm with the outcome. */
  experimental: number;
  control: number;
}

/** Room for the looks of a cell. */
export function createKnownData(cell: PreparedCell): KnownData {
  const columns = cell.covariates + (cell.useScore ? 1 : 0);
  return {
    kernel: new AncovaKernel(columns),
    baselineColumns: cell.covariates,
    useScore: cell.useScore,
    row: new Float64Array(Math.max(1, columns)),
    experimental: 0,
    control: 0,
  };
}

/** Forgets all patients. */
export function clearKnownData(known: KnownData): void {
  known.kernel.reset();
  known.experimental = 0;
  known.control = 0;
}

/**
 * Adds what has become known between two looks: the patients from `from` to the look's cohort who reached the visit.
 *
 * @param trial - Generated trial.
 * @param from - Cohort of the look before, 0 at the first.
 * @param cohort - n_k.
 * @param known - Grows by the patients with an observed outcome.
 */
export function addCohort(trial: SimulatedTrial, from: number, cohort: number, known: KnownData): void {
  const { kernel, row, baselineColumns } = known;
  for (let i = from; i < cohort; i++) {
    if (trial.completes[i] === 0) continue;
    const arm = trial.arm[i]!;
    for (let j = 0; j < baselineColumns; j++) row[j] = trial.covariate[i * trial.covariates + j]!;
    if (known.useScore) row[baselineColumns] = trial.score[i]!;
    kernel.add(trial.outcome[i]!, arm, row, 0);
    if (arm === 1) known.experimental++;
    else known.control++;
  }
}

/**
 * Analyses what is known, METHODS.md eq. (M8); estimate, standard error and degrees of freedom are left in the kernel.
 *
 * @param known - From {@link addCohort}.
 * @returns "estimated", or why not.
 */
export function analyseKnownData(known: KnownData): "estimated" | FailureReason {
  const { kernel, experimental, control } = known;
  if (Math.min(experimental, control) < 2) return "too-few-patients";
  if (experimental + control - 2 - kernel.covariateCount < 1) return "too-few-patients";
  return kernel.solve() && kernel.standardError > 0 ? "estimated" : "singular-design";
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
