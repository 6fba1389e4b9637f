# Reference for group sequential designs: random plans solved by multivariate normal rectangles (mvtnorm, Miwa's algorithm) and
# root finding, no recursion over a density. Run: Rscript sequential-plans.R
library(mvtnorm)
library(jsonlite)
set.seed(16180)
miwa <- Miwa(steps = 1024)
rectangle <- function(lower, upper, t, drift) {
  k <- length(lower)
  m <- drift * sqrt(t[1:k])
  lower <- pmax(lower - m, -38); upper <- pmin(upper - m, 38)
  if (any(lower >= upper)) return(0)
  if (k == 1) return(pnorm(upper) - pnorm(lower))
  as.numeric(suppressWarnings(pmvnorm(lower, upper, corr = outer(t[1:k], t[1:k], function(a, b) sqrt(pmin(a, b) / pmax(a, b))), algorithm = miwa)))
}
crossUp <- function(k, u, l, t, drift, at) rectangle(c(l[seq_len(k - 1)], at), c(u[seq_len(k - 1)], Inf), t, drift)
crossDown <- function(k, u, l, t, drift, at) rectangle(c(l[seq_len(k - 1)], -Inf), c(u[seq_len(k - 1)], at), t, drift)
spend <- function(s, total, t) switch(s$family,
  "lan-demets-obrien-fleming" = 2 - 2 * pnorm(qnorm(1 - total / 2) / sqrt(t)),
  "lan-demets-pocock" = total * log(1 + (exp(1) - 1) * t),
  "hwang-shih-decani" = total * (1 - exp(-s$gamma * t)) / (1 - exp(-s$gamma)),
  "kim-demets" = total * t^s$rho)
randomSpend <- function() switch(sample(4, 1), list(family = "lan-demets-obrien-fleming"), list(family = "lan-demets-pocock"),
  list(family = "hwang-shih-decani", gamma = round(runif(1, -5, 2), 2)), list(family = "kim-demets", rho = round(runif(1, 0.6, 4), 2)))
root <- function(f, lo, hi) uniroot(f, c(lo, hi), tol = 1e-12)$root

# Bounds for a drift: efficacy spent under H0 (with the lower bounds when they bind), futility under the drift or as given.
solve_bounds <- function(p, drift) {
  K <- length(p$t); a <- diff(c(0, spend(p$efficacy, p$alpha, p$t)))
  b <- if (p$futility$kind == "beta-spending") diff(c(0, spend(p$futility$spending, 1 - p$power, p$t)))
  u <- l <- rep(NA, K); none <- rep(-Inf, K)
  for (k in seq_len(K)) {
    active <- if (p$futility$kind != "none" && p$futility$binding) l else none
    u[k] <- if (p$efficacy$family %in% c("pocock", "obrien-fleming")) p$shape[k] else
      root(function(x) crossUp(k, u, active, p$t, 0, x) - a[k], -3, 9)
    if (k < K) l[k] <- min(u[k], switch(p$futility$kind, none = -Inf, "z-scale" = p$futility$values[k],
      "beta-spending" = if (crossDown(k, u, l, p$t, drift, u[k]) <= b[k]) u[k] else root(function(x) crossDown(k, u, l, p$t, drift, x) - b[k], -12, u[k])))
  }
  l[K] <- u[K]
  list(u = u, l = l)
}
probabilities <- function(b, t, drift) list(
  up = sapply(seq_along(t), function(k) crossUp(k, b$u, b$l, t, drift, b$u[k])),
  down = sapply(seq_along(t), function(k) crossDown(k, b$u, b$l, t, drift, b$l[k])))
plans <- list()
for (i in 1:36) {
  K <- sample(2:4, 1)
  t <- c(sort(sample(seq(0.25, 0.9, 0.05), K - 1)), 1)
  p <- list(t = t, alpha = sample(c(0.025, 0.05, 0.01), 1), power = sample(c(0.8, 0.9, 0.85), 1), efficacy = randomSpend())
  p$futility <- switch((i %% 3) + 1, list(kind = "none"), list(kind = "beta-spending", spending = randomSpend(), binding = runif(1) < 0.5),
    list(kind = "z-scale", values = I(round(runif(K - 1, -0.8, 0.9), 2)), binding = runif(1) < 0.5))
  if (i %% 6 == 0) {   # classical shapes, no futility: u = c t^(shape - 1/2)
    p$futility <- list(kind = "none"); p$efficacy <- list(family = sample(c("pocock", "obrien-fleming"), 1))
    e <- if (p$efficacy$family == "pocock") 0 else -0.5
    c0 <- root(function(c) 1 - rectangle(rep(-Inf, K), c * t^e, t, 0) - p$alpha, 1, 6)
    p$shape <- c0 * t^e
  }
  # A drift so large that binding futility leaves less than the error to be spent is certainly too large.
  gap <- function(d) tryCatch(sum(probabilities(solve_bounds(p, d), t, d)$up) - p$power, error = function(e) 1 - p$power)
  fixed <- qnorm(1 - p$alpha) + qnorm(p$power)
  d <- root(gap, 0.98 * fixed, 1.5 * fixed)
  b <- solve_bounds(p, d)
  null <- probabilities(b, t, 0); under <- probabilities(b, t, d); half <- probabilities(b, t, d / 2)
  information <- function(q) (d / fixed)^2 * sum(t * (q$up + q$down))
  p$shape <- NULL
  plans[[i]] <- c(p, list(drift = d, upper = I(b$u), lower = I(ifelse(is.finite(b$l[-K]), b$l[-K], NA)), inflation = (d / fixed)^2,
    upUnderNull = I(null$up), downUnderNull = I(null$down), upUnderDesign = I(under$up), downUnderDesign = I(under$down),
    information = c(information(null), information(half), information(under))))
}
write_json(plans, "sequential-plans.json", digits = NA, auto_unbox = TRUE, na = "null")
