# Recomputes the expected values of the reference cases basic_tests (base R; gsDesign's score intervals from their formula) and
# binary_gcomp (glm, sandwich; beeca's variances from their formulas).
#
# Rscript tests/reference/r/binary-and-basic.R FILE.json
# Prints cases, agreeing cases and the worst deviation over its tolerance. Needs sandwich and jsonlite (Debian:
# r-cran-sandwich, r-cran-jsonlite). Debian ships neither gsDesign nor beeca.

suppressPackageStartupMessages({
  library(sandwich)
  library(jsonlite)
})

ends <- function(interval) as.numeric(interval)
rows <- function(matrix) lapply(seq_len(nrow(matrix)), function(i) unname(matrix[i, ]))

# Two samples ---------------------------------------------------------------------------------------------------------

two_samples <- function(input) {
  x <- unlist(input$x); y <- unlist(input$y)
  t_of <- function(equal) {
    test <- t.test(x, y, var.equal = equal)
    list(t = unname(test$statistic), df = unname(test$parameter), p = test$p.value, ci = ends(test$conf.int))
  }
  w <- suppressWarnings(wilcox.test(x, y, exact = FALSE)); v <- var.test(x, y)
  k <- suppressWarnings(ks.test(x, y, exact = FALSE)); s <- shapiro.test(x)
  list(t_pooled = t_of(TRUE), t_welch = t_of(FALSE), wilcoxon = list(W = unname(w$statistic), p = w$p.value),
       var_test = list(F = unname(v$statistic), p = v$p.value, ci = ends(v$conf.int)),
       ks = list(D = unname(k$statistic), p = k$p.value), shapiro_x = list(W = unname(s$statistic), p = s$p.value),
       quantiles_type7 = unname(quantile(x, c(0.1, 0.25, 0.5, 0.9))),
       quantiles_type2 = unname(quantile(x, c(0.1, 0.25, 0.5, 0.9), type = 2)), sd = sd(x))
}

# Two proportions -----------------------------------------------------------------------------------------------------

two_by_two <- function(i) {
  counts <- matrix(c(i$events1, i$n1 - i$events1, i$events2, i$n2 - i$events2), 2, byrow = TRUE)
  f <- fisher.test(counts)
  chi <- function(correct) { test <- suppressWarnings(chisq.test(counts, correct = correct)); list(x2 = unname(test$statistic), p = test$p.value) }
  wald <- suppressWarnings(prop.test(c(i$events1, i$events2), c(i$n1, i$n2), correct = FALSE))
  list(fisher_p = f$p.value, fisher_or_cmle = unname(f$estimate), fisher_or_ci = ends(f$conf.int), chisq = chi(FALSE),
       chisq_yates = chi(TRUE), wald_diff = list(diff = i$events1 / i$n1 - i$events2 / i$n2, ci = ends(wald$conf.int)),
       clopper_pearson = ends(binom.test(i$events1, i$n1)$conf.int),
       wilson = ends(prop.test(i$events1, i$n1, correct = FALSE)$conf.int))
}

