# Reference for the out-of-fold evaluation: a data set with strata, missing baselines and missing outcomes; every figure
# recomputed with lm, an EM of its own, numerical integration and an own bootstrap.
#   Rscript evaluation.R data      writes evaluation-data.json
#   (evaluation-folds.json: [n] fold of each patient, from assignFolds with the generator that the test names)
#   Rscript evaluation.R figures   reads both, writes evaluation.json
library(jsonlite)
n <- 150
if (identical(commandArgs(TRUE)[1], "data")) {
  set.seed(90210)
  region <- sample(c("north", "south", "west"), n, TRUE, c(0.5, 0.3, 0.2))
  x1 <- rnorm(n, 60, 9)
  x2 <- rexp(n)
  base <- 30 + 4 * rnorm(n) + ifelse(region == "south", 3, 0)
  score <- 0.25 * (x1 - 60) + 1.5 * x2
  y1 <- base + 1 + 0.4 * score + rnorm(n, 0, 2)
  y2 <- 0.8 * base + 8 + 0.8 * score + ifelse(region == "west", -2, 0) + 0.5 * (y1 - base - 1) + rnorm(n, 0, 3)
  y2[runif(n) < 0.05 + 0.2 * (y1 > 35)] <- NA
  y1[runif(n) < 0.06] <- NA
  base[runif(n) < 0.03] <- NA
  x1[runif(n) < 0.08] <- NA
  x2[runif(n) < 0.05] <- NA
  region[runif(n) < 0.03] <- NA
  write_json(list(region = region, x1 = round(x1, 3), x2 = round(x2, 3), baseline = round(base, 3), y1 = round(y1, 3), y2 = round(y2, 3)),
             "evaluation-data.json", digits = NA, na = "null")
  quit()
}
d <- as.data.frame(lapply(fromJSON("evaluation-data.json"), function(v) v))
fold <- fromJSON("evaluation-folds.json")
region <- cbind(south = as.numeric(d$region == "south"), west = as.numeric(d$region == "west"))
fill <- function(x, m) { for (j in seq_len(ncol(x))) x[is.na(x[, j]), j] <- m[j]; x }
ols <- function(X, y, Xnew) {
  s <- !is.na(y)
  m <- colMeans(X[s, , drop = FALSE], na.rm = TRUE)
  fit <- lm.fit(cbind(1, fill(X[s, , drop = FALSE], m)), y[s])
  drop(cbind(1, fill(Xnew, m)) %*% fit$coefficients)
}
em <- function(z) {
  D <- ncol(z); mu <- colMeans(z, na.rm = TRUE); S <- diag(apply(z, 2, var, na.rm = TRUE))
  repeat {
    zhat <- z; C <- matrix(0, D, D)
    for (i in seq_len(nrow(z))) {
      o <- !is.na(z[i, ]); m <- !o
      if (!any(m)) next
      B <- S[m, o, drop = FALSE] %*% solve(S[o, o, drop = FALSE])
      zhat[i, m] <- mu[m] + B %*% (z[i, o] - mu[o])
      C[m, m] <- C[m, m] + S[m, m] - B %*% S[o, m, drop = FALSE]
    }
    new <- colMeans(zhat); SN <- (crossprod(sweep(zhat, 2, new)) + C) / nrow(z)
    change <- max(abs(new - mu) / sqrt(diag(SN)), abs(SN - S) / sqrt(outer(diag(SN), diag(SN))))
    mu <- new; S <- SN
    if (change < 1e-12) return(list(mu = mu, S = S))
  }
}
predictFrom <- function(fit, x, q) t(apply(x, 1, function(row) {
  g <- which(!is.na(row)); t <- (q + 1):length(fit$mu)
  if (!length(g)) return(fit$mu[t])
  fit$mu[t] + fit$S[t, g, drop = FALSE] %*% solve(fit$S[g, g, drop = FALSE], row[g] - fit$mu[g])
}))
x <- as.matrix(d[, c("baseline", "x1", "x2")]); y <- as.matrix(d[, c("y1", "y2")])
twin <- ancova <- everything <- beyond <- change <- matrix(NA, n, 2)
for (k in sort(unique(fold))) {
  train <- fold != k; test <- !train
  fit <- em(cbind(x, y)[train, ])
  twin[test, ] <- predictFrom(fit, x[test, ], 3)
  own <- predictFrom(fit, x[train, ], 3)
  A <- cbind(x[, "baseline"], region)
  for (v in 1:2) {
    ancova[test, v] <- ols(A[train, ], y[train, v], A[test, ])
    everything[test, v] <- ols(cbind(x, region)[train, ], y[train, v], cbind(x, region)[test, ])
    s <- own[, v]; s[is.na(y[train, v])] <- NA
    beyond[test, v] <- twin[test, v] - ols(A[train, ], s, A[test, ])
    change[test, v] <- x[test, 1] + mean((y[, v] - x[, 1])[train], na.rm = TRUE)
  }
}
set.seed(1)
figures <- lapply(1:2, function(v) {
  use <- which(!is.na(y[, v]) & !is.na(x[, 1]))
  o <- y[use, v]; tw <- twin[use, v]; an <- ancova[use, v]; be <- beyond[use, v]; ev <- everything[use, v]
  statistics <- function(w) {
    sse <- sum(w * (o - an)^2)
    r <- sum(w * be * (o - an)) / sqrt(sum(w * be^2) * sse)
    left <- sse / sum(w * (o - weighted.mean(o, w))^2)
    c(gain = 1 - sum(w * (o - tw)^2) / sse, r = r, all = 1 - sum(w * (o - ev)^2) / sse, r1 = 1 - left, r2 = 1 - left * (1 - max(0, r)^2))
  }
  boot <- replicate(8000, { w <- tabulate(sample(n, n, TRUE), n)[use]; statistics(w) })
  slope <- lm(o ~ tw)
  sd <- 2 + 0.01 * seq_along(o)            # an arbitrary predictive SD per patient, for PIT and CRPS
  z <- (o - tw) / sd
  crps <- sapply(seq_along(o), function(i) {
    f <- function(q) (pnorm(q, tw[i], sd[i]) - (q >= o[i]))^2
    integrate(f, tw[i] - 40 * sd[i], o[i], rel.tol = 1e-11, subdivisions = 2000)$value +
      integrate(f, o[i], tw[i] + 40 * sd[i], rel.tol = 1e-11, subdivisions = 2000)$value
  })
  half <- 1.1 * sd
  list(patients = length(use), twin = I(tw), ancova = I(an), everything = I(ev), beyond = I(be),
       estimates = as.list(statistics(rep(1, length(o)))),
       lower = as.list(apply(boot, 1, quantile, 0.025)), upper = as.list(apply(boot, 1, quantile, 0.975)),
       sd = sd(o), rmse = list(twin = sqrt(mean((o - tw)^2)), ancova = sqrt(mean((o - an)^2)), everything = sqrt(mean((o - ev)^2)),
                   change = sqrt(mean((o - change[use, v])^2)), last = sqrt(mean((o - x[use, 1])^2))),
       slope = c(coef(slope)[[2]], confint(slope)[2, ]), intercept = c(coef(slope)[[1]], confint(slope)[1, ]),
       pitMean = mean(pnorm(z)), pitKs = unname(ks.test(pnorm(z), "punif")$statistic), crps = mean(crps),
       covered = sum(abs(o - tw) <= half), coverage = binom.test(sum(abs(o - tw) <= half), length(o))$conf.int[1:2])
})
write_json(figures, "evaluation.json", digits = NA, auto_unbox = TRUE, na = "null")
