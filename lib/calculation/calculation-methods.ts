import type { z } from "zod";
import { CALCULATION_EXAMPLES } from "./calculation-examples.ts";
import { type CalculationSpec, calculationSpecSchema } from "./calculation-spec.ts";

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

interface Name {
  readonly title: string;
  readonly family: CalculationFamily;
}

/** Name and family of every calculation, in the order in which a person is offered them. */
const NAMES: Readonly<Record<CalculationSpec["method"], Name>> = {
  "two-means": { title: "Two means, t test", family: "Means" },
  ancova: { title: "ANCOVA, PROCOVA", family: "Means" },
  welch: { title: "Two means, unequal variances", family: "Means" },
  "one-mean": { title: "One mean, or pairs", family: "Means" },
  "equivalence-means": { title: "Equivalence of means", family: "Means" },
  wilcoxon: { title: "Wilcoxon rank-sum test", family: "Means" },
  "two-rates": { title: "Two proportions", family: "Proportions" },
  "exact-rates": { title: "Two proportions, exact tests", family: "Proportions" },
  "equivalence-rates": { title: "Equivalence of proportions", family: "Proportions" },
  "one-rate": { title: "One proportion", family: "Proportions" },
  "two-counts": { title: "Two rates of counts", family: "Counts" },
  survival: { title: "Time to event", family: "Time to event" },
  "repeated-measures": { title: "MMRM with dropout", family: "Repeated measures" },
  slopes: { title: "Slopes and averages over time", family: "Repeated measures" },
  "group-sequential-design": { title: "Bounds and stopping probabilities", family: "Group-sequential" },
  "sequential-means": { title: "Size: means", family: "Group-sequential" },
  "sequential-rates": { title: "Size: proportions", family: "Group-sequential" },
  "group-sequential-survival": { title: "Size: time to event", family: "Group-sequential" },
  "interim-analysis": { title: "Analysis at an interim or final look", family: "Adaptive" },
  "sample-size-reestimation": { title: "Sample-size re-estimation", family: "Adaptive" },
  multiplicity: { title: "Several hypotheses", family: "Multiplicity" },
};

const schemas = new Map<string, z.ZodType<CalculationSpec>>(
  calculationSpecSchema.options.map((schema) => [schema.shape.method.value, schema]),
);

/** Every calculation, in the order in which a person is offered them. */
export const calculationMethods: readonly CalculationMethod[] = (
  Object.entries(NAMES) as [CalculationSpec["method"], Name][]
).map(([method, name]) => ({
  method,
  ...name,
  schema: schemas.get(method) ?? calculationSpecSchema,
  example: calculationSpecSchema.parse(CALCULATION_EXAMPLES[method]),
}));

/** Name of the method of a specification. */
export function calculationTitle(spec: CalculationSpec): string {
  const { title, family } = NAMES[spec.method];
  return `${family}: ${title}`;
}
