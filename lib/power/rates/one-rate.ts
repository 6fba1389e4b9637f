import { z } from "zod";
import { DomainError } from "../../errors/domain-error.ts";
import { binomialCdf, binomialUpperTail } from "../../numerics/binomial.ts";
import { normalCdf, normalUpperQuantile } from "../../numerics/normal.ts";
import { sasNumber } from "../../program-code/sas-literal.ts";
import { withChosenFirst } from "../means/means-conventions.ts";
import { sasSides } from "../means/means-sas.ts";
import type { PowerConvention, PowerReport } from "../power-report.ts";
import type { Settings } from "../power-sweep.ts";
import { severalValues } from "../several-values.ts";
import { answerPowerQuestion, type PowerMethod, type PowerQuestion } from "../two-arm-power.ts";
import { effectDirectionSchema, oneGroupShape } from "../two-arm-spec.ts";
import { searchExactSize } from "./exact-search.ts";
import { RATE_FIELDS } from "./two-rates.ts";

type Convention = "null-variance" | "true-variance" | "arcsine" | "exact-binomial";

const CONVENTIONS: Readonly<Record<Convention, PowerConvention>> = {
  "null-variance": {
    id: "null-variance",
    name: "z test with the variance under the null hypothesis",
    software: ["rpact", "nQuery", "SAS PROC POWER (TEST=Z VAREST=NULL)"],
    note: "The critical value uses the variance under the null hypothesis, the power that under the alternative.",
  },
  "true-variance": {
    id: "true-variance",
    name: "z test with the estimated variance (Wald)",
    software: ["East (empirical variance)", "SAS PROC POWER (TEST=Z VAREST=SAMPLE, approximately)"],
    note: "Uses the variance under the alternative for the critical value as well.",
  },
  arcsine: {
    id: "arcsine",
    name: "arcsine transformation",
    software: ["R package pwr (pwr.p.test)"],
    note: "Works on 2 arcsin √p.",
  },
  "exact-binomial": {
    id: "exact-binomial",
    name: "exact binomial test",
    software: ["rpact (normalApproximation = FALSE)", "SAS PROC POWER (TEST=EXACT)", "gsDesign nBinomial1Sample"],
    note: "Sums binomial probabilities; the true error stays at or below alpha, and power goes up and down with the size.",
  },
};

/** One proportion against a fixed value. */
export const oneRateSpecSchema = z.object({
  method: z.literal("one-rate"),
  ...oneGroupShape,
  rate: severalValues("open-unit", "Enter a proportion such as 0.35, not a percentage.")
    .optional()
    .describe("True proportion."),
  nullValue: severalValues("open-unit").describe("Proportion under the null hypothesis."),
  direction: effectDirectionSchema,
  exactSize: z
    .enum(["first", "lasting"])
    .default("lasting")
    .describe("Exact test: the first size with the power, or the first from which on all sizes have it."),
  convention: z.enum(["null-variance", "true-variance", "arcsine", "exact-binomial"]).default("null-variance"),
});
export type OneRateSpec = z.infer<typeof oneRateSpecSchema>;

/** Rejection rule of the exact one-sided binomial test. */
interface ExactRule {
  /** Fewest (greater) or most (less) responders that reject; null when no outcome does. */
  readonly critical: number | null;
  readonly error: number;
}

/**
 * Critical number of responders (METHODS.md eq. (P21)).
 *
 * @param tail - Error in the direction tested.
 */
export function exactBinomialRule(n: number, nullRate: number, tail: number, greater: boolean): ExactRule {
  const size = (x: number) => (greater ? binomialUpperTail(x - 1, n, nullRate) : binomialCdf(x, n, nullRate));
  // Smallest x (greater) with P(X ≥ x) ≤ tail, largest (less) with P(X ≤ x) ≤ tail, by bisection.
  let [inside, outside] = greater ? [-1, n + 1] : [n + 1, -1];
  while (Math.abs(outside - inside) > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (size(middle) <= tail) outside = middle;
    else inside = middle;
  }
  if (outside < 0 || outside > n) return { critical: null, error: 0 };
  return { critical: outside, error: size(outside) };
}

