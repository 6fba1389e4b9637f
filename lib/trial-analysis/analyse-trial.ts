import type { AnalysisReport } from "../analysis/analysis-report.ts";
import { analyseAncova } from "../analysis/ancova/analyse-ancova.ts";
import { analyseBinaryRegression } from "../analysis/generalized/analyse-binary-regression.ts";
import { analyseCountRegression } from "../analysis/generalized/analyse-count-regression.ts";
import { analyseMultipleImputation } from "../analysis/missing-data/analyse-multiple-imputation.ts";
import { analyseMixedModel } from "../analysis/mixed-model/analyse-mixed-model.ts";
import { analyseMmrm } from "../analysis/mmrm/analyse-mmrm.ts";
import { analyseCmh } from "../analysis/proportions/analyse-cmh.ts";
import { analyseTwoProportions } from "../analysis/proportions/analyse-two-proportions.ts";
import { analyseTimeToEvent } from "../analysis/survival/analyse-time-to-event.ts";
import type { TrialData } from "../analysis/trial-data.ts";
import { analyseTwoSampleTest } from "../analysis/two-sample/analyse-two-sample-test.ts";
import { withSasNotExecuted } from "../program-code/sas-not-executed.ts";
import type { AnalysisSpec } from "./analysis-spec.ts";
import { withNullValueNote } from "./untested-null.ts";

/**
 * Does one analysis.
 *
 * @throws DomainError that names the field of the specification, when the data or the choices do not allow it.
 */
export function analyseTrial(spec: AnalysisSpec, data: TrialData): AnalysisReport {
  const report = withNullValueNote(reportOf(spec, data), spec);
  return { ...report, code: withSasNotExecuted(report.code) };
}

function reportOf(spec: AnalysisSpec, data: TrialData): AnalysisReport {
  switch (spec.method) {
    case "ancova":
      return analyseAncova(spec, data);
    case "mmrm":
      return analyseMmrm(spec, data);
    case "mixed-model":
      return analyseMixedModel(spec, data);
    case "multiple-imputation":
      return analyseMultipleImputation(spec, data);
    case "binary-regression":
      return analyseBinaryRegression(spec, data);
    case "two-sample-test":
      return analyseTwoSampleTest(spec, data);
    case "two-proportions":
      return analyseTwoProportions(spec, data);
    case "cochran-mantel-haenszel":
      return analyseCmh(spec, data);
    case "count-regression":
      return analyseCountRegression(spec, data);
    case "log-rank":
    case "cox":
    case "restricted-mean":
    case "milestone":
    case "kaplan-meier":
    case "failure-time":
      return analyseTimeToEvent(spec, data);
  }
}
