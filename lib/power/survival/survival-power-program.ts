import { rNumbers, rString } from "../../program-code/r-literal.ts";
import type { SurvivalCourseSpec } from "./survival-course-spec.ts";

/** The part of the spec that the program depends on. */
interface ProgramSpec extends SurvivalCourseSpec {
  readonly solveFor: string;
  readonly convention: string;
  readonly sides: 1 | 2;
  readonly bothTails: boolean;
  readonly direction: "less" | "greater";
  readonly rounding: string;
}

/** R functions of the expected share of subjects with the event, by quadrature over the time of entry. */
export function rCourseFunctions(spec: SurvivalCourseSpec): string {
  const control =
    spec.controlHazard === null
      ? "control_hazard <- function(s) list(changes = numeric(0), rates = log(2) / s$controlMedian)"
      : `control_hazard <- function(s) list(changes = ${rNumbers(spec.controlHazard.changes)}, rates = ${rNumbers(spec.controlHazard.rates)})`;
  const accrual =
    spec.accrual === null
      ? "accrual <- function(s) list(durations = s$accrualDuration, rates = 1)"
      : `accrual <- function(s) list(durations = ${rNumbers(spec.accrual.durations)}, rates = ${rNumbers(spec.accrual.rates)})`;
  return `${control}
${accrual}
lost <- function(s, name) {
  share <- if (is.null(s[[name]])) s$dropout else s[[name]]
  if (is.null(share)) 0 else -log(1 - share) / s$dropoutTime
}
# Probability of an event within x of follow-up
event_by <- function(x, hazard, eta) sapply(x, function(f) {
  from <- c(0, hazard$changes); to <- pmin(c(hazard$changes, Inf), f)
  free <- 1; total <- 0
  for (k in seq_along(from)) if (to[k] > from[k]) {
    both <- hazard$rates[k] + eta; width <- to[k] - from[k]
    if (both > 0) total <- total + free * hazard$rates[k] / both * (1 - exp(-both * width))
    free <- free * exp(-both * width)
  }
  total
})
event_probability <- function(time, hazard, eta, entry) {
  starts <- cumsum(c(0, entry$durations))
  total <- 0
  for (k in seq_along(entry$durations)) {
    breaks <- sort(unique(pmin(pmax(c(starts[k], starts[k + 1], time, time - hazard$changes), starts[k]), min(starts[k + 1], max(time, starts[k])))))
    for (j in seq_len(length(breaks) - 1))
      total <- total + entry$rates[k] * integrate(function(at) event_by(time - at, hazard, eta), breaks[j], breaks[j + 1], rel.tol = 1e-11)$value
  }
  total / sum(entry$durations * entry$rates)
}
# Expected events of each arm per subject randomised: control, experimental
shares <- function(s, control, experimental, time) {
  entry <- accrual(s)
  c(event_probability(time, control, lost(s, "dropout"), entry),
    s$ratio * event_probability(time, experimental, lost(s, "dropoutExperimental"), entry)) / (1 + s$ratio)
}
scaled <- function(hazard, by) list(changes = hazard$changes, rates = hazard$rates * by)
under_effect <- function(s, hr, time) shares(s, control_hazard(s), scaled(control_hazard(s), hr), time)
under_null <- function(s, hr, time) {
  control <- scaled(control_hazard(s), (1 + hr * s$ratio) / (1 + s$nullHazardRatio * s$ratio))
  shares(s, control, scaled(control, s$nullHazardRatio), time)
}
end_of <- function(s) sum(accrual(s)$durations) + s$followUp`;
}

/** R expression of the drift per root event. */
export function rDrift(convention: string): string {
  switch (convention) {
    case "freedman":
      return "abs(1 - hr) * sqrt(s$ratio) / (1 + s$ratio * hr)";
    case "hsieh-freedman":
      return "2 * abs(1 - hr) * sqrt(s$ratio) / ((1 + s$ratio) * (1 + hr))";
    default:
      return "abs(log(hr / s$nullHazardRatio)) * sqrt(s$ratio) / (1 + s$ratio)";
  }
}

