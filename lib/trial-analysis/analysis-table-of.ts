import type { AnalysisTable } from "../analysis/analysis-table.ts";
import { ancovaColumns } from "../analysis/ancova/ancova-columns.ts";
import { ancovaTable } from "../analysis/ancova/ancova-program.ts";
import { binaryAnalysis } from "../analysis/generalized/analyse-binary-regression.ts";
import { countAnalysis } from "../analysis/generalized/analyse-count-regression.ts";
import { imputationTable } from "../analysis/missing-data/imputation-program.ts";
import { imputationTrial } from "../analysis/missing-data/imputation-trial.ts";
import { mixedModelColumns } from "../analysis/mixed-model/mixed-model-columns.ts";
import { mixedModelTable } from "../analysis/mixed-model/mixed-model-program.ts";
import { mmrmColumns } from "../analysis/mmrm/mmrm-columns.ts";
import { mmrmTable } from "../analysis/mmrm/mmrm-program-input.ts";
import { cmhAnalysis } from "../analysis/proportions/analyse-cmh.ts";
import { proportionAnalysis } from "../analysis/proportions/analyse-two-proportions.ts";
import { timeToEventTable } from "../analysis/survival/analyse-time-to-event.ts";
import type { TrialData } from "../analysis/trial-data.ts";
import { twoSampleAnalysis } from "../analysis/two-sample/analyse-two-sample-test.ts";
import type { AnalysisSpec } from "./analysis-spec.ts";

/**
 * The data set that the printed programs of an analysis read, as `analysis-data.csv`. It holds single patients: it goes to
 * people who may see them, never into a dossier.
 *
 * @throws DomainError as the analysis itself.
 */
export function analysisTableOf(spec: AnalysisSpec, data: TrialData): AnalysisTable {
  switch (spec.method) {
    case "ancova":
      return ancovaTable(data, ancovaColumns(spec, data));
    case "two-sample-test":
      return twoSampleAnalysis(spec, data).table;
    case "mmrm":
      return mmrmTable(data, mmrmColumns(spec, data));
    case "mixed-model":
      return mixedModelTable(data, mixedModelColumns(spec, data));
    case "multiple-imputation":
      return imputationTable(data, imputationTrial(spec, data));
    case "binary-regression":
      return binaryAnalysis(spec, data).table;
    case "two-proportions":
      return proportionAnalysis(spec, data).table;
    case "cochran-mantel-haenszel":
      return cmhAnalysis(spec, data).table;
    case "count-regression":
      return countAnalysis(spec, data).table;
    case "log-rank":
    case "cox":
    case "restricted-mean":
    case "milestone":
    case "kaplan-meier":
    case "failure-time":
      return timeToEventTable(spec, data);
  }
}
