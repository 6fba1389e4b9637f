import type { ProgramCode } from "../program-code/program-code.ts";
import { rNumber, rNumbers } from "../program-code/r-literal.ts";
import { peerCalls } from "./design-peer-calls.ts";
import { isScaledShape } from "./efficacy-bound.ts";
import type { FutilityRule } from "./futility-bound.ts";
import type { GroupSequentialSpec } from "./group-sequential-design.ts";
import type { InnerOverlap } from "./inner-bound.ts";
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
  const inner = hasInnerBounds(spec);
  return [
    "# Group sequential design by recursive integration, base R only",
    `t <- ${rNumbers(spec.informationFractions)}`,
    R_RECURSION,
    ...planLines(spec),
    ...driftLines(spec),
    `print(data.frame(analysis = seq_len(K), fraction = t, efficacy_z = b$u, nominal_p = pnorm(b$u, lower.tail = FALSE), lower_z = b$l${inner ? ", inner_z = b$i" : ""}), digits = 10)`,
    'cat("drift", format(drift, digits = 12), "inflation", format((drift / fixed)^2, digits = 12), "\\n")',
    `for (truth in ${rNumbers(truths)}) {`,
    "  x <- crossing(b$u, b$l, truth * drift, b$i); stops <- x$up + x$down + x$accepted; stops[K] <- 1 - sum(stops[-K])",
    '  cat(sprintf("truth %g: efficacy %s | lower %s | expected information %.10f\\n", truth, paste(sprintf("%.10f", x$up), collapse = " "), paste(sprintf("%.10f", x$down), collapse = " "), (drift / fixed)^2 * sum(t * stops)))',
    ...(inner
      ? ['  cat(sprintf("between the inner bounds %s\\n", paste(sprintf("%.10f", x$accepted), collapse = " ")))']
      : []),
    "}",
    ...peerCalls(spec),
    "",
  ].join("\n");
}

const hasInnerBounds = ({ sides, futility }: GroupSequentialSpec) =>
  sides === "symmetric-two-sided" && futility.kind !== "none";

/** R source of a plan on the recursion: error, power, rules, and `bounds_for(drift)`. */
export function planLines(spec: GroupSequentialSpec): string[] {
  return [`alpha <- ${rNumber(spec.oneSidedAlpha)}; power <- ${rNumber(spec.power)}`, ...ruleLines(spec)];
}

/** R source of the rules of a plan for any `alpha` and `power`: `bounds_for(drift)`. */
export function ruleLines(spec: GroupSequentialSpec): string[] {
  const { futility, informationFractions } = spec;
  const twoSided = spec.sides === "symmetric-two-sided";
  const tested = spec.efficacyLooks ?? informationFractions.map(() => true);
  const binding = futility.kind !== "none" && futility.binding;
  return [
    `tested <- ${rLogicals(tested)}`,
    `futility_rule <- ${futilityRule(futility, twoSided)}`,
    `efficacy <- function(new_lower) ${rEfficacy(spec.efficacy)}`,
    `ignored <- function(final) function(k, u) ${twoSided ? "-u" : "-Inf"}`,
    ...boundsFunction(spec, binding, twoSided),
  ];
}

/** R source of `fixed`, `drift` and the bounds `b` of the design. */
export function driftLines(spec: GroupSequentialSpec): string[] {
  const either = spec.powerCounts === "either-direction";
  const fixed = either
    ? "fixed <- uniroot(function(d) pnorm(qnorm(alpha) + d) + pnorm(qnorm(alpha) - d) - power, c(0, 40), tol = 1e-13)$root"
    : "fixed <- qnorm(1 - alpha) + qnorm(power)";
  return [
    fixed,
    `missed <- function(b, drift) { x <- crossing(b$u, b$l, drift, b$i); 1 - sum(x$up)${either ? " - sum(x$down)" : ""} }`,
    "solve_drift <- function(error) {",
    "  low <- 0.98 * fixed; while (error(low) < 1 - power && low > 1e-3 * fixed) low <- 0.8 * low",
    "  high <- 1.1 * fixed; while (error(high) > 1 - power) high <- 1.25 * high",
    "  uniroot(function(d) qnorm(error(d)) - qnorm(1 - power), c(low, high), tol = 1e-12)$root",
    "}",
    ...overlappingLines(spec),
    ...(hasInnerBounds(spec) && spec.futility.kind !== "z-scale"
      ? [
          "b <- bounds_for(solve_drift(function(d) { b <- bounds_for(d); sum(crossing(b$u, b$l, d, b$i)$accepted) }))",
          "drift <- solve_drift(function(d) missed(b, d))",
        ]
      : ["drift <- solve_drift(function(d) missed(bounds_for(d), d))", "b <- bounds_for(drift)"]),
  ];
}

