import { z } from "zod";
import { TIE_METHODS } from "./cox-problem.ts";
import { FAILURE_TIME_LAWS } from "./failure-time-distribution.ts";
import { MILESTONE_SCALES } from "./milestone-survival.ts";
import { TIME_TRANSFORMS } from "./proportional-hazards-test.ts";
import { SURVIVAL_INTERVAL_SCALES } from "./survival-interval.ts";

/** What the event is and where follow-up ends: the same for every analysis of a time to event. */
const eventShape = {
  events: z
    .array(z.string().min(1))
    .min(1)
    .describe("Kinds of event that count; the first of them is the event (several make a composite)."),
  otherEvents: z
    .enum(["censor", "ignore"])
    .default("censor")
    .describe("Events of other kinds: they end the follow-up of the patient, or nothing changes by them."),
  cutoffDay: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe("Day after which follow-up does not count (administrative censoring); null: none."),
  direction: z
    .enum(["unfavourable", "favourable"])
    .default("unfavourable")
    .describe("Whether the event is bad for the patient (death), or good (recovery)."),
  confidence: z.number().gt(0).lt(1).default(0.95).describe("Two-sided confidence of the intervals."),
};

const scoreShape = {
  score: z
    .object({
      endpoint: z.string().min(1).describe("Endpoint that the score predicts, by id."),
      visit: z.string().min(1).describe("Visit that the score predicts, by id."),
    })
    .nullable()
    .default(null)
    .describe("Twin's predicted control outcome as a covariate; needs twins of this trial. Null: none."),
};

const strataShape = {
  strata: z.array(z.string().min(1)).default([]).describe("Covariates whose combinations are strata, by name."),
};

const covariatesShape = {
  covariates: z.array(z.string().min(1)).default([]).describe("Baseline covariates, by name."),
};

const curveShape = {
  times: z
    .array(z.number().positive())
    .default([])
    .describe("Days at which survival is listed; none: quarters of the follow-up."),
  intervalScale: z
    .enum(SURVIVAL_INTERVAL_SCALES)
    .default("log-log")
    .describe("Scale of the intervals of survival. log-log: SAS default; log: R default."),
};

/** Log-rank test, weighted, stratified, or adjusted for covariates and a score. */
export const logRankSpecSchema = z.object({
  method: z.literal("log-rank"),
  ...eventShape,
  ...strataShape,
  ...covariatesShape,
  ...scoreShape,
  rho: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe(
      "Weights S(t)^rho (1 − S(t))^gamma: 0 plain log-rank, 1 early differences count more. 0 with covariates.",
    ),
  gamma: z.number().min(0).max(10).default(0).describe("Above 0: late differences count more. 0 with covariates."),
  ...curveShape,
});

/** Cox's proportional hazards model. */
export const coxSpecSchema = z.object({
  method: z.literal("cox"),
  ...eventShape,
  ...covariatesShape,
  ...scoreShape,
  ...strataShape,
  ties: z
    .enum(TIE_METHODS)
    .default("efron")
    .describe("Events on the same day. Efron: R default; Breslow: SAS default; exact: discrete time."),
  variance: z
    .enum(["model", "robust"])
    .default("model")
    .describe("Standard errors from the model, or robust (Lin and Wei)."),
  timeTransform: z.enum(TIME_TRANSFORMS).default("km").describe("Scale of time in the test of proportional hazards."),
  nullHazardRatio: z
    .number()
    .positive()
    .default(1)
    .describe("Hazard ratio under the null hypothesis, e.g. a non-inferiority margin."),
});

/** Restricted mean survival time, unadjusted or adjusted for covariates. */
export const restrictedMeanSpecSchema = z.object({
  method: z.literal("restricted-mean"),
  ...eventShape,
  horizon: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe("Day up to which the mean is taken; null: the end of the shorter follow-up. Fix it in the protocol."),
  ...covariatesShape,
  ...scoreShape,
  nullValue: z.number().default(0).describe("Difference of means under the null hypothesis, in days."),
});

/** Survival probabilities at one day. */
export const milestoneSpecSchema = z.object({
  method: z.literal("milestone"),
  ...eventShape,
  day: z.number().positive().describe("Day at which survival is compared."),
  scale: z
    .enum(MILESTONE_SCALES)
    .default("plain")
    .describe(
      "Scale of the test: the difference itself, or log(−log S), which holds its level better in small trials.",
    ),
  nullValue: z.number().default(0).describe("Difference under the null hypothesis; 0 on the log-log scale."),
  intervalScale: curveShape.intervalScale,
});

/** Kaplan–Meier curves with quantiles. */
export const kaplanMeierSpecSchema = z.object({
  method: z.literal("kaplan-meier"),
  ...eventShape,
  ...curveShape,
  quantiles: z
    .array(z.number().gt(0).lt(1))
    .min(1)
    .default([0.25, 0.5, 0.75])
    .describe("Quantiles of the time to event; 0.5 is the median."),
});

/** Parametric model of the time to event. */
export const failureTimeSpecSchema = z.object({
  method: z.literal("failure-time"),
  ...eventShape,
  law: z.enum(FAILURE_TIME_LAWS).default("weibull").describe("Law of the time to event."),
  ...covariatesShape,
  ...scoreShape,
  nullValue: z
    .number()
    .default(0)
    .describe("Coefficient of the arm under the null hypothesis: log time ratio, or days for laws of time itself."),
});

export const timeToEventSpecSchemas = [
  logRankSpecSchema,
  coxSpecSchema,
  restrictedMeanSpecSchema,
  milestoneSpecSchema,
  kaplanMeierSpecSchema,
  failureTimeSpecSchema,
] as const;

export type LogRankSpec = z.infer<typeof logRankSpecSchema>;
export type CoxSpec = z.infer<typeof coxSpecSchema>;
export type RestrictedMeanSpec = z.infer<typeof restrictedMeanSpecSchema>;
export type MilestoneSpec = z.infer<typeof milestoneSpecSchema>;
export type KaplanMeierSpec = z.infer<typeof kaplanMeierSpecSchema>;
export type FailureTimeSpec = z.infer<typeof failureTimeSpecSchema>;
export type TimeToEventSpec =
  | LogRankSpec
  | CoxSpec
  | RestrictedMeanSpec
  | MilestoneSpec
  | KaplanMeierSpec
  | FailureTimeSpec;
