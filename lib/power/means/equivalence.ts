import { z } from "zod";
import { invalidInput } from "../../errors/domain-error.ts";
import { sasNumber } from "../../program-code/sas-literal.ts";
import type { NumericField } from "../numeric-field.ts";
import type { PowerConvention, PowerReport } from "../power-report.ts";
import { required, type Settings } from "../power-sweep.ts";
import { severalValues } from "../several-values.ts";
import { answerPowerQuestion, type PowerMethod, type PowerQuestion } from "../two-arm-power.ts";
import { effectDirectionSchema, twoArmShape } from "../two-arm-spec.ts";
import {
  exactEquivalencePower,
  type MarginDistances,
  noncentralTEquivalencePower,
  normalEquivalencePower,
} from "./equivalence-power.ts";
import { withChosenFirst } from "./means-conventions.ts";
import { sasTwoGroupSizes } from "./means-sas.ts";

type EquivalenceConvention = "owens-q" | "noncentral-t" | "normal";

const CONVENTIONS: Readonly<Record<EquivalenceConvention, PowerConvention>> = {
  "owens-q": {
    id: "owens-q",
    name: "exact (Owen's Q, bivariate noncentral t)",
    software: ["PowerTOST (method = exact)", "SAS PROC POWER (TEST=EQUIV_DIFF)", "nQuery"],
    note: "Exact for normal data: both one-sided tests share the estimated variance.",
  },
  "noncentral-t": {
    id: "noncentral-t",
    name: "two noncentral t probabilities",
    software: ["PowerTOST (method = nct)"],
    note: "Adds the two tests' powers as if they could not both fail; equal to the exact power where that is above one half, 0 where it would be negative.",
  },
  normal: {
    id: "normal",
    name: "normal approximation (variance taken as known)",
    software: ["textbook formula"],
    note: "Takes the variance as known; too small in small trials.",
  },
};

/** Equivalence by two one-sided tests. Ratios are tested on the log scale. */
export const equivalenceMeansSpecSchema = z.object({
  method: z.literal("equivalence-means"),
  solveFor: twoArmShape.solveFor,
  alpha: twoArmShape.alpha.describe(
    "Error of each of the two one-sided tests; 0.025 if not given (0.05 in bioequivalence).",
  ),
  power: twoArmShape.power,
  ratio: twoArmShape.ratio,
  total: twoArmShape.total,
  experimental: twoArmShape.experimental,
  control: twoArmShape.control,
  rounding: twoArmShape.rounding,
  dropout: twoArmShape.dropout,
  combine: twoArmShape.combine,
  design: z
    .enum(["parallel", "paired", "crossover"])
    .default("parallel")
    .describe("Two groups; pairs; or the 2 × 2 crossover, whose two groups are the sequences."),
  scale: z
    .enum(["difference", "ratio"])
    .default("difference")
    .describe("Difference of means, or ratio of geometric means."),
  effect: severalValues("finite").optional().describe("True difference (0 is equal) or true ratio (1 is equal)."),
  lower: severalValues("finite").describe("Lower equivalence margin: of the difference, or of the ratio (e.g. 0.8)."),
  upper: severalValues("finite").describe("Upper equivalence margin: of the difference, or of the ratio (e.g. 1.25)."),
  standardDeviation: severalValues("positive", "Enter the standard deviation, not the standard error or the variance.")
    .optional()
    .describe("Difference scale. Parallel: SD of the values; paired: of the differences; crossover: within subjects."),
  coefficientOfVariation: severalValues("positive")
    .optional()
    .describe("Ratio scale: coefficient of variation, between subjects (parallel) or within subjects (crossover)."),
  direction: effectDirectionSchema.describe("When the effect is solved for: towards the upper or the lower margin."),
  convention: z.enum(["owens-q", "noncentral-t", "normal"]).default("owens-q").describe("How power is computed."),
});
export type EquivalenceMeansSpec = z.infer<typeof equivalenceMeansSpecSchema>;

const FIELD = (name: string, label: string, unit: string, positive: boolean): NumericField => ({
  name,
  label,
  unit,
  kind: "number",
  range: positive ? "positive" : "finite",
  ...(positive
    ? { hint: "Ratios and SDs are positive; 1 is equality of a ratio. Margins of a ratio are such as 0.8 and 1.25." }
    : {}),
});

/**
 * Power and size of two one-sided tests of equivalence of means (METHODS.md eq. (P11), (P12)).
 *
 * @throws DomainError naming the field at fault.
 */
