import type { ProgramCode } from "../program-code/program-code.ts";
import { rNumber, rNumbers } from "../program-code/r-literal.ts";
import type { InterimAnalysis } from "./interim-analysis.ts";
import type { InterimAnalysisSpec } from "./interim-analysis-spec.ts";
import { R_FISHER } from "./r-fisher.ts";
import { R_RECURSION } from "./r-recursion.ts";
import { rEfficacy, rLowerBounds } from "./r-spending.ts";
import { rStageTests } from "./r-stage-tests.ts";

const SAS_NOTE =
  "PROC SEQTEST gives stage-wise inference for a design of PROC SEQDESIGN; repeated intervals of means and rates here invert the t and the score test, which it does not.";

/**
 * R program of an interim analysis: bounds, repeated intervals and p-values, conditional rejection probability, inference
 * after the end.
 *
 * @param spec - Plan and data.
 * @param analysis - Its result, which says where the trial ended.
 * @returns Base R program; SAS has no procedure for all of it.
 */
export function interimProgram(spec: InterimAnalysisSpec, analysis: InterimAnalysis): ProgramCode {
  const parts = spec.test.kind === "fisher" ? fisherProgram(spec, analysis) : sequentialProgram(spec, analysis);
  return { r: `${parts.join("\n")}\n`, rPackages: [], sas: null, sasNote: SAS_NOTE };
}

function sequentialProgram(spec: InterimAnalysisSpec, { prepared, nullValue, final }: InterimAnalysis): string[] {
  const { plan } = prepared;
  if (plan.test.kind === "fisher") return [];
  const twoSided = plan.test.sides === "symmetric-two-sided";
  const combined = plan.test.kind === "inverse-normal";
  const lower = rLowerBounds(prepared.lower.map((bound) => (bound === -Infinity ? null : bound)));
  const clock =
    spec.timing === undefined ? "" : `; spend_time <- pmin(c(${spendTimes(prepared, spec)}), 1); spend_time[K] <- 1`;
  return [
    "# Analysis of a group sequential trial, base R only",
    "options(width = 200)",
    `t <- ${rNumbers(plan.informationFractions)}`,
    `alpha <- ${rNumber(plan.oneSidedAlpha)}; tested <- rep(TRUE, length(t)); null <- ${rNumber(nullValue)}; sign <- ${spec.benefit === "larger" ? 1 : -1}`,
    `${R_RECURSION}${clock}`,
    rStageTests(spec.data),
    `lower <- ${lower}`,
    `new_lower <- function(scaled) ${twoSided ? "function(k, u) -u" : "function(k, u) min(u, lower[k])"}`,
    `bounds_at <- function(error) { alpha <<- error; u <- ${rEfficacy(plan.test.efficacy)}; u[u >= 7.5] <- Inf; u }`,
    "planned_alpha <- alpha; u <- bounds_at(planned_alpha); w <- sqrt(dt)",
    `statistic <- function(k, null, sign) sign * ${combined ? "sum(w[1:k] * sapply(1:k, stage, null = null)) / sqrt(sum(w[1:k]^2))" : "overall(k, null)"}`,
    "z <- sapply(seq_len(held), statistic, null = null, sign = sign)",
    R_LIMITS,
    "limit <- function(k, sign) search(k, function(x) statistic(k, to_effect(x), sign) - u[k], sign)",
    "goes_on <- function(j) if (lower[j] == -Inf) NULL else search(j, function(x) statistic(j, to_effect(x), sign) - lower[j], sign)",
    REPEATED_INTERVALS,
    repeatedP(twoSided, plan.test.efficacy.family === "haybittle-peto"),
    "alpha <- planned_alpha",
    "print(data.frame(analysis = seq_len(held), estimate = effect, z = z, bound = u[seq_len(held)], rci_lower = rci[, 1], rci_upper = rci[, 2], repeated_p = repeated_p), digits = 10)",
    ...conditionalPart(twoSided),
    ...(final === null ? [] : finalPart(final.analysis, twoSided, combined)),
  ];
}

/** Binding futility: effects against which the trial would have stopped before are not rejected. */
const REPEATED_INTERVALS = `rci <- t(sapply(seq_len(held), function(k) {
  limits <- c(limit(k, 1), limit(k, -1)); go <- unlist(lapply(seq_len(k - 1), goes_on))
  if (sign == 1) limits[1] <- min(limits[1], go) else limits[2] <- max(limits[2], go)
  limits
}))`;

