import { z } from "zod";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { sasNumber } from "../../program-code/sas-literal.ts";
import { withChosenFirst } from "../means/means-conventions.ts";
import { sasSides } from "../means/means-sas.ts";
import type { PowerConvention, PowerReport } from "../power-report.ts";
import { severalValues } from "../several-values.ts";
import { solveSize } from "../solve-power.ts";
import { answerPowerQuestion, type PowerMethod } from "../two-arm-power.ts";
import { effectDirectionSchema, twoArmShape } from "../two-arm-spec.ts";
import { searchExactSize } from "./exact-search.ts";
import { type ExactTest, type RejectionLimits, rejectionLimits, rejectionProbability } from "./exact-two-by-two.ts";
import { powerOfRates } from "./rates-test.ts";
import { RATE_FIELDS } from "./two-rates.ts";

const CONVENTIONS: Readonly<Record<ExactTest, PowerConvention>> = {
  fisher: {
    id: "fisher",
    name: "Fisher's exact test, exact unconditional power",
    software: ["nQuery", "East (Fisher)", "SAS PROC POWER (TEST=FISHER, approximately)"],
    note: "Rejects by the conditional p-value; the power is summed over all tables. The true error is well below alpha in small trials.",
  },
  "z-pooled": {
    id: "z-pooled",
    name: "pooled z test (chi-square), exact power",
    software: ["StatXact"],
    note: "Rejects at the normal critical value; the power is summed over all tables, and the true error can exceed alpha.",
  },
  "z-unpooled": {
    id: "z-unpooled",
    name: "unpooled z test, exact power",
    software: ["StatXact"],
    note: "As the pooled z test with the unpooled standard error; the true error can exceed alpha more.",
  },
  boschloo: {
    id: "boschloo",
    name: "Boschloo's unconditional exact test",
    software: ["R package Exact", "StatXact"],
    note: "Orders tables by Fisher's p-value and uses all of alpha over every common proportion: always at least as powerful as Fisher's test.",
  },
  "z-pooled-exact": {
    id: "z-pooled-exact",
    name: "unconditional exact test on the pooled z (Suissa–Shuster)",
    software: ["R package Exact", "East (Barnard)"],
    note: "Orders tables by the pooled z and uses all of alpha over every common proportion.",
  },
};

const LARGEST_UNCONDITIONAL = 300;

/** Two proportions by tests on the exact distribution of both counts. */
export const exactRatesSpecSchema = z.object({
  method: z.literal("exact-rates"),
  ...twoArmShape,
  experimentalRate: severalValues("open-unit", "Enter a proportion such as 0.35, not a percentage.")
    .optional()
    .describe("True proportion in the experimental arm."),
  controlRate: severalValues("open-unit", "Enter a proportion such as 0.35, not a percentage.").describe(
    "True proportion in the control arm.",
  ),
  alternative: z
    .enum(["greater", "less"])
    .optional()
    .describe("Direction tested; that of the true difference if not given. Needed for equal proportions (true error)."),
  direction: effectDirectionSchema,
  exactSize: z.enum(["first", "lasting"]).default("lasting"),
  convention: z.enum(["fisher", "z-pooled", "z-unpooled", "boschloo", "z-pooled-exact"]).default("fisher"),
});
export type ExactRatesSpec = z.infer<typeof exactRatesSpecSchema>;

/**
 * Exact unconditional power and size of tests of two proportions (METHODS.md eq. (P22), (P23)). A two-sided test is two
 * one-sided tests at alpha/2, of which the one in the direction of the effect counts.
 *
 * @throws DomainError naming the field at fault.
 * Reference values: tests/reference/power_rates.json.
 */
