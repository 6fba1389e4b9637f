import { z } from "zod";
import { outcomeScoreSchema } from "../outcome/binary-outcome-spec.ts";
import { countOutcomeSchema } from "../outcome/count-outcome.ts";

/** Regression of counts: everything a user can choose. */
export const countRegressionSpecSchema = z.object({
  method: z.literal("count-regression"),
  outcome: countOutcomeSchema,
  distribution: z
    .enum(["negative-binomial", "poisson"])
    .default("negative-binomial")
    .describe(
      "Distribution of the counts given the covariates. Poisson needs a robust variance when counts vary more.",
    ),
  covariates: z.array(z.string().min(1)).default([]).describe("Baseline covariates, by name."),
  score: outcomeScoreSchema,
  interaction: z
    .enum(["none", "arm-by-covariate"])
    .default("none")
    .describe("Whether covariates may act differently in each arm; for standardised rates only."),
  measure: z
    .enum(["rate-ratio", "marginal-rate-ratio", "marginal-rate-difference"])
    .default("rate-ratio")
    .describe("Coefficient of the arm, or standardised rates compared by ratio or difference."),
  variance: z
    .enum(["model-based", "observed", "HC0", "HC1", "HC2", "HC3", "HC4", "ye"])
    .default("model-based")
    .describe(
      "Covariance of the coefficients: inverse expected information (R), observed information with the dispersion (SAS GENMOD, negative binomial only), robust; or, for standardised means without exposure, the variance of Ye et al.",
    ),
  ratePer: z.number().positive().default(1).describe("Exposure to which standardised rates refer, e.g. 365.25 days."),
  nullValue: z
    .number()
    .nullable()
    .default(null)
    .describe(
      "Effect under the null hypothesis: a ratio (not its logarithm), or a difference of rates. Null: no effect.",
    ),
  confidence: z.number().gt(0).lt(1).default(0.95).describe("Two-sided confidence of the intervals."),
});
export type CountRegressionSpec = z.infer<typeof countRegressionSpecSchema>;