/**
 * Power and size of tests of one proportion (METHODS.md eq. (P20)–(P22)).
 *
 * @throws DomainError naming the field at fault.
 * Reference values: tests/reference/power_rates.json.
 */
export function computeOneRate(spec: OneRateSpec): PowerReport {
  const { sides, convention } = spec;
  const exact = convention === "exact-binomial";
  if (exact && spec.solveFor === "alpha")
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "solveFor",
      received: "alpha",
      requirement: "must not be alpha for an exact test, whose error level moves in steps",
      hint: "Use an approximation, or solve for power at several values of alpha.",
    });
  const method: PowerMethod = {
    name: "one proportion",
    conventions: withChosenFirst(CONVENTIONS, convention, oneRateSpecSchema.shape.convention.unwrap().options),
    choices: exact ? [{ field: "exactSize", label: "Exact size", unit: "", values: [spec.exactSize] }] : [],
    groups: 1,
    parameters: [
      { field: { ...RATE_FIELDS.controlRate, name: "nullValue", label: "Null proportion" }, values: spec.nullValue },
    ],
    effect: { field: { ...RATE_FIELDS.experimentalRate, name: "rate", label: "Proportion" }, values: spec.rate },
    fewestPerArm: 1,
    powerFunction: (s) => {
      const nullRate = s.nullValue!;
      const powerAt = (n: number, rate: number, alpha: number) =>
        powerOfOneRate(convention, n, rate, nullRate, alpha / sides);
      return {
        powerAt: (n, _, rate, alpha) => powerAt(n, rate, alpha),
        nullEffect: nullRate,
        fewest: 1e-6,
        effectRange: () => ({ nullEffect: nullRate, limit: spec.direction === "greater" ? 1 : 0, step: 0.02 }),
        ...(exact
          ? {
              searchSizes: (power, rate, alpha) => {
                const zSum = normalUpperQuantile(alpha / sides) + normalUpperQuantile(1 - power);
                const guess = (zSum * zSum * 0.25) / (rate - nullRate) ** 2;
                const size = searchExactSize((n) => powerAt(n, rate, alpha), power, guess, spec.exactSize);
                return { experimental: size, control: 0 };
              },
              further: (n: number, _: number, rate: number, alpha: number) => {
                const rule = exactBinomialRule(Math.floor(n), nullRate, alpha / sides, rate > nullRate);
                return { critical: rule.critical, error: rule.error };
              },
            }
          : {}),
      };
    },
    ...(exact
      ? {
          furtherOutputs: [
            { key: "critical", title: "Responders at the critical limit", unit: "", kind: "count" },
            { key: "error", title: "True error in the direction tested", unit: "", kind: "number" },
          ] as const,
          rSearchSizes: rExactSearch(spec, "s$rate"),
        }
      : {}),
    rFunctions: rFunctions(spec),
    sas: (s, question) => sasOneRate(s, question, spec),
    sasNote:
      "PROC POWER solves for power and sample size; it also counts rejections in the wrong direction of a two-sided test.",
  };
  return answerPowerQuestion(spec, method);
}

function powerOfOneRate(convention: Convention, n: number, rate: number, nullRate: number, tail: number): number {
  const z = normalUpperQuantile(tail);
  const distance = Math.abs(rate - nullRate) * Math.sqrt(n);
  const trueSd = Math.sqrt(rate * (1 - rate));
  switch (convention) {
    case "null-variance":
      return normalCdf((distance - z * Math.sqrt(nullRate * (1 - nullRate))) / trueSd);
    case "true-variance":
      return normalCdf(distance / trueSd - z);
    case "arcsine":
      return normalCdf(2 * Math.abs(Math.asin(Math.sqrt(rate)) - Math.asin(Math.sqrt(nullRate))) * Math.sqrt(n) - z);
    case "exact-binomial": {
      const whole = Math.floor(n);
      const greater = rate >= nullRate;
      const { critical } = exactBinomialRule(whole, nullRate, tail, greater);
      if (critical === null) return 0;
      return greater ? binomialUpperTail(critical - 1, whole, rate) : binomialCdf(critical, whole, rate);
    }
  }
}

