import { z } from "zod";

/** Days of a unit of time; a month is a twelfth of a Julian year. */
export const DAYS_IN = { day: 1, week: 7, month: 30.4375, year: 365.25 } as const;

/**
 * Comparison of slopes by a linear mixed model: everything a user can choose. Fields name endpoints, visits and
 * covariates of the trial by id.
 */
export const mixedModelSpecSchema = z.object({
  method: z.literal("mixed-model"),
  endpoint: z.string().min(1).describe("Endpoint, by id."),
  visits: z.array(z.string().min(1)).default([]).describe("Visits analysed, by id; empty for all."),
  outcome: z.enum(["value", "change"]).default("value").describe("The value itself, or its change from baseline."),
  baseline: z
    .enum(["covariate", "outcome", "none"])
    .default("covariate")
    .describe(
      "The baseline of the endpoint: a covariate, an outcome at day 0 of every patient who has one, or not used.",
    ),
  time: z
    .enum(["actual-day", "planned-day"])
    .default("actual-day")
    .describe("Time of an observation: the day it was made, or the day planned for the visit."),
  timeUnit: z.enum(["day", "week", "month", "year"]).default("month").describe("Unit in which slopes are reported."),
  treatment: z
    .enum(["intercept-and-slope", "slope"])
    .default("intercept-and-slope")
    .describe(
      "Whether arms may differ at day 0 as well. A common start is right for randomised arms when the baseline is an outcome.",
    ),
  covariates: z.array(z.string().min(1)).default([]).describe("Baseline covariates, by name."),
  covariatesByTime: z
    .boolean()
    .default(false)
    .describe("Whether baseline and covariates also change the slope (products with time)."),
  score: z
    .boolean()
    .default(false)
    .describe("Whether the twin's predicted control outcome at each visit is a covariate; needs twins of this trial."),
  randomEffects: z
    .enum(["intercept", "intercept-and-slope", "independent-intercept-and-slope"])
    .default("intercept-and-slope")
    .describe("What varies between patients: the level, or level and slope, correlated or not."),
  residual: z
    .enum(["independent", "continuous-autoregressive", "continuous-autoregressive-with-measurement-error"])
    .default("independent")
    .describe(
      "Residuals of a patient: independent, or correlated the more the closer they are in time, with or without an independent part.",
    ),
  likelihood: z.enum(["REML", "ML"]).default("REML").describe("Restricted or full maximum likelihood."),
  degreesOfFreedom: z
    .enum(["satterthwaite", "kenward-roger", "between-within", "normal"])
    .default("satterthwaite")
    .describe(
      "Degrees of freedom of tests and intervals; Kenward–Roger also corrects the standard errors (without second derivatives, as SAS has it with DDFM=KR(LINEAR)).",
    ),
  nullValue: z
    .number()
    .default(0)
    .describe("Difference of slopes, per unit of time, under the null hypothesis, e.g. a margin with its sign."),
  confidence: z.number().gt(0).lt(1).default(0.95).describe("Two-sided confidence of the intervals."),
});

export type MixedModelSpec = z.infer<typeof mixedModelSpecSchema>;
