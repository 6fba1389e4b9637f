import { z } from "zod";
import { withChosenFirst } from "../means/means-conventions.ts";
import type { NumericField } from "../numeric-field.ts";
import type { PowerConvention, PowerReport } from "../power-report.ts";
import { severalValues } from "../several-values.ts";
import { answerPowerQuestion, type PowerMethod } from "../two-arm-power.ts";
import { effectDirectionSchema, twoArmShape } from "../two-arm-spec.ts";
import { type CountRates, type NullRates, powerOfCounts } from "./count-rates.ts";

const CONVENTIONS: Readonly<Record<NullRates, PowerConvention>> = {
  "true-rates": {
    id: "true-rates",
    name: "Wald test, variance at the true rates (Zhu–Lakkis method 2)",
    software: ["rpact getSampleSizeCounts", "nQuery", "PASS"],
    note: "Uses the variance of the log rate ratio at the true rates for critical value and power alike.",
  },
  "control-rate": {
    id: "control-rate",
    name: "variance under the null hypothesis at the control rate (Zhu–Lakkis method 1)",
    software: ["nQuery", "PASS"],
    note: "Under the null hypothesis the experimental arm is given the control rate (times the null ratio).",
  },
  restricted: {
    id: "restricted",
    name: "variance under the null hypothesis by maximum likelihood (Zhu–Lakkis method 3)",
    software: ["nQuery", "PASS"],
    note: "Under the null hypothesis both arms are given the rates that maximum likelihood finds when the ratio is held at its null value.",
  },
};

/** Event rates of two arms: Poisson, or negative binomial with a dispersion. */
export const twoCountsSpecSchema = z.object({
  method: z.literal("two-counts"),
  ...twoArmShape,
  rateRatio: severalValues("positive").optional().describe("True rate ratio experimental / control."),
  controlRate: severalValues("positive").describe("Events per unit time in the control arm."),
  dispersion: severalValues("not-negative")
    .optional()
    .describe("k of Var = μ + kμ² (1/size); 0, the Poisson distribution, if not given."),
  exposure: severalValues("positive")
    .optional()
    .describe("Time each subject is followed, in the unit of the rate; 1 if not given."),
  nullValue: severalValues("positive").optional().describe("Rate ratio under the null hypothesis; 1 if not given."),
  direction: effectDirectionSchema.removeDefault().default("less").describe("Where a ratio is sought when solved for."),
  convention: z.enum(["true-rates", "control-rate", "restricted"]).default("true-rates"),
});
export type TwoCountsSpec = z.infer<typeof twoCountsSpecSchema>;

const FIELDS = {
  rateRatio: { name: "rateRatio", label: "Rate ratio", unit: "", kind: "number", range: "positive" },
  controlRate: {
    name: "controlRate",
    label: "Control rate",
    unit: "events per unit time",
    kind: "number",
    range: "positive",
  },
  dispersion: { name: "dispersion", label: "Dispersion k", unit: "", kind: "number", range: "not-negative" },
  exposure: { name: "exposure", label: "Exposure", unit: "time", kind: "number", range: "positive" },
  nullValue: { name: "nullValue", label: "Null rate ratio", unit: "", kind: "number", range: "positive" },
} as const satisfies Record<string, NumericField>;

/**
 * Power and size of the comparison of two event rates with equal follow-up (METHODS.md eq. (P24)–(P26)).
 *
 * @throws DomainError naming the field at fault.
 */
export function computeTwoCounts(spec: TwoCountsSpec): PowerReport {
  const { sides, convention } = spec;
  const limit = spec.direction === "greater" ? 1e6 : 0;
  const method: PowerMethod = {
    name: "two event rates, Poisson or negative binomial",
    conventions: withChosenFirst(CONVENTIONS, convention, twoCountsSpecSchema.shape.convention.unwrap().options),
    choices: [],
    groups: 2,
    parameters: [
      { field: FIELDS.controlRate, values: spec.controlRate },
      { field: FIELDS.dispersion, values: spec.dispersion ?? 0 },
      { field: FIELDS.exposure, values: spec.exposure ?? 1 },
      { field: FIELDS.nullValue, values: spec.nullValue ?? 1 },
    ],
    effect: { field: FIELDS.rateRatio, values: spec.rateRatio },
    fewestPerArm: 1,
    powerFunction: (s) => {
      const rates = (ratio: number): CountRates => ({
        experimental: ratio * s.controlRate!,
        control: s.controlRate!,
        dispersion: s.dispersion!,
        exposure: s.exposure!,
        nullRatio: s.nullValue!,
      });
      return {
        powerAt: (n1, n0, ratio, alpha) => powerOfCounts(convention, rates(ratio), n1, n0, alpha / sides),
        nullEffect: s.nullValue!,
        fewest: 1e-6,
        effectRange: () => ({ nullEffect: s.nullValue!, limit, step: 0.02 * s.nullValue! }),
        further: (n1, n0, ratio) => ({ events: s.exposure! * s.controlRate! * (n1 * ratio + n0) }),
      };
    },
    furtherOutputs: [{ key: "events", title: "Events expected", unit: "events", kind: "number" }],
    rFunctions: `variance <- function(rate1, rate0, s, n1, n0)
  (1 / (s$exposure * rate1) + s$dispersion) / n1 + (1 / (s$exposure * rate0) + s$dispersion) / n0
restricted <- function(rate1, rate0, s, n1, n0) {
  kt <- s$dispersion * s$exposure
  score <- function(x) n0 * (rate0 - x) / (1 + kt * x) + n1 * (rate1 - s$nullValue * x) / (1 + kt * s$nullValue * x)
  uniroot(score, range(c(rate0, rate1 / s$nullValue)) * c(0.999999, 1.000001), tol = 1e-15)$root
}
power_at <- function(s, n1, n0, effect, alpha) {
  rate0 <- s$controlRate
  rate1 <- effect * rate0
  true <- variance(rate1, rate0, s, n1, n0)
  ${
    {
      "true-rates": "null <- true",
      "control-rate": "null <- variance(s$nullValue * rate0, rate0, s, n1, n0)",
      restricted: "x <- restricted(rate1, rate0, s, n1, n0)\n  null <- variance(s$nullValue * x, x, s, n1, n0)",
    }[convention]
  }
  pnorm((abs(log(effect / s$nullValue)) - qnorm(alpha / ${sides}, lower.tail = FALSE) * sqrt(null)) / sqrt(true))
}
fewest <- function(s) 1e-6
effect_range <- function(s, n1, n0) list(null = s$nullValue, limit = ${limit}, step = 0.02 * s$nullValue)`,
    sasNote: "PROC POWER has no comparison of event rates.",
  };
  return answerPowerQuestion(spec, method);
}
