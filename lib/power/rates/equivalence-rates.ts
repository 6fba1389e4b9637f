import { z } from "zod";
import { invalidInput } from "../../errors/domain-error.ts";
import { normalCdf, normalUpperQuantile } from "../../numerics/normal.ts";
import { withChosenFirst } from "../means/means-conventions.ts";
import type { PowerConvention, PowerReport } from "../power-report.ts";
import { severalValues } from "../several-values.ts";
import { answerPowerQuestion, type PowerMethod } from "../two-arm-power.ts";
import { effectDirectionSchema, twoArmShape } from "../two-arm-spec.ts";
import { R_CONTRAST, R_RESTRICTED } from "./rates-program.ts";
import { contrastOfRates, nullExperimentalRate, type RateMeasure, rateMeasure } from "./rates-test.ts";
import { RATE_FIELDS } from "./two-rates.ts";

type Convention = "farrington-manning" | "unpooled";

const CONVENTIONS: Readonly<Record<Convention, PowerConvention>> = {
  "farrington-manning": {
    id: "farrington-manning",
    name: "two one-sided z tests, variances restricted to each margin (Farrington–Manning)",
    software: ["nQuery", "SAS PROC POWER (FM, each side)"],
    note: "Each critical value uses the variance under its own margin, the power that under the truth; the two tests are treated as if they could not both fail.",
  },
  unpooled: {
    id: "unpooled",
    name: "two one-sided z tests, unpooled variance",
    software: ["East (unpooled)"],
    note: "Uses the variance under the true proportions throughout.",
  },
};

const MARGIN_HINT = "Margins such as −0.1 and 0.1 allow ten percentage points in each direction.";

/** Equivalence of two proportions by two one-sided z tests. */
export const equivalenceRatesSpecSchema = z.object({
  method: z.literal("equivalence-rates"),
  solveFor: twoArmShape.solveFor,
  alpha: twoArmShape.alpha.describe("Error of each of the two one-sided tests; 0.025 if not given."),
  power: twoArmShape.power,
  ratio: twoArmShape.ratio,
  total: twoArmShape.total,
  experimental: twoArmShape.experimental,
  control: twoArmShape.control,
  rounding: twoArmShape.rounding,
  dropout: twoArmShape.dropout,
  combine: twoArmShape.combine,
  experimentalRate: severalValues("open-unit", "Enter a proportion such as 0.35, not a percentage.")
    .optional()
    .describe("True proportion in the experimental arm."),
  controlRate: severalValues("open-unit", "Enter a proportion such as 0.35, not a percentage.").describe(
    "True proportion in the control arm.",
  ),
  measure: z.enum(["risk-difference", "risk-ratio", "odds-ratio"]).default("risk-difference"),
  lower: severalValues("finite").describe("Lower margin of the measure, e.g. −0.1 or 0.8."),
  upper: severalValues("finite").describe("Upper margin of the measure, e.g. 0.1 or 1.25."),
  direction: effectDirectionSchema.describe("When the effect is solved for: towards the upper or the lower margin."),
  convention: z.enum(["farrington-manning", "unpooled"]).default("farrington-manning"),
});
export type EquivalenceRatesSpec = z.infer<typeof equivalenceRatesSpecSchema>;

/**
 * Power and size of two one-sided z tests of equivalence of proportions (METHODS.md eq. (P19)).
 *
 * @throws DomainError naming the field at fault.
 */
