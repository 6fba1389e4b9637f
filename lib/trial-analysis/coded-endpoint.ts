import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import type { Endpoint } from "../trial/endpoint.ts";
import { describeValues, outcomeType } from "../trial/outcome-type.ts";
import type { AnalysisSpec } from "./analysis-spec.ts";

const BETTER = {
  binary: "logistic regression with standardised risks, two proportions or Cochran–Mantel–Haenszel",
  ordinal: "a rank test, or logistic regression of reaching a level",
  count: "Poisson or negative binomial regression",
} as const;

/**
 * What an analysis of means makes of an endpoint that is binary, ordinal or a count: its codes are taken as amounts.
 *
 * @param endpoints - Of the data set.
 * @returns No or one warning, code "coded-endpoint".
 */
export function codedEndpointDiagnostics(spec: AnalysisSpec, endpoints: readonly Endpoint[]): Diagnostic[] {
  switch (spec.method) {
    case "ancova":
    case "mmrm":
    case "mixed-model":
    case "multiple-imputation":
      break;
    default:
      return [];
  }
  const endpoint = endpoints.find(({ id }) => id === spec.endpoint);
  if (endpoint === undefined) return [];
  const type = outcomeType(endpoint);
  if (type === "continuous") return [];
  return [
    diagnostic(
      "warning",
      "coded-endpoint",
      `${endpoint.label} is ${type === "count" ? "a count" : type} (${describeValues(endpoint)}): this analysis compares means of these numbers${type === "binary" ? ", that is proportions," : ""} as if they were normal. Consider ${BETTER[type]}.`,
      "endpoint",
    ),
  ];
}
