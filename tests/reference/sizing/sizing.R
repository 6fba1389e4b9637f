# Reference for sizing: 240 random plans by R's own noncentral t distribution, integers by counting up and down.
# Run: Rscript sizing.R
library(jsonlite)
set.seed(20407)
upper <- function(delta, se, df, alpha) {
  q <- qt(alpha, df, lower.tail = FALSE)
  # 1 - pt loses nothing here: powers are between alpha and 0.99
  1 - pt(q, df, ncp = delta / se)
}
power <- function(p, n1, n0) {
  df <- n1 + n0 - 2 - p$q
  if (df <= 0) return(0)
  upper(p$distance, p$sd * sqrt((1 - p$lambda^2 * p$r2) * (1 / n1 + p$gamma^2 / n0)), df, p$alpha)
}
plans <- list()
while (length(plans) < 240) {
  p <- list(sd = exp(runif(1, -2, 4)), lambda = sample(c(1, runif(1, 0.5, 1)), 1), gamma = sample(c(1, runif(1, 1, 1.6)), 1),
            r2 = sample(c(0, runif(1, 0, 0.85)), 1, prob = c(0.15, 0.85)), q = sample(0:12, 1),
            alpha = sample(c(0.025, 0.05, 0.005, runif(1, 0.001, 0.2)), 1), ratio = sample(c(1, 2, 3, 0.5, 1 / 3, 1.5, runif(1, 0.2, 5)), 1),
            hypothesis = sample(c("superiority", "non-inferiority"), 1), benefit = sample(c("lower-is-better", "higher-is-better"), 1),
            dropout = sample(c(0, 0.1, runif(1, 0, 0.6)), 1))
  p$target <- runif(1, max(0.5, p$alpha + 0.1), 0.97)
  sign <- if (p$benefit == "higher-is-better") 1 else -1
  if (p$hypothesis == "superiority") {
    gain <- p$sd * runif(1, 0.2, 1.4); p$margin <- sample(c(0, 0.6 * gain), 1); p$distance <- gain - p$margin
  } else {
    p$margin <- p$sd * runif(1, 0.3, 1); gain <- p$margin * sample(c(0, runif(1, -0.5, 0.6)), 1); p$distance <- gain + p$margin
  }
  p$effect <- sign * gain
  if (p$distance / p$sd < 0.1) next
  f <- function(N) power(p, N * p$ratio / (1 + p$ratio), N / (1 + p$ratio)) - p$target
  low <- 2 + p$q + 0.5
  if (f(low) >= 0) next
  high <- low + 2; while (f(high) < 0) high <- high * 2
  p$total <- uniroot(f, c(low, high), tol = 1e-11)$root
  n1 <- ceiling(p$total * p$ratio / (1 + p$ratio)); n0 <- ceiling(p$total / (1 + p$ratio))
  if (min(n1, n0) < 2) next
  # Not decidable where the real solution is whole to rounding error.
  if (min(abs(c(p$total * p$ratio / (1 + p$ratio), p$total / (1 + p$ratio)) - round(c(p$total * p$ratio / (1 + p$ratio), p$total / (1 + p$ratio))))) < 1e-6) next
  p$experimental <- n1; p$control <- n0; p$power <- power(p, n1, n0)
  p$enrolledExperimental <- ceiling(n1 / (1 - p$dropout) - 1e-9); p$enrolledControl <- ceiling(n0 / (1 - p$dropout) - 1e-9)
  # Control arm alone, the experimental arm held at a given size: smallest n0 by search.
  p$fixed <- max(2, round(n1 * runif(1, 0.4, 1.6)))
  limit <- pnorm(p$distance * sqrt(p$fixed) / (p$sd * sqrt(1 - p$lambda^2 * p$r2)) - qnorm(1 - p$alpha))
  if (abs(limit - p$target) < 0.003) next
  if (limit < p$target) p$controlOnly <- -1 else {
    n <- max(2, 3 + p$q - p$fixed); while (power(p, p$fixed, n) < p$target) n <- n + 1
    p$controlOnly <- n
  }
  plans[[length(plans) + 1]] <- p
}
write_json(plans, "sizing.json", digits = NA, auto_unbox = TRUE)
cat(length(plans), "plans, not reachable:", sum(sapply(plans, function(p) p$controlOnly < 0)), "\n")
