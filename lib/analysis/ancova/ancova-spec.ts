import { z } from "zod";

/** Variance of the effect; the automatic choice depends on the number of patients only. */
export const ancovaVarianceSchema = z.enum(["automatic", "model", "HC0", "HC1", "HC2", "HC3", "HC4"]);

/**
 * Analysis of covariance of one visit: everything a user can choose. Fields name endpoints, visits and covariates of the
 * trial by id.
 */
export const ancovaSpecSchema = z.object({
  method: z.literal("ancova"),
  endpoint: z.string().min(1).describe("Endpoint, by id."),
  visit: z.string().min(1).describe("Visit at which arms are compared, by id."),
  outcome: z
    .enum(["change", "value"])
    .default("change")
    .describe("Change from baseline, or the value itself. With the baseline as covariate both give the same effect."),
  covariates: z.array(z.string().min(1)).default([]).describe("Baseline covariates, by name."),
  baseline: z.boolean().default(true).describe("Whether the baseline of the endpoint is a covariate."),
  score: z
    .boolean()
    .default(false)
    .describe("Whether the twin's predicted control outcome is a covariate (PROCOVA); needs twins of this trial."),
  interaction: z
    .enum(["none", "arm-by-covariate"])
    .default("none")
    .describe("Whether covariates may act differently in each arm (Lin's estimator, ANHECOVA)."),
  weights: z
    .enum(["equal", "twin-variance"])
    .default("equal")
    .describe("Whether patients count by how certain their twin is (Weighted PROCOVA); needs twins of this trial."),
  varianceEstimator: ancovaVarianceSchema
    .default("automatic")
    .describe(
      "Variance of the effect. Automatic: HC3 below 200 patients, where HC0 to HC2 are too small, HC1 from 200 on.",
    ),
  leastSquaresMeans: z
    .enum(["equal", "proportional"])
    .default("equal")
    .describe("Weight of categories in least-squares means: equal (SAS default), or as observed (OBSMARGINS)."),
  missing: z
    .enum(["complete-cases", "last-observation-carried-forward"])
    .default("complete-cases")
    .describe(
      "Patients without a value at the visit: left out, or analysed with their last value after baseline. The latter assumes that nothing changes after the last visit; use it to repeat earlier analyses.",
    ),
  nullValue: z.number().default(0).describe("Difference under the null hypothesis, e.g. a margin with its sign."),
  confidence: z.number().gt(0).lt(1).default(0.95).describe("Two-sided confidence of the intervals."),
});

export type AncovaSpec = z.infer<typeof ancovaSpecSchema>;

/** Number of patients from which HC1 replaces HC3 when the variance estimator is chosen automatically. */
export const LARGE_TRIAL = 200;
