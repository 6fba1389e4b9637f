import { z } from "zod";
import { binaryOutcomeSchema, outcomeScoreSchema } from "../outcome/binary-outcome-spec.ts";

/** Variance of standardised risks: name of the method, and for Ge's the covariance of the coefficients. */
export const marginalVarianceSchema = z.enum([
  "ye",
  "ye-direct",
  "ge-model-based",
  "ge-HC0",
  "ge-HC1",
  "ge-HC2",
  "ge-HC3",
  "ge-HC4",
]);

/**
 * Regression of a yes-or-no outcome with standardised risks (g-computation), or the conditional odds ratio: everything a user
 * can choose.
 */
export const binaryRegressionSpecSchema = z.object({
  method: z.literal("binary-regression"),
  outcome: binaryOutcomeSchema,
  covariates: z.array(z.string().min(1)).default([]).describe("Baseline covariates, by name."),
  score: outcomeScoreSchema,
  interaction: z
    .enum(["none", "arm-by-covariate"])
    .default("none")
    .describe("Whether covariates may act differently in each arm."),
  link: z.enum(["logit", "probit", "complementary-log-log"]).default("logit").describe("Link of the working model."),
  measure: z
    .enum(["risk-difference", "risk-ratio", "odds-ratio", "conditional-odds-ratio"])
    .default("risk-difference")
    .describe(
      "Standardised risks compared by difference, ratio or odds ratio (unconditional), or the coefficient of the arm (conditional).",
    ),
  variance: marginalVarianceSchema
    .default("ye")
    .describe(
      "Variance of standardised risks. ye: for the population patients come from (RobinCar's form; ye-direct as first published); ge: for these patients' covariates, from the named covariance of the coefficients. A conditional odds ratio uses the covariance that ge names, model-based with ye.",
    ),
  strata: z
    .array(z.string().min(1))
    .default([])
    .describe("Covariates by whose combinations randomisation was stratified in permuted blocks; credited by ye only."),
  estimation: z
    .enum(["maximum-likelihood", "firth-if-separated", "firth"])
    .default("maximum-likelihood")
    .describe(
      "Maximum likelihood, which refuses a model that separates the outcomes; Firth's penalised likelihood then; or always.",
    ),
  nullValue: z
    .number()
    .nullable()
    .default(null)
    .describe("Effect under the null hypothesis: a difference, or a ratio (not its logarithm). Null: no effect."),
  confidence: z.number().gt(0).lt(1).default(0.95).describe("Two-sided confidence of the intervals."),
});
export type BinaryRegressionSpec = z.infer<typeof binaryRegressionSpecSchema>;
