import { z } from "zod";
import { combinationSchema, severalValues } from "../power/several-values.ts";
import { designRulesShape } from "./design-spec.ts";

/** The design of a group sequential trial and the question asked of it, whatever its endpoint. */
export const sequentialQuestionShape = {
  oneSidedAlpha: severalValues("one-sided-error")
    .optional()
    .describe("Type I error in the direction of benefit; 0.025 if not given and not solved for."),
  power: severalValues("open-unit", "0.8 or 0.9 is usual.")
    .optional()
    .describe("Power for which bounds and sizes are made; 0.9 if not given."),
  ...designRulesShape,
  powerCounts: designRulesShape.powerCounts.describe(
    "Rejections of a two-sided test that are power; absent: those in the direction of benefit when sizes are solved for, in either direction when the size is given, as in rpact",
  ),
  ratio: severalValues("positive", "1 is equal arms, 2 two experimental subjects for each control.")
    .optional()
    .describe("Allocation experimental : control, as one number; 1 if not given."),
  combine: combinationSchema.default("cross").describe("Several values: every combination, or first with first."),
};
export type SequentialQuestionSpec = z.infer<z.ZodObject<typeof sequentialQuestionShape>>;

const twoArmQuestionShape = {
  ...sequentialQuestionShape,
  solveFor: z
    .enum(["sample-size", "power", "effect", "alpha"])
    .default("sample-size")
    .describe("Sizes for the power of the design; or power, effect or type I error at a given size."),
  total: severalValues("subjects")
    .optional()
    .describe("Most subjects, both arms together; given unless the sample size is solved for."),
  direction: z
    .enum(["greater", "less"])
    .optional()
    .describe(
      "Which direction is the benefit; that of the effect from its null value if not given (greater if solved for).",
    ),
};

/** Group sequential comparison of two means. */
export const sequentialMeansSpecSchema = z.object({
  method: z.literal("sequential-means"),
  ...twoArmQuestionShape,
  effect: severalValues("finite").optional().describe("True difference experimental − control, analysis scale."),
  nullValue: severalValues("finite").optional().describe("Difference under the null hypothesis; 0 if not given."),
  standardDeviation: severalValues(
    "positive",
    "Enter the standard deviation, not the standard error or the variance.",
  ).describe("SD of the outcome, the same in both arms."),
  convention: z.enum(["noncentral-t", "normal"]).default("noncentral-t").describe("How the fixed size is computed."),
});
export type SequentialMeansSpec = z.infer<typeof sequentialMeansSpecSchema>;

const PROPORTION = "Enter a proportion such as 0.35, not a percentage.";

/** Group sequential comparison of two proportions. */
export const sequentialRatesSpecSchema = z.object({
  method: z.literal("sequential-rates"),
  ...twoArmQuestionShape,
  experimentalRate: severalValues("open-unit", PROPORTION)
    .optional()
    .describe("True proportion in the experimental arm."),
  controlRate: severalValues("open-unit", PROPORTION).describe("True proportion in the control arm."),
  measure: z.enum(["risk-difference", "risk-ratio", "odds-ratio"]).default("risk-difference"),
  nullValue: severalValues("finite")
    .optional()
    .describe("Value of the measure under the null hypothesis; equality if not given."),
  convention: z.enum(["pooled", "unpooled"]).default("pooled").describe("Which variance the test uses."),
});
export type SequentialRatesSpec = z.infer<typeof sequentialRatesSpecSchema>;
