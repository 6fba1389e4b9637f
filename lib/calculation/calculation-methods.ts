import type { z } from "zod";
import { twoMeansSpecSchema } from "../power/means/two-means.ts";
import type { CalculationSpec } from "./calculation-spec.ts";

export type CalculationFamily =
  | "Means"
  | "Proportions"
  | "Counts"
  | "Time to event"
  | "Repeated measures"
  | "Group-sequential"
  | "Adaptive"
  | "Multiplicity";

/** A calculation as a person finds it. */
export interface CalculationMethod {
  readonly method: CalculationSpec["method"];
  readonly title: string;
  readonly family: CalculationFamily;
  readonly schema: z.ZodType<CalculationSpec>;
  /** A worked example to start from; has an answer. */
  readonly example: CalculationSpec;
}

/** Every calculation, in the order in which a person is offered them. */
export const calculationMethods: readonly CalculationMethod[] = [
  {
    method: "two-means",
    title: "Two means, t test",
    family: "Means",
    schema: twoMeansSpecSchema,
    example: twoMeansSpecSchema.parse({
      method: "two-means",
      solveFor: "sample-size",
      alpha: 0.025,
      power: [0.8, 0.9],
      effect: 2,
      standardDeviation: 6,
    }),
  },
];

/** Name of the method of a specification. */
export function calculationTitle(spec: CalculationSpec): string {
  return calculationMethods.find(({ method }) => method === spec.method)?.title ?? spec.method;
}
