import { rPowerProgram } from "../power/power-program.ts";
import type { Settings } from "../power/power-sweep.ts";
import type { ProgramCode } from "../program-code/program-code.ts";
import { designProgram, driftLines, ruleLines } from "./design-program.ts";
import { type DesignRules, planOf } from "./design-spec.ts";
import type { CountedRejections } from "./sequential-size.ts";
import type { SequentialQuestionSpec } from "./sequential-size-spec.ts";

/** What is asked of the bounds. */
export interface SequentialQuestion {
  readonly solveFor: "sample-size" | "power" | "effect" | "alpha";
  /** Column of the settings that holds the effect. */
  readonly effectField: string;
  readonly answers: "sizes" | "power" | "solved";
}

/** R functions and limits of an endpoint. */
interface EndpointProgram {
  readonly r: string;
  readonly fewest: number;
}

/**
 * Programs of a group sequential question: the design of the first row as it is printed for any design, then every row with
 * the design of its own errors.
 */
export function sequentialProgram(
  spec: SequentialQuestionSpec,
  question: SequentialQuestion,
  endpoint: EndpointProgram,
  rows: readonly Settings[],
): ProgramCode {
  const { oneSidedAlpha = 0.025, power = 0.9 } = rows[0] ?? {};
  const first = planOf(spec, oneSidedAlpha, power);
  const base = designProgram(first, [0]);
  const program = rPowerProgram({
    title: "Sizes and power by the bounds above",
    rows,
    functions: `${rDesignAt(spec)}\n${endpoint.r}\n${rOperation(spec)}`,
    solve: rSolve(question, endpoint.fewest),
  });
  return {
    r: `${base.r}\n${program}`,
    rPackages: base.rPackages,
    sas: base.sas,
    sasNote:
      base.sas === null
        ? base.sasNote
        : `Bounds and information of the first row only: multiply the fixed size by the inflation factor. ${base.sasNote}`.trim(),
  };
}

/** R function that makes the bounds `b` and the `drift` of the same rules for other errors. */
export function rDesignAt(spec: DesignRules): string {
  const plan = planOf(spec, 0.025, 0.9);
  return `home <- environment()
rules <- quote({
${[...ruleLines(plan), ...driftLines(plan)].join("\n")}
})
design_at <- function(new_alpha, new_power) {
  if (new_alpha == alpha && new_power == power) return(invisible())
  alpha <<- new_alpha; power <<- new_power
  eval(rules, home)
}`;
}

/** R function that says what the bounds do at a drift: a one-row data frame, expected size as a share of the largest. */
export function rOperation(spec: DesignRules): string {
  const twoSided = spec.sides === "symmetric-two-sided";
  const counted: CountedRejections = spec.powerCounts ?? "either-direction";
  return `operation <- function(d) {
  x <- crossing(b$u, b$l, d, b$i)
  reject <- x$up${twoSided && counted === "either-direction" ? " + x$down" : ""}
  futility <- ${twoSided ? "x$accepted" : "x$down"}
  stops <- x$up + x$down + x$accepted
  stops[K] <- 1 - sum(stops[-K])
  data.frame(power = sum(reject), share = sum(t * stops), earlyStop = sum(stops[-K]), futility = sum(futility[-K]))
}`;
}

/** R: answer of one row. */
function rSolve({ solveFor, effectField }: SequentialQuestion, fewest: number): string {
  const finish =
    "data.frame(answer = answer, expected = s$total * x$share, earlyStop = x$earlyStop, futility = x$futility)";
  switch (solveFor) {
    case "sample-size":
      return `function(s) {
  design_at(s$oneSidedAlpha, s$power)
  arms <- function(n) n * c(s$ratio, 1) / (1 + s$ratio)
  single <- solve_size(function(n) power_at(s, arms(n)[1], arms(n)[2], effect_of(s), alpha) - power, ${fewest})
  total <- single * (drift / (qnorm(1 - alpha) + qnorm(power)))^2
  sizes <- ceiling(arms(total) * (1 - 1e-10))
  data.frame(fixed = single, unrounded = total, experimental = sizes[1], control = sizes[2], subjects = sum(sizes),
             expectedNull = total * operation(0)$share, expectedHalf = total * operation(drift / 2)$share,
             expected = total * operation(drift)$share)
}`;
    case "power":
      return `function(s) {
  design_at(s$oneSidedAlpha, s$power)
  x <- operation(drift_of(s, s$total)); answer <- x$power
  ${finish}
}`;
    case "effect":
      return `function(s) {
  design_at(s$oneSidedAlpha, s$power)
  range <- effect_range(s, s$total)
  with_effect <- function(x) { s$${effectField} <- x; s }
  answer <- solve_effect(function(x) operation(drift_of(with_effect(x), s$total))$power - s$power,
                         range$null, range$limit, range$step)
  x <- operation(drift_of(with_effect(answer), s$total))
  ${finish}
}`;
    case "alpha":
      return `function(s) {
  at_error <- function(log_alpha) { design_at(exp(log_alpha), s$power); operation(drift_of(s, s$total)) }
  answer <- ${R_SOLVE_ERROR}
  x <- at_error(log(answer))
  ${finish}
}`;
  }
}

/** R expression that searches the error in both directions from 0.025; needs `at_error` and `s$power`. */
export const R_SOLVE_ERROR = `local({
    excess <- function(x) at_error(x)$power - s$power
    largest <- log(min(0.5, s$power) * (1 - 1e-9))
    low <- high <- min(log(0.025), largest - 0.1); step <- 0.5
    if (excess(low) >= 0) while (excess(low) >= 0) { high <- low; low <- low - step; step <- 2 * step; stopifnot(low > -30) } else
      while (excess(high) < 0) { low <- high; high <- high + 0.5 * (largest - high) }
    exp(uniroot(excess, c(low, high), tol = 1e-12)$root)
  })`;
