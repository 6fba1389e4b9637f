# Recomputes the expected values of the reference cases mmrm_* with base R: the restricted or full likelihood of the
# definition is maximized by nlminb with numerical derivatives of V, and standard errors and degrees of freedom follow from
# their formulas. Where nlme::gls has the structure, its log-likelihood and estimates are compared as well.
#
# Rscript tests/reference/r/mmrm.R FILE.json [case ids]
# Prints cases, agreeing cases and the worst deviation over its tolerance. Needs nlme and jsonlite (Debian: r-recommended,
# r-cran-jsonlite). Debian ships neither mmrm nor emmeans.

suppressPackageStartupMessages({
  library(jsonlite)
  library(nlme)
})

frame_of <- function(file, name, levels) {
  columns <- file$datasets[[name]]$columns
  frame <- as.data.frame(lapply(columns, function(column) unlist(lapply(column, function(x) if (is.null(x)) NA else x))))
  for (name in intersect(names(levels), names(frame)))
    frame[[name]] <- factor(as.character(frame[[name]]), levels = unlist(levels[[name]]))
  frame
}

# The model ------------------------------------------------------------------------------------------------------------

# Covariance matrix of the visits from its parameters: log scales, then those of the correlations
sigma_function <- function(structure, m) {
  heterogeneous <- structure == "us" || grepl("h$", structure)
  kind <- sub("h$", "", structure)
  scales <- if (heterogeneous) m else 1
  lag <- abs(outer(seq_len(m), seq_len(m), "-"))
  count <- if (m == 1) 0 else switch(kind, us = m * (m - 1) / 2, ar1 = 1, cs = 1, toep = , ad = m - 1, stop("unknown structure"))
  full <- function(theta) {
    d <- exp(theta[seq_len(scales)]) * rep(1, m)
    eta <- theta[-seq_len(scales)]
    if (kind == "us") {
      upper <- diag(m)
      upper[upper.tri(upper)] <- eta
      return(tcrossprod(d * t(upper)))
    }
    rho <- if (kind == "cs") m / (m - 1) * plogis(eta) - 1 / (m - 1) else eta / sqrt(1 + eta^2)
    correlation <- if (m == 1) matrix(1) else switch(kind,
      ar1 = rho^lag, cs = ifelse(lag == 0, 1, rho), toep = matrix(c(1, rho)[lag + 1], m),
      ad = outer(seq_len(m), seq_len(m), Vectorize(function(a, b) if (a == b) 1 else prod(rho[min(a, b):(max(a, b) - 1)]))))
    tcrossprod(d) * correlation
  }
  list(full = full, count = count, heterogeneous = heterogeneous)
}

