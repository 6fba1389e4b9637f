# Reference for conditional and predictive power, assurance and stage-wise inference on the plans of sequential-plans.json:
# conditional multivariate normal laws written out in full, averaging over the drift by numerical integration.
# Run after sequential-plans.R: Rscript sequential-inference.R
library(mvtnorm)
library(jsonlite)
set.seed(5)
plans <- fromJSON("sequential-plans.json", simplifyVector = FALSE)
rect <- function(lo, hi, m, S) {
  d <- sqrt(diag(S)); lo <- pmax((lo - m) / d, -38); hi <- pmin((hi - m) / d, 38)
  if (any(lo >= hi)) return(0)
  if (length(lo) == 1) return(pnorm(hi) - pnorm(lo))
  as.numeric(suppressWarnings(pmvnorm(lo, hi, corr = cov2cor(S), algorithm = Miwa(512))))
}
success <- function(u, l, m, S) sum(sapply(seq_along(u), function(k) rect(c(l[seq_len(k - 1)], u[k]), c(u[seq_len(k - 1)], Inf), m[1:k], S[1:k, 1:k, drop = FALSE])))
average <- function(f, mean, sd) integrate(function(x) sapply(x, function(d) f(d) * dnorm(d, mean, sd)), mean - 9 * sd, mean + 9 * sd, rel.tol = 1e-9)$value
rows <- lapply(plans, function(p) {
  t <- unlist(p$t); K <- length(t); u <- unlist(p$upper); l <- c(sapply(p$lower, function(x) if (is.null(x)) -Inf else x), u[K]); d <- p$drift
  S <- outer(t, t, function(a, b) sqrt(pmin(a, b) / pmax(a, b)))
  z <- round(runif(1, max(l[1], -1), min(u[1], 3)), 3); r <- 2:K
  conditional <- function(drift) {
    m <- drift * sqrt(t)
    success(u[r], l[r], m[r] + S[r, 1] * (z - m[1]), S[r, r, drop = FALSE] - tcrossprod(S[r, 1]))
  }
  prior <- c(round(runif(1, 0.5, 3.5), 2), round(runif(1, 0.4, 2), 2))
  posterior <- c(0, 1 / sqrt(1 / prior[2]^2 + t[1])); posterior[1] <- posterior[2]^2 * (prior[1] / prior[2]^2 + z * sqrt(t[1]))
  # Stopped at the second look with a value above or below its bound, non-binding futility left out.
  y <- round(rnorm(1, 2.2, 0.6), 3); none <- rep(-Inf, K)
  p_at <- function(drift) success(c(u[1], y), none, drift * sqrt(t[1:2]), S[1:2, 1:2])
  at <- function(target) uniroot(function(x) p_at(x) - target, c(-12, 16), tol = 1e-11)$root
  list(z = z, underNull = conditional(0), underDesign = conditional(d), trend = conditional(z / sqrt(t[1])), prior = prior,
       predictive = average(conditional, posterior[1], posterior[2]), predictiveFlat = average(conditional, z / sqrt(t[1]), 1 / sqrt(t[1])),
       assurance = average(function(x) success(u, l, x * sqrt(t), S), prior[1], prior[2]),
       stopped = y, pValue = p_at(0), median = at(0.5), lower = at(0.025), upper = at(0.975))
})
write_json(rows, "sequential-inference.json", digits = NA, auto_unbox = TRUE)
