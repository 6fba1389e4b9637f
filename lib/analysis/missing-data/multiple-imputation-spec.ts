import { z } from "zod";
import { covarianceStructureSchema } from "../mmrm/covariance-structure.ts";
import { imputationStrategySchema } from "./imputation-strategy.ts";

/** From when on a patient's values fall under the strategy. */
export const intercurrentEventSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }).describe("No event: everything missing is missing at random."),
  z
    .object({ kind: z.literal("dropout") })
    .describe("From the first visit after the last value on; values missing in between are missing at random."),
  z
    .object({
      kind: z.literal("event"),
      event: z.string().min(1).describe("Kind of event, as named in the trial."),
      valuesAfter: z
        .enum(["used", "set-missing"])
        .default("used")
        .describe("Values seen after the event: used as they are (treatment policy), or imputed (hypothetical)."),
      dropout: z
        .boolean()
        .default(true)
        .describe("Whether dropout without the event also counts as an event; else such values are missing at random."),
    })
    .describe("Visits later than the day of the event."),
]);

/** How the standard error comes about. */
export const imputationInferenceSchema = z.discriminatedUnion("kind", [
  z
    .object({ kind: z.literal("conditional-mean-jackknife") })
    .describe("Conditional means, leaving out one patient at a time: no random numbers, frequentist standard error."),
  z
    .object({
      kind: z.literal("conditional-mean-bootstrap"),
      samples: z.number().int().min(50).max(20000).default(1000),
    })
    .describe("Conditional means, patients drawn with replacement."),
  z
    .object({ kind: z.literal("approximate-bayes"), imputations: z.number().int().min(2).max(20000).default(500) })
    .describe("Random imputations from refits to bootstrap samples, pooled by Rubin's rules."),
  z
    .object({
      kind: z.literal("bayes"),
      imputations: z.number().int().min(2).max(20000).default(500),
      burnIn: z.number().int().min(0).max(100000).default(200).describe("Iterations before the first imputation."),
      thinning: z.number().int().min(1).max(1000).default(10).describe("Iterations between imputations."),
    })
    .describe("Random imputations from the posterior of mean and covariance, pooled by Rubin's rules."),
]);

/** Shifts of imputed values, from harmless to implausible: where does the conclusion tip? */
export const tippingPointSchema = z.object({
  deltas: z.array(z.number()).min(1).max(200).describe("Amounts added to imputed values, in the endpoint's unit."),
  arms: z.enum(["experimental", "control", "all"]).default("experimental").describe("Arms whose values are shifted."),
  values: z
    .enum(["all-imputed", "after-event"])
    .default("all-imputed")
    .describe("Every imputed value, or only those after the intercurrent event."),
  accumulates: z
    .boolean()
    .default(false)
    .describe("Whether the amount is added once more at every further imputed visit after the event."),
});

/** Imputation of missing visits and comparison of arms by ANCOVA: everything a user can choose. */
export const multipleImputationSpecSchema = z.object({
  method: z.literal("multiple-imputation"),
  endpoint: z.string().min(1).describe("Endpoint, by id."),
  visit: z.string().min(1).describe("Visit at which arms are compared; earlier planned visits enter the imputation."),
  outcome: z.enum(["change", "value"]).default("change").describe("Change from baseline, or the value itself."),
  covariates: z
    .array(z.string().min(1))
    .default([])
    .describe("Baseline covariates of imputation and analysis, by name."),
  baseline: z.boolean().default(true).describe("Whether the baseline of the endpoint is a covariate of both."),
  score: z
    .boolean()
    .default(false)
    .describe("Whether the twin's predicted control outcome at each visit is a covariate of both."),
  effectsByVisit: z
    .boolean()
    .default(true)
    .describe("Whether baseline and score may act differently at each visit in the imputation model."),
  covariance: covarianceStructureSchema
    .exclude(["spatial-exponential"])
    .default("unstructured")
    .describe("Covariance over the visits in the imputation model."),
  covarianceByArm: z.boolean().default(false).describe("Whether every arm has a covariance of its own."),
  event: intercurrentEventSchema.prefault({ kind: "dropout" }).describe("Intercurrent event."),
  strategy: imputationStrategySchema.default("MAR").describe("What is assumed after the event."),
  armStrategies: z
    .record(z.string(), imputationStrategySchema)
    .default({})
    .describe("Other assumptions for single arms, by name of the arm."),
  reference: z.string().nullable().default(null).describe("Reference arm of JR, CR and CIR; the control when null."),
  inference: imputationInferenceSchema.prefault({ kind: "conditional-mean-jackknife" }),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1).describe("Seed of all random draws."),
  tippingPoint: tippingPointSchema.nullable().default(null),
  nullValue: z.number().default(0).describe("Difference under the null hypothesis, e.g. a margin with its sign."),
  confidence: z.number().gt(0).lt(1).default(0.95).describe("Two-sided confidence of the intervals."),
});

export type MultipleImputationSpec = z.infer<typeof multipleImputationSpecSchema>;