fit_model <- function(X, y, id, visit, m, w, group, reml, structure) {
  N <- length(y)
  p <- ncol(X)
  spatial <- FALSE
  shape <- sigma_function(structure, m)
  sigma_of <- function(theta, rows) shape$full(theta)[visit[rows], visit[rows], drop = FALSE]
  start <- function(squares, deviations)
    c(if (shape$heterogeneous) log(deviations) else log(sqrt(mean(squares))), rep(0, shape$count))
  # Patients of one group with the same visits share their covariance matrix V
  groups <- max(group)
  Xw <- X * sqrt(w)
  yw <- y * sqrt(w)
  least_squares <- lm.fit(Xw, yw)$residuals
  sequences <- split(seq_len(N), factor(id, levels = unique(id)))
  keys <- sapply(sequences, function(r) paste(group[r[1]], if (spatial) r[1] else paste(visit[r], collapse = ",")))
  patterns <- lapply(split(sequences, factor(keys, levels = unique(keys))), function(members)
    list(k = length(members[[1]]), n = length(members), rows = members[[1]], all = unlist(members),
         group = group[members[[1]][1]]))
  theta0 <- unlist(lapply(seq_len(groups), function(g) {
    deviations <- sqrt(tapply(least_squares[group == g]^2, factor(visit[group == g], levels = seq_len(m)), mean))
    deviations[is.na(deviations)] <- sqrt(mean(least_squares[group == g]^2))
    start(least_squares[group == g]^2, deviations)
  }))
  size <- length(theta0) / groups
  own <- function(g) (g - 1) * size + seq_len(size)
  V_of <- function(theta, pattern) sigma_of(theta[own(pattern$group)], pattern$rows)
  # Derivatives of V by finite differences
  slope_of <- function(theta, pattern, h, step = 1e-5) {
    up <- down <- theta
    up[h] <- up[h] + step
    down[h] <- down[h] - step
    (V_of(up, pattern) - V_of(down, pattern)) / (2 * step)
  }
  # Coefficients, their covariance and -2 log likelihood
  solve_for <- function(theta) {
    cross <- matrix(0, p + 1, p + 1)
    log_det <- -sum(log(w))
    for (pattern in patterns) {
      root <- tryCatch(chol(V_of(theta, pattern)), error = function(e) NULL)
      if (is.null(root)) return(list(deviance = Inf))
      z <- backsolve(root, matrix(cbind(Xw, yw)[pattern$all, ], pattern$k), transpose = TRUE)
      cross <- cross + crossprod(matrix(z, length(pattern$all)))
      log_det <- log_det + 2 * pattern$n * sum(log(diag(root)))
    }
    information <- cross[seq_len(p), seq_len(p), drop = FALSE]
    beta <- solve(information, cross[seq_len(p), p + 1])
    quadratic <- cross[p + 1, p + 1] - sum(beta * cross[seq_len(p), p + 1])
    deviance <- (N - reml * p) * log(2 * pi) + log_det + quadratic +
      reml * as.numeric(determinant(information)$modulus)
    list(deviance = deviance, beta = beta, phi = solve(information))
  }
  deviance_of <- function(theta) solve_for(theta)$deviance
  gradient_of <- function(theta) {
    at <- solve_for(theta)
    if (!is.finite(at$deviance)) return(rep(0, length(theta)))
    gradient <- rep(0, length(theta))
    root <- t(chol(at$phi))
    for (pattern in patterns) {
      inverse <- solve(V_of(theta, pattern))
      residual <- matrix(yw[pattern$all] - Xw[pattern$all, , drop = FALSE] %*% at$beta, pattern$k)
      scatter <- tcrossprod(residual)
      if (reml) scatter <- scatter + tcrossprod(matrix(Xw[pattern$all, , drop = FALSE] %*% root, pattern$k))
      pull <- pattern$n * inverse - inverse %*% scatter %*% inverse
      for (h in own(pattern$group)) gradient[h] <- gradient[h] + sum(pull * slope_of(theta, pattern, h))
    }
    gradient
  }
  found <- nlminb(theta0, deviance_of, gradient_of,
                  control = list(eval.max = 2000, iter.max = 1000, rel.tol = 1e-14, x.tol = 1e-12))
  theta <- found$par
  # Newton steps with the observed information
  for (step in 1:2) {
    hessian <- optimHess(theta, deviance_of, gradient_of, control = list(ndeps = rep(1e-4, length(theta))))
    trial <- theta - solve(hessian, gradient_of(theta))
    if (deviance_of(trial) <= deviance_of(theta) + 1e-9) theta <- trial
  }
  W <- 2 * solve((hessian + t(hessian)) / 2)
  solved <- solve_for(theta)
  beta <- solved$beta
  phi <- solved$phi
  fit <- data.frame(logLik = -solved$deviance / 2, largest_gradient = max(abs(gradient_of(theta))),
                    smallest_eigenvalue = min(eigen(cov2cor(W))$values))
  environment()
}