/** Realised information over the planned maximum, at which error is spent. */
function spendTimes(prepared: InterimAnalysis["prepared"], spec: InterimAnalysisSpec): string {
  const end = spec.timing!.final ? "information_at_end" : "1";
  const scaled = prepared.plan.informationFractions.map((t) => `${rNumber(t)} * ${end}`).join(", ");
  return spec.timing!.final ? scaled.replaceAll("information_at_end", rNumber(endOverPlan(prepared, spec))) : scaled;
}

function endOverPlan(_: InterimAnalysis["prepared"], { data, timing }: InterimAnalysisSpec): number {
  const last = data.stages.length - 1;
  const total = () => {
    switch (data.endpoint) {
      case "means":
      case "rates":
        return data.stages.reduce((sum, stage) => sum + stage.experimental.n + stage.control.n, 0);
      case "survival":
        return data.stages[last]!.events;
      case "estimates":
        return data.stages[last]!.standardError ** -2;
    }
  };
  return total() / timing!.maximumInformation;
}

const R_LIMITS = `search <- function(k, excess, sign) {             # effect where a decreasing (sign 1) function vanishes
  clip <- function(x) min(max(x, search_from), search_to)
  inner <- outer <- clip(from_effect(effect[k])); step <- max(std_error[k], 1e-6)
  while (excess(inner) > 0) { inner <- clip(inner + sign * step); step <- 2 * step }
  step <- max(std_error[k], 1e-6)
  while (!(excess(outer) > 0)) { new <- clip(outer - sign * step); if (new == outer || step > 1e6) return(if (sign > 0) to_effect(search_from) else to_effect(search_to)); outer <- new; step <- 2 * step }
  if (inner == outer) return(to_effect(inner))
  to_effect(uniroot(excess, sort(c(inner, outer)), tol = 1e-12)$root)
}`;

/** Interval of a trial that ended at its first analysis. */
const FIXED_INTERVAL = [
  "interval <- if (is.finite(search_from))",
  "  sapply(c(1, -1), function(s) search(1, function(x) s * overall(1, x) - qnorm(1 - alpha), s)) else",
  "  to_effect(from_effect(effect[1]) + c(-1, 1) * qnorm(1 - alpha) * std_error[1])",
  "estimate <- effect[1]",
];

const PRINT_INTERVAL =
  'cat("median unbiased", format(estimate, digits = 10), "interval", format(interval, digits = 10), "\\n")';

function repeatedP(twoSided: boolean, haybittlePeto: boolean): string {
  const sides = twoSided ? 2 : 1;
  const observed = twoSided ? "abs(z[k])" : "z[k]";
  const spent = `spent_before <- ${sides} * sum(crossing(u[-K], ${twoSided ? "-u[-K]" : "rep(-Inf, K - 1)"})$up)\n`;
  return `${haybittlePeto ? spent : ""}repeated_p <- sapply(seq_len(held), function(k) {
  ${haybittlePeto ? `if (k < K) return(if (${observed} >= u[k]) spent_before else 0.5)\n  ` : ""}excess <- function(x) min(bounds_at(exp(x) / ${sides})[k], 100) - ${observed}
  from <- ${haybittlePeto ? "log(spent_before * (1 + 1e-9))" : "log(1e-12)"}; to <- log(0.5 - 1e-9)
  if (excess(to) >= 0) return(0.5)
  if (excess(from) <= 0) return(exp(from))
  exp(uniroot(excess, c(from, to), tol = 1e-11)$root)
})`;
}

/** Conditional rejection probability: the recursion started anew at the interim analysis. */
function conditionalPart(twoSided: boolean): string[] {
  return [
    "if (held < K) {",
    "  now <- t[held]; later <- t[-seq_len(held)]; high <- u[-seq_len(held)]",
    `  low <- ${twoSided ? "-high" : "lower[-seq_len(held)]"}`,
    "  shift <- function(b) (b * sqrt(later) - z[held] * sqrt(now)) / sqrt(later - now)",
    "  all <- list(t, dt); t <- (later - now) / (1 - now); t[length(t)] <- 1; dt <- diff(c(0, t))",
    "  x <- crossing(shift(high), shift(low)); t <- all[[1]]; dt <- all[[2]]",
    `  cat("conditional rejection probability", format(${twoSided ? "sum(x$up) + sum(x$down)" : "sum(x$up)"}, digits = 10), "\\n")`,
    "}",
  ];
}

