# Recomputes the expected values of the reference cases of power and size, power_means, power_rates, power_longitudinal and
# power_groupseq, from their inputs with base R alone: noncentral t, power.t.test, power.prop.test, enumeration, matrix algebra
# and a recursive integration on a grid.
#
# Rscript tests/reference/r/power.R FILE.json
# Prints cases, agreeing cases and the worst deviation over its tolerance. Needs jsonlite (Debian: r-cran-jsonlite).

suppressPackageStartupMessages(library(jsonlite))

root <- function(f, low, high) {
  while (f(high) < 0) high <- 2 * high
  if (f(low) >= 0) return(low)
  uniroot(f, c(low, high), tol = 1e-12 * high)$root
}
split_arms <- function(n, r) n * c(r, 1) / (1 + r)

# Means ---------------------------------------------------------------------------------------------------------------

power_of_t <- function(ncp, df, alpha, sides, both = FALSE) {
  critical <- qt(alpha / sides, df, lower.tail = FALSE)
  power <- pt(critical, df, ncp, lower.tail = FALSE)
  if (both && sides == 2) power <- power + pt(-critical, df, ncp)
  power
}
two_means <- function(n1, n2, d, sd, alpha, sides, both = FALSE)
  power_of_t(abs(d) / (sd * sqrt(1 / n1 + 1 / n2)), n1 + n2 - 2, alpha, sides, both)

means_case <- function(x) {
  r <- if (is.null(x$ratio_n1_n2)) 1 else x$ratio_n1_n2
  d <- x$delta - if (is.null(x$margin_thetaH0)) 0 else x$margin_thetaH0
  if (x$kind == "one-sample t")
    return(list(n_t_unrounded = root(function(n) power_of_t(abs(d) * sqrt(n) / x$sd, n - 1, x$alpha, x$sided) - x$power, 1.5, 10)))
  if (grepl("two-sample t", x$kind)) {
    at <- function(n) { a <- split_arms(n, r); two_means(a[1], a[2], d, x$sd, x$alpha, x$sided) }
    n <- root(function(n) at(n) - x$power, 2.5, 10)
    z <- qnorm(1 - x$alpha / x$sided) + qnorm(x$power)
    test <- if (r == 1 && is.null(x$margin_thetaH0))
      power.t.test(delta = d, sd = x$sd, sig.level = x$alpha, power = x$power, strict = TRUE, tol = 1e-10,
                   alternative = if (x$sided == 1) "one.sided" else "two.sided")$n
    return(list(n_t_unrounded = n, n1_t = split_arms(n, r)[1], n2_t = split_arms(n, r)[2],
                n_normal_unrounded = (1 + r)^2 / r * z^2 * x$sd^2 / d^2, power_t_test = test,
                power_at_n = if (!is.null(x$power_at)) two_means(x$power_at$n1, x$power_at$n2, d, x$sd, x$alpha, x$sided, TRUE)))
  }
  sd <- x$sd * sqrt(1 - x$R2)
  ncp <- function(n1, n2) abs(d) / (sd * sqrt(1 / n1 + 1 / n2))
  at <- function(n1, n2) power_of_t(ncp(n1, n2), n1 + n2 - 3, x$alpha, x$sided, TRUE)
  list(ncp = ncp(x$n1, x$n2), power = at(x$n1, x$n2),
       n_total_unrounded_for_target = root(function(n) do.call(at, as.list(split_arms(n, r))) - x$target_power, 3.5, 10))
}

# Proportions ---------------------------------------------------------------------------------------------------------

