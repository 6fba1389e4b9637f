import { z } from "zod";
import { combinationSchema, severalValuesSchema } from "../power/several-values.ts";
import { designSpecSchema } from "./design-spec.ts";

/** The design of a group sequential trial and the question asked of it. */
const sequentialShape = {
  ...designSpecSchema.pick({
    oneSidedAlpha: true,
    sides: true,
    power: true,
    informationFractions: true,
    efficacy: true,
    efficacyLooks: true,
    futility: true,
  }).shape,
  powerCounts: designSpecSchema.shape.powerCounts.describe(
    "Rejections of a two-sided test that are power; absent: those in the direction of benefit when sizes are solved for, in either direction when power is, as in rpact",
  ),
  solveFor: z
    .enum(["sample-size", "power"])
    .default("sample-size")
    .describe("Sizes for the power of the design, or what the bounds do at a given size."),
  ratio: severalValuesSchema.optional().describe("Allocation experimental : control, as one number; 1 if not given."),
  total: severalValuesSchema.optional().describe("Most subjects, both arms together; only when power is solved for."),
  direction: z
    .enum(["greater", "less"])
    .optional()
    .describe("Which direction is the benefit; that of the effect from its null value if not given."),
  combine: combinationSchema.default("cross").describe("Several values: every combination, or first with first."),
};

/** Group sequential comparison of two means. */
export const sequentialMeansSpecSchema = z.object({
  method: z.literal("sequential-means"),
  ...sequentialShape,
  effect: severalValuesSchema.describe("True difference experimental − control, analysis scale."),
  nullValue: severalValuesSchema.optional().describe("Difference under the null hypothesis; 0 if not given."),
  standardDeviation: severalValuesSchema.describe("SD of the outcome, the same in both arms."),
  convention: z.enum(["noncentral-t", "normal"]).default("noncentral-t").describe("How the fixed size is computed."),
});
export type SequentialMeansSpec = z.infer<typeof sequentialMeansSpecSchema>;

/** Group sequential comparison of two proportions. */
export const sequentialRatesSpecSchema = z.object({
  method: z.literal("sequential-rates"),
  ...sequentialShape,
  experimentalRate: severalValuesSchema.describe("True proportion in the experimental arm."),
  controlRate: severalValuesSchema.describe("True proportion in the control arm."),
  measure: z.enum(["risk-difference", "risk-ratio", "odds-ratio"]).default("risk-difference"),
  nullValue: severalValuesSchema
    .optional()
    .describe("Value of the measure under the null hypothesis; equality if not given."),
  convention: z.enum(["pooled", "unpooled"]).default("pooled").describe("Which variance the test uses."),
});
export type SequentialRatesSpec = z.infer<typeof sequentialRatesSpecSchema>;
