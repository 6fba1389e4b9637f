import type { ProgramCode } from "../program-code/program-code.ts";
import { rNumber, rNumbers } from "../program-code/r-literal.ts";
import type { AssumedEffect } from "./expected-stage-scores.ts";
import { R_FISHER } from "./r-fisher.ts";
import { R_RECURSION } from "./r-recursion.ts";
import { rEfficacy, rLowerBounds } from "./r-spending.ts";
import { rStageTests } from "./r-stage-tests.ts";
import type { BlindedReestimation, UnblindedReestimation } from "./sample-size-reestimation-spec.ts";

const SAS_NOTE = "SAS has no procedure for the re-estimation of a running trial's size.";

/** R program of the conditional power at planned and new sizes. Base R. */
export function unblindedProgram(
  approach: UnblindedReestimation,
  assumed: AssumedEffect,
  nullValue: number,
  conditionalError: number,
): ProgramCode {
  const { test, plannedSizes, allocationRatio, targetPower } = approach;
  const total = plannedSizes.reduce((sum, size) => sum + size, 0);
  const fisher = test.kind === "fisher";
  const lines = [
    "# Sample-size re-estimation by conditional power, base R only",
    `t <- ${rNumbers(approach.informationFractions)}; alpha <- ${rNumber(approach.oneSidedAlpha)}; tested <- rep(TRUE, length(t))`,
    `null <- ${rNumber(nullValue)}; sign <- ${approach.benefit === "larger" ? 1 : -1}; ratio <- ${rNumber(allocationRatio)}`,
    ...(fisher ? fisherPart(test) : normalPart(test)),
    rStageTests(approach.data),
    ...scoresAt(assumed, allocationRatio, conditionalError),
    ...(fisher ? FISHER_POWER : NORMAL_POWER),
    `planned <- ${rNumbers(plannedSizes)}; total <- ${rNumber(total)}; target <- ${rNumber(targetPower)}`,
    "power_at <- function(factor) power_of(planned * factor)",
    "factors <- 0.5 * 1.5^(0:24); reached <- which(sapply(factors, power_at) >= target)",
    "factor <- if (length(reached) == 0) 1e4 else if (power_at(1e-6) >= target) 1e-6 else",
    "  uniroot(function(f) power_at(f) - target, c(c(1e-6, factors)[reached[1]], factors[reached[1]]), tol = 1e-12)$root",
    `limited <- min(max(factor * total, ${rNumber(approach.minimum ?? total)}), ${rNumber(approach.maximum)}) / total`,
    `sizes <- ceiling(planned * limited - 1e-9); if (sum(sizes) > ${rNumber(approach.maximum)}) sizes <- floor(planned * limited + 1e-9)`,
    ...(approach.promisingFrom === undefined
      ? []
      : [
          `if (power_of(planned) < ${rNumber(approach.promisingFrom)} || power_of(planned) >= target) sizes <- planned`,
        ]),
    'cat("conditional power as planned", format(power_of(planned), digits = 10), "new sizes", sizes, "conditional power", format(power_of(sizes), digits = 10), "\\n")',
    "",
  ];
  return { r: lines.join("\n"), rPackages: [], sas: null, sasNote: SAS_NOTE };
}

function normalPart(test: Extract<UnblindedReestimation["test"], { kind: "group-sequential" | "inverse-normal" }>) {
  const twoSided = test.sides === "symmetric-two-sided";
  const lower = test.bindingFutility === undefined ? "rep(-Inf, K)" : `c(${rLowerBounds(test.bindingFutility)}, -Inf)`;
  return [
    R_RECURSION,
    `lower <- ${lower}`,
    `new_lower <- function(scaled) ${twoSided ? "function(k, u) -u" : "function(k, u) min(u, lower[k])"}`,
    `u <- ${rEfficacy(test.efficacy)}; u[u >= 7.5] <- Inf; w <- sqrt(dt)${twoSided ? "; lower <- -u" : ""}`,
  ];
}

const NORMAL_POWER = [
  "z <- sign * sum(w[1:held] * sapply(1:held, stage, null = null)) / sqrt(sum(w[1:held]^2))",
  "now <- t[held]; later <- t[-seq_len(held)]; high <- u[-seq_len(held)]; low <- lower[-seq_len(held)]",
  "t <- (later - now) / (1 - now); t[length(t)] <- 1; dt <- diff(c(0, t))",
  "power_of <- function(sizes) {",
  "  gain <- cumsum(w[-seq_len(held)] * scores_at(sizes)) / sqrt(later - now)",
  "  shift <- function(b) (b * sqrt(later) - z * sqrt(now)) / sqrt(later - now) - gain",
  "  sum(crossing(shift(high), shift(low))$up)",
  "}",
];

