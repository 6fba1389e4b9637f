import { z } from "zod";
import { sasNumber } from "../../program-code/sas-literal.ts";
import type { PowerConvention, PowerReport } from "../power-report.ts";
import { severalValues } from "../several-values.ts";
import { answerPowerQuestion, type PowerMethod } from "../two-arm-power.ts";
import { effectDirectionSchema, twoArmShape } from "../two-arm-spec.ts";
import { powerUnderConvention, withChosenFirst } from "./means-conventions.ts";
import { sasTwoMeans } from "./means-sas.ts";
import { MEANS_FIELDS } from "./two-means.ts";
import { exactWelchPower, satterthwaiteDegreesOfFreedom } from "./welch-power.ts";

type WelchConvention = "exact" | "exact-both-tails" | "satterthwaite" | "normal";

const CONVENTIONS: Readonly<Record<WelchConvention, PowerConvention>> = {
  exact: {
    id: "exact",
    name: "exact over the estimated variances, rejections in the direction of the effect",
    software: [],
    note: "Averages the power over what the sample variances, and with them the estimated degrees of freedom, can be; counts rejections in the direction of the effect.",
  },
  "exact-both-tails": {
    id: "exact-both-tails",
    name: "exact over the estimated variances, rejections in both directions",
    software: ["SAS PROC POWER (TEST=DIFF_SATT)"],
    note: "As the exact power, but a two-sided test also counts rejections in the wrong direction.",
  },
  satterthwaite: {
    id: "satterthwaite",
    name: "noncentral t with Satterthwaite's degrees of freedom at the true variances",
    software: ["nQuery (unequal variances)", "PASS"],
    note: "Treats the degrees of freedom as if the variances were known when they are computed; within a subject or two of the exact size.",
  },
  normal: {
    id: "normal",
    name: "normal approximation (variances taken as known)",
    software: ["gsDesign nNormal (sd2)"],
    note: "Takes both variances as known and is therefore smaller than the exact size.",
  },
};

/** Two independent groups with unequal variances: Welch's t test. */
export const welchSpecSchema = z.object({
  method: z.literal("welch"),
  ...twoArmShape,
  effect: severalValues("finite").optional().describe("Expected difference experimental − control, analysis scale."),
  nullValue: severalValues("finite").optional().describe("Difference under the null hypothesis; 0 if not given."),
  experimentalSd: severalValues(
    "positive",
    "Enter the standard deviation, not the standard error or the variance.",
  ).describe("SD in the experimental arm."),
  controlSd: severalValues(
    "positive",
    "Enter the standard deviation, not the standard error or the variance.",
  ).describe("SD in the control arm."),
  direction: effectDirectionSchema,
  convention: z
    .enum(["exact", "exact-both-tails", "satterthwaite", "normal"])
    .default("exact")
    .describe("How power is computed."),
});
export type WelchSpec = z.infer<typeof welchSpecSchema>;

const R_FUNCTIONS: Readonly<Record<WelchConvention, (tail: string, both: boolean) => string>> = {
  exact: rExact,
  "exact-both-tails": rExact,
  satterthwaite: (tail) => `power_at <- function(s, n1, n0, effect, alpha) {
  if (min(n1, n0) <= 1) return(0)
  a <- s$experimentalSd^2 / n1
  b <- s$controlSd^2 / n0
  df <- (a + b)^2 / (a^2 / (n1 - 1) + b^2 / (n0 - 1))
  pt(qt(${tail}, df, lower.tail = FALSE), df, abs(effect - s$nullValue) / sqrt(a + b), lower.tail = FALSE)
}`,
  normal: (tail) => `power_at <- function(s, n1, n0, effect, alpha)
  pnorm(abs(effect - s$nullValue) / sqrt(s$experimentalSd^2 / n1 + s$controlSd^2 / n0) - qnorm(${tail}, lower.tail = FALSE))`,
};

