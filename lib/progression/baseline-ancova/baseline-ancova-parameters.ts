import { z } from "zod";

/** Baseline ANCOVA per planned outcome, with the covariance of its residuals; order of outcomes e·V + v. */
export const baselineAncovaParametersSchema = z.object({
  kind: z.literal("baseline-ancova"),
  features: z.number().int(),
  /** Per outcome: least squares on the endpoint's own baseline value and the strata, missing predictors at their mean. */
  equations: z.array(
    z.object({
      /** Positions among the model's features. */
      predictors: z.array(z.number().int()),
      intercept: z.number(),
      slopes: z.array(z.number()),
      means: z.array(z.number()),
      patients: z.number().int(),
    }),
  ),
  /** [E·V × E·V] row-major covariance of a new patient's outcomes about the equations. */
  covariance: z.array(z.number()),
});
export type BaselineAncovaParameters = z.infer<typeof baselineAncovaParametersSchema>;