export function computeEquivalenceMeans(spec: EquivalenceMeansSpec): PowerReport {
  const { convention, design, scale } = spec;
  const ratioScale = scale === "ratio";
  const unit = ratioScale ? "" : "outcome units";
  const label = ratioScale ? "Ratio of geometric means" : "Difference of means";
  const spread = ratioScale
    ? required(
        FIELD("coefficientOfVariation", "Coefficient of variation", "", true),
        spec.coefficientOfVariation,
        "for the ratio scale",
      )
    : required(
        FIELD("standardDeviation", "Standard deviation", unit, true),
        spec.standardDeviation,
        "for the difference scale",
      );
  const toScale = (value: number) => (ratioScale ? Math.log(value) : value);
  const sdOf = (s: Settings) =>
    ratioScale ? Math.sqrt(Math.log1p(s.coefficientOfVariation! ** 2)) : s.standardDeviation!;
  const perUnit = (n1: number, n0: number) =>
    design === "parallel" ? 1 / n1 + 1 / n0 : design === "paired" ? 1 / n1 : (1 / n1 + 1 / n0) / 2;
  const df = (n1: number, n0: number) => (design === "paired" ? n1 - 1 : n1 + n0 - 2);
  const question: PowerQuestion = {
    ...spec,
    sides: 1,
    ...(design === "paired" ? { ratio: undefined, experimental: undefined, control: undefined } : {}),
  };
  if (design === "paired")
    for (const name of ["ratio", "experimental", "control"] as const)
      if (spec[name] !== undefined)
        throw invalidInput(name, null, "must not be given for paired data", "Give total, the number of pairs.");
  const method: PowerMethod = {
    name: `equivalence by two one-sided t tests, ${design === "crossover" ? "2 × 2 crossover" : design}, ${scale} scale`,
    conventions: withChosenFirst(CONVENTIONS, convention, ["owens-q", "noncentral-t", "normal"]),
    choices: [
      { field: "design", label: "Design", unit: "", values: [design] },
      { field: "scale", label: "Scale", unit: "", values: [scale] },
    ],
    groups: design === "paired" ? 1 : 2,
    ...(design === "crossover" ? { groupNames: ["Sequence 1", "Sequence 2"] as const } : {}),
    parameters: [
      { field: FIELD("lower", "Lower margin", unit, ratioScale), values: spec.lower },
      { field: FIELD("upper", "Upper margin", unit, ratioScale), values: spec.upper },
      spread,
    ],
    effect: { field: { ...FIELD("effect", label, unit, ratioScale) }, values: spec.effect },
    fewestPerArm: 2,
    powerFunction: (s) => {
      assertMargins(s, scale);
      const [lower, upper, sd] = [toScale(s.lower!), toScale(s.upper!), sdOf(s)];
      const margin = spec.direction === "greater" ? s.upper! : s.lower!;
      const centre = ratioScale ? Math.sqrt(s.lower! * s.upper!) : (s.lower! + s.upper!) / 2;
      return {
        powerAt: (n1, n0, effect, alpha) => {
          const se = sd * Math.sqrt(perUnit(n1, n0));
          const distances = { lower: (toScale(effect) - lower) / se, upper: (upper - toScale(effect)) / se };
          return equivalencePower(convention, distances, df(n1, n0), alpha);
        },
        nullEffect: margin,
        fewest: design === "paired" ? 1.5 : 2.5,
        effectRange: () => ({ nullEffect: margin, limit: centre, step: Math.abs(margin - centre) / 4 }),
      };
    },
    rFunctions: rFunctions(spec),
    sas: (s, q) => (convention === "owens-q" ? sasEquivalence(s, q, spec) : null),
    sasNote:
      convention !== "owens-q"
        ? "PROC POWER computes the exact power only."
        : design === "crossover"
          ? "PROC POWER has no crossover design; the two-group statement with the SD divided by √2 has the same power."
          : "PROC POWER solves for power and sample size.",
  };
  return answerPowerQuestion(question, method);
}

function equivalencePower(
  convention: EquivalenceConvention,
  distances: MarginDistances,
  degreesOfFreedom: number,
  alpha: number,
): number {
  switch (convention) {
    case "owens-q":
      return exactEquivalencePower(distances, degreesOfFreedom, alpha);
    case "noncentral-t":
      return noncentralTEquivalencePower(distances, degreesOfFreedom, alpha);
    case "normal":
      return normalEquivalencePower(distances, alpha);
  }
}

