import type { ProgramCode } from "../program-code/program-code.ts";
import { rNumber, rNumbers } from "../program-code/r-literal.ts";
import { peerCalls } from "./design-peer-calls.ts";
import type { FutilityRule } from "./futility-bound.ts";
import type { GroupSequentialSpec } from "./group-sequential-design.ts";
import { R_RECURSION } from "./r-recursion.ts";
import { rEfficacy, rLogicals, rLowerBounds, rSpending } from "./r-spending.ts";
import { sasDesign } from "./sas-seqdesign.ts";

/**
 * Programs that compute a group sequential design: base R by the same recursion, and SAS PROC SEQDESIGN where it has the
 * design.
 *
 * @param spec - Design.
 * @param truths - True effects as multiples of the design effect, whose probabilities are printed.
 * @returns R program that prints bounds, drift and inflation factor, and stopping probabilities as CSV.
 */
export function designProgram(spec: GroupSequentialSpec, truths: readonly number[]): ProgramCode {
  const { sas, note } = sasDesign(spec);
  return { r: rProgram(spec, truths), rPackages: [], sas, sasNote: note };
}

function rProgram(spec: GroupSequentialSpec, truths: readonly number[]): string {
  const { futility, informationFractions } = spec;
  const twoSided = spec.sides === "symmetric-two-sided";
  const tested = spec.efficacyLooks ?? informationFractions.map(() => true);
  const binding = futility.kind !== "none" && futility.binding;
  return [
    "# Group sequential design by recursive integration, base R only",
    `t <- ${rNumbers(informationFractions)}`,
    `alpha <- ${rNumber(spec.oneSidedAlpha)}; power <- ${rNumber(spec.power)}; tested <- ${rLogicals(tested)}`,
    R_RECURSION,
    `futility_rule <- ${futilityRule(futility)}`,
    `efficacy <- function(new_lower) ${rEfficacy(spec.efficacy)}`,
    `ignored <- function() function(k, u) ${twoSided ? "-u" : "-Inf"}`,
    ...boundsFunction(futility, binding, twoSided),
    "missed <- function(drift) { b <- bounds_for(drift); 1 - sum(crossing(b$u, b$l, drift)$up) }",
    "fixed <- qnorm(1 - alpha) + qnorm(power)",
    "high <- 1.1 * fixed; while (missed(high) > 1 - power) high <- 1.25 * high",
    "drift <- uniroot(function(d) qnorm(missed(d)) - qnorm(1 - power), c(0.98 * fixed, high), tol = 1e-12)$root",
    "b <- bounds_for(drift)",
    "print(data.frame(analysis = seq_len(K), fraction = t, efficacy_z = b$u, nominal_p = pnorm(b$u, lower.tail = FALSE), lower_z = b$l), digits = 10)",
    'cat("drift", format(drift, digits = 12), "inflation", format((drift / fixed)^2, digits = 12), "\\n")',
    `for (truth in ${rNumbers(truths)}) {`,
    "  x <- crossing(b$u, b$l, truth * drift); stops <- x$up + x$down; stops[K] <- 1 - sum(stops[-K])",
    '  cat(sprintf("truth %g: efficacy %s | lower %s | expected information %.10f\\n", truth, paste(sprintf("%.10f", x$up), collapse = " "), paste(sprintf("%.10f", x$down), collapse = " "), (drift / fixed)^2 * sum(t * stops)))',
    "}",
    ...peerCalls(spec),
    "",
  ].join("\n");
}

function boundsFunction(futility: FutilityRule, binding: boolean, twoSided: boolean): string[] {
  if (twoSided)
    return ["u0 <- efficacy(ignored); u0[u0 >= 7.5] <- Inf", "bounds_for <- function(drift) list(u = u0, l = -u0)"];
  const needsFinal = futility.kind === "scale";
  const lower = [
    "with_lower <- function(u, drift) {",
    "  rule <- futility_rule(drift, u[K])",
    "  list(u = u, l = sapply(seq_len(K), function(k) if (k == K) u[K] else rule(k, u[k])))",
    "}",
  ];
  if (!binding)
    return [
      ...lower,
      "u0 <- efficacy(ignored); u0[u0 >= 7.5] <- Inf",
      "bounds_for <- function(drift) with_lower(u0, drift)",
    ];
  return [
    ...lower,
    "bounds_for <- function(drift) {",
    needsFinal
      ? "  u <- efficacy(ignored); repeat { before <- u[K]; u <- efficacy(function() futility_rule(drift, before)); if (abs(u[K] - before) < 1e-12) break }"
      : "  u <- efficacy(function() futility_rule(drift, NA))",
    "  u[u >= 7.5] <- Inf; with_lower(u, drift)",
    "}",
  ];
}

/** R function (drift, final bound) that starts a rule (analysis, efficacy bound) → futility bound. */
function futilityRule(futility: FutilityRule): string {
  switch (futility.kind) {
    case "none":
      return "function(drift, final) function(k, u) -Inf";
    case "z-scale":
      return `function(drift, final) { z <- ${rLowerBounds(futility.values)}; function(k, u) min(u, z[k]) }`;
    case "beta-spending":
      return spendingRule(rSpending(futility.spending, "(1 - power)"), "drift", futility.looks);
    case "null-spending":
      return spendingRule(rSpending(futility.spending, rNumber(futility.total)), "0", futility.looks);
    case "scale": {
      const given = `v <- c(${futility.values.map((value) => (value === null ? "NA" : rNumber(value))).join(", ")}); x <- t[seq_along(v)]`;
      return `function(drift, final) { ${given}; z <- ${SCALE_IN_R[futility.scale]}; z[is.na(z)] <- -Inf; function(k, u) min(u, z[k]) }`;
    }
  }
}

const SCALE_IN_R = {
  z: "v",
  "p-value": "qnorm(v, lower.tail = FALSE)",
  "effect-share": "v * drift * sqrt(x)",
  "conditional-power-design-effect": "(final + qnorm(v) * sqrt(1 - x) - drift * (1 - x)) / sqrt(x)",
  "conditional-power-trend": "sqrt(x) * (final + qnorm(v) * sqrt(1 - x))",
  "predictive-power": "final * sqrt(x) + qnorm(v) * sqrt(1 - x)",
} as const;

function spendingRule(spend: string, drift: string, looks: readonly boolean[] | undefined): string {
  const used = looks === undefined ? "rep(TRUE, K - 1)" : rLogicals(looks);
  return `function(drift, final) {
  spend <- ${spend}; truth <- ${drift}; g <- at_start(); spent <- 0; used <- ${used}
  function(k, u) {
    low <- -Inf
    if (used[k]) { low <- min(u, spend_lower(g, k, spend(t[k]) - spent, truth)); spent <<- spend(t[k]) }
    g <<- go_on(g, low, u, k, truth)
    low
  }
}`;
}
