import type { TrialData } from "../analysis/trial-data.ts";
import type { AnalysisSpec } from "./analysis-spec.ts";

/** Unit of the effects of an analysis; empty for ratios, probabilities and differences of proportions. */
export function effectUnit(spec: AnalysisSpec, data: TrialData): string {
  switch (spec.method) {
    case "ancova":
    case "two-sample-test":
    case "mmrm":
    case "multiple-imputation":
      return unitOf(spec.endpoint, data);
    case "mixed-model":
      return `${unitOf(spec.endpoint, data)} per ${spec.timeUnit}`;
    case "restricted-mean":
      return "days";
    default:
      return "";
  }
}

function unitOf(endpointId: string, data: TrialData): string {
  return data.endpoints.find(({ id }) => id === endpointId)?.unit ?? "";
}
