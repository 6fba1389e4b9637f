import { z } from "zod";
import { normalUpperQuantile, normalUpperTail } from "../../numerics/normal.ts";
import type { NumericField } from "../numeric-field.ts";
import type { PowerConvention, PowerReport } from "../power-report.ts";
import { severalValues } from "../several-values.ts";
import { answerPowerQuestion, type PowerMethod } from "../two-arm-power.ts";
import { effectDirectionSchema, twoArmShape } from "../two-arm-spec.ts";

const CONVENTION: PowerConvention = {
  id: "noether",
  name: "Noether's normal approximation, variance under the null hypothesis",
  software: ["textbook formula"],
  note: "Uses the null variance of the rank sum also under the alternative and no continuity correction; SAS PROC POWER uses the ordered-categories method of O'Brien and Castelloe instead, which needs the whole distributions.",
};

/** Wilcoxon–Mann–Whitney rank sum test of two groups. */
export const wilcoxonSpecSchema = z.object({
  method: z.literal("wilcoxon"),
  ...twoArmShape,
  effect: severalValues("open-unit")
    .optional()
    .describe("Probability that an experimental value exceeds a control value (ties count half); 0.5 is no effect."),
  direction: effectDirectionSchema,
  convention: z.literal("noether").default("noether"),
});
export type WilcoxonSpec = z.infer<typeof wilcoxonSpecSchema>;

const EFFECT: NumericField = {
  name: "effect",
  label: "Probability index",
  unit: "",
  kind: "proportion",
  range: "open-unit",
  hint: "For normal data with difference δ and SD σ it is Φ(δ/(σ√2)).",
};

/**
 * Power and size of the Wilcoxon–Mann–Whitney test (METHODS.md eq. (P14)).
 *
 * Source: Noether (1987), Journal of the American Statistical Association 82:645–647.
 */
export function computeWilcoxon(spec: WilcoxonSpec): PowerReport {
  const { sides } = spec;
  const limit = spec.direction === "greater" ? 1 : 0;
  const method: PowerMethod = {
    name: "Wilcoxon–Mann–Whitney rank sum test",
    conventions: [CONVENTION],
    choices: [],
    groups: 2,
    parameters: [],
    effect: { field: EFFECT, values: spec.effect },
    fewestPerArm: 1,
    powerFunction: () => ({
      powerAt: (n1, n0, effect, alpha) => {
        const standardised = Math.sqrt((12 * n1 * n0) / (n1 + n0)) * Math.abs(effect - 0.5);
        return normalUpperTail(normalUpperQuantile(alpha / sides) - standardised);
      },
      nullEffect: 0.5,
      fewest: 1e-6,
      effectRange: () => ({ nullEffect: 0.5, limit, step: 0.05 }),
    }),
    rFunctions: `power_at <- function(s, n1, n0, effect, alpha)
  pnorm(sqrt(12 * n1 * n0 / (n1 + n0)) * abs(effect - 0.5) - qnorm(alpha / ${sides}, lower.tail = FALSE))
fewest <- function(s) 1e-6
effect_range <- function(s, n1, n0) list(null = 0.5, limit = ${limit}, step = 0.05)`,
    sasNote: "PROC POWER TWOSAMPLEWILCOXON uses another approximation (O'Brien and Castelloe).",
  };
  return answerPowerQuestion(spec, method);
}