# Variance of the coefficients and degrees of freedom of a contrast by the chosen method, added to a fitted model
add_inference <- function(model, method, vcov) evalq({
  # X'V^-1 (dV/d theta_h) V^-1 X
  P <- lapply(seq_along(theta), function(h) {
    total <- matrix(0, p, p)
    for (pattern in patterns) if (h %in% own(pattern$group)) {
      pulled <- solve(V_of(theta, pattern), matrix(Xw[pattern$all, ], pattern$k))
      bent <- slope_of(theta, pattern, h) %*% pulled
      total <- total + crossprod(matrix(pulled, length(pattern$all)), matrix(bent, length(pattern$all)))
    }
    total
  })
  if (method == "Kenward-Roger") {
    # Kenward and Roger's covariance of the coefficients
    middle <- matrix(0, p, p)
    for (pattern in patterns) {
      V <- V_of(theta, pattern)
      slopes <- lapply(own(pattern$group), function(h) slope_of(theta, pattern, h))
      inner <- matrix(0, pattern$k, pattern$k)
      for (a in seq_along(slopes)) for (b in seq_along(slopes)) {
        h <- own(pattern$group)[a]
        j <- own(pattern$group)[b]
        inner <- inner + W[h, j] * slopes[[a]] %*% solve(V, slopes[[b]])
        if (!linear) {
          up <- down <- theta
          up[j] <- up[j] + 1e-4
          down[j] <- down[j] - 1e-4
          second <- (slope_of(up, pattern, h, 1e-4) - slope_of(down, pattern, h, 1e-4)) / 2e-4
          inner <- inner - W[h, j] * second / 4
        }
      }
      pulled <- solve(V, matrix(Xw[pattern$all, ], pattern$k))
      middle <- middle + crossprod(matrix(pulled, length(pattern$all)),
                                   matrix(inner %*% pulled, length(pattern$all)))
    }
    for (h in seq_along(theta)) for (j in seq_along(theta))
      middle <- middle - W[h, j] * P[[h]] %*% phi %*% P[[j]]
    middle <- (middle + t(middle)) / 2
    variance <- phi + 2 * phi %*% middle %*% phi
  } else if (grepl("^Empirical", vcov)) {
    exponent <- switch(vcov, Empirical = 0, "Empirical-Bias-Reduced" = -0.5, "Empirical-Jackknife" = -1)
    pieces <- do.call(c, lapply(patterns, function(pattern) {
      root <- t(chol(V_of(theta, pattern)))
      lapply(split(pattern$all, rep(seq_len(pattern$n), each = pattern$k)), function(rows) {
        whitened <- forwardsolve(root, Xw[rows, , drop = FALSE])
        residual <- forwardsolve(root, yw[rows] - Xw[rows, , drop = FALSE] %*% beta)
        spectrum <- eigen(diag(pattern$k) - whitened %*% phi %*% t(whitened), symmetric = TRUE)
        power <- if (exponent == 0) 1 else ifelse(spectrum$values > 1e-10, spectrum$values^exponent, 0)
        adjusted <- spectrum$vectors %*% (power * crossprod(spectrum$vectors, whitened))
        list(whitened = whitened, adjusted = adjusted, score = crossprod(adjusted, residual))
      })
    }))
    scores <- sapply(pieces, function(piece) piece$score)
    variance <- phi %*% tcrossprod(matrix(scores, p)) %*% phi
  } else variance <- phi
  if (method == "Residual") df_of <- function(l) N - p
  else if (method == "Between-Within") {
    within <- apply(X, 2, function(x) any(tapply(x, id, function(v) max(v) > min(v))))
    intercept <- apply(X, 2, function(x) all(x == 1))
    between_df <- length(sequences) - sum(!within & !intercept) - any(intercept)
    within_df <- N - length(sequences) - sum(within)
    df_of <- function(l) min(ifelse(within | intercept, within_df, between_df)[l != 0])
  } else if (grepl("^Empirical", vcov))
    df_of <- function(l) {
      direction <- phi %*% l
      parts <- sapply(pieces, function(piece) {
        u <- piece$adjusted %*% direction
        c(sum(u^2), crossprod(piece$whitened, u))
      })
      z <- matrix(parts[-1, ], p)
      G <- diag(parts[1, ], ncol(z)) - t(z) %*% phi %*% z
      sum(diag(G))^2 / sum(G^2)
    }
  else
    df_of <- function(l) {
      direction <- drop(phi %*% l)
      gradient <- sapply(P, function(slope) sum(direction * (slope %*% direction)))
      2 * sum(l * direction)^2 / drop(gradient %*% W %*% gradient)
    }
  infer <- function(l) {
    estimate <- sum(l * beta)
    se <- sqrt(drop(l %*% variance %*% l))
    df <- df_of(l)
    half <- qt(1 - alpha / 2, df) * se
    c(estimate = estimate, se = se, df = df, t = estimate / se, p = 2 * pt(-abs(estimate / se), df),
      lower = estimate - half, upper = estimate + half)
  }
}, model)

# Expected values ------------------------------------------------------------------------------------------------------

