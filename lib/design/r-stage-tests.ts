import { rNumber, rNumbers } from "../program-code/r-literal.ts";
import type { StageData } from "./stage-data.ts";

/**
 * R source that defines, for the data of a trial: `held`, `effect[k]`, `std_error[k]`, `root_size[k]`, `stage_root[k]`,
 * `to_effect`, and the one-sided normal scores `overall(k, null)` and `stage(k, null)` of larger effects.
 */
export function rStageTests(data: StageData): string {
  switch (data.endpoint) {
    case "means":
      return rMeans(data);
    case "rates":
      return rRates(data);
    case "survival":
      return rSurvival(data);
    case "estimates":
      return rEstimates(data);
  }
}

function rMeans({ stages, variances, distribution }: Extract<StageData, { endpoint: "means" }>): string {
  const arm = (key: "experimental" | "control") =>
    `list(n = ${rNumbers(stages.map((stage) => stage[key].n))}, m = ${rNumbers(stages.map((stage) => stage[key].mean))}, s = ${rNumbers(stages.map((stage) => stage[key].standardDeviation))})`;
  const equal = variances === "equal";
  return `a1 <- ${arm("experimental")}
a0 <- ${arm("control")}
held <- length(a1$n); to_effect <- identity; from_effect <- identity
so_far <- function(a) { n <- cumsum(a$n); m <- cumsum(a$n * a$m) / n
  list(n = n, m = m, s = sqrt((cumsum((a$n - 1) * a$s^2 + a$n * a$m^2) - n * m^2) / (n - 1))) }
c1 <- so_far(a1); c0 <- so_far(a0)
error_of <- function(a, b) ${equal ? "sqrt(((a$n - 1) * a$s^2 + (b$n - 1) * b$s^2) / (a$n + b$n - 2)) * sqrt(1 / a$n + 1 / b$n)" : "sqrt(a$s^2 / a$n + b$s^2 / b$n)"}
freedom <- function(a, b) ${equal ? "a$n + b$n - 2" : "(a$s^2 / a$n + b$s^2 / b$n)^2 / ((a$s^2 / a$n)^2 / (a$n - 1) + (b$s^2 / b$n)^2 / (b$n - 1))"}
score <- function(a, b, k, null) {
  x <- (a$m[k] - b$m[k] - null) / error_of(a, b)[k]
  ${distribution === "normal" ? "x" : "sign(x) * qnorm(pt(abs(x), freedom(a, b)[k], lower.tail = FALSE, log.p = TRUE), lower.tail = FALSE, log.p = TRUE)"}
}
overall <- function(k, null) score(c1, c0, k, null); stage <- function(k, null) score(a1, a0, k, null)
effect <- c1$m - c0$m; std_error <- error_of(c1, c0)
root_size <- 1 / sqrt(1 / c1$n + 1 / c0$n); stage_root <- 1 / sqrt(1 / a1$n + 1 / a0$n)
search_from <- -Inf; search_to <- Inf`;
}

function rRates({ stages }: Extract<StageData, { endpoint: "rates" }>): string {
  const arm = (key: "experimental" | "control") =>
    `list(n = ${rNumbers(stages.map((stage) => stage[key].n))}, x = ${rNumbers(stages.map((stage) => stage[key].events))})`;
  return `a1 <- ${arm("experimental")}
a0 <- ${arm("control")}
held <- length(a1$n); to_effect <- identity; from_effect <- identity
c1 <- lapply(a1, cumsum); c0 <- lapply(a0, cumsum)
score <- function(a, b, k, null) {                # Farrington and Manning (1990); at 0 the pooled z test
  x1 <- a$x[k]; n1 <- a$n[k]; x0 <- b$x[k]; n0 <- b$n[k]
  if (null == 0) q <- (x1 + x0) / (n1 + n0) else {
    low <- max(0, -null); high <- min(1, 1 - null)
    slope <- function(q) { p <- q + null
      x1 * (1 - p) * q * (1 - q) - (n1 - x1) * p * q * (1 - q) + x0 * (1 - q) * p * (1 - p) - (n0 - x0) * q * p * (1 - p) }
    e <- 1e-12; f <- c(slope(low + e), slope(high - e))
    q <- if (f[1] <= 0) low else if (f[2] >= 0) high else uniroot(slope, c(low + e, high - e), tol = 1e-15)$root
  }
  p <- q + null
  (x1 / n1 - x0 / n0 - null) / sqrt(p * (1 - p) / n1 + q * (1 - q) / n0)
}
overall <- function(k, null) score(c1, c0, k, null); stage <- function(k, null) score(a1, a0, k, null)
r1 <- c1$x / c1$n; r0 <- c0$x / c0$n
effect <- r1 - r0; std_error <- sqrt(r1 * (1 - r1) / c1$n + r0 * (1 - r0) / c0$n)
root_size <- 1 / sqrt(1 / c1$n + 1 / c0$n); stage_root <- 1 / sqrt(1 / a1$n + 1 / a0$n)
search_from <- -1 + 1e-9; search_to <- 1 - 1e-9`;
}

function rSurvival({ stages }: Extract<StageData, { endpoint: "survival" }>): string {
  const list = (key: "events" | "logRank" | "allocationRatio") => rNumbers(stages.map((stage) => stage[key]));
  return `events <- ${list("events")}; logrank <- ${list("logRank")}; ratio <- ${list("allocationRatio")}
held <- length(events); to_effect <- exp; from_effect <- log
new_events <- diff(c(0, events)); new_logrank <- diff(c(0, sqrt(events) * logrank)) / sqrt(new_events)
new_ratio <- diff(c(0, events * ratio)) / new_events
root <- function(d, r) sqrt(d * r) / (1 + r)
overall <- function(k, null) logrank[k] - root(events[k], ratio[k]) * log(null)
stage <- function(k, null) new_logrank[k] - root(new_events[k], new_ratio[k]) * log(null)
std_error <- 1 / root(events, ratio); effect <- exp(logrank * std_error)
root_size <- sqrt(events); stage_root <- sqrt(new_events)
search_from <- -Inf; search_to <- Inf`;
}

function rEstimates({ stages }: Extract<StageData, { endpoint: "estimates" }>): string {
  return `effect <- ${rNumbers(stages.map((stage) => stage.estimate))}; std_error <- ${rNumbers(stages.map((stage) => stage.standardError))}
held <- length(effect); to_effect <- identity; from_effect <- identity
info <- std_error^-2; new_info <- diff(c(0, info)); new_effect <- diff(c(0, effect * info)) / new_info
overall <- function(k, null) (effect[k] - null) / std_error[k]
stage <- function(k, null) (new_effect[k] - null) * sqrt(new_info[k])
root_size <- sqrt(info); stage_root <- sqrt(new_info)
search_from <- -Inf; search_to <- Inf`;
}

/** R source of a number that may be absent. */
export const rOptional = (value: number | null) => (value === null ? "NA" : rNumber(value));