restricted <- function(p1, p2, r, null) {
  if (null == 0) return(rep((r * p1 + p2) / (1 + r), 2))
  score <- function(q) r * (p1 - q - null) / ((q + null) * (1 - q - null)) + (p2 - q) / (q * (1 - q))
  q <- uniroot(score, c(max(0, -null) + 1e-13, min(1, 1 - null) - 1e-13), tol = 1e-15)$root
  c(q + null, q)
}
size_of_rates <- function(x, null, r) {
  q <- restricted(x$pi1, x$pi2, r, null)
  v <- function(a, b) (a * (1 - a) / r + b * (1 - b)) * (1 + r)
  ((qnorm(1 - x$alpha / x$sided) * sqrt(v(q[1], q[2])) + qnorm(x$power) * sqrt(v(x$pi1, x$pi2))) / (x$pi1 - x$pi2 - null))^2
}
rates_case <- function(x) {
  r <- if (is.null(x$ratio_n1_n2)) 1 else x$ratio_n1_n2
  if (grepl("^exact unconditional", x$kind)) {
    table <- expand.grid(x1 = 0:x$n1, x2 = 0:x$n2)
    probability <- dbinom(table$x1, x$n1, x$pi1) * dbinom(table$x2, x$n2, x$pi2)
    fisher <- phyper(table$x1 - 1, x$n1, x$n2, table$x1 + table$x2, lower.tail = FALSE)
    p <- (table$x1 + table$x2) / (x$n1 + x$n2)
    z <- (table$x1 / x$n1 - table$x2 / x$n2) / sqrt(p * (1 - p) * (1 / x$n1 + 1 / x$n2))
    z[is.nan(z)] <- 0
    return(list(fisher_exact = sum(probability[fisher <= x$alpha]), z_pooled = sum(probability[z >= qnorm(1 - x$alpha)])))
  }
  if (grepl("^one-sample", x$kind)) {
    z <- qnorm(1 - x$alpha / x$sided) * sqrt(x$thetaH0 * (1 - x$thetaH0)) + qnorm(x$power) * sqrt(x$pi1 * (1 - x$pi1))
    return(list(n_rpact_unrounded = (z / (x$pi1 - x$thetaH0))^2))
  }
  n <- size_of_rates(x, if (is.null(x$thetaH0)) 0 else x$thetaH0, r)
  a <- split_arms(n, r)
  test <- if (r == 1 && is.null(x$thetaH0))
    power.prop.test(p1 = x$pi1, p2 = x$pi2, sig.level = x$alpha, power = x$power, tol = 1e-9,
                    alternative = if (x$sided == 1) "one.sided" else "two.sided")$n
  list(n_rpact_unrounded = n, n1 = a[1], n2 = a[2], gsDesign_nBinomial_n1 = a[1], gsDesign_nBinomial_n2 = a[2],
       gsDesign_n1 = a[1], gsDesign_n2 = a[2], power_prop_test_n_per_group = test)
}

# Repeated measures ---------------------------------------------------------------------------------------------------

longitudinal_case <- function(x) {
  sides <- if (is.null(x$sided)) 2 else x$sided
  z <- qnorm(1 - x$alpha / sides)
  if (!is.null(x$R)) {
    R <- do.call(rbind, lapply(x$R, unlist))
    keep <- unlist(x$retention)
    information <- 0 * R
    for (j in seq_along(keep)) {
      share <- keep[j] - if (j < length(keep)) keep[j + 1] else 0
      information[1:j, 1:j] <- information[1:j, 1:j] + share * solve(R[1:j, 1:j, drop = FALSE])
    }
    phi <- solve(information)[length(keep), length(keep)]
    lambda <- x$lambda_na_over_nb
    n1 <- phi * (1 + lambda) * (z + qnorm(x$power))^2 * x$sigma^2 / x$delta^2
    at <- split_arms(x$N_for_power, lambda)
    answer <- list(n1 = n1, n2 = n1 / lambda)
    answer[[paste0("power_at_N", x$N_for_power)]] <- pnorm(x$delta / (x$sigma * sqrt(phi / at[1] + phi / at[2])) - z)
    return(answer)
  }
  t <- unlist(x$t)
  X <- cbind(1, t)
  slope <- function(V) solve(t(X) %*% solve(V) %*% X)[2, 2]
  size <- function(v) 2 * v * (z + qnorm(x$power))^2 / x$delta^2
  n <- size(slope(x$sigma2 * (matrix(x$rho_exchangeable, length(t), length(t)) + diag(1 - x$rho_exchangeable, length(t)))))
  e <- x$edland
  edland <- size(slope(e$sig2_int + outer(t, t, "+") * e$cov_b0b1 + outer(t, t) * e$sig2_s + diag(e$sig2_e, length(t))))
  list(diggle_n_per_group = n, liu_liang_N = 2 * n, edland_N = 2 * edland, edland_n = c(edland, edland))
}

# Group sequential trials ---------------------------------------------------------------------------------------------