function rExact(tail: string, both: boolean): string {
  return `power_at <- function(s, n1, n0, effect, alpha) {
  if (min(n1, n0) <= 1) return(0)
  v1 <- s$experimentalSd^2 / n1
  v0 <- s$controlSd^2 / n0
  ncp <- abs(effect - s$nullValue) / sqrt(v1 + v0)
  given <- function(u) {
    f <- qf(u, n1 - 1, n0 - 1)
    a <- f * v1
    df <- (a + v0)^2 / (a^2 / (n1 - 1) + v0^2 / (n0 - 1))
    scale <- sqrt((v1 + v0) * ((n1 - 1) * f + n0 - 1) / ((n1 + n0 - 2) * (a + v0)))
    critical <- qt(${tail}, df, lower.tail = FALSE) / scale
    pt(critical, n1 + n0 - 2, ncp, lower.tail = FALSE)${both ? " + pt(-critical, n1 + n0 - 2, ncp)" : ""}
  }
  integrate(given, 0, 1, rel.tol = 1e-10, subdivisions = 1000)$value
}`;
}

/**
 * Power and size of Welch's t test (METHODS.md eq. (P9), (P10)).
 *
 * @throws DomainError naming the field at fault.
 */
export function computeWelch(spec: WelchSpec): PowerReport {
  const { sides, convention } = spec;
  const tail = sides === 1 ? "alpha" : "alpha / 2";
  const both = convention === "exact-both-tails" && sides === 2;
  const method: PowerMethod = {
    name: "Welch's t test, unequal variances",
    conventions: withChosenFirst(CONVENTIONS, convention, welchSpecSchema.shape.convention.unwrap().options),
    choices: [],
    groups: 2,
    parameters: [
      { field: MEANS_FIELDS.nullValue, values: spec.nullValue ?? 0 },
      {
        field: { ...MEANS_FIELDS.standardDeviation, name: "experimentalSd", label: "SD experimental" },
        values: spec.experimentalSd,
      },
      { field: { ...MEANS_FIELDS.standardDeviation, name: "controlSd", label: "SD control" }, values: spec.controlSd },
    ],
    effect: { field: MEANS_FIELDS.effect, values: spec.effect },
    fewestPerArm: 2,
    powerFunction: (s) => {
      const sd = { experimentalSd: s.experimentalSd!, controlSd: s.controlSd! };
      const se = (n1: number, n0: number) => Math.sqrt(sd.experimentalSd ** 2 / n1 + sd.controlSd ** 2 / n0);
      const ratio = s.ratio ?? 1;
      return {
        powerAt: (n1, n0, effect, alpha) => {
          const distance = effect - s.nullValue!;
          if (convention === "normal")
            return powerUnderConvention("normal", Math.abs(distance) / se(n1, n0), Infinity, n1 + n0, alpha, sides);
          if (!(Math.min(n1, n0) > 1)) return 0;
          if (convention === "satterthwaite")
            return powerUnderConvention(
              "noncentral-t",
              Math.abs(distance) / se(n1, n0),
              satterthwaiteDegreesOfFreedom(sd, n1, n0),
              n1 + n0,
              alpha,
              sides,
            );
          return exactWelchPower(distance, sd, n1, n0, alpha / sides, both);
        },
        nullEffect: s.nullValue!,
        fewest: convention === "normal" ? 1e-6 : 2 * (1 + Math.max(ratio, 1 / ratio)),
        effectRange: (n1, n0) => ({
          nullEffect: s.nullValue!,
          limit: spec.direction === "greater" ? Infinity : -Infinity,
          step: se(n1, n0),
        }),
        errorInDirection: (alpha) => (both ? alpha : alpha / sides),
      };
    },
    rFunctions: `${R_FUNCTIONS[convention](tail, both)}
fewest <- function(s) ${convention === "normal" ? "1e-6" : "2 * (1 + max(s$ratio, 1 / s$ratio))"}
effect_range <- function(s, n1, n0)
  list(null = s$nullValue, limit = ${spec.direction === "greater" ? "Inf" : "-Inf"},
       step = sqrt(s$experimentalSd^2 / n1 + s$controlSd^2 / n0))`,
    ...(convention === "normal"
      ? {}
      : {
          sas: (s, question) =>
            question.solveFor === "alpha" || question.solveFor === "effect"
              ? null
              : sasTwoMeans(
                  s,
                  question,
                  `test=diff_satt\n    groupstddevs=(${sasNumber(s.experimentalSd!)} ${sasNumber(s.controlSd!)})`,
                ),
        }),
    sasNote:
      convention === "normal"
        ? "PROC POWER has no normal approximation of the t test."
        : "PROC POWER computes the exact power, counts both directions of a two-sided test, and solves for power and sample size only.",
  };
  return answerPowerQuestion(spec, method);
}