export function computeExactRates(spec: ExactRatesSpec): PowerReport {
  const { sides, convention } = spec;
  if (spec.solveFor === "alpha")
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "solveFor",
      received: "alpha",
      requirement: "must not be alpha for an exact test, whose error level moves in steps",
      hint: "Use the z test, or solve for power at several values of alpha.",
    });
  const method: PowerMethod = {
    name: "two proportions, exact",
    conventions: withChosenFirst(CONVENTIONS, convention, exactRatesSpecSchema.shape.convention.unwrap().options),
    choices: [{ field: "exactSize", label: "Exact size", unit: "", values: [spec.exactSize] }],
    groups: 2,
    parameters: [{ field: RATE_FIELDS.controlRate, values: spec.controlRate }],
    effect: { field: RATE_FIELDS.experimentalRate, values: spec.experimentalRate },
    fewestPerArm: 1,
    powerFunction: (s) => {
      const p0 = s.controlRate!;
      const limits = new Map<string, RejectionLimits>();
      const limitsAt = (n1: number, n0: number, tail: number) => {
        const key = `${n1} ${n0} ${tail}`;
        let known = limits.get(key);
        if (known === undefined) {
          assertFeasible(convention, n1, n0);
          known = rejectionLimits(convention, n1, n0, tail);
          limits.set(key, known);
        }
        return known;
      };
      const greater = (p1: number) =>
        (spec.solveFor === "effect" ? spec.direction : (spec.alternative ?? (p1 >= p0 ? "greater" : "less"))) ===
        "greater";
      // Fewer responders are tested as more non-responders.
      const powerAt = (n1: number, n0: number, p1: number, alpha: number) => {
        const known = limitsAt(n1, n0, alpha / sides);
        return greater(p1)
          ? rejectionProbability(known, n1, n0, p1, p0)
          : rejectionProbability(known, n1, n0, 1 - p1, 1 - p0);
      };
      const whole = (n1: number, n0: number): [number, number] => [Math.floor(n1 + 1e-9), Math.floor(n0 + 1e-9)];
      return {
        powerAt: (n1, n0, p1, alpha) => powerAt(...whole(n1, n0), p1, alpha),
        nullEffect: p0,
        fewest: 2,
        effectRange: () => ({ nullEffect: p0, limit: spec.direction === "greater" ? 1 : 0, step: 0.02 }),
        errorInDirection: (alpha) => alpha / sides,
        searchSizes: (power, p1, alpha, ratio) => {
          const rates = { experimental: p1, control: p0, measure: "risk-difference", nullValue: 0 } as const;
          const guess = solveSize(
            (n0) => powerOfRates("continuity-corrected", rates, n0 * ratio, n0, alpha / sides),
            power,
            1,
            "experimentalRate",
          );
          const armsAt = (control: number): [number, number] => [
            Math.max(1, Math.ceil(control * ratio * (1 - 1e-10))),
            control,
          ];
          if (Math.ceil(1.5 * guess) + 50 > LARGEST_UNCONDITIONAL && isUnconditional(convention))
            assertFeasible(convention, Math.ceil(1.5 * guess) + 50, 1);
          const control = searchExactSize((n0) => powerAt(...armsAt(n0), p1, alpha), power, guess, spec.exactSize);
          const [experimental] = armsAt(control);
          return { experimental, control };
        },
        further: (n1, n0, p1, alpha) => {
          const known = limitsAt(...whole(n1, n0), alpha / sides);
          const common = greater(p1) ? p0 : 1 - p0;
          return { error: rejectionProbability(known, ...whole(n1, n0), common, common) };
        },
      };
    },
    furtherOutputs: [
      {
        key: "error",
        title: "True error at the control proportion, in the direction tested",
        unit: "",
        kind: "number",
      },
    ],
    rFunctions: rFunctions(spec),
    rSearchSizes: rSearch(spec),
    sas: (s, question) =>
      convention === "fisher" && question.solveFor === "power"
        ? `proc power;
  twosamplefreq test=fisher
    sides=${sasSides(sides, s.experimentalRate! > s.controlRate!)}
    groupproportions=(${sasNumber(s.controlRate!)} ${sasNumber(s.experimentalRate!)})
    groupns=(${sasNumber(s.control ?? s.total! / (1 + s.ratio!))} ${sasNumber(s.experimental ?? (s.total! * s.ratio!) / (1 + s.ratio!))})
    alpha=${sasNumber(s.alpha!)}
    power=.;
run;
`
        : null,
    sasNote:
      convention === "fisher"
        ? "PROC POWER approximates the power of Fisher's test (Walters) and does not sum over the tables."
        : "PROC POWER has no exact unconditional power.",
  };
  assertWholeSizes(spec);
  return answerPowerQuestion(spec, method);
}

const isUnconditional = (convention: ExactTest) => convention === "boschloo" || convention === "z-pooled-exact";

function assertFeasible(convention: ExactTest, n1: number, n0: number): void {
  if (isUnconditional(convention) && Math.max(n1, n0) > LARGEST_UNCONDITIONAL)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "convention",
      received: convention,
      requirement: `must be "fisher" or a z test for more than ${LARGEST_UNCONDITIONAL} subjects an arm`,
      hint: "At this size the pooled z test keeps its error closely.",
    });
  if (Math.max(n1, n0) > 20_000)
    throw invalidInput("total", n1 + n0, "must not exceed 20,000 subjects an arm for an exact sum", "Use the z test.");
}

function assertWholeSizes(spec: ExactRatesSpec): void {
  for (const name of ["experimental", "control"] as const) {
    const values = spec[name];
    for (const value of values === undefined ? [] : typeof values === "number" ? [values] : values)
      if (!Number.isInteger(value)) throw invalidInput(name, value, "must be a whole number for an exact test");
  }
}