export function computeEquivalenceRates(spec: EquivalenceRatesSpec): PowerReport {
  const { measure, convention } = spec;
  const oneSide = (p1: number, p0: number, margin: number, n1: number, n0: number, zAlpha: number) => {
    const { contrast, nullSd, trueSd } = contrastOfRates(
      { experimental: p1, control: p0, measure, nullValue: margin },
      n1,
      n0,
    );
    return (Math.abs(contrast) - zAlpha * (convention === "unpooled" ? trueSd : nullSd)) / trueSd;
  };
  const method: PowerMethod = {
    name: `equivalence of two proportions, ${measure.replace("-", " ")}`,
    conventions: withChosenFirst(CONVENTIONS, convention, ["farrington-manning", "unpooled"]),
    choices: [{ field: "measure", label: "Measure", unit: "", values: [measure] }],
    groups: 2,
    parameters: [
      { field: RATE_FIELDS.controlRate, values: spec.controlRate },
      { field: { ...RATE_FIELDS.nullValue, name: "lower", label: "Lower margin" }, values: spec.lower },
      { field: { ...RATE_FIELDS.nullValue, name: "upper", label: "Upper margin" }, values: spec.upper },
    ],
    effect: { field: RATE_FIELDS.experimentalRate, values: spec.experimentalRate },
    fewestPerArm: 1,
    powerFunction: (s) => {
      const [lower, upper] = [s.lower!, s.upper!];
      assertMargins(measure, lower, upper);
      const inside = (rate: number) => Math.min(1, Math.max(0, rate));
      const lowest = inside(nullExperimentalRate(s.controlRate!, measure, lower));
      const highest = inside(nullExperimentalRate(s.controlRate!, measure, upper));
      if (s.experimentalRate !== undefined) {
        const value = rateMeasure({ experimental: s.experimentalRate, control: s.controlRate!, measure, nullValue: 0 });
        if (!(value > lower && value < upper))
          throw invalidInput(
            "experimentalRate",
            s.experimentalRate,
            `must give a ${measure.replace("-", " ")} between the margins ${lower} and ${upper}; it gives ${Number(value.toPrecision(6))}`,
            "No trial shows equivalence when the truth is outside the margins.",
          );
      }
      const margin = spec.direction === "greater" ? highest : lowest;
      const centre = (lowest + highest) / 2;
      return {
        powerAt: (n1, n0, effect, alpha) => {
          const zAlpha = normalUpperQuantile(alpha);
          const low = oneSide(effect, s.controlRate!, lower, n1, n0, zAlpha);
          const high = oneSide(effect, s.controlRate!, upper, n1, n0, zAlpha);
          return Math.max(0, normalCdf(low) - normalCdf(-high));
        },
        nullEffect: margin,
        fewest: 1e-6,
        effectRange: () => ({ nullEffect: margin, limit: centre, step: Math.abs(margin - centre) / 4 }),
      };
    },
    rFunctions: `${R_RESTRICTED[measure]}
${R_CONTRAST[measure]}
power_at <- function(s, n1, n0, effect, alpha) {
  z <- qnorm(alpha, lower.tail = FALSE)
  sd1 <- function(null) sd_at(effect, s$controlRate, n1, n0, null)
  one_side <- function(null) {
    q <- restricted(effect, s$controlRate, n1, n0, null)
    sd0 <- ${convention === "unpooled" ? "sd1(null)" : "sd_at(q[1], q[2], n1, n0, null)"}
    (abs(contrast(effect, s$controlRate, null)) - z * sd0) / sd1(null)
  }
  max(0, pnorm(one_side(s$lower)) + pnorm(one_side(s$upper)) - 1)
}
fewest <- function(s) 1e-6
effect_range <- function(s, n1, n0) {
  ends <- pmin(1, pmax(0, c(null_rate(s$controlRate, s$lower), null_rate(s$controlRate, s$upper))))
  margin <- ends[${spec.direction === "greater" ? 2 : 1}]
  list(null = margin, limit = mean(ends), step = abs(margin - mean(ends)) / 4)
}`,
    sasNote: "PROC POWER has no equivalence test of two proportions; its non-inferiority tests (FM) are one side each.",
  };
  return answerPowerQuestion({ ...spec, sides: 1 }, method);
}

function assertMargins(measure: RateMeasure, lower: number, upper: number): void {
  if (!(lower < upper))
    throw invalidInput("lower", lower, `must lie below the upper margin ${upper}`, "Exchange the two margins.");
  if (measure === "risk-difference") {
    if (!(lower > -1))
      throw invalidInput("lower", lower, "must lie between −1 and 1 for a risk difference", MARGIN_HINT);
    if (!(upper < 1))
      throw invalidInput("upper", upper, "must lie between −1 and 1 for a risk difference", MARGIN_HINT);
  } else if (!(lower > 0)) throw invalidInput("lower", lower, "must be positive for a ratio", "0.8 is usual.");
}
