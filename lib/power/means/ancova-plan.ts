import { z } from "zod";
import type { NumericField } from "../numeric-field.ts";
import type { PowerReport } from "../power-report.ts";
import type { Answers, OutputColumn, Settings } from "../power-sweep.ts";
import { severalValues } from "../several-values.ts";
import { solveSize } from "../solve-power.ts";
import { answerPowerQuestion, type PowerMethod } from "../two-arm-power.ts";
import { effectDirectionSchema, twoArmShape } from "../two-arm-spec.ts";
import {
  errorUnderConvention,
  MEANS_CONVENTIONS,
  powerUnderConvention,
  rPowerUnderConvention,
  withChosenFirst,
} from "./means-conventions.ts";
import { type PlannedVariance, plannedStandardError } from "./planned-power.ts";
import { MEANS_FIELDS } from "./two-means.ts";

/** Two arms compared by ANCOVA: baseline, strata, or the prognostic score of a twin (PROCOVA). */
export const ancovaSpecSchema = z.object({
  method: z.literal("ancova"),
  ...twoArmShape,
  effect: severalValues("finite").optional().describe("Expected difference experimental − control, analysis scale."),
  nullValue: severalValues("finite").optional().describe("Difference under the null hypothesis; 0 if not given."),
  standardDeviation: severalValues(
    "positive",
    "Enter the standard deviation, not the standard error or the variance.",
  ).describe("SD of the outcome before adjustment."),
  rSquared: severalValues("half-open-unit", "Enter a share such as 0.3, not a percentage.").describe(
    "Share of the outcome's variance that the covariates explain.",
  ),
  correlationDiscount: severalValues("discount")
    .optional()
    .describe("λ: factor on the correlation of covariates and outcome, for a new trial; 1 if not given."),
  controlSdInflation: severalValues("inflation")
    .optional()
    .describe("γ: factor on the SD of the control arm; 1 if not given."),
  covariates: severalValues("whole").optional().describe("Columns of covariates in the model; 1 if not given."),
  direction: effectDirectionSchema,
  convention: z
    .enum(["noncentral-t", "noncentral-t-both-tails", "normal", "guenther-schouten"])
    .default("noncentral-t")
    .describe("How power is computed."),
});
export type AncovaSpec = z.infer<typeof ancovaSpecSchema>;

const FIELDS = {
  rSquared: {
    name: "rSquared",
    label: "R² of the covariates",
    unit: "",
    kind: "number",
    range: "half-open-unit",
    hint: "Enter the squared correlation, e.g. 0.16 for a correlation of 0.4.",
  },
  correlationDiscount: {
    name: "correlationDiscount",
    label: "Discount λ of the correlation",
    unit: "",
    kind: "number",
    range: "discount",
  },
  controlSdInflation: {
    name: "controlSdInflation",
    label: "Inflation γ of the control SD",
    unit: "",
    kind: "number",
    range: "inflation",
  },
  covariates: { name: "covariates", label: "Covariate columns", unit: "", kind: "count", range: "whole" },
} as const satisfies Record<string, NumericField>;

/**
 * Power and size of ANCOVA and of prognostic covariate adjustment, with the discounts of a conservative plan
 * (METHODS.md eq. (P1)–(P5), (P8), (P13)).
 *
 * Beside the answer stands the unadjusted t test, with the same inflation of the control SD and without it: a discount must
 * not make the score look better or worse against no adjustment than it is.
 *
 * @throws DomainError naming the field at fault.
 * Reference values: tests/reference/power_means.json; tests/lib/power/means/normal-approximation-size.test.ts.
 */