function rFunctions({ convention, sides, alternative, direction, solveFor }: ExactRatesSpec): string {
  const rejects = {
    fisher: "phyper(x1 - 1, n1, n0, x1 + x0, lower.tail = FALSE) <= tail * (1 + 1e-12)",
    "z-pooled": "pooled_z(x1, x0, n1, n0) >= qnorm(tail, lower.tail = FALSE)",
    "z-unpooled": "unpooled_z(x1, x0, n1, n0) >= qnorm(tail, lower.tail = FALSE)",
    boschloo: "unconditional(-phyper(x1 - 1, n1, n0, x1 + x0, lower.tail = FALSE), n1, n0, tail)",
    "z-pooled-exact": "unconditional(pooled_z(x1, x0, n1, n0), n1, n0, tail)",
  }[convention];
  const greater =
    solveFor === "effect"
      ? `${direction === "greater" ? "TRUE" : "FALSE"}`
      : alternative === undefined
        ? "effect >= s$controlRate"
        : alternative === "greater"
          ? "TRUE"
          : "FALSE";
  return `pooled_z <- function(x1, x0, n1, n0) {
  p <- (x1 + x0) / (n1 + n0)
  v <- p * (1 - p) * (1 / n1 + 1 / n0)
  ifelse(v == 0, 0, (x1 / n1 - x0 / n0) / sqrt(v))
}
unpooled_z <- function(x1, x0, n1, n0) {
  v <- x1 / n1 * (1 - x1 / n1) / n1 + x0 / n0 * (1 - x0 / n0) / n0
  ifelse(v == 0, ifelse(x1 / n1 > x0 / n0, Inf, ifelse(x1 / n1 == x0 / n0, 0, -Inf)), (x1 / n1 - x0 / n0) / sqrt(v))
}
unconditional <- function(statistic, n1, n0, tail) {
  angle <- seq(0, pi / 2, length.out = 2001)
  tables <- sapply(sin(angle)^2, function(p) outer(dbinom(0:n1, n1, p), dbinom(0:n0, n0, p)))
  levels <- sort(unique(signif(as.vector(statistic), 12)), decreasing = TRUE)
  size <- function(i) max(colSums(tables[signif(as.vector(statistic), 12) >= levels[i], , drop = FALSE]))
  inside <- 0
  outside <- length(levels) + 1
  while (outside - inside > 1) {
    middle <- (inside + outside) %/% 2
    if (size(middle) <= tail) inside <- middle else outside <- middle
  }
  if (inside == 0) statistic > Inf else signif(statistic, 12) >= levels[inside]
}
power_at <- function(s, n1, n0, effect, alpha) {
  n1 <- floor(n1 + 1e-9)
  n0 <- floor(n0 + 1e-9)
  tail <- alpha / ${sides}
  greater <- ${greater}
  p1 <- if (greater) effect else 1 - effect
  p0 <- if (greater) s$controlRate else 1 - s$controlRate
  x1 <- outer(0:n1, rep(1, n0 + 1))
  x0 <- outer(rep(1, n1 + 1), 0:n0)
  rejects <- ${rejects}
  sum(outer(dbinom(0:n1, n1, p1), dbinom(0:n0, n0, p0))[rejects])
}
effect_range <- function(s, n1, n0) list(null = s$controlRate, limit = ${direction === "greater" ? 1 : 0}, step = 0.02)
fewest <- function(s) 2`;
}

function rSearch({ exactSize, sides }: ExactRatesSpec): string {
  return `function(s) {
  arms <- function(n0) c(max(1, ceiling(n0 * s$ratio * (1 - 1e-10))), n0)
  power_of <- function(n0) power_at(s, arms(n0)[1], n0, s$experimentalRate, s$alpha)
  approximate <- function(n0) {
    lost <- (s$ratio + 1) / (2 * s$ratio * abs(s$experimentalRate - s$controlRate))
    if (n0 <= lost) return(0)
    n <- (n0 - lost)^2 / n0
    p <- (s$ratio * s$experimentalRate + s$controlRate) / (1 + s$ratio)
    v <- function(a, b) (a * (1 - a) / s$ratio + b * (1 - b)) / n
    pnorm((abs(s$experimentalRate - s$controlRate) - qnorm(s$alpha / ${sides}, lower.tail = FALSE) * sqrt(v(p, p))) /
      sqrt(v(s$experimentalRate, s$controlRate)))
  }
  last <- ceiling(1.5 * solve_size(function(n0) approximate(n0) - s$power, 1)) + 50
${
  exactSize === "first"
    ? "  n0 <- 1\n  while (power_of(n0) < s$power) n0 <- n0 + 1"
    : "  n0 <- if (power_of(last) < s$power) 2 * last else last\n  while (n0 > 1 && power_of(n0 - 1) >= s$power) n0 <- n0 - 1"
}
  data.frame(unrounded = NA, experimental = arms(n0)[1], control = n0, subjects = sum(arms(n0)), achieved = power_of(n0))
}`;
}
