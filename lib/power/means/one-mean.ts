import { z } from "zod";
import type { PowerReport } from "../power-report.ts";
import { severalValues } from "../several-values.ts";
import { answerPowerQuestion, type PowerMethod } from "../two-arm-power.ts";
import { effectDirectionSchema, oneGroupShape } from "../two-arm-spec.ts";
import {
  errorUnderConvention,
  MEANS_CONVENTIONS,
  powerUnderConvention,
  rPowerUnderConvention,
  withChosenFirst,
} from "./means-conventions.ts";
import { sasOneMean } from "./means-sas.ts";
import { MEANS_FIELDS } from "./two-means.ts";

/** One mean, or the mean of paired differences, against a fixed value. */
export const oneMeanSpecSchema = z.object({
  method: z.literal("one-mean"),
  ...oneGroupShape,
  data: z
    .enum(["single", "paired"])
    .default("single")
    .describe("Single values of one group, or differences within pairs: the SD is then that of the differences."),
  effect: severalValues("finite").optional().describe("Expected mean (of the differences, for pairs)."),
  nullValue: severalValues("finite").optional().describe("Mean under the null hypothesis; 0 if not given."),
  standardDeviation: severalValues(
    "positive",
    "Enter the standard deviation, not the standard error or the variance.",
  ).describe("SD of the values, or of the differences within pairs."),
  direction: effectDirectionSchema,
  convention: z
    .enum(["noncentral-t", "noncentral-t-both-tails", "normal", "guenther-schouten"])
    .default("noncentral-t")
    .describe("How power is computed."),
});
export type OneMeanSpec = z.infer<typeof oneMeanSpecSchema>;

/**
 * Power and size of the one-sample and the paired t test (METHODS.md eq. (P1)–(P5)).
 *
 * @throws DomainError naming the field at fault.
 * Reference values: tests/reference/power_means.json.
 */
export function computeOneMean(spec: OneMeanSpec): PowerReport {
  const { sides, convention } = spec;
  const exact = convention === "noncentral-t" || convention === "noncentral-t-both-tails";
  const method: PowerMethod = {
    name: spec.data === "paired" ? "paired t test" : "one-sample t test",
    conventions: withChosenFirst(MEANS_CONVENTIONS, convention, oneMeanSpecSchema.shape.convention.unwrap().options),
    choices: [{ field: "data", label: "Data", unit: "", values: [spec.data] }],
    groups: 1,
    parameters: [
      { field: MEANS_FIELDS.nullValue, values: spec.nullValue ?? 0 },
      { field: MEANS_FIELDS.standardDeviation, values: spec.standardDeviation },
    ],
    effect: { field: { ...MEANS_FIELDS.effect, label: "Mean" }, values: spec.effect },
    fewestPerArm: 2,
    powerFunction: (s) => ({
      powerAt: (n, _, effect, alpha) => {
        const standardised = (Math.abs(effect - s.nullValue!) * Math.sqrt(n)) / s.standardDeviation!;
        return powerUnderConvention(convention, standardised, n - 1, n, alpha, sides);
      },
      nullEffect: s.nullValue!,
      fewest: exact ? 1.5 : 1e-6,
      effectRange: (n) => ({
        nullEffect: s.nullValue!,
        limit: spec.direction === "greater" ? Infinity : -Infinity,
        step: s.standardDeviation! / Math.sqrt(n),
      }),
      errorInDirection: (alpha) => errorUnderConvention(convention, alpha, sides),
    }),
    rFunctions: `${rPowerUnderConvention(convention, sides)}
power_at <- function(s, n1, n0, effect, alpha)
  power_t(abs(effect - s$nullValue) * sqrt(n1) / s$standardDeviation, n1 - 1, n1, alpha)
fewest <- function(s) ${exact ? 1.5 : 1e-6}
effect_range <- function(s, n1, n0)
  list(null = s$nullValue, limit = ${spec.direction === "greater" ? "Inf" : "-Inf"}, step = s$standardDeviation / sqrt(n1))`,
    ...(exact ? { sas: sasOneMean } : {}),
    sasNote: exact
      ? sides === 2 && convention === "noncentral-t"
        ? "SAS counts rejections in both directions of a two-sided test as power."
        : ""
      : "PROC POWER has no normal approximation of the t test.",
  };
  return answerPowerQuestion(spec, method);
}
