import { z } from "zod";
import { sasNumber } from "../../program-code/sas-literal.ts";
import type { NumericField } from "../numeric-field.ts";
import type { PowerReport } from "../power-report.ts";
import { severalValues } from "../several-values.ts";
import { answerPowerQuestion, type PowerMethod, type PowerQuestion } from "../two-arm-power.ts";
import { twoArmShape } from "../two-arm-spec.ts";
import {
  errorUnderConvention,
  MEANS_CONVENTIONS,
  powerUnderConvention,
  rPowerUnderConvention,
  withChosenFirst,
} from "./means-conventions.ts";
import { sasTwoMeans } from "./means-sas.ts";

/** Two independent groups, equal variances: superiority, or non-inferiority by a null value other than 0. */
export const twoMeansSpecSchema = z.object({
  method: z.literal("two-means"),
  ...twoArmShape,
  effect: severalValues("finite").optional().describe("Expected difference experimental − control, analysis scale."),
  nullValue: severalValues("finite")
    .optional()
    .describe("Difference under the null hypothesis; 0 if not given, the margin with its sign for non-inferiority."),
  standardDeviation: severalValues(
    "positive",
    "Enter the standard deviation, not the standard error or the variance.",
  ).describe("SD of the outcome, the same in both arms; analysis scale."),
  direction: z.enum(["greater", "less"]).default("greater").describe("Where an effect is sought when solved for."),
  convention: z
    .enum(["noncentral-t", "noncentral-t-both-tails", "normal", "guenther-schouten"])
    .default("noncentral-t")
    .describe("How power is computed."),
});
export type TwoMeansSpec = z.infer<typeof twoMeansSpecSchema>;

export const MEANS_FIELDS = {
  effect: { name: "effect", label: "Difference of means", unit: "outcome units", kind: "number", range: "finite" },
  nullValue: { name: "nullValue", label: "Null difference", unit: "outcome units", kind: "number", range: "finite" },
  standardDeviation: {
    name: "standardDeviation",
    label: "Standard deviation",
    unit: "outcome units",
    kind: "number",
    range: "positive",
    hint: "Enter the standard deviation, not the standard error or the variance.",
  },
} as const satisfies Record<string, NumericField>;

/**
 * Power and size of the two-sample t test with equal variances (METHODS.md eq. (P1)–(P5)).
 *
 * @throws DomainError naming the field at fault.
 * Reference values: tests/reference/power_means.json.
 */
export function computeTwoMeans(spec: TwoMeansSpec): PowerReport {
  const { sides, convention } = spec;
  const exact = convention === "noncentral-t" || convention === "noncentral-t-both-tails";
  const method: PowerMethod = {
    name: "two-sample t test, equal variances",
    conventions: withChosenFirst(MEANS_CONVENTIONS, convention, twoMeansSpecSchema.shape.convention.unwrap().options),
    choices: [],
    groups: 2,
    parameters: [
      { field: MEANS_FIELDS.nullValue, values: spec.nullValue ?? 0 },
      { field: MEANS_FIELDS.standardDeviation, values: spec.standardDeviation },
    ],
    effect: { field: MEANS_FIELDS.effect, values: spec.effect },
    fewestPerArm: 2,
    powerFunction: (s) => {
      const se = (n1: number, n0: number) => s.standardDeviation! * Math.sqrt(1 / n1 + 1 / n0);
      return {
        powerAt: (n1, n0, effect, alpha) =>
          powerUnderConvention(
            convention,
            Math.abs(effect - s.nullValue!) / se(n1, n0),
            n1 + n0 - 2,
            n1 + n0,
            alpha,
            sides,
          ),
        nullEffect: s.nullValue!,
        fewest: exact ? 2.5 : 1e-6,
        effectRange: (n1, n0) => ({
          nullEffect: s.nullValue!,
          limit: spec.direction === "greater" ? Infinity : -Infinity,
          step: se(n1, n0),
        }),
        errorInDirection: (alpha) => errorUnderConvention(convention, alpha, sides),
      };
    },
    rFunctions: `${rPowerUnderConvention(convention, sides)}
se <- function(s, n1, n0) s$standardDeviation * sqrt(1 / n1 + 1 / n0)
power_at <- function(s, n1, n0, effect, alpha)
  power_t(abs(effect - s$nullValue) / se(s, n1, n0), n1 + n0 - 2, n1 + n0, alpha)
fewest <- function(s) ${exact ? 2.5 : 1e-6}
effect_range <- function(s, n1, n0)
  list(null = s$nullValue, limit = ${spec.direction === "greater" ? "Inf" : "-Inf"}, step = se(s, n1, n0))`,
    ...(exact
      ? {
          sas: (s: Readonly<Record<string, number>>, question: PowerQuestion) =>
            sasTwoMeans(s, question, `test=diff\n    stddev=${sasNumber(s.standardDeviation!)}`),
        }
      : {}),
    sasNote: exact
      ? sides === 2 && convention === "noncentral-t"
        ? "SAS counts rejections in both directions of a two-sided test as power."
        : ""
      : "PROC POWER has no normal approximation of the t test.",
  };
  return answerPowerQuestion(spec, method);
}