export function computeAncova(spec: AncovaSpec): PowerReport {
  const { sides, convention, solveFor } = spec;
  const exact = convention === "noncentral-t" || convention === "noncentral-t-both-tails";
  const power = (s: Settings, plan: Plan, n1: number, n0: number, effect: number, alpha: number) =>
    powerUnderConvention(
      convention,
      Math.abs(effect - s.nullValue!) / standardError(plan, n1, n0),
      n1 + n0 - 2 - plan.covariates,
      n1 + n0,
      alpha,
      sides,
    );
  const method: PowerMethod = {
    name: "analysis of covariance (ANCOVA, PROCOVA)",
    conventions: withChosenFirst(MEANS_CONVENTIONS, convention, ancovaSpecSchema.shape.convention.unwrap().options),
    choices: [],
    groups: 2,
    parameters: [
      { field: MEANS_FIELDS.nullValue, values: spec.nullValue ?? 0 },
      { field: MEANS_FIELDS.standardDeviation, values: spec.standardDeviation },
      { field: FIELDS.rSquared, values: spec.rSquared },
      { field: FIELDS.correlationDiscount, values: spec.correlationDiscount ?? 1 },
      { field: FIELDS.controlSdInflation, values: spec.controlSdInflation ?? 1 },
      { field: FIELDS.covariates, values: spec.covariates ?? 1 },
    ],
    effect: { field: MEANS_FIELDS.effect, values: spec.effect },
    fewestPerArm: 2,
    powerFunction: (s) => {
      const plan = planOf(s);
      return {
        powerAt: (n1, n0, effect, alpha) => power(s, plan, n1, n0, effect, alpha),
        nullEffect: s.nullValue!,
        fewest: fewest(plan, exact),
        effectRange: (n1, n0) => ({
          nullEffect: s.nullValue!,
          limit: spec.direction === "greater" ? Infinity : -Infinity,
          step: standardError(plan, n1, n0),
        }),
        errorInDirection: (alpha) => errorUnderConvention(convention, alpha, sides),
        further: (n1, n0, effect, alpha) => {
          const without: Plan = { ...plan, discountedRSquared: 0, covariates: 0 };
          const plain: Plan = { ...without, controlSdInflation: 1 };
          const answer = (other: Plan) => {
            if (solveFor !== "sample-size") return power(s, other, n1, n0, effect, alpha);
            const share = s.ratio! / (1 + s.ratio!);
            const at = (total: number) => power(s, other, total * share, total * (1 - share), effect, alpha);
            const total = solveSize(at, s.power!, fewest(other, exact));
            return (
              Math.max(2, Math.ceil(total * share * (1 - 1e-10))) +
              Math.max(2, Math.ceil(total * (1 - share) * (1 - 1e-10)))
            );
          };
          const unadjusted = answer(without);
          const noncentrality = Math.abs(effect - s.nullValue!) / standardError(plan, n1, n0);
          const further: Answers = { noncentrality, unadjusted, unadjustedPlain: answer(plain) };
          return solveFor === "sample-size" ? { ...further, saving: 1 - (n1 + n0) / unadjusted } : further;
        },
      };
    },
    furtherOutputs: comparisonColumns(solveFor),
    rFunctions: `${rPowerUnderConvention(convention, sides)}
se <- function(s, n1, n0)
  s$standardDeviation * sqrt((1 - s$correlationDiscount^2 * s$rSquared) * (1 / n1 + s$controlSdInflation^2 / n0))
power_at <- function(s, n1, n0, effect, alpha)
  power_t(abs(effect - s$nullValue) / se(s, n1, n0), n1 + n0 - 2 - s$covariates, n1 + n0, alpha)
fewest <- function(s) ${exact ? "2.5 + s$covariates" : "1e-6"}
effect_range <- function(s, n1, n0)
  list(null = s$nullValue, limit = ${spec.direction === "greater" ? "Inf" : "-Inf"}, step = se(s, n1, n0))`,
    sasNote:
      "PROC GLMPOWER takes the correlation with covariates (CORRXY, NCOVARIATES), but neither a null value, one side nor different SDs; no program is given.",
  };
  return answerPowerQuestion(spec, method);
}

interface Plan extends PlannedVariance {
  readonly covariates: number;
}

function planOf(s: Settings): Plan {
  return {
    standardDeviation: s.standardDeviation!,
    discountedRSquared: s.correlationDiscount! ** 2 * s.rSquared!,
    controlSdInflation: s.controlSdInflation!,
    covariates: s.covariates!,
  };
}

const standardError = (plan: Plan, experimental: number, control: number) =>
  plannedStandardError(plan, { experimental, control });

function fewest(plan: Plan, exact: boolean): number {
  return exact ? 2.5 + plan.covariates : 1e-6;
}

function comparisonColumns(solveFor: AncovaSpec["solveFor"]): OutputColumn[] {
  const noncentrality = { key: "noncentrality", title: "Noncentrality", unit: "", kind: "number" } as const;
  if (solveFor === "sample-size")
    return [
      noncentrality,
      { key: "unadjusted", title: "Total without adjustment, same γ", unit: "subjects", kind: "count" },
      { key: "unadjustedPlain", title: "Total without adjustment, γ = 1", unit: "subjects", kind: "count" },
      { key: "saving", title: "Saved by adjustment, same γ", unit: "", kind: "proportion" },
    ];
  return [
    noncentrality,
    { key: "unadjusted", title: "Power without adjustment, same γ", unit: "", kind: "proportion" },
    { key: "unadjustedPlain", title: "Power without adjustment, γ = 1", unit: "", kind: "proportion" },
  ];
}
