import type { ProgramCode } from "../../program-code/program-code.ts";
import { rName, rNumber, rString, rStrings } from "../../program-code/r-literal.ts";
import { sasName, sasNumber } from "../../program-code/sas-literal.ts";
import { tableText } from "../analysis-table.ts";
import type { EventData } from "./event-data.ts";
import { rCovariateColumns, rCritical, rEffects, rEventData, sasEventData } from "./survival-program.ts";
import type { LogRankSpec } from "./time-to-event-spec.ts";

/**
 * R and SAS programs of a log-rank test.
 *
 * @param oneStep - Codes of the arms whose hazard ratio is the one-step estimate.
 */
export function logRankProgram(
  spec: LogRankSpec,
  data: EventData,
  adjusts: boolean,
  oneStep: readonly number[],
): ProgramCode {
  const lines = adjusts ? adjustedLines(spec, data, oneStep) : plainLines(spec, data, oneStep);
  return {
    r: `${[...rEventData(data), ...lines].join("\n")}\n`,
    rPackages: ["survival"],
    sas: adjusts ? null : sasProgram(spec, data),
    sasNote: adjusts
      ? "SAS has no procedure for the covariate-adjusted log-rank test."
      : "PROC LIFETEST prints the chi-square, the square of Z; the hazard ratio is that of PROC PHREG.",
  };
}

function plainLines(spec: LogRankSpec, data: EventData, oneStep: readonly number[]): string[] {
  const strata = data.strataNames.length === 0 ? "" : ` + strata(${data.strataNames.map(rName).join(", ")})`;
  const test =
    spec.gamma === 0
      ? [
          `test <- survdiff(Surv(time, event) ~ arm${strata}, data = pair, rho = ${rNumber(spec.rho)})`,
          "difference <- sum(cbind(test$obs)[2, ]) - sum(cbind(test$exp)[2, ])",
          "variance <- test$var[2, 2]",
        ]
      : [
          `sums <- weighted_log_rank(pair, ${rNumber(spec.rho)}, ${rNumber(spec.gamma)})`,
          "difference <- sums[1]",
          "variance <- sums[2]",
        ];
  const cox = [
    `fit <- coxph(Surv(time, event) ~ arm${strata}, data = pair, ties = "efron")`,
    "estimate <- unname(coef(fit)[1])",
    "se <- sqrt(vcov(fit)[1, 1])",
  ];
  const flagged = oneStep.map((code) => tableText(data.armNames[code]!));
  const estimate =
    flagged.length === 0
      ? cox
      : [
          `if (experimental %in% ${rStrings(flagged)}) {`,
          "  # no finite estimate by Cox's model: one step of the log-rank test",
          "  estimate <- difference / variance",
          "  se <- 1 / sqrt(variance)",
          "} else {",
          ...cox.map((line) => `  ${line}`),
          "}",
        ];
  return [
    ...(spec.gamma === 0 ? [] : rWeightedLogRank(data)),
    ...rEffects([
      ...test,
      "z <- difference / sqrt(variance)",
      ...estimate,
      `half <- ${rCritical(spec.confidence)} * se`,
      `data.frame(effect = paste(experimental, "minus", levels(used$arm)[1]), estimate, se, z,`,
      "           p = 2 * pnorm(-abs(z)), lower = estimate - half, upper = estimate + half)",
    ]),
    `curves <- survfit(Surv(time, event) ~ arm, data = used, conf.int = ${rNumber(spec.confidence)}, conf.type = ${rString(spec.intervalScale)})`,
    "print(curves)",
  ];
}

function rWeightedLogRank(data: EventData): string[] {
  const strata =
    data.strataNames.length === 0
      ? "rep(1, nrow(pair))"
      : `interaction(pair[, ${rStrings(data.strataNames)}, drop = FALSE], drop = TRUE)`;
  return [
    "# Fleming-Harrington weights with gamma, which survdiff does not have",
    "weighted_log_rank <- function(pair, rho, gamma) {",
    "  sums <- c(0, 0)",
    `  for (part in split(pair, ${strata})) {`,
    "    survival <- 1",
    "    for (u in sort(unique(part$time[part$event == 1]))) {",
    "      at_risk <- part$time >= u",
    "      dead <- part$time == u & part$event == 1",
    "      y <- sum(at_risk); d <- sum(dead)",
    "      share <- mean(part$arm[at_risk] == levels(part$arm)[2])",
    "      w <- survival^rho * (1 - survival)^gamma",
    "      sums[1] <- sums[1] + w * (sum(part$arm[dead] == levels(part$arm)[2]) - d * share)",
    "      if (y > 1) sums[2] <- sums[2] + w^2 * d * (y - d) / (y - 1) * share * (1 - share)",
    "      survival <- survival * (1 - d / y)",
    "    }",
    "  }",
    "  sums",
    "}",
    "",
  ];
}