function finalPart(analysis: number, twoSided: boolean, combined: boolean): string[] {
  const location = combined
    ? "cumsum(w[1:end] * stage_root[1:end]) / sqrt(cumsum(w[1:end]^2))"
    : "sqrt(t[1:end] / t[end]) * root_size[end]";
  const upward = "sum(crossing(c(u[seq_len(end - 1)], z[end]) - x, c(lower[seq_len(end - 1)], -Inf) - x)$up)";
  const p = twoSided ? "2 * min(upward(z[end], 0), upward(-z[end], 0))" : "upward(z[end], 0)";
  const later = [
    "at <- function(target) {",
    "  excess <- function(theta) upward(z[end], theta * location) - target",
    "  centre <- z[end] / location[end]; width <- 4 / location[end]; while (excess(centre - width) > 0 || excess(centre + width) < 0) width <- 2 * width",
    "  theta <- sign * uniroot(excess, centre + c(-1, 1) * width, tol = 1e-12)$root * std_error[end] * root_size[end]",
    "  to_effect(from_effect(null) + theta)",
    "}",
    "estimate <- at(0.5); interval <- sort(c(at(alpha), at(1 - alpha)))",
  ];
  return [
    `end <- ${analysis}; location <- ${location}`,
    `upward <- function(value, x) { z[end] <- value; ${upward} }`,
    `cat("final p-value", format(${p}, digits = 10), "\\n")`,
    ...(analysis === 1 ? FIXED_INTERVAL : later),
    PRINT_INTERVAL,
  ];
}

function fisherProgram(spec: InterimAnalysisSpec, { prepared, nullValue, final }: InterimAnalysis): string[] {
  const { test } = prepared.plan;
  if (test.kind !== "fisher") return [];
  const stops = test.futilityPValues === undefined ? "rep(1, length(w) - 1)" : rNumbers(test.futilityPValues);
  const bounds =
    test.share.method === "equal-levels"
      ? "equal_levels(alpha, w, p_stop)"
      : `spent_levels(${rNumbers(test.share.cumulative)}, w, p_stop)`;
  return [
    "# Analysis of a trial by Fisher's combination test, base R only",
    "options(width = 200)",
    `t <- ${rNumbers(prepared.plan.informationFractions)}; w <- sqrt(diff(c(0, t)) / t[1]); K <- length(w)`,
    `alpha <- ${rNumber(prepared.plan.oneSidedAlpha)}; null <- ${rNumber(nullValue)}; sign <- ${spec.benefit === "larger" ? 1 : -1}; p_stop <- ${stops}`,
    R_FISHER,
    rStageTests(spec.data),
    `bound <- ${bounds}`,
    "log_product <- function(k, null, sign) sum(w[1:k] * pnorm(sign * sapply(1:k, stage, null = null), lower.tail = FALSE, log.p = TRUE))",
    R_LIMITS,
    "limit <- function(k, sign) search(k, function(x) log(bound[k]) - log_product(k, to_effect(x), sign), sign)",
    "product <- exp(sapply(seq_len(held), log_product, null = null, sign = sign))",
    "goes_on <- function(j) if (p_stop[j] >= 1) NULL else search(j, function(x) sign * stage(j, to_effect(x)) - qnorm(p_stop[j], lower.tail = FALSE), sign)",
    REPEATED_INTERVALS,
    "stopped <- any(pnorm(sign * sapply(seq_len(min(held, K - 1)), stage, null = null), lower.tail = FALSE) >= p_stop[seq_len(min(held, K - 1))] & p_stop[seq_len(min(held, K - 1))] < 1)",
    "print(data.frame(analysis = seq_len(held), estimate = effect, product = product, bound = bound[seq_len(held)], rci_lower = rci[, 1], rci_upper = rci[, 2]), digits = 10)",
    'if (held < K) cat("conditional rejection probability", format(if (product[held] <= bound[held]) 1 else if (stopped) 0 else reject_later(w, bound, product[held], held, p_stop = p_stop), digits = 10), "\\n")',
    ...(final === null ? [] : fisherFinal(final.analysis)),
  ];
}

/** Stage-wise p-value; an interval only for a trial that ended at its first stage. */
function fisherFinal(analysis: number): string[] {
  if (analysis === 1)
    return [
      'cat("final p-value", format(exp(log_product(1, null, sign)), digits = 10), "\\n")',
      ...FIXED_INTERVAL,
      PRINT_INTERVAL,
    ];
  return [
    `end <- ${analysis}`,
    'cat("final p-value", format(reject_later(w[1:end], c(bound[seq_len(end - 1)], product[end]), 1, 0, p_stop = p_stop[seq_len(end - 1)]), digits = 10), "\\n")',
  ];
}
