# Reference for the Gaussian joint model: maximum likelihood and penalised maximum under general (non-monotone) missingness,
# and conditional laws of random subsets. Patient by patient, no pattern grouping, no sweeping; the maximum is confirmed by
# optim over a Cholesky parametrisation. Run: Rscript joint-model.R   (R 4.2, mvtnorm, jsonlite)
library(mvtnorm)
library(jsonlite)
set.seed(4711)
n <- 90
D <- 6
loadings <- cbind(c(2, -1, 0.5, 2.5, 3, 3.5), c(0, 1.5, -1, 0.5, 1, 2))
truth <- tcrossprod(loadings) + diag(c(1, 2, 0.7, 1.5, 1, 2.5))
z <- rmvnorm(n, c(10, -3, 0.4, 11, 12, 14), truth)
# Missing at random: later items go missing more often where item 4 is large; sporadic holes anywhere else.
hole <- matrix(runif(n * D) < 0.18, n, D)
hole[, 5] <- hole[, 5] | (z[, 4] > 12 & runif(n) < 0.4)
hole[, 6] <- hole[, 6] | (z[, 4] > 12 & runif(n) < 0.4)
z[hole] <- NA
z[17, ] <- NA                     # a patient with nothing at all
z <- round(z, 4)

loglik <- function(mu, S) sum(sapply(seq_len(n), function(i) {
  o <- !is.na(z[i, ])
  if (!any(o)) return(0)
  dmvnorm(z[i, o], mu[o], S[o, o, drop = FALSE], log = TRUE)
}))
logprior <- function(S, nu, L) if (nu == 0) 0 else -nu / 2 * (as.numeric(determinant(S)$modulus) + sum(diag(L %*% solve(S))))

em <- function(nu, L, mu = colMeans(z, na.rm = TRUE), S = diag(apply(z, 2, var, na.rm = TRUE)), steps = 20000) {
  used <- which(rowSums(!is.na(z)) > 0)
  for (s in seq_len(steps)) {
    zhat <- z
    C <- matrix(0, D, D)
    for (i in used) {
      o <- !is.na(z[i, ]); m <- !o
      if (!any(m)) next
      B <- S[m, o, drop = FALSE] %*% solve(S[o, o, drop = FALSE])
      zhat[i, m] <- mu[m] + B %*% (z[i, o] - mu[o])
      C[m, m] <- C[m, m] + S[m, m] - B %*% S[o, m, drop = FALSE]
    }
    new <- colMeans(zhat[used, ])
    X <- sweep(zhat[used, ], 2, new)
    SN <- (crossprod(X) + C + nu * L) / (length(used) + nu)
    change <- max(abs(new - mu) / sqrt(diag(SN)), abs(SN - S) / sqrt(outer(diag(SN), diag(SN))))
    mu <- new; S <- SN
    if (change < 1e-14) break
  }
  list(mean = mu, covariance = S, steps = s)
}
confirm <- function(fit, nu, L) {
  low <- lower.tri(diag(D), diag = TRUE)
  pack <- function(mu, S) { R <- t(chol(S)); diag(R) <- log(diag(R)); c(mu, R[low]) }
  objective <- function(p) {
    R <- matrix(0, D, D); R[low] <- p[-(1:D)]; diag(R) <- exp(diag(R))
    S <- tcrossprod(R)
    -(loglik(p[1:D], S) + logprior(S, nu, L))
  }
  p <- pack(fit$mean, fit$covariance)
  o <- optim(p * 0.98, objective, method = "BFGS", control = list(maxit = 2000, reltol = 1e-15))
  cat("objective at EM", -objective(p), "optim", -o$value, "distance", max(abs(o$par - p)), "\n")
}
lambda <- outer(1:D, 1:D, function(i, j) 3 * 0.6^abs(i - j)) * outer(sqrt(1:D), sqrt(1:D)) / 2
fits <- list()
for (nu in c(0, 15)) {
  fit <- em(nu, lambda)
  confirm(fit, nu, lambda)
  fits[[length(fits) + 1]] <- list(weight = nu, mean = fit$mean, covariance = c(t(fit$covariance)), logLikelihood = loglik(fit$mean, fit$covariance))
}
ml <- matrix(fits[[1]]$covariance, D, D)
subsets <- lapply(1:14, function(k) {
  given <- if (k == 1) integer(0) else sort(sample(D, sample(1:(D - 1), 1)))
  target <- setdiff(1:D, given)
  x <- fits[[1]]$mean + rnorm(D, 0, 2)
  B <- if (length(given)) ml[target, given, drop = FALSE] %*% solve(ml[given, given, drop = FALSE]) else matrix(0, length(target), 0)
  d2 <- if (length(given)) mahalanobis(x[given], fits[[1]]$mean[given], ml[given, given, drop = FALSE]) else 0
  list(given = I(given - 1), target = I(target - 1), values = x,
       mean = I(c(fits[[1]]$mean[target] + B %*% (x[given] - fits[[1]]$mean[given]))),
       covariance = I(c(t(ml[target, target, drop = FALSE] - B %*% ml[given, target, drop = FALSE]))), squaredDistance = d2)
})
write_json(list(patients = n, dimension = D, values = c(t(z)), lambda = c(t(lambda)), fits = fits, conditionals = subsets),
           "joint-model.json", digits = NA, auto_unbox = TRUE, na = "null")