/** R functions of a survival calculation. */
export function rSurvivalFunctions(spec: ProgramSpec, onEvents: boolean): string {
  const other = spec.bothTails && spec.sides === 2 ? " + pnorm(-drift - critical)" : "";
  const events = `drift_per_root_event <- function(s, hr) ${rDrift(spec.convention)}
power_of_events <- function(s, hr, events, alpha) {
  critical <- qnorm(1 - alpha / ${spec.sides})
  drift <- drift_per_root_event(s, hr) * sqrt(events)
  pnorm(drift - critical)${other}
}
events_needed <- function(s, hr, alpha) {
  guess <- ((qnorm(1 - alpha / ${spec.sides}) + qnorm(s$power)) / drift_per_root_event(s, hr))^2
  uniroot(function(d) power_of_events(s, hr, d, alpha) - s$power, c(1e-6, 2 * guess + 1), tol = 1e-12 * guess)$root
}`;
  if (onEvents)
    return `${events}
power_at <- function(s, hr, alpha) power_of_events(s, hr, s$events, alpha)
${R_SOLVE_RATIO}`;
  const power =
    spec.convention === "lachin-foulkes"
      ? `power_with <- function(s, hr, alpha, time, n) {
  null <- sqrt(sum(1 / under_null(s, hr, time)))
  alternative <- sqrt(sum(1 / under_effect(s, hr, time)))
  pnorm((abs(log(hr / s$nullHazardRatio)) * sqrt(n) - qnorm(1 - alpha / ${spec.sides}) * null) / alternative)
}
subjects_needed <- function(s, time) {
  hr <- s$hazardRatio
  null <- sqrt(sum(1 / under_null(s, hr, time)))
  alternative <- sqrt(sum(1 / under_effect(s, hr, time)))
  ((qnorm(1 - s$alpha / ${spec.sides}) * null + qnorm(s$power) * alternative) / log(hr / s$nullHazardRatio))^2
}`
      : `power_with <- function(s, hr, alpha, time, n) power_of_events(s, hr, n * sum(under_effect(s, hr, time)), alpha)
subjects_needed <- function(s, time) events_needed(s, s$hazardRatio, s$alpha) / sum(under_effect(s, s$hazardRatio, time))`;
  return `${rCourseFunctions(spec)}
${spec.convention === "lachin-foulkes" ? "" : events}
${power}
power_at <- function(s, hr, alpha) power_with(s, hr, alpha, end_of(s), s$total)
at_end <- function(s, hr) data.frame(expectedEvents = s$total * sum(under_effect(s, hr, end_of(s))), duration = end_of(s))
${R_SOLVE_RATIO}`;
}

/** R function `solve_ratio(s, sign)`: the hazard ratio with the power; needs `power_at(s, hr, alpha)`. */
export const R_SOLVE_RATIO = `solve_ratio <- function(s, sign) {
  excess <- function(distance) power_at(s, s$nullHazardRatio * exp(sign * distance), if (is.null(s$alpha)) alpha else s$alpha) - s$power
  far <- 0.02; near <- 1e-12
  while (excess(far) < 0) { near <- far; far <- 1.2 * far; stopifnot(far < 12) }
  s$nullHazardRatio * exp(sign * uniroot(excess, c(near, far), tol = 1e-12)$root)
}`;

/** R function of one row of settings that returns its answers. */
export function rSurvivalSolve(spec: ProgramSpec, onEvents: boolean): string {
  switch (spec.solveFor) {
    case "events":
      return `function(s) {
  d <- events_needed(s, s$hazardRatio, s$alpha)
  data.frame(unroundedEvents = d, answer = ceiling(d * (1 - 1e-10)))
}`;
    case "power":
      return `function(s) {
  answer <- data.frame(answer = power_at(s, s$hazardRatio, s$alpha))
  ${onEvents ? "answer" : "cbind(answer, at_end(s, s$hazardRatio))"}
}`;
    case "effect":
      return `function(s) {
  hr <- solve_ratio(s, ${spec.direction === "less" ? -1 : 1})
  ${onEvents ? "data.frame(answer = hr)" : "cbind(data.frame(answer = hr), at_end(s, hr))"}
}`;
    case "alpha":
      return `function(s) {
  excess <- function(log_alpha) power_at(s, s$hazardRatio, exp(log_alpha)) - s$power
  alpha <- exp(uniroot(excess, log(c(1e-15, ${spec.sides === 1 ? "0.5" : "1"} * (1 - 1e-12))), tol = 1e-13)$root)
  ${onEvents ? "data.frame(answer = alpha)" : "cbind(data.frame(answer = alpha), at_end(s, s$hazardRatio))"}
}`;
    case "duration":
      return `function(s) {
  excess <- function(time) power_with(s, s$hazardRatio, s$alpha, time, s$total) - s$power
  entry <- sum(accrual(s)$durations)
  to <- entry
  while (excess(to) < 0) { to <- 2 * to; stopifnot(to < 1e9) }
  time <- uniroot(excess, c(1e-6 * entry, to), tol = 1e-11 * to)$root
  data.frame(answer = time, followUp = time - entry, expectedEvents = s$total * sum(under_effect(s, s$hazardRatio, time)))
}`;
    default:
      return `function(s) {
  end <- end_of(s)
  n <- subjects_needed(s, end)
  arms <- n * c(s$ratio, 1) / (1 + s$ratio)
  rounding <- ${rString(spec.rounding)}
  if (rounding == "each-arm") arms <- ceiling(arms * (1 - 1e-10)) else {
    weight <- which(abs(s$ratio * 1:100 - round(s$ratio * 1:100)) < 1e-9 * s$ratio)[1]
    block <- weight + round(s$ratio * weight)
    least <- 1 + max(s$ratio, 1 / s$ratio)
    arms <- ceiling(max(n, least) / block * (1 - 1e-10)) * c(block - weight, weight)
  }
  rounded <- s
  rounded$ratio <- arms[1] / arms[2]
  data.frame(unrounded = n, unroundedEvents = n * sum(under_effect(s, s$hazardRatio, end)),
             experimental = arms[1], control = arms[2], subjects = sum(arms),
             expectedEvents = sum(arms) * sum(under_effect(rounded, s$hazardRatio, end)),
             achieved = power_with(rounded, s$hazardRatio, s$alpha, end, sum(arms)), duration = end)
}`;
  }
}