columns_of <- function(values, names) sapply(names, function(name) unname(values[name, ]), simplify = FALSE)

expected_mmrm <- function(case, file) {
  input <- case$input
  data <- frame_of(file, case$dataset, input$factor_levels)
  formula <- as.formula(input$formula)
  needed <- unique(c(all.vars(formula), "visit", if (isTRUE(input$grouped)) "arm"))
  used <- data[complete.cases(data[, needed]), ]
  used <- droplevels(used[order(match(used$id, unique(used$id)), used$visit), ])
  terms <- delete.response(terms(formula))
  X <- model.matrix(terms, used)
  decomposed <- qr(X, tol = 1e-10)
  kept <- sort(decomposed$pivot[seq_len(decomposed$rank)])
  X <- X[, kept, drop = FALSE]
  reml <- isTRUE(input$reml)
  vcov <- if (is.null(input$vcov)) "default" else input$vcov
  if (vcov == "default" && input$df_method == "Residual") vcov <- "Empirical"
  w <- if (is.null(input$weights)) rep(1, nrow(used)) else used[[input$weights]]
  group <- if (isTRUE(input$grouped)) as.integer(used$arm) else rep(1L, nrow(used))
  model <- fit_model(X, used[[all.vars(formula)[1]]], used$id, as.integer(used$visit), nlevels(used$visit), w, group, reml,
                     input$covariance)
  model$alpha <- if (is.null(input$alpha)) 0.05 else input$alpha
  model$linear <- vcov == "Kenward-Roger-Linear"
  model$method <- input$df_method
  model$vcov <- vcov
  add_inference(model, input$df_method, vcov)
  coefficients <- apply(diag(ncol(X)), 1, model$infer)
  log_lik <- model$fit$logLik
  parameters <- length(model$theta)
  subjects <- length(unique(used$id))
  sigma <- lapply(seq_len(max(group)), function(g) model$shape$full(model$theta[model$own(g)]))
  result <- list(n_obs = nrow(used), n_subjects = subjects, n_visits = nlevels(used$visit), logLik = log_lik, minus2ll = -2 * log_lik,
    AIC = -2 * log_lik + 2 * parameters, BIC = -2 * log_lik + log(subjects) * parameters, coef_names = colnames(X),
    coef = columns_of(coefficients, c("estimate", "se", "df", "t", "p")), beta_vcov = unname(model$variance),
    varcor = if (isTRUE(input$grouped)) setNames(sigma, levels(used$arm)) else sigma[[1]])
  peer <- peer_fit(X, used, all.vars(formula)[1], w, reml, input)
  if (!is.null(peer)) {
    result$peer_log_lik <- peer$log_lik
    result$peer_estimate <- peer$estimate
  }
  if (is.null(used$arm)) return(result)
  others <- setdiff(all.vars(formula)[-1], c("arm", "visit"))
  held <- lapply(used[others], function(x) if (is.factor(x)) factor(levels(x), levels = levels(x)) else mean(x))
  weights_of <- function(arm, visit) {
    grid <- expand.grid(c(list(arm = factor(arm, levels = levels(used$arm)), visit = factor(visit, levels = levels(used$visit))), held))
    colMeans(model.matrix(terms, grid))[kept]
  }
  arms <- levels(used$arm)
  cells <- expand.grid(arm = arms, visit = levels(used$visit), stringsAsFactors = FALSE)
  L <- mapply(weights_of, cells$arm, cells$visit)
  means <- apply(L, 2, model$infer)
  pairs <- expand.grid(arm = arms[-1], visit = levels(used$visit), stringsAsFactors = FALSE)
  differences <- apply(mapply(function(arm, visit) weights_of(arm, visit) - weights_of(arms[1], visit), pairs$arm, pairs$visit), 2, model$infer)
  result$lsmeans <- c(list(arm = cells$arm, visit = cells$visit), columns_of(means, c("estimate", "se", "df", "lower", "upper")), list(L = unname(t(L))))
  result$contrasts <- c(list(contrast = paste(pairs$arm, "-", arms[1]), visit = pairs$visit),
                        columns_of(differences, c("estimate", "se", "df", "t", "p", "lower", "upper")))
  result
}

