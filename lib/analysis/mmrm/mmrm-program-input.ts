import { type AnalysisTable, covariateColumnName, longAnalysisTable } from "../analysis-table.ts";
import type { TrialData } from "../trial-data.ts";
import type { CovarianceStructure } from "./covariance-structure.ts";
import type { MmrmColumns } from "./mmrm-columns.ts";
import type { MmrmSpec } from "./mmrm-spec.ts";

export interface MmrmProgramInput {
  readonly spec: MmrmSpec;
  readonly data: TrialData;
  readonly columns: MmrmColumns;
  /** The structure that was fitted. */
  readonly structure: CovarianceStructure;
}

/** The data set that the programs of this analysis read: one row a patient and visit. */
export function mmrmTable(data: TrialData, columns: MmrmColumns): AnalysisTable {
  return longAnalysisTable(data, columns.endpoint, columns.trialCovariates);
}

/** Column of the table that holds the weights; null with equal weights. */
export function weightColumn({ spec }: MmrmProgramInput): string | null {
  return spec.weights === null ? null : covariateColumnName(spec.weights);
}
