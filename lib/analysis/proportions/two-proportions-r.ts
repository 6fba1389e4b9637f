import type { TwoProportionsSpec } from "./two-proportions-spec.ts";

/** R functions of the score statistic: restricted proportions by one-dimensional maximisation of the likelihood. */
export const R_SCORE: readonly string[] = [
  "# Proportions of both arms that maximise the likelihood when the effect is held",
  "restricted <- function(a, m, c, n, scale, effect) {",
  '  p1_of <- switch(scale, "risk-difference" = function(p) p + effect, "risk-ratio" = function(p) p * effect,',
  '                  "odds-ratio" = function(p) p * effect / (1 - p + p * effect))',
  '  low <- if (scale == "risk-difference") max(0, -effect) else 0',
  '  high <- switch(scale, "risk-difference" = min(1, 1 - effect), "risk-ratio" = min(1, 1 / effect), "odds-ratio" = 1)',
  '  slope_of <- switch(scale, "risk-difference" = function(p) 1, "risk-ratio" = function(p) effect,',
  '                     "odds-ratio" = function(p) effect / (1 - p + p * effect)^2)',
  "  part <- function(k, p) if (k == 0) 0 else k / p",
  "  score <- function(p) (part(a, p1_of(p)) - part(m - a, 1 - p1_of(p))) * slope_of(p) + part(c, p) - part(n - c, 1 - p)",
  "  edge <- 1e-14 * (high - low)",
  "  p0 <- if (score(low + edge) <= 0) low else if (score(high - edge) >= 0) high",
  "        else uniroot(score, c(low + edge, high - edge), tol = 1e-16)$root",
  "  c(p1_of(p0), p0)",
  "}",
  "score_z <- function(a, m, c, n, scale, effect, factor) {",
  "  r <- restricted(a, m, c, n, scale, effect)",
  "  v <- r * (1 - r) / c(m, n)",
  '  top <- switch(scale, "risk-difference" = a / m - c / n - effect, "risk-ratio" = a / m - effect * c / n, a / m - r[1])',
  '  spread <- switch(scale, "risk-difference" = sum(v), "risk-ratio" = v[1] + effect^2 * v[2],',
  "                   1 / (1 / (m^2 * v[1]) + 1 / (n^2 * v[2])) / m^2)",
  "  if (abs(top) < 1e-14) 0 else top / sqrt(factor * spread)",
  "}",
  "score_limits <- function(a, m, c, n, scale, factor, alpha) {",
  '  natural <- if (scale == "risk-difference") identity else exp',
  '  ends <- if (scale == "risk-difference") c(-1, 1) * (1 - 1e-9) else c(-18, 18)',
  "  limit <- function(z, unbounded) {",
  "    f <- function(x) score_z(a, m, c, n, scale, natural(x), factor) - z",
  "    if (sign(f(ends[1])) == sign(f(ends[2]))) return(unbounded)",
  "    natural(uniroot(f, ends, tol = 1e-13)$root)",
  "  }",
  "  q <- qnorm(1 - alpha / 2)",
  '  if (scale == "risk-difference") c(limit(q, -1), limit(-q, 1)) else c(limit(q, 0), limit(-q, Inf))',
  "}",
  "",
];

/** R functions of unconditional exact tests: largest probability of a set of tables over the common proportion. */
export const R_EXACT: readonly string[] = [
  "largest_probability <- function(inside, m, n, shift = 0) {",
  "  low <- max(0, -shift); high <- min(1, 1 - shift)",
  "  probability <- function(p) drop(dbinom(0:m, m, p + shift) %*% inside %*% dbinom(0:n, n, p))",
  "  points <- low + (high - low) * sin(0:400 * pi / 800)^2",
  "  values <- sapply(points, probability)",
  "  peaks <- which(values >= 0.9 * max(values))",
  "  best <- max(values)",
  "  for (k in peaks) best <- max(best, optimize(probability, points[c(max(1, k - 1), min(401, k + 1))], maximum = TRUE, tol = 1e-10)$objective)",
  "  min(1, best)",
  "}",
  "",
];

/** R statements that give the two-sided p-value `p`. */
export function rTest(spec: TwoProportionsSpec): string[] {
  switch (spec.test) {
    case "pooled-z":
    case "pooled-z-continuity":
      return [
        `p <- suppressWarnings(prop.test(c(a, c), c(m, n), correct = ${spec.test === "pooled-z" ? "FALSE" : "TRUE"}))$p.value`,
        "if (is.nan(p)) p <- 1 # the same outcome for everybody",
      ];
    case "unpooled-z":
      return [
        `distance <- abs(p1 - p0 - ${spec.measure === "risk-difference" ? "null" : "0"})`,
        "p <- if (distance == 0) 1 else 2 * pnorm(-distance / sqrt(p1 * (1 - p1) / m + p0 * (1 - p0) / n))",
      ];
    case "miettinen-nurminen":
    case "farrington-manning":
      return [`p <- 2 * pnorm(-abs(score_z(a, m, c, n, scale, null, ${factorOf(spec.test)})))`];
    case "fisher-minimum-likelihood":
      return [`p <- fisher.test(matrix(c(a, m - a, c, n - c), 2, byrow = TRUE), or = ${oddsOf(spec)})$p.value`];
    case "fisher-central":
      return [...FISHER_TAILS(spec), "p <- min(1, 2 * min(tails))"];
    case "fisher-mid-p":
      return [...FISHER_TAILS(spec), "p <- min(1, 2 * (min(tails) - (sum(tails) - 1) / 2))"];
    case "barnard":
      return [
        "p <- {",
        "  i <- outer(0:m, rep(1, n + 1)); j <- outer(rep(1, m + 1), 0:n)",
        "  q <- (i + j) / (m + n)",
        "  z <- ifelse(i * n == j * m, 0, abs(i / m - j / n) / sqrt(q * (1 - q) * (1 / m + 1 / n)))",
        "  largest_probability(z >= z[a + 1, c + 1] - 1e-9 * max(1, z[a + 1, c + 1]), m, n)",
        "}",
      ];
    case "boschloo":
      return [
        "p <- {",
        "  fisher_p <- function(i, j) { d <- dhyper(max(0, i + j - n):min(m, i + j), m, n, i + j); sum(d[d <= dhyper(i, m, n, i + j) * (1 + 1e-7)]) }",
        "  ranks <- outer(0:m, 0:n, Vectorize(fisher_p))",
        "  largest_probability(ranks <= ranks[a + 1, c + 1] * (1 + 1e-9), m, n)",
        "}",
      ];
  }
}

