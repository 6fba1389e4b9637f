import type { AnalysisReport } from "../analysis/analysis-report.ts";
import { analyseAncova } from "../analysis/ancova/analyse-ancova.ts";
import type { TrialData } from "../analysis/trial-data.ts";
import type { AnalysisSpec } from "./analysis-spec.ts";

/**
 * Does one analysis.
 *
 * @throws DomainError that names the field of the specification, when the data or the choices do not allow it.
 */
export function analyseTrial(spec: AnalysisSpec, data: TrialData): AnalysisReport {
  switch (spec.method) {
    case "ancova":
      return analyseAncova(spec, data);
  }
}