# Control proportion that maximises the likelihood when the effect is held, from its polynomial
restricted <- function(a, m, c, n, scale, effect) {
  if (scale == "Difference") {
    if (effect == 0) return(rep((a + c) / (m + n), 2))
    coefficients <- c(c * effect * (1 - effect), (n * effect - (m + n) - 2 * c) * effect + a + c, (m + 2 * n) * effect - (m + n) - (a + c), m + n)
    other <- function(p) p + effect
  } else if (scale == "RR") {
    coefficients <- c(a + c, -(m * effect + a + n + c * effect), (m + n) * effect)
    other <- function(p) p * effect
  } else {
    if (effect == 1) return(rep((a + c) / (m + n), 2))
    coefficients <- c(-(a + c), m * effect + n - (a + c) * (effect - 1), n * (effect - 1))
    other <- function(p) p * effect / (1 + p * (effect - 1))
  }
  p <- Re(polyroot(coefficients))
  p <- p[p > -1e-9 & p < 1 + 1e-9 & other(p) > -1e-9 & other(p) < 1 + 1e-9]
  likelihood <- function(q) { r <- pmin(pmax(c(other(q), q), 1e-12), 1 - 1e-12); sum(dbinom(c(a, c), c(m, n), r, log = TRUE)) }
  p <- p[which.max(sapply(p, likelihood))]
  c(other(p), p)
}
score_z <- function(a, m, c, n, scale, effect) {
  r <- restricted(a, m, c, n, scale, effect)
  v <- r * (1 - r) / c(m, n)
  switch(scale, Difference = (a / m - c / n - effect) / sqrt(sum(v)), RR = (a / m - effect * c / n) / sqrt(v[1] + effect^2 * v[2]),
         OR = m * (a / m - r[1]) * sqrt(1 / (m^2 * v[1]) + 1 / (n^2 * v[2])))
}
score_case <- function(i) {
  natural <- if (i$scale == "Difference") identity else exp
  z <- function(x) score_z(i$events1, i$n1, i$events2, i$n2, i$scale, natural(x))
  difference <- i$events1 / i$n1 - i$events2 / i$n2
  side <- function(interval, lower.tail) natural(uniroot(function(x) pnorm(z(x), lower.tail = lower.tail) - 0.025, interval)$root)
  end <- if (i$scale == "RR") 20 else 10
  ci <- if (i$scale == "Difference") c(side(c(-0.9999, difference), FALSE), side(c(difference, 0.9999), TRUE))
        else c(side(c(-end, end), FALSE), side(c(-end, end), TRUE))
  list(ci = ci, z_null = z(0))
}

strata_case <- function(input) {
  tables <- array(unlist(lapply(input$tables, function(t) c(t[[1]][[1]], t[[2]][[1]], t[[1]][[2]], t[[2]][[2]]))), c(2, 2, length(input$tables)))
  test <- mantelhaen.test(tables, correct = FALSE)
  list(chisq = unname(test$statistic), p = test$p.value, common_or = unname(test$estimate), ci = ends(test$conf.int))
}

basic_case <- function(input) {
  if (!is.null(input$x)) return(two_samples(input))
  if (!is.null(input$scale)) return(score_case(input))
  if (!is.null(input$events1)) return(two_by_two(input))
  if (!is.null(input$tables)) return(strata_case(input))
  p <- unlist(input$p)
  sapply(c("holm", "hochberg", "hommel", "BH", "BY", "bonferroni"), function(method) p.adjust(p, method), simplify = FALSE)
}

# Standardised risks --------------------------------------------------------------------------------------------------

gcomp_case <- function(input, data) {
  data$trt <- factor(data$trt)
  # The reference was fitted to a tighter tolerance than R's default.
  fit <- glm(as.formula(input$formula), family = binomial(), data = data, control = list(epsilon = 1e-14, maxit = 100))
  V <- list(HC0 = vcovHC(fit, "HC0"), HC1 = vcovHC(fit, "HC1"), HC3 = vcovHC(fit, "HC3"), `model-based` = vcov(fit))
  on <- function(level) { new <- data; new$trt <- factor(level, levels = levels(data$trt)); new }
  mu <- sapply(levels(data$trt), function(level) predict(fit, on(level), type = "response"))
  D <- t(sapply(levels(data$trt), function(level) {
    p <- predict(fit, on(level), type = "response")
    colMeans(p * (1 - p) * model.matrix(delete.response(terms(fit)), on(level)))
  }))
  y <- data$y; n <- length(y); own <- lapply(levels(data$trt), function(level) data$trt == level)
  ye <- outer(1:2, 1:2, Vectorize(function(a, b) {
    if (a != b) return(cov(y[own[[a]]], mu[own[[a]], b]) + cov(y[own[[b]]], mu[own[[b]], a]) - cov(mu[, a], mu[, b]))
    cross <- cov(y[own[[a]]], mu[own[[a]], a])
    (var(y[own[[a]]]) - 2 * cross + var(mu[, a])) / mean(own[[a]]) + 2 * cross - var(mu[, a])
  })) / n
  means <- unname(colMeans(mu)); m0 <- means[1]; m1 <- means[2]
  odds <- m1 * (1 - m0) / (m0 * (1 - m1))
  scales <- list(diff = list(m1 - m0, c(-1, 1)), rr = list(m1 / m0, c(-m1 / m0^2, 1 / m0)),
                 or = list(odds, odds * c(-1 / (m0 * (1 - m0)), 1 / (m1 * (1 - m1)))),
                 logrr = list(log(m1 / m0), c(-1 / m0, 1 / m1)),
                 logor = list(log(odds), c(-1 / (m0 * (1 - m0)), 1 / (m1 * (1 - m1)))))
  entries <- function(method, covariances) unlist(lapply(names(scales), function(scale) lapply(names(covariances), function(type) {
    g <- scales[[scale]][[2]]
    list(method = method, type = type, contrast = scale, estimate = scales[[scale]][[1]],
         se = sqrt(drop(g %*% covariances[[type]] %*% g)), counterfactual_means = means,
         robust_varcov_of_means = rows(unname(covariances[[type]])))
  })), recursive = FALSE)
  list(n = n, coef_names = names(coef(fit)), coef = unname(coef(fit)), se = unname(sqrt(diag(vcov(fit)))), vcov = rows(unname(vcov(fit))),
       vcov_HC0 = rows(unname(V$HC0)), vcov_HC3 = rows(unname(V$HC3)), deviance = deviance(fit), logLik = as.numeric(logLik(fit)),
       marginal = c(entries("Ge", lapply(V, function(v) D %*% v %*% t(D))), entries("Ye", list(na = ye))))
}