function rFunctions({ convention, sides, direction }: OneRateSpec): string {
  const tail = `alpha / ${sides}`;
  const power = {
    "null-variance": `power_at <- function(s, n1, n0, effect, alpha)
  pnorm((abs(effect - s$nullValue) * sqrt(n1) - qnorm(${tail}, lower.tail = FALSE) * sqrt(s$nullValue * (1 - s$nullValue))) /
    sqrt(effect * (1 - effect)))`,
    "true-variance": `power_at <- function(s, n1, n0, effect, alpha)
  pnorm(abs(effect - s$nullValue) * sqrt(n1) / sqrt(effect * (1 - effect)) - qnorm(${tail}, lower.tail = FALSE))`,
    arcsine: `power_at <- function(s, n1, n0, effect, alpha)
  pnorm(2 * abs(asin(sqrt(effect)) - asin(sqrt(s$nullValue))) * sqrt(n1) - qnorm(${tail}, lower.tail = FALSE))`,
    "exact-binomial": `power_at <- function(s, n1, n0, effect, alpha) {
  n <- floor(n1)
  x <- 0:n
  if (effect >= s$nullValue) rejects <- pbinom(x - 1, n, s$nullValue, lower.tail = FALSE) <= ${tail}
  else rejects <- pbinom(x, n, s$nullValue) <= ${tail}
  sum(dbinom(x[rejects], n, effect))
}`,
  }[convention];
  return `${power}
fewest <- function(s) 1e-6
effect_range <- function(s, n1, n0) list(null = s$nullValue, limit = ${direction === "greater" ? 1 : 0}, step = 0.02)`;
}

function rExactSearch({ exactSize, sides }: OneRateSpec, rate: string): string {
  return `function(s) {
  power_of <- function(n) power_at(s, n, 0, ${rate}, s$alpha)
  guess <- (qnorm(s$alpha / ${sides}, lower.tail = FALSE) + qnorm(s$power))^2 / 4 / (${rate} - s$nullValue)^2
  last <- ceiling(1.5 * guess) + 50
  reached <- sapply(1:(2 * last), power_of) >= s$power
  n <- ${exactSize === "first" ? "which(reached)[1]" : "{ m <- if (reached[last]) last else 2 * last; while (m > 1 && reached[m - 1]) m <- m - 1; m }"}
  data.frame(unrounded = NA, subjects = n, achieved = power_of(n))
}`;
}

function sasOneRate(s: Settings, question: PowerQuestion, { convention }: OneRateSpec): string | null {
  if (question.solveFor === "alpha" || question.solveFor === "effect" || convention === "arcsine") return null;
  if (convention === "exact-binomial" && question.solveFor === "sample-size") return null;
  const test = {
    "null-variance": "z varest=null method=normal",
    "true-variance": "z varest=sample method=normal",
    "exact-binomial": "exact",
  }[convention];
  const sizes = question.solveFor === "sample-size" ? "nfractional\n    ntotal=." : `ntotal=${sasNumber(s.total!)}`;
  return `proc power;
  onesamplefreq test=${test}
    sides=${sasSides(question.sides, s.rate! > s.nullValue!)}
    nullproportion=${sasNumber(s.nullValue!)}
    proportion=${sasNumber(s.rate!)}
    ${sizes}
    alpha=${sasNumber(s.alpha!)}
    power=${question.solveFor === "power" ? "." : sasNumber(s.power!)};
run;
`;
}