grid_between <- function(low, high) {
  points <- 801
  x <- seq(low, high, length.out = points)
  weights <- rep(c(4, 2), length.out = points - 2)
  list(x = x, w = c(1, weights, 1) * (high - low) / (points - 1) / 3)
}
# The recursion on the score scale S = Z sqrt(t); `state` is the density of those who go on.
start_state <- function() NULL
tail_of <- function(state, bound, k, t, drift, upper) {
  s <- bound * sqrt(t[k])
  step <- if (k == 1) t[1] else t[k] - t[k - 1]
  if (is.null(state)) return(pnorm((s - drift * t[1]) / sqrt(t[1]), lower.tail = !upper))
  sum(state$w * state$f * pnorm((s - state$x - drift * step) / sqrt(step), lower.tail = !upper))
}
go_on <- function(state, low, high, k, t, drift) {
  grid <- grid_between(max(low, drift * sqrt(t[k]) - 9) * sqrt(t[k]), min(high, drift * sqrt(t[k]) + 9) * sqrt(t[k]))
  step <- if (k == 1) t[1] else t[k] - t[k - 1]
  f <- if (is.null(state)) dnorm(grid$x, drift * t[1], sqrt(t[1]))
    else colSums(state$w * state$f * dnorm(outer(-state$x, grid$x, "+"), drift * step, sqrt(step)))
  list(x = grid$x, w = grid$w, f = f)
}
crossing <- function(upper, lower, t, drift) {
  state <- start_state()
  up <- down <- numeric(length(t))
  for (k in seq_along(t)) {
    up[k] <- tail_of(state, upper[k], k, t, drift, TRUE)
    down[k] <- tail_of(state, lower[k], k, t, drift, FALSE)
    if (k < length(t)) state <- go_on(state, lower[k], upper[k], k, t, drift)
  }
  list(up = up, down = down)
}
hsd <- function(gamma) function(t, total) total * (1 - exp(-gamma * t)) / (1 - exp(-gamma))
efficacy_bounds <- function(d, t, alpha, two_sided) {
  K <- length(t)
  mirror <- function(u) if (two_sided) -u else rep(-Inf, K)
  shape <- switch(d$typeOfDesign, OF = 0, P = 0.5, WT = d$deltaWT, NULL)
  if (!is.null(shape)) {
    form <- (t / t[1])^(shape - 0.5)
    error <- function(c) sum(crossing(c * form, mirror(c * form), t, 0)$up) - alpha
    return(uniroot(error, c(0.5, 12), tol = 1e-11)$root * form)
  }
  spend <- switch(d$typeOfDesign, asOF = function(t, total) 2 * pnorm(qnorm(total / 2) / sqrt(t)), asHSD = hsd(d$gammaA))
  state <- start_state()
  u <- numeric(K)
  for (k in 1:K) {
    target <- spend(t[k], alpha) - if (k == 1) 0 else spend(t[k - 1], alpha)
    u[k] <- uniroot(function(b) tail_of(state, b, k, t, 0, TRUE) - target, c(-2, 9), tol = 1e-11)$root
    if (k < K) state <- go_on(state, if (two_sided) -u[k] else -Inf, u[k], k, t, 0)
  }
  u
}
lower_bounds <- function(d, t, u, drift) {
  K <- length(t)
  if (!is.null(d$typeBetaSpending)) {
    state <- start_state()
    l <- numeric(K)
    for (k in seq_len(K - 1)) {
      target <- hsd(d$gammaB)(t[k], d$beta) - if (k == 1) 0 else hsd(d$gammaB)(t[k - 1], d$beta)
      excess <- function(b) tail_of(state, b, k, t, drift, FALSE) - target
      # Where so few trials go on that the error cannot be spent, the bounds meet.
      l[k] <- if (excess(u[k]) <= 0) u[k] else uniroot(excess, c(-9, u[k]), tol = 1e-11)$root
      state <- go_on(state, l[k], u[k], k, t, drift)
    }
    return(c(l[-K], u[K]))
  }
  given <- if (is.null(d$futilityBounds)) rep(-Inf, K - 1) else unlist(d$futilityBounds)
  c(given, u[K])
}