# Comparison ----------------------------------------------------------------------------------------------------------

# Largest deviation over tolerance among the leaves of expected. Elements of a covariance matrix are judged against the standard
# deviations that they belong to.
deviation <- function(expected, actual, relative, path = "") {
  if (is.list(expected) && grepl("vcov|varcov", path) && is.list(expected[[1]])) {
    wanted <- do.call(rbind, lapply(expected, unlist)); found <- do.call(rbind, lapply(actual, unlist))
    scale <- sqrt(outer(diag(wanted), diag(wanted)))
    return(max(abs(found - wanted) / (relative(path) * pmax(scale, abs(wanted)))))
  }
  if (is.list(expected)) {
    keys <- if (is.null(names(expected))) seq_along(expected) else names(expected)
    return(max(0, unlist(lapply(keys, function(key) {
      if (is.list(actual)) child <- actual[[key]] else child <- if (is.numeric(key) && key <= length(actual)) actual[key] else NULL
      deviation(expected[[key]], child, relative, paste0(path, ".", key))
    }))))
  }
  if (is.null(expected)) return(if (is.null(actual) || is.na(actual)) 0 else Inf)
  if (is.null(actual)) return(Inf)
  if (is.character(expected) && !expected %in% c("Inf", "-Inf")) return(if (identical(expected, as.character(actual))) 0 else Inf)
  wanted <- as.numeric(expected); found <- as.numeric(actual)
  if (is.na(found)) return(Inf)
  if (is.infinite(wanted) || wanted == found) return(if (wanted == found) 0 else Inf)
  abs(found - wanted) / max(1e-12, relative(path) * abs(wanted))
}

path <- commandArgs(trailingOnly = TRUE)[1]
file <- fromJSON(path, simplifyVector = FALSE)
gcomp <- grepl("binary_gcomp", basename(path))
worst <- vapply(file$cases, function(case) {
  actual <- if (gcomp) {
    columns <- file$datasets[[case$dataset]]$columns
    gcomp_case(case$input, as.data.frame(lapply(columns, function(column) unlist(column))))
  } else basic_case(case$input)
  relative <- function(leaf) if (gcomp) 1e-7 else if (!is.null(case$input$scale) && grepl("^\\.ci", leaf)) 1e-5 else 1e-8
  value <- deviation(case$expected, actual, relative)
  if (value > 1) cat("differs:", case$id, signif(value, 3), "x tolerance\n")
  value
}, 0)
cat(basename(path), ":", length(worst), "cases,", sum(worst <= 1), "agree; worst deviation / tolerance", signif(max(worst), 3), "\n")
quit(status = as.integer(any(worst > 1)))
