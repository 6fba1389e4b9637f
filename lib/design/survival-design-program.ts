import { rPowerProgram } from "../power/power-program.ts";
import type { Settings } from "../power/power-sweep.ts";
import { R_SOLVE_RATIO, rCourseFunctions, rDrift } from "../power/survival/survival-power-program.ts";
import type { ProgramCode } from "../program-code/program-code.ts";
import { designProgram } from "./design-program.ts";
import { planOf } from "./design-spec.ts";
import { R_SOLVE_ERROR, rDesignAt, rOperation } from "./sequential-size-program.ts";
import type { SurvivalDesignSpec } from "./survival-design-spec.ts";

/**
 * Base R program of a group sequential trial with events: the plan of the first row by recursion, then events, subjects and
 * calendar times of every row by quadrature; prints the answers as CSV and a data frame `stages` of the first row.
 */
export function survivalDesignProgram(spec: SurvivalDesignSpec, rows: readonly Settings[]): ProgramCode {
  const { oneSidedAlpha = 0.025, power = 0.9 } = rows[0] ?? {};
  const design = designProgram(planOf(spec, oneSidedAlpha, power), [1]);
  const program = rPowerProgram({
    title: "Events, subjects and calendar times",
    rows,
    functions: `${rDesignAt(spec)}\n${rOperation(spec)}\n${rCourseFunctions(spec)}\n${rEvents(spec)}\n${rAnswers(spec)}`,
    solve: rSolve(spec),
    withSolvers: false,
  });
  return {
    r: `${design.r.trimEnd()}\n\n${program}\n${rStages()}`,
    rPackages: design.rPackages,
    sas: design.sas,
    sasNote: design.sasNote,
  };
}

/** R functions `fixed_events(s, hr, end)` and `drift_with(s, hr, end, events)`. */
function rEvents({ convention }: SurvivalDesignSpec): string {
  if (convention === "lachin-foulkes")
    return `errors <- function(of, s, hr, end) sqrt(sum(1 / of(s, hr, end)))
per_subject <- function(s, hr, end) sum(under_effect(s, hr, end))
fixed_events <- function(s, hr, end) per_subject(s, hr, end) *
  ((qnorm(1 - alpha) * errors(under_null, s, hr, end) + qnorm(power) * errors(under_effect, s, hr, end)) / log(hr / s$nullHazardRatio))^2
drift_with <- function(s, hr, end, events) {
  if (hr == s$nullHazardRatio) return(0)
  effect <- abs(log(hr / s$nullHazardRatio)) * sqrt(events / per_subject(s, hr, end))
  qnorm(1 - alpha) + (effect - qnorm(1 - alpha) * errors(under_null, s, hr, end)) / errors(under_effect, s, hr, end)
}`;
  return `per_subject <- function(s, hr, end) sum(under_effect(s, hr, end))
fixed_events <- function(s, hr, end) ((qnorm(1 - alpha) + qnorm(power)) / (${rDrift(convention)}))^2
drift_with <- function(s, hr, end, events) (${rDrift(convention)}) * sqrt(events)`;
}

/** R functions of the events of a design, of a given size, and of the answers of a row. */
function rAnswers({ solveFor, events }: SurvivalDesignSpec): string {
  const given = events === undefined ? "s$total * per_subject(s, hr, end)" : "s$events";
  const sizes =
    solveFor === "sample-size"
      ? `fixedEvents = events / growth(), experimental = arms[1], control = arms[2], subjects = sum(arms)`
      : "answer = answer";
  return `growth <- function() (drift / (qnorm(1 - alpha) + qnorm(power)))^2
events_given <- function(s, hr, end) ${given}
reach <- function(s, hr, end, share) if (share >= 1 - 1e-12) end else {
  all <- per_subject(s, hr, end)
  uniroot(function(time) per_subject(s, hr, time) / all - share, c(1e-9, end), tol = 1e-11 * end)$root
}
answers_of <- function(s, hr, end, events, d, answer) {
  x <- crossing(b$u, b$l, d, b$i)
  stops <- x$up + x$down + x$accepted
  stops[K] <- 1 - sum(stops[-K])
  subjects <- events / per_subject(s, hr, end)
  arms <- ceiling(subjects * c(s$ratio, 1) / (1 + s$ratio) * (1 - 1e-10))
  times <- sapply(t, function(share) reach(s, hr, end, share))
  if (is.null(first_row)) first_row <<- list(s = s, hr = hr, end = end, events = events, times = times, u = b$u)
  data.frame(${sizes}, unroundedEvents = events, unrounded = subjects, duration = end,
             expectedEvents = events * sum(t * stops), expectedDuration = sum(stops * times), earlyStop = sum(stops[-K]))
}
first_row <- NULL`;
}

/** R: answer of one row. */
function rSolve({ solveFor, direction }: SurvivalDesignSpec): string {
  const finish = (hr: string, answer: string) =>
    `answers_of(s, ${hr}, end, events_given(s, ${hr}, end), drift_with(s, ${hr}, end, events_given(s, ${hr}, end)), ${answer})`;
  const powerAt = (hr: string) => `operation(drift_with(s, ${hr}, end, events_given(s, ${hr}, end)))$power`;
  switch (solveFor) {
    case "sample-size":
      return `function(s) {
  design_at(s$oneSidedAlpha, s$power)
  end <- end_of(s); hr <- s$hazardRatio
  answers_of(s, hr, end, fixed_events(s, hr, end) * growth(), drift, NA)
}`;
    case "duration":
      return `function(s) {
  design_at(s$oneSidedAlpha, s$power)
  hr <- s$hazardRatio
  excess <- function(end) fixed_events(s, hr, end) * growth() / per_subject(s, hr, end) - s$total
  to <- sum(accrual(s)$durations); while (excess(to) > 0) { to <- 2 * to; stopifnot(to < 1e9) }
  from <- to / 2; while (excess(from) <= 0) from <- from / 2
  end <- uniroot(excess, c(from, to), tol = 1e-12 * to)$root
  answers_of(s, hr, end, fixed_events(s, hr, end) * growth(), drift, end)
}`;
    case "power":
      return `function(s) {
  design_at(s$oneSidedAlpha, s$power)
  end <- end_of(s); hr <- s$hazardRatio
  ${finish("hr", powerAt("hr"))}
}`;
    case "effect":
      return `function(s) {
  design_at(s$oneSidedAlpha, s$power)
  end <- end_of(s)
  power_at <- function(s, hr, alpha) ${powerAt("hr")}
  ${R_SOLVE_RATIO}
  hr <- solve_ratio(s, ${direction === "less" ? "-1" : "1"})
  ${finish("hr", "hr")}
}`;
    case "alpha":
      return `function(s) {
  end <- end_of(s); hr <- s$hazardRatio
  at_error <- function(log_alpha) { design_at(exp(log_alpha), s$power); data.frame(power = ${powerAt("hr")}) }
  answer <- ${R_SOLVE_ERROR}
  design_at(answer, s$power)
  ${finish("hr", "answer")}
}`;
  }
}

function rStages(): string {
  const lines = [
    "# Analyses of the first row",
    "stages <- with(first_row, {",
    "  direction <- if (hr < s$nullHazardRatio) -1 else 1",
    "  data.frame(analysis = seq_len(K), events = events * t, time = times,",
    "             hazard_ratio = s$nullHazardRatio * exp(direction * u * (1 + s$ratio) / sqrt(s$ratio * events * t)))",
    "})",
    "print(stages, digits = 10)",
    "",
  ];
  return lines.join("\n");
}