groupseq_case <- function(x) {
  d <- x$design
  t <- unlist(d$informationRates)
  K <- length(t)
  two_sided <- d$sided == 2
  alpha <- d$alpha / d$sided
  u <- efficacy_bounds(d, t, alpha, two_sided)
  lower <- function(drift) if (two_sided) -u else lower_bounds(d, t, u, drift)
  power_of <- function(drift) { b <- crossing(u, lower(drift), t, drift); sum(b$up) }
  fixed_drift <- qnorm(1 - alpha) + qnorm(1 - d$beta)
  drift <- uniroot(function(z) power_of(z) - (1 - d$beta), c(0.9, 2) * fixed_drift, tol = 1e-11)$root
  l <- lower(drift)
  behaviour <- function(drift, total) {
    b <- crossing(u, l, t, drift)
    reject <- b$up + if (two_sided) b$down else 0
    futility <- if (two_sided) rep(0, K) else b$down
    stops <- b$up + b$down
    stops[K] <- 1 - sum(stops[-K])
    list(reject = reject, futility = sum(futility[-K]), early = sum(reject[-K]) + sum(futility[-K]), expected = total * sum(t * stops))
  }
  r <- x$ratio_n1_n2
  means <- x$endpoint == "means"
  alternatives <- unlist(if (means) x$pars$alternative else x$pars$pi1)
  fixed_power <- function(n, effect) {
    a <- split_arms(n, r)
    if (means) return(two_means(a[1], a[2], effect, x$pars$stDev, alpha, 1))
    q <- restricted(effect, x$pars$pi2, r, 0)
    v <- function(p, q) p * (1 - p) / a[1] + q * (1 - q) / a[2]
    pnorm((effect - x$pars$pi2 - qnorm(1 - alpha) * sqrt(v(q[1], q[2]))) / sqrt(v(effect, x$pars$pi2)))
  }
  totals <- sapply(alternatives, function(e) root(function(n) fixed_power(n, e) - (1 - d$beta), 2.5, 10)) * (drift / fixed_drift)^2
  expected <- function(share) sapply(totals, function(n) behaviour(share * drift, n)$expected)
  effect_at <- function(z, n, i) {
    a <- split_arms(n, r)
    if (means) return(qt(pnorm(z, lower.tail = FALSE), n - 2, lower.tail = FALSE) * x$pars$stDev * sqrt(sum(1 / a)))
    uniroot(function(delta) {
      p <- (a[1] * (x$pars$pi2 + delta) + a[2] * x$pars$pi2) / n
      delta - z * sqrt(p * (1 - p) * sum(1 / a))
    }, c(0, 1 - x$pars$pi2), tol = 1e-13)$root
  }
  at_design <- behaviour(drift, 1)
  powers <- lapply(unlist(if (means) x$power_pars$alternative else x$power_pars$pi1), function(e) {
    none <- e == if (means) 0 else x$pars$pi2
    behaviour(if (none) 0 else qnorm(1 - alpha) + qnorm(fixed_power(x$power_pars$maxN, e)), x$power_pars$maxN)
  })
  futility <- !is.null(d$typeBetaSpending) || !is.null(d$futilityBounds)
  # rpact writes "no futility bound" as -6 and reports its crossing probability without drift.
  floor <- if (futility || two_sided) NULL else sum(crossing(u, c(rep(-6, K - 1), u[K]), t, 0)$down[-K])
  list(criticalValues = u, futilityBounds = if (futility) l[-K], maxNumberOfSubjects = totals,
       numberOfSubjects = lapply(t, function(s) s * totals), expectedN_H0 = expected(0), expectedN_H01 = expected(0.5),
       expectedN_H1 = expected(1), rejectPerStage = lapply(at_design$reject, identity), earlyStop = at_design$early,
       critEffectScale = if (!two_sided) lapply(1:K, function(k) sapply(seq_along(totals), function(i) effect_at(u[k], t[k] * totals[i], i))),
       power = list(overallReject = sapply(powers, function(p) sum(p$reject)),
                    rejectPerStage = lapply(1:K, function(k) sapply(powers, function(p) p$reject[k])),
                    futilityStop = sapply(powers, function(p) if (is.null(floor)) p$futility else floor),
                    expectedN = sapply(powers, function(p) p$expected), earlyStop = sapply(powers, function(p) p$early)))
}

# Comparison ----------------------------------------------------------------------------------------------------------

flat <- function(value, path = "") {
  if (is.list(value)) {
    # A vector of length one may be written as a scalar.
    if (is.null(names(value)) && length(value) == 1) return(flat(value[[1]], path))
    keys <- if (is.null(names(value))) seq_along(value) else names(value)
    return(do.call(c, lapply(seq_along(value), function(i) flat(value[[i]], paste0(path, ".", keys[i])))))
  }
  if (length(value) > 1) return(flat(as.list(value), path))
  setNames(list(value), path)
}

file <- fromJSON(commandArgs(trailingOnly = TRUE)[1], simplifyVector = FALSE)
case_of <- list(power_means = means_case, power_rates = rates_case, power_longitudinal = longitudinal_case, power_groupseq = groupseq_case)[[file$name]]
tolerance <- function(path, expected)
  switch(file$name,
    power_means = if (grepl("power$|power_at_n$|ncp$", path)) 1e-8 else 1e-6 * abs(expected),
    power_rates = if (grepl("fisher|z_pooled", path)) 1e-10 else 1e-6 * abs(expected),
    power_longitudinal = 1e-6 * abs(expected),
    power_groupseq = 1e-4 * abs(expected))

agreeing <- 0
worst <- c(ratio = 0)
for (case in file$cases) {
  ours <- flat(case_of(case$input))
  theirs <- Filter(function(value) is.numeric(value), flat(case$expected))
  ratios <- vapply(names(theirs), function(path) {
    if (is.null(ours[[path]])) return(Inf)
    difference <- abs(ours[[path]] - theirs[[path]])
    if (difference == 0) 0 else difference / tolerance(path, theirs[[path]])
  }, 0)
  if (all(ratios <= 1)) agreeing <- agreeing + 1
  else cat("differs:", case$id, names(which.max(ratios)), max(ratios), "x tolerance\n")
  if (max(ratios) > worst && all(ratios <= 1)) worst <- c(ratio = max(ratios))
}
cat(file$name, ": cases", length(file$cases), "agreeing", agreeing, "worst deviation / tolerance of those", signif(worst, 3), "\n")
