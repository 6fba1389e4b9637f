import type { z } from "zod";
import { type AnalysisSpec, analysisSpecSchema } from "./analysis-spec.ts";

export type AnalysisFamily =
  | "Continuous, one visit"
  | "Continuous, repeated measures"
  | "Missing data"
  | "Binary and count"
  | "Time to event";

/** A method as a person finds it. */
export interface AnalysisMethod {
  readonly method: AnalysisSpec["method"];
  readonly title: string;
  readonly family: AnalysisFamily;
  readonly schema: z.ZodType<AnalysisSpec>;
}

/** Name and family of every method, in the order in which a person is offered them. */
const NAMES: Readonly<Record<AnalysisSpec["method"], { readonly title: string; readonly family: AnalysisFamily }>> = {
  ancova: { title: "ANCOVA, PROCOVA", family: "Continuous, one visit" },
  "two-sample-test": { title: "t test, Wilcoxon test", family: "Continuous, one visit" },
  mmrm: { title: "MMRM", family: "Continuous, repeated measures" },
  "mixed-model": { title: "Random slopes", family: "Continuous, repeated measures" },
  "multiple-imputation": { title: "Imputation: MAR, reference-based, delta", family: "Missing data" },
  "binary-regression": { title: "Logistic regression, standardised risks", family: "Binary and count" },
  "two-proportions": { title: "Two proportions, named tests", family: "Binary and count" },
  "cochran-mantel-haenszel": { title: "Cochran–Mantel–Haenszel", family: "Binary and count" },
  "count-regression": { title: "Poisson, negative binomial regression", family: "Binary and count" },
  "log-rank": { title: "Log-rank test", family: "Time to event" },
  cox: { title: "Cox regression", family: "Time to event" },
  "restricted-mean": { title: "Restricted mean survival time", family: "Time to event" },
  milestone: { title: "Survival at a milestone", family: "Time to event" },
  "kaplan-meier": { title: "Kaplan–Meier curves", family: "Time to event" },
  "failure-time": { title: "Parametric (accelerated failure time)", family: "Time to event" },
};

const schemas = new Map(analysisSpecSchema.options.map((schema) => [schema.shape.method.value, schema]));

/** Every method of analysis, in the order in which a person is offered them. */
export const analysisMethods: readonly AnalysisMethod[] = (
  Object.entries(NAMES) as [AnalysisSpec["method"], (typeof NAMES)[AnalysisSpec["method"]]][]
).map(([method, { title, family }]) => ({ method, title, family, schema: schemas.get(method) ?? analysisSpecSchema }));

/** Name of the method of a specification. */
export function analysisTitle(spec: AnalysisSpec): string {
  return NAMES[spec.method].title;
}
