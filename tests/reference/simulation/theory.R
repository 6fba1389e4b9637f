# Reference for simulated operating characteristics: power of one look, exactly, by summing over the binomial numbers of completers
# and integrating over chance imbalance; size and duration of several looks by rectangles and Poisson sums.
# Run: Rscript theory.R
library(mvtnorm)
library(jsonlite)
power <- function(n1, n0, q, delta, V, alpha) {
  nu <- n1 + n0 - 2 - q
  crit <- qt(alpha, nu, lower.tail = FALSE)
  nc <- delta / sqrt(V * (1 / n1 + 1 / n0))
  if (q == 0) return(1 - pt(crit, nu, nc))
  integrate(function(b) sapply(b, function(x) (1 - pt(crit, nu, nc * sqrt(1 - qbeta(x, q / 2, (nu + 1) / 2))))), 0, 1, rel.tol = 1e-9)$value
}
withDropout <- function(p, q, V) {
  if (p$dropout == 0) return(power(p$n1, p$n0, q, p$delta, V, p$alpha))
  total <- 0; mass <- 0
  for (a in qbinom(1e-7, p$n1, 1 - p$dropout):p$n1) for (b in qbinom(1e-7, p$n0, 1 - p$dropout):p$n0) {
    w <- dbinom(a, p$n1, 1 - p$dropout) * dbinom(b, p$n0, 1 - p$dropout)
    if (w < 1e-7 || min(a, b) < 2) next
    total <- total + w * power(a, b, q, p$delta, V, p$alpha); mass <- mass + w
  }
  total / mass
}
cells <- list(
  list(n1 = 66, n0 = 33, alpha = 0.025, sd = 7, rb = 0.35, rs = 0.1, iota = 1, rho = 1, dropout = 0, delta = 3.4),
  list(n1 = 30, n0 = 90, alpha = 0.05, sd = 0.4, rb = 0.1, rs = 0.25, iota = 0.5, rho = 1, dropout = 0, delta = 0.18),
  list(n1 = 45, n0 = 45, alpha = 0.005, sd = 12, rb = 0.5, rs = 0.2, iota = 0, rho = 1.3, dropout = 0, delta = 9),
  list(n1 = 9, n0 = 7, alpha = 0.1, sd = 1, rb = 0.2, rs = 0.3, iota = 1, rho = 0.7, dropout = 0, delta = 0.9),
  list(n1 = 40, n0 = 60, alpha = 0.025, sd = 3, rb = 0.3, rs = 0.15, iota = 0.8, rho = 1, dropout = 0.3, delta = 1.9),
  list(n1 = 14, n0 = 28, alpha = 0.025, sd = 5, rb = 0.25, rs = 0.25, iota = 1, rho = 1, dropout = 0.35, delta = 4.5))
cells <- lapply(cells, function(p) {
  own <- p$rs * p$sd^2; res <- (1 - p$rb - p$rs) * (p$rho * p$sd)^2
  c(p, list(unadjusted = withDropout(p, 0, res + own + p$rb * p$sd^2), ancova = withDropout(p, 1, res + own), score = withDropout(p, 2, res + (1 - p$iota^2) * own)))
})
# Three looks at 0.3, 0.6, 1 of 240 patients; efficacy as given, futility followed; H0 and a large trial's drift.
t <- c(0.3, 0.6, 1); u <- c(2.9, 2.5, 2.02); l <- c(-0.2, 0.6, 2.02); N <- 240; accrual <- 9; follow <- 365 / 30.4375
S <- outer(t, t, function(a, b) sqrt(pmin(a, b) / pmax(a, b)))
stops <- function(d) {
  m <- d * sqrt(t)
  p <- function(lo, hi, k) if (k == 1) pnorm(hi - m[1]) - pnorm(lo - m[1]) else as.numeric(suppressWarnings(pmvnorm(lo - m[1:k], hi - m[1:k], corr = S[1:k, 1:k], algorithm = Miwa(1024))))
  up <- sapply(1:3, function(k) p(c(l[seq_len(k - 1)], u[k]), c(u[seq_len(k - 1)], 40), k))
  down <- sapply(1:2, function(k) p(c(l[seq_len(k - 1)], -40), c(u[seq_len(k - 1)], l[k]), k))
  end <- c(up[1:2] + down, 1 - sum(up[1:2] + down))
  n <- round(t * N)
  enrolled <- sapply(n, function(a) a + sum(sapply(0:2000, function(j) dpois(j, accrual * follow) * min(N - a, j))))
  list(up = I(up), down = I(down), patients = sum(end * enrolled), months = sum(end * (n / accrual + follow)))
}
write_json(list(cells = cells, looks = list(fractions = t, upper = u, lower = l[1:2], patients = N, accrual = accrual, null = stops(0))),
           "theory.json", digits = NA, auto_unbox = TRUE)
print(sapply(cells, function(p) c(p$unadjusted, p$ancova, p$score)))