function assertMargins(s: Settings, scale: "difference" | "ratio"): void {
  if (!(s.lower! < s.upper!))
    throw invalidInput("lower", s.lower!, `must lie below the upper margin ${s.upper}`, "Exchange the two margins.");
  if (s.effect !== undefined && !(s.effect > s.lower! && s.effect < s.upper!))
    throw invalidInput(
      "effect",
      s.effect,
      `must lie between the margins ${s.lower} and ${s.upper}`,
      `No trial shows equivalence when the true ${scale} is outside the margins.`,
    );
}

function rFunctions({ design, scale, convention, direction }: EquivalenceMeansSpec): string {
  const sd = scale === "ratio" ? "sqrt(log1p(s$coefficientOfVariation^2))" : "s$standardDeviation";
  const log = scale === "ratio" ? "log" : "identity";
  const perUnit = {
    parallel: "(1 / n1 + 1 / n0)",
    paired: "(1 / n1)",
    crossover: "((1 / n1 + 1 / n0) / 2)",
  }[design];
  const power = {
    "owens-q": `  if (df <= 0) return(0)
  critical <- qt(alpha, df, lower.tail = FALSE)
  last <- (low + high) / (2 * critical)
  if (last <= 0) return(0)
  integrand <- function(x) (pnorm(high - critical * x) - pnorm(critical * x - low)) * 2 * df * x * dchisq(df * x^2, df)
  from <- sqrt(qchisq(1e-17, df) / df)
  to <- min(last, sqrt(qchisq(1e-17, df, lower.tail = FALSE) / df))
  if (to <= from) 0 else integrate(integrand, from, to, rel.tol = 1e-11, subdivisions = 1000)$value`,
    "noncentral-t": `  if (df <= 0) return(0)
  critical <- qt(alpha, df, lower.tail = FALSE)
  max(0, pt(critical, df, low, lower.tail = FALSE) + pt(-critical, df, -high) - 1)`,
    normal: `  z <- qnorm(alpha, lower.tail = FALSE)
  max(0, pnorm(low - z) - pnorm(z - high))`,
  }[convention];
  return `power_at <- function(s, n1, n0, effect, alpha) {
  df <- ${design === "paired" ? "n1 - 1" : "n1 + n0 - 2"}
  se <- ${sd} * sqrt${perUnit}
  low <- (${log}(effect) - ${log}(s$lower)) / se
  high <- (${log}(s$upper) - ${log}(effect)) / se
${power}
}
fewest <- function(s) ${design === "paired" ? 1.5 : 2.5}
effect_range <- function(s, n1, n0) {
  margin <- ${direction === "greater" ? "s$upper" : "s$lower"}
  centre <- ${scale === "ratio" ? "sqrt(s$lower * s$upper)" : "(s$lower + s$upper) / 2"}
  list(null = margin, limit = centre, step = abs(margin - centre) / 4)
}`;
}

function sasEquivalence(s: Settings, question: PowerQuestion, spec: EquivalenceMeansSpec): string | null {
  if (question.solveFor === "effect" || question.solveFor === "alpha") return null;
  const ratio = spec.scale === "ratio";
  const shrink = spec.design === "crossover" ? Math.SQRT1_2 : 1;
  const sd = ratio
    ? Math.sqrt(Math.expm1(Math.log1p(s.coefficientOfVariation! ** 2) * shrink ** 2))
    : s.standardDeviation! * shrink;
  const spread = ratio ? `cv=${sasNumber(sd)}` : `stddev=${sasNumber(sd)}`;
  const effect = ratio ? `meanratio=${sasNumber(s.effect!)}` : `meandiff=${sasNumber(s.effect!)}`;
  const sizes =
    spec.design === "paired"
      ? question.solveFor === "sample-size"
        ? "nfractional\n    ntotal=."
        : `ntotal=${sasNumber(s.total!)}`
      : sasTwoGroupSizes(s, question);
  const statement = spec.design === "paired" ? "onesamplemeans" : "twosamplemeans";
  const test = spec.design === "paired" ? "equiv" : ratio ? "equiv_ratio" : "equiv_diff";
  const mean = spec.design === "paired" ? `mean=${sasNumber(s.effect!)}` : effect;
  return `proc power;
  ${statement} test=${test}${ratio ? " dist=lognormal" : ""}
    lower=${sasNumber(s.lower!)} upper=${sasNumber(s.upper!)}
    ${mean}
    ${spread}
    ${sizes}
    alpha=${sasNumber(s.alpha!)}
    power=${question.solveFor === "power" ? "." : sasNumber(s.power!)};
run;
`;
}