# The same fit by nlme::gls where it has the structure
peer_fit <- function(X, used, response, w, reml, input) {
  if (isTRUE(input$grouped)) return(NULL)
  form <- ~ number | id
  correlation <- switch(sub("h$", "", input$covariance), us = corSymm(form = form), ar1 = corAR1(form = form),
                        cs = corCompSymm(form = ~ 1 | id), return(NULL))
  used$X <- X
  used$y <- used[[response]]
  used$number <- as.integer(used$visit)
  used$inverse <- 1 / w
  parts <- c(if (input$covariance == "us" || grepl("h$", input$covariance)) list(varIdent(form = ~ 1 | visit)),
             if (!is.null(input$weights)) list(varFixed(~ inverse)))
  fit <- tryCatch(gls(y ~ X - 1, data = used, correlation = correlation, method = if (reml) "REML" else "ML",
                      weights = if (length(parts) == 2) do.call(varComb, parts) else if (length(parts) == 1) parts[[1]],
                      control = glsControl(maxIter = 500, msMaxIter = 500, tolerance = 1e-9, msTol = 1e-10)),
                  error = function(e) NULL)
  if (is.null(fit)) NULL else list(log_lik = as.numeric(logLik(fit)), estimate = unname(coef(fit)))
}

# Comparison -----------------------------------------------------------------------------------------------------------

rows_of <- function(x) if (is.matrix(x)) x else do.call(rbind, lapply(x, unlist))

deviations <- function(expected, found, input) {
  relative_se <- if (input$df_method == "Kenward-Roger") 1e-4 else 1e-5
  block <- function(name) {
    a <- lapply(expected[[name]], unlist)
    b <- found[[name]]
    c(max(abs(a$estimate - b$estimate) / (1e-4 * a$se)), max(abs(a$se / b$se - 1)) / relative_se,
      max(abs(a$df / b$df - 1)) / 1e-3, if (!is.null(b$p)) max(abs(a$p - b$p)) / 1e-4,
      if (!is.null(b$lower)) max(abs(a$lower - b$lower), abs(a$upper - b$upper)) / (5e-4 * min(a$se)))
  }
  V <- rows_of(expected$beta_vcov)
  d <- sqrt(diag(V))
  sigma <- function(x) if (is.list(x) && !is.null(names(x))) lapply(x, rows_of) else list(rows_of(x))
  same <- function(name) if (identical(as.character(unlist(expected[[name]])), as.character(found[[name]]))) 0 else Inf
  c(vapply(c("n_obs", "n_subjects", "n_visits", "coef_names"), same, 0),
    abs(expected$logLik - found$logLik) / 1e-6, abs(expected$AIC - found$AIC) / 2e-6, abs(expected$BIC - found$BIC) / 2e-6,
    block("coef"), if (!is.null(found$lsmeans)) c(block("lsmeans"), block("contrasts")),
    max(abs(V - found$beta_vcov) / outer(d, d)) / (2 * relative_se),
    mapply(function(a, b) max(abs(a - b) / pmax(1e-3, abs(a))) / 1e-4, sigma(expected$varcor), sigma(found$varcor)),
    # nlme stops a little before the maximum
    if (!is.null(found$peer_log_lik)) c(abs(expected$logLik - found$peer_log_lik) / 1e-4,
      max(abs(unlist(expected$coef$estimate) - found$peer_estimate) / unlist(expected$coef$se)) / 1e-2))
}

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) < 1) stop("give one reference file, e.g. tests/reference/mmrm_pbc_logbili.json")
file <- fromJSON(arguments[1], simplifyVector = FALSE)
cases <- file$cases
if (length(arguments) > 1) cases <- Filter(function(case) case$id %in% arguments[-1], cases)
peers <- 0
worst <- vapply(cases, function(case) {
  found <- expected_mmrm(case, file)
  if (!is.null(found$peer_log_lik)) peers <<- peers + 1
  value <- max(deviations(case$expected, found, case$input))
  if (value > 1) cat("differs:", case$id, signif(value, 3), "x tolerance\n")
  value
}, 0)
cat(basename(arguments[1]), ":", length(worst), "cases,", sum(worst <= 1), "agree; worst deviation / tolerance",
    signif(max(worst), 3), ";", peers, "also fitted by nlme::gls", as.character(packageVersion("nlme")), "\n")
quit(status = as.integer(any(worst > 1)))
