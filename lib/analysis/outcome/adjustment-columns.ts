import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError } from "../../errors/domain-error.ts";
import {
  type AnalysisColumn,
  type AnalysisTable,
  covariateColumnName,
  covariateTableColumns,
  tableText,
} from "../analysis-table.ts";
import { constantCategoryDiagnostics } from "../constant-category.ts";
import type { Covariate } from "../covariate.ts";
import { completeRows, variableAtRows } from "../model-design.ts";
import { trialCovariates, trialScore } from "../trial-columns.ts";
import type { TrialData } from "../trial-data.ts";

/** Name of the column of the prognostic score. */
export const OUTCOME_SCORE_NAME = "score";
/** Range of a score, relative to its size, below which it is the same for all. */
const CONSTANT = 1e-12;

/** The patients of an analysis with what it adjusts for. */
export interface AnalysedPatients {
  /** Positions in the trial. */
  readonly rows: readonly number[];
  /** Code of the arm, 0 control; one a patient analysed. */
  readonly arm: Int32Array;
  /** Named as in the table; one value a patient analysed; the score last. */
  readonly covariates: readonly Covariate[];
  readonly strata: readonly Covariate[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What an analysis asks for beside its outcome. */
export interface AdjustmentSpec {
  readonly covariates?: readonly string[];
  readonly score?: { readonly endpoint: string; readonly visit: string } | null;
  readonly strata?: readonly string[];
}

/**
 * Patients for whom outcome, covariates, strata and score are known, with a check that every arm has some
 * (METHODS.md eq. (O4)).
 *
 * @param known - Whether the outcome is known, one a patient of the trial.
 * @throws DomainError INVALID_INPUT for an unknown name, INSUFFICIENT_DATA for an arm without patients or a score without
 *   twins.
 */
export function analysedPatients(
  spec: AdjustmentSpec,
  data: TrialData,
  known: (patient: number) => boolean,
): AnalysedPatients {
  const renamed = (covariate: Covariate): Covariate => ({ ...covariate, name: covariateColumnName(covariate.name) });
  const covariates = trialCovariates(data, spec.covariates ?? []).map(renamed);
  const strata = trialCovariates(data, spec.strata ?? [], "strata").map(renamed);
  const diagnostics: Diagnostic[] = [];
  const withOutcome = data.patientIds.map((_, i) => i).filter(known);
  const complete = new Set(completeRows([...covariates, ...strata], data.patientIds.length));
  let rows = withOutcome.filter((row) => complete.has(row));
  if (rows.length < withOutcome.length)
    diagnostics.push(
      diagnostic(
        "warning",
        "patients-left-out",
        `${withOutcome.length - rows.length} patients are left out because a covariate or stratum is missing.`,
        "covariates",
      ),
    );
  if (spec.score !== null && spec.score !== undefined) {
    const { mean } = trialScore(data, spec.score.endpoint, spec.score.visit);
    const twinned = rows.filter((row) => Number.isFinite(mean[row]!));
    if (twinned.length === 0)
      throw new DomainError("INSUFFICIENT_DATA", {
        argument: "score",
        received: 0,
        requirement: "needs at least one patient with complete data and a twin",
        hint: "Generate the twins of this trial, or analyse without the score.",
      });
    if (isConstant(mean, twinned))
      diagnostics.push(
        diagnostic(
          "warning",
          "constant-score",
          "The prognostic score is the same for every patient, so it was left out: the analysis is the one without a score.",
          "score",
        ),
      );
    else {
      if (twinned.length < rows.length)
        diagnostics.push(
          diagnostic(
            "warning",
            "patients-without-twin",
            `${rows.length - twinned.length} patients with complete data have no twin and were left out.`,
            "score",
          ),
        );
      rows = twinned;
      covariates.push({ kind: "numeric", name: OUTCOME_SCORE_NAME, values: mean });
    }
  }
  const arm = Int32Array.from(rows, (row) => data.arm[row]!);
  data.armNames.forEach((name, code) => {
    const count = arm.reduce((sum, own) => sum + (own === code ? 1 : 0), 0);
    if (count < 2)
      throw new DomainError("INSUFFICIENT_DATA", {
        argument: "outcome",
        received: count,
        requirement: `must be known for at least 2 patients of each arm; arm ${name} has ${count}`,
        hint: "Check the visit, the covariates, and how missing outcomes are handled.",
      });
  });
  const analysed = covariates.map((covariate) => variableAtRows(covariate, rows));
  return {
    rows,
    arm,
    covariates: analysed,
    strata: strata.map((covariate) => variableAtRows(covariate, rows)),
    diagnostics: [...diagnostics, ...constantCategoryDiagnostics(analysed)],
  };
}

/** The data set that the programs read: one row a patient analysed, with the outcome as analysed. */
export function patientTable(
  data: TrialData,
  { rows, arm, covariates, strata }: AnalysedPatients,
  outcome: readonly AnalysisColumn[],
): AnalysisTable {
  const positions = rows.map((_, i) => i);
  const all = [...covariates, ...strata.filter(({ name }) => !covariates.some((covariate) => covariate.name === name))];
  // The columns carry their names already, those of the table.
  const columns = all.map((covariate): AnalysisColumn => {
    const [column] = covariateTableColumns([covariate], positions);
    return { ...column!, name: covariate.name };
  });
  return {
    rowCount: rows.length,
    columns: [
      { name: "patient", kind: "text", values: rows.map((row) => tableText(data.patientIds[row]!)) },
      { name: "arm", kind: "text", values: Array.from(arm, (code) => tableText(data.armNames[code]!)) },
      ...columns,
      ...outcome,
    ],
  };
}

function isConstant(values: Float64Array, rows: readonly number[]): boolean {
  let lowest = Infinity;
  let highest = -Infinity;
  for (const row of rows) {
    lowest = Math.min(lowest, values[row]!);
    highest = Math.max(highest, values[row]!);
  }
  return highest - lowest <= CONSTANT * Math.max(Math.abs(lowest), Math.abs(highest));
}
