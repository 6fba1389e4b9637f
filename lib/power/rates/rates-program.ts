import type { TwoRatesSpec } from "./two-rates.ts";

/** Proportions restricted to a null difference, ratio or odds ratio, as roots of the likelihood equation. */
export const R_RESTRICTED: Readonly<Record<TwoRatesSpec["measure"], string>> = {
  "risk-difference": `restricted <- function(p1, p0, n1, n0, null) {
  # Restricted maximum likelihood: the score is monotone between the ends.
  score <- function(q) n1 * (p1 - q - null) / ((q + null) * (1 - q - null)) + n0 * (p0 - q) / (q * (1 - q))
  if (null == 0) { q <- (n1 * p1 + n0 * p0) / (n1 + n0); return(c(q, q)) }
  low <- max(0, -null)
  high <- min(1, 1 - null)
  q <- uniroot(score, c(low + 1e-13, high - 1e-13), tol = 1e-15)$root
  c(q + null, q)
}`,
  "risk-ratio": `restricted <- function(p1, p0, n1, n0, null) {
  a <- (n1 + n0) * null
  b <- -(n1 * null + n1 * p1 + n0 + n0 * p0 * null)
  q <- (-b - sqrt(b^2 - 4 * a * (n1 * p1 + n0 * p0))) / (2 * a)
  c(q * null, q)
}`,
  "odds-ratio": `restricted <- function(p1, p0, n1, n0, null) {
  events <- n1 * p1 + n0 * p0
  at <- function(q) null * q / (1 + q * (null - 1))
  q <- uniroot(function(q) n1 * at(q) + n0 * q - events, c(1e-13, 1 - 1e-13), tol = 1e-15)$root
  c(at(q), q)
}`,
};

/** SD of the contrast of each measure, and the contrast. */
export const R_CONTRAST: Readonly<Record<TwoRatesSpec["measure"], string>> = {
  "risk-difference": `contrast <- function(p1, p0, null) p1 - p0 - null
sd_at <- function(q1, q0, n1, n0, null) sqrt(q1 * (1 - q1) / n1 + q0 * (1 - q0) / n0)
null_rate <- function(p0, null) p0 + null`,
  "risk-ratio": `contrast <- function(p1, p0, null) p1 - null * p0
sd_at <- function(q1, q0, n1, n0, null) sqrt(q1 * (1 - q1) / n1 + null^2 * q0 * (1 - q0) / n0)
null_rate <- function(p0, null) p0 * null`,
  "odds-ratio": `contrast <- function(p1, p0, null) log(p1 * (1 - p0) / (p0 * (1 - p1)) / null)
sd_at <- function(q1, q0, n1, n0, null) sqrt(1 / (q1 * (1 - q1) * n1) + 1 / (q0 * (1 - q0) * n0))
null_rate <- function(p0, null) null * p0 / (1 - p0 + null * p0)`,
};

/** R functions of the z tests of two proportions. */
export function rTwoRates({ convention, measure, sides, direction }: TwoRatesSpec): string {
  const power = {
    pooled: `power_at <- function(s, n1, n0, effect, alpha) {
  q <- restricted(effect, s$controlRate, n1, n0, s$nullValue)
  z <- qnorm(alpha / ${sides}, lower.tail = FALSE)
  pnorm((abs(contrast(effect, s$controlRate, s$nullValue)) - z * sd_at(q[1], q[2], n1, n0, s$nullValue)) /
    sd_at(effect, s$controlRate, n1, n0, s$nullValue))
}`,
    unpooled: `power_at <- function(s, n1, n0, effect, alpha)
  pnorm(abs(contrast(effect, s$controlRate, s$nullValue)) / sd_at(effect, s$controlRate, n1, n0, s$nullValue) -
    qnorm(alpha / ${sides}, lower.tail = FALSE))`,
    "continuity-corrected": `power_at <- function(s, n1, n0, effect, alpha) {
  ratio <- n1 / n0
  lost <- (ratio + 1) / (2 * ratio * abs(effect - s$controlRate))
  if (n0 <= lost) return(0)
  n0 <- (n0 - lost)^2 / n0
  n1 <- ratio * n0
  q <- restricted(effect, s$controlRate, n1, n0, s$nullValue)
  z <- qnorm(alpha / ${sides}, lower.tail = FALSE)
  pnorm((abs(contrast(effect, s$controlRate, s$nullValue)) - z * sd_at(q[1], q[2], n1, n0, s$nullValue)) /
    sd_at(effect, s$controlRate, n1, n0, s$nullValue))
}`,
    arcsine: `power_at <- function(s, n1, n0, effect, alpha)
  pnorm(abs(2 * asin(sqrt(effect)) - 2 * asin(sqrt(s$controlRate))) * sqrt(n1 * n0 / (n1 + n0)) -
    qnorm(alpha / ${sides}, lower.tail = FALSE))`,
  }[convention];
  return `${R_RESTRICTED[measure]}
${R_CONTRAST[measure]}
${power}
fewest <- function(s) 1e-6
effect_range <- function(s, n1, n0)
  list(null = null_rate(s$controlRate, s$nullValue), limit = ${direction === "greater" ? 1 : 0}, step = 0.02)`;
}