function adjustedLines(spec: LogRankSpec, data: EventData, oneStep: readonly number[]): string[] {
  const strata =
    data.strataNames.length === 0
      ? "factor(rep(1, nrow(pair)))"
      : `interaction(pair[, ${rStrings(data.strataNames)}, drop = FALSE], drop = TRUE)`;
  const flagged = oneStep.map((code) => tableText(data.armNames[code]!));
  const solved = [
    "root <- function(shift) uniroot(function(theta) score_sums(pair, stratum, theta)$score - shift, c(-8, 8), tol = 1e-12)$root",
    "unadjusted <- root(0)",
    "part <- explained(pair, stratum, score_sums(pair, stratum, unadjusted)$outcome)",
    'estimate <- root(part[["score"]])',
    "information <- score_sums(pair, stratum, estimate)$variance",
    'se <- sqrt(information - part[["variance"]]) / information',
  ];
  const estimate =
    flagged.length === 0
      ? solved
      : [
          `if (experimental %in% ${rStrings(flagged)}) {`,
          "  # an arm without events: one step of the adjusted test",
          '  se <- sqrt(null$with_ties - part[["variance"]]) / null$with_ties',
          "  estimate <- z * se",
          "} else {",
          ...solved.map((line) => `  ${line}`),
          "}",
        ];
  return [
    "# Sums over the event times at log hazard ratio theta: score, variance, variance with ties, derived outcome",
    "score_sums <- function(pair, stratum, theta) {",
    "  treated <- pair$arm == levels(pair$arm)[2]",
    "  outcome <- numeric(nrow(pair))",
    "  sums <- c(0, 0, 0)",
    "  for (s in levels(stratum)) {",
    "    own <- which(stratum == s)",
    "    for (u in unique(pair$time[own][pair$event[own] == 1])) {",
    "      at_risk <- own[pair$time[own] >= u]",
    "      dead <- own[pair$time[own] == u & pair$event[own] == 1]",
    "      d <- length(dead)",
    "      y1 <- exp(theta) * sum(treated[at_risk])",
    "      y0 <- sum(!treated[at_risk])",
    "      y <- y1 + y0",
    "      other <- ifelse(treated, y0, y1) / y",
    "      outcome[dead] <- outcome[dead] + other[dead]",
    "      risk <- ifelse(treated, exp(theta), 1)",
    "      outcome[at_risk] <- outcome[at_risk] - (other * risk)[at_risk] * d / y",
    "      sums[1] <- sums[1] + sum(treated[dead]) - d * y1 / y",
    "      sums[2] <- sums[2] + d * y1 * y0 / y^2",
    "      sums[3] <- sums[3] + d * y1 * y0 / y^2 * (if (d == 1) 1 else (y - d) / (y - 1))",
    "    }",
    "  }",
    "  list(score = sums[1], variance = sums[2], with_ties = sums[3], outcome = outcome)",
    "}",
    "# Part of the score and of its variance that the covariates explain",
    "explained <- function(pair, stratum, outcome) {",
    "  treated <- pair$arm == levels(pair$arm)[2]",
    ...rCovariateColumns(data),
    "  centre <- function(v, groups) v - ave(v, groups)",
    "  within <- function(rows) {",
    "    xc <- apply(x[rows, , drop = FALSE], 2, centre, groups = droplevels(stratum[rows]))",
    "    xc[, colSums(xc^2) <= 1e-18 * colSums(x[rows, , drop = FALSE]^2)] <- 0",
    "    xc",
    "  }",
    "  # Columns that have no variation of their own within the strata of an arm are left out",
    "  kept <- integer(0)",
    "  for (j in seq_len(ncol(x)))",
    "    if (all(sapply(list(treated, !treated), function(rows) qr(within(rows)[, c(kept, j)], tol = 3e-5)$rank) > length(kept)))",
    "      kept <- c(kept, j)",
    "  if (length(kept) == 0) return(c(score = 0, variance = 0))",
    "  x <- x[, kept, drop = FALSE]",
    "  slope <- function(rows) {",
    "    xc <- within(rows)",
    "    solve(crossprod(xc), crossprod(xc, centre(outcome[rows], droplevels(stratum[rows]))))",
    "  }",
    "  b1 <- slope(treated)",
    "  b0 <- slope(!treated)",
    "  xc <- apply(x, 2, centre, groups = stratum)",
    "  large <- names(which(table(stratum) > 1))",
    "  sizes <- table(stratum)[large]",
    "  spread <- Reduce(`+`, lapply(large, function(s) cov(x[stratum == s, , drop = FALSE]) * sizes[[s]] / sum(sizes)))",
    "  share <- mean(treated)",
    "  c(score = sum(xc[treated, , drop = FALSE] %*% b1) - sum(xc[!treated, , drop = FALSE] %*% b0),",
    "    variance = nrow(pair) * share * (1 - share) * drop(t(b1 + b0) %*% spread %*% (b1 + b0)))",
    "}",
    ...rEffects([
      `stratum <- ${strata}`,
      "null <- score_sums(pair, stratum, 0)",
      "part <- explained(pair, stratum, null$outcome)",
      'z <- (null$score - part[["score"]]) / sqrt(null$with_ties - part[["variance"]])',
      ...estimate,
      `half <- ${rCritical(spec.confidence)} * se`,
      `data.frame(effect = paste(experimental, "minus", levels(used$arm)[1]), estimate, se, z,`,
      "           p = 2 * pnorm(-abs(z)), lower = estimate - half, upper = estimate + half)",
    ]),
  ];
}

function sasProgram(spec: LogRankSpec, data: EventData): string {
  const strata = data.strataNames.map(sasName).join(" ");
  const test =
    spec.rho === 0 && spec.gamma === 0 ? "logrank" : `fleming(${sasNumber(spec.rho)}, ${sasNumber(spec.gamma)})`;
  const lines = [
    ...sasEventData(data),
    `proc lifetest data=used conftype=${SAS_SCALES[spec.intervalScale]} alpha=${sasNumber(Number((1 - spec.confidence).toPrecision(12)))};`,
    "  time time*event(0);",
    strata === "" ? `  strata arm / test=${test};` : `  strata ${strata} / group=arm test=${test};`,
    "run;",
  ];
  return `${lines.join("\n")}\n`;
}

/** Names of the scales in PROC LIFETEST. */
export const SAS_SCALES = {
  plain: "linear",
  log: "log",
  "log-log": "loglog",
  logit: "logit",
  arcsin: "asinsqrt",
} as const;
