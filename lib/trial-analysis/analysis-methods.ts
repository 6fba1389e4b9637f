import type { z } from "zod";
import { ancovaSpecSchema } from "../analysis/ancova/ancova-spec.ts";
import type { AnalysisSpec } from "./analysis-spec.ts";

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

/** Every method of analysis, in the order in which a person is offered them. */
export const analysisMethods: readonly AnalysisMethod[] = [
  { method: "ancova", title: "ANCOVA, PROCOVA", family: "Continuous, one visit", schema: ancovaSpecSchema },
];

/** Name of the method of a specification. */
export function analysisTitle(spec: AnalysisSpec): string {
  return analysisMethods.find(({ method }) => method === spec.method)?.title ?? spec.method;
}