/** R source of `overlapping`: where the bound of the one-sided design of the same errors is not below 0. */
function overlappingLines({ futility, sides }: GroupSequentialSpec): string[] {
  if (sides !== "symmetric-two-sided" || futility.kind !== "beta-spending") return [];
  const rule = spendingRule(rSpending(futility.spending, "(1 - power)"), "drift", futility.looks);
  return [
    "overlapping <- local({",
    `  start <- ${rule}`,
    "  lower <- function(u, drift) { rule <- start(drift, NA); sapply(seq_len(K), function(k) if (k == K) u[K] else rule(k, u[k])) }",
    `  upper <- function(drift) { u <- efficacy(function(final) ${futility.binding ? "start(drift, NA)" : "function(k, u) -Inf"}); u[u >= 7.5] <- Inf; u }`,
    "  error <- function(drift) { u <- upper(drift); 1 - sum(crossing(u, lower(u, drift), drift)$up) }",
    "  one_sided <- solve_drift(error)",
    "  lower(upper(one_sided), one_sided)[-K] >= 0",
    "})",
  ];
}

function boundsFunction({ futility, efficacy }: GroupSequentialSpec, binding: boolean, twoSided: boolean): string[] {
  if (twoSided && futility.kind === "none")
    return [
      "u0 <- efficacy(ignored); u0[u0 >= 7.5] <- Inf",
      "bounds_for <- function(drift) list(u = u0, l = -u0, i = 0 * t)",
    ];
  const needsFinal = futility.kind === "scale" || futility.kind === "pampallona-tsiatis";
  const stops = "sapply(seq_len(K), function(k) if (k == K) u[K] else rule(k, u[k]))";
  const lower = [
    "with_lower <- function(u, drift) {",
    "  rule <- futility_rule(drift, u[K])",
    twoSided ? `  list(u = u, l = -u, i = pmax(${stops}, 0))` : `  list(u = u, l = ${stops}, i = 0 * t)`,
    "}",
  ];
  if (!binding)
    return [
      ...lower,
      "u0 <- efficacy(ignored); u0[u0 >= 7.5] <- Inf",
      "bounds_for <- function(drift) with_lower(u0, drift)",
    ];
  const rule = (final: string) =>
    twoSided
      ? `function(scaled = ${final}) { rule <- futility_rule(drift, scaled); function(k, u) c(-u, rule(k, u)) }`
      : `function(scaled = ${final}) futility_rule(drift, scaled)`;
  const search = [
    `  high <- efficacy(ignored)[K]; gap <- function(x) efficacy(${rule("x")})[K] - x`,
    "  step <- 0.1; while (gap(high - step) < 0 && step < 40) step <- 3 * step",
    "  final <- if (gap(high) >= 0) high else uniroot(gap, c(high - step, high), tol = 1e-13)$root",
    `  u <- efficacy(${rule("final")})`,
  ];
  return [
    ...lower,
    "bounds_for <- function(drift) {",
    ...(needsFinal && !isScaledShape(efficacy) ? search : [`  u <- efficacy(${rule("NA")})`]),
    "  u[u >= 7.5] <- Inf; with_lower(u, drift)",
    "}",
  ];
}

/** R function (drift, final bound) that starts a rule (analysis, efficacy bound) → futility bound. */
function futilityRule(futility: FutilityRule, twoSided: boolean): string {
  switch (futility.kind) {
    case "none":
      return "function(drift, final) function(k, u) -Inf";
    case "z-scale":
      return `function(drift, final) { z <- ${rLowerBounds(futility.values)}; function(k, u) min(u, z[k]) }`;
    case "pampallona-tsiatis":
      return `function(drift, final) function(k, u) min(u, drift * sqrt(t[k]) - (drift - final) * t[k]^(${rNumber(futility.shape)} - 0.5))`;
    case "beta-spending": {
      const spend = rSpending(futility.spending, "(1 - power)");
      return twoSided
        ? innerSpendingRule(spend, futility.overlap ?? "adjust", futility.looks)
        : spendingRule(spend, "drift", futility.looks);
    }
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

/** Inner bounds: error at an analysis whose regions do not overlap is carried on, or taken out of the spending function. */
function innerSpendingRule(spend: string, overlap: InnerOverlap, looks: readonly boolean[] | undefined): string {
  const used = looks === undefined ? "rep(TRUE, K - 1)" : rLogicals(looks);
  return `function(drift, final) {
  spend <- ${spend}; g <- at_start(); spent <- 0; lost <- 0; used <- ${used}
  function(k, u) {
    a <- -Inf
    if (used[k]) {
      by_now <- (spend(t[k]) - lost) * (1 - power) / (1 - power - lost); error <- by_now - spent
      if (overlapping[k]) {
        widest <- min(u, 40)
        a <- if (inside(g, widest, k, drift) <= error) u else
          uniroot(function(z) inside(g, z, k, drift) - error, c(0, widest), tol = 1e-13)$root
        spent <<- by_now
      }${overlap === "adjust" ? " else if (spent == 0) lost <<- spend(t[k])" : ""}
    }
    g <<- go_on(g, -u, u, k, drift, a)
    a
  }
}`;
}