/** R statements that give the interval `limits` on the natural scale. */
export function rInterval(spec: TwoProportionsSpec): string[] {
  const z = "qnorm(1 - alpha / 2)";
  switch (spec.interval) {
    case "miettinen-nurminen":
    case "farrington-manning":
      return [`limits <- score_limits(a, m, c, n, scale, ${factorOf(spec.interval)}, alpha)`];
    case "wald":
    case "wald-continuity":
      return [
        `limits <- suppressWarnings(prop.test(c(a, c), c(m, n), conf.level = 1 - alpha, correct = ${spec.interval === "wald" ? "FALSE" : "TRUE"}))$conf.int`,
      ];
    case "agresti-caffo":
      return [
        "limits <- suppressWarnings(prop.test(c(a, c) + 1, c(m, n) + 2, conf.level = 1 - alpha, correct = FALSE))$conf.int",
      ];
    case "newcombe":
      return [
        "w1 <- suppressWarnings(prop.test(a, m, conf.level = 1 - alpha, correct = FALSE))$conf.int",
        "w0 <- suppressWarnings(prop.test(c, n, conf.level = 1 - alpha, correct = FALSE))$conf.int",
        "limits <- p1 - p0 + c(-sqrt((p1 - w1[1])^2 + (w0[2] - p0)^2), sqrt((w1[2] - p1)^2 + (p0 - w0[1])^2))",
      ];
    case "log-normal":
      return [
        `s <- sqrt(${spec.measure === "risk-ratio" ? "1 / a - 1 / m + 1 / c - 1 / n" : "1 / a + 1 / (m - a) + 1 / c + 1 / (n - c)"})`,
        `limits <- exp(estimate + c(-1, 1) * ${z} * s)`,
      ];
    case "exact":
      return spec.measure === "odds-ratio" ? EXACT_ODDS : CHAN_ZHANG;
  }
}

const factorOf = (variance: "miettinen-nurminen" | "farrington-manning") =>
  variance === "miettinen-nurminen" ? "(m + n) / (m + n - 1)" : "1";

const oddsOf = (spec: TwoProportionsSpec) => (spec.measure === "odds-ratio" ? "null" : "1");

const NONCENTRAL = [
  "s <- max(0, a + c - n):min(m, a + c)",
  "density <- function(odds) { d <- dhyper(s, m, n, a + c, log = TRUE) + log(odds) * s; d <- exp(d - max(d)); d / sum(d) }",
];

const FISHER_TAILS = (spec: TwoProportionsSpec) => [
  ...NONCENTRAL,
  `tails <- c(sum(density(${oddsOf(spec)})[s <= a]), sum(density(${oddsOf(spec)})[s >= a]))`,
];

const EXACT_ODDS = [
  ...NONCENTRAL,
  "limits <- exp(c(",
  "  if (a == min(s)) -Inf else uniroot(function(x) sum(density(exp(x))[s >= a]) - alpha / 2, c(-50, 50), tol = 1e-12)$root,",
  "  if (a == max(s)) Inf else uniroot(function(x) sum(density(exp(x))[s <= a]) - alpha / 2, c(-50, 50), tol = 1e-12)$root))",
];

const CHAN_ZHANG = [
  "tail <- function(delta, sign) {",
  "  z <- sign * outer(0:m, 0:n, Vectorize(function(i, j) score_z(i, m, j, n, scale, delta, 1)))",
  "  largest_probability(z >= z[a + 1, c + 1] - 1e-7 * max(1, abs(z[a + 1, c + 1])), m, n, delta)",
  "}",
  "start <- score_limits(a, m, c, n, scale, 1, alpha)",
  "limits <- sapply(1:2, function(k) {",
  "  outward <- c(-1, 1)[k]",
  "  rejects <- function(delta) tail(delta, -outward) < alpha / 2",
  "  inner <- start[k]; while (rejects(inner)) inner <- inner - outward * 0.02",
  "  outer_end <- inner + outward * 0.02",
  "  while (abs(outer_end) < 1 && !rejects(outer_end)) { inner <- outer_end; outer_end <- outer_end + outward * 0.02 }",
  "  if (abs(outer_end) >= 1) return(outward)",
  "  while (abs(outer_end - inner) > 1e-6) { mid <- (inner + outer_end) / 2; if (rejects(mid)) outer_end <- mid else inner <- mid }",
  "  outer_end",
  "})",
];
