import { z } from "zod";
import { binaryOutcomeSchema } from "../outcome/binary-outcome-spec.ts";

const testSchema = z
  .enum([
    "pooled-z",
    "pooled-z-continuity",
    "unpooled-z",
    "miettinen-nurminen",
    "farrington-manning",
    "fisher-minimum-likelihood",
    "fisher-central",
    "fisher-mid-p",
    "barnard",
    "boschloo",
  ])
  .default("miettinen-nurminen")
  .describe(
    "Test. pooled-z: Pearson's chi-square (with Yates' correction: continuity); unpooled-z: Wald; miettinen-nurminen and farrington-manning: score tests, also of a margin; fisher: exact given the margins (two-sided p as R and SAS, central, or mid-p, which is not exact); barnard, boschloo: unconditional exact, level never above the nominal one.",
  );

const intervalSchema = z
  .enum([
    "miettinen-nurminen",
    "farrington-manning",
    "newcombe",
    "wald",
    "wald-continuity",
    "agresti-caffo",
    "log-normal",
    "exact",
  ])
  .default("miettinen-nurminen")
  .describe(
    "Interval. Difference: miettinen-nurminen, farrington-manning (Mee, without N/(N−1)), newcombe, wald, agresti-caffo, exact (Chan–Zhang). Ratios: the two score intervals, log-normal; odds ratio also exact (given the margins).",
  );

/** Comparison of two proportions without covariates: everything a user can choose. */
export const twoProportionsSpecSchema = z.object({
  method: z.literal("two-proportions"),
  outcome: binaryOutcomeSchema,
  measure: z.enum(["risk-difference", "risk-ratio", "odds-ratio"]).default("risk-difference").describe("Effect."),
  test: testSchema,
  interval: intervalSchema,
  nullValue: z
    .number()
    .nullable()
    .default(null)
    .describe(
      "Effect under the null hypothesis, a difference or a ratio (not its logarithm), e.g. a non-inferiority margin; null: no effect. Score tests take any, unpooled-z a difference, Fisher's test an odds ratio.",
    ),
  confidence: z.number().gt(0).lt(1).default(0.95).describe("Two-sided confidence of the interval."),
});
export type TwoProportionsSpec = z.infer<typeof twoProportionsSpecSchema>;

/** Comparison of two proportions within strata: everything a user can choose. */
export const cmhSpecSchema = z.object({
  method: z.literal("cochran-mantel-haenszel"),
  outcome: binaryOutcomeSchema,
  strata: z.array(z.string().min(1)).default([]).describe("Covariates whose combinations are strata, by name."),
  scoreStrata: z
    .object({
      endpoint: z.string().min(1).describe("Endpoint that the score predicts, by id."),
      visit: z.string().min(1).describe("Visit that the score predicts, by id."),
      groups: z.number().int().min(2).max(10).describe("Number of groups of about equal size."),
    })
    .nullable()
    .default(null)
    .describe("Strata from quantiles of the twin's predicted control outcome; needs twins of this trial. Null: none."),
  measure: z
    .enum(["odds-ratio", "risk-ratio", "risk-difference"])
    .default("odds-ratio")
    .describe("Common effect: Mantel–Haenszel odds ratio, risk ratio or risk difference."),
  riskDifferenceVariance: z
    .enum(["sato", "greenland-robins"])
    .default("sato")
    .describe(
      "Variance of the risk difference: sato holds for few and for many strata; greenland-robins for few large ones.",
    ),
  continuity: z
    .boolean()
    .default(false)
    .describe("Continuity correction of the chi-square (R's default; SAS has none)."),
  confidence: z.number().gt(0).lt(1).default(0.95).describe("Two-sided confidence of the interval."),
});
export type CmhSpec = z.infer<typeof cmhSpecSchema>;
