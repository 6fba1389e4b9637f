import type { AnalysisReport } from "../analysis/analysis-report.ts";
import type { AnalysisSpec } from "./analysis-spec.ts";

/**
 * A report whose note on the SAS program says that it tests no effect, where the plan has another null value that the
 * procedure does not take.
 */
export function withNullValueNote(report: AnalysisReport, spec: AnalysisSpec): AnalysisReport {
  const value = nullValueOutsideSas(spec);
  if (value === null || report.code.sas === null) return report;
  const note = `Its tests are of no effect: the null value ${value} of the plan is in the R program only.`;
  const before = report.code.sasNote === "" ? "" : `${report.code.sasNote} `;
  return { ...report, code: { ...report.code, sasNote: `${before}${note}` } };
}

/** The null value of a plan whose SAS procedure has none; null where there is no effect, or SAS takes it. */
function nullValueOutsideSas(spec: AnalysisSpec): number | null {
  switch (spec.method) {
    case "cox":
      return spec.nullHazardRatio === 1 ? null : spec.nullHazardRatio;
    case "binary-regression":
    case "count-regression":
      return spec.nullValue;
    case "ancova":
    case "mmrm":
    case "restricted-mean":
    case "milestone":
    case "failure-time":
      return spec.nullValue === 0 ? null : spec.nullValue;
    case "two-sample-test":
    case "mixed-model":
    case "multiple-imputation":
    case "two-proportions":
    case "cochran-mantel-haenszel":
    case "log-rank":
    case "kaplan-meier":
      return null;
  }
}