function fisherPart(test: Extract<UnblindedReestimation["test"], { kind: "fisher" }>) {
  const stops = test.futilityPValues === undefined ? "rep(1, length(w) - 1)" : rNumbers(test.futilityPValues);
  const bounds =
    test.share.method === "equal-levels"
      ? "equal_levels(alpha, w, p_stop)"
      : `spent_levels(${rNumbers(test.share.cumulative)}, w, p_stop)`;
  return [`w <- sqrt(diff(c(0, t)) / t[1]); p_stop <- ${stops}`, R_FISHER, `bound <- ${bounds}`];
}

const FISHER_POWER = [
  "product <- exp(sum(w[1:held] * pnorm(sign * sapply(1:held, stage, null = null), lower.tail = FALSE, log.p = TRUE)))",
  "power_of <- function(sizes) reject_later(w, bound, product, held, scores_at(sizes), p_stop)",
];

/** R function of the sizes that gives the expected normal scores (METHODS.md eq. (G42)–(G43)). */
function scoresAt(assumed: AssumedEffect, ratio: number, conditionalError: number): string[] {
  const root = "sqrt(ratio / (1 + ratio)^2 * sizes)";
  switch (assumed.endpoint) {
    case "means":
      return [
        `scores_at <- function(sizes) sign * (${rNumber(assumed.effect)} - null) / ${rNumber(assumed.standardDeviation)} * ${root}`,
      ];
    case "survival":
      return [`scores_at <- function(sizes) sign * log(${rNumber(assumed.hazardRatio)} / null) * ${root}`];
    case "estimates":
      return [`scores_at <- function(sizes) sign * (${rNumber(assumed.effect)} - null) * sqrt(sizes)`];
    case "rates":
      return [
        `p <- ${rNumber(assumed.experimentalRate)}; q <- ${rNumber(assumed.controlRate)}`,
        `slope <- function(y) { x <- y + null; ${rNumber(ratio)} * (p - x) / (x * (1 - x)) + (q - y) / (y * (1 - y)) }`,
        "q0 <- uniroot(slope, c(max(0, -null) + 1e-12, min(1, 1 - null) - 1e-12), tol = 1e-15)$root; p0 <- q0 + null",
        "spread <- sqrt(p * (1 - p) + ratio * q * (1 - q)); null_spread <- sqrt(p0 * (1 - p0) + ratio * q0 * (1 - q0))",
        `scores_at <- function(sizes) (sign * (p - q - null) * sqrt(1 + ratio) / spread + qnorm(${rNumber(conditionalError)}, lower.tail = FALSE) * (1 - null_spread / spread) * (1 + ratio) / sqrt(ratio * sum(sizes))) * ${root}`,
      ];
  }
}

/** R program of the size from a blinded standard deviation. Base R. */
export function blindedProgram(approach: BlindedReestimation): ProgramCode {
  const { estimator, plannedTotal } = approach;
  const lines = [
    "# Size from the blinded standard deviation, base R only",
    `n <- ${rNumber(approach.pilotSize)}; s <- ${rNumber(approach.pilotStandardDeviation)}; effect <- ${rNumber(approach.effect)}; null <- ${rNumber(approach.nullValue)}`,
    `alpha <- ${rNumber(approach.oneSidedAlpha)}; power <- ${rNumber(approach.power)}; ratio <- ${rNumber(approach.allocationRatio)}; inflation <- ${rNumber(approach.inflationFactor)}`,
    estimator === "lumped" ? "sd <- s" : "sd <- sqrt(s^2 - n / (n - 1) * ratio / (1 + ratio)^2 * effect^2)",
    "power_at <- function(N) pt(qt(alpha, N - 2, lower.tail = FALSE), N - 2, abs(effect - null) / sd * sqrt(N * ratio / (1 + ratio)^2), lower.tail = FALSE)",
    "single <- if (power_at(3) >= power) 3 else uniroot(function(N) power_at(N) - power, c(3, 1e7), tol = 1e-10)$root",
    `total <- min(max(single * inflation, ${rNumber(approach.minimum ?? plannedTotal)}), ${rNumber(approach.maximum)})`,
    "control <- ceiling(total / (1 + ratio) - 1e-9); experimental <- ceiling(total * ratio / (1 + ratio) - 1e-9)",
    'cat("sd", format(sd, digits = 10), "exact total", format(single * inflation, digits = 10), "sizes", experimental, control, "power", format(power_at((experimental + control) / inflation), digits = 8), "\\n")',
    "",
  ];
  return { r: lines.join("\n"), rPackages: [], sas: null, sasNote: SAS_NOTE };
}
