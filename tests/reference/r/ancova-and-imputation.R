# Recomputes the expected values of the reference cases ancova (lm, sandwich, car; least-squares means from their definition),
# rubin (from the formulas) and, for conditional-mean imputation, rbmi (nlme::gls with an unstructured covariance; jackknife
# standard errors need one fit a patient and are left out unless a second argument "jackknife" is given).
#
# Rscript tests/reference/r/ancova-and-imputation.R FILE.json
# Prints cases, agreeing cases and the worst deviation over its tolerance. Needs sandwich, car, nlme and jsonlite (Debian:
# r-cran-sandwich, r-cran-car, r-cran-nlme, r-cran-jsonlite). Debian ships neither rbmi nor mmrm.

suppressPackageStartupMessages({
  library(jsonlite)
  library(nlme)
  library(sandwich)
  library(car)
})

frame_of <- function(file, name, levels = list()) {
  columns <- file$datasets[[name]]$columns
  frame <- as.data.frame(lapply(columns, function(column) unlist(lapply(column, function(x) if (is.null(x)) NA else x))))
  for (name in intersect(names(levels), names(frame)))
    frame[[name]] <- droplevels(factor(as.character(frame[[name]]), levels = unlist(levels[[name]])))
  frame
}
matrix_rows <- function(matrix) unname(lapply(seq_len(nrow(matrix)), function(i) unname(matrix[i, ])))

# Linear models -------------------------------------------------------------------------------------------------------

expected_ancova <- function(case, file) {
  input <- case$input
  data <- frame_of(file, case$dataset, input$factor_levels)
  fit <- lm(as.formula(input$formula), data)
  table <- summary(fit); limits <- confint(fit, level = 1 - input$alpha)
  robust <- sapply(c("HC0", "HC1", "HC2", "HC3", "HC4"), function(type) {
    V <- vcovHC(fit, type = type); se <- sqrt(diag(V)); t <- coef(fit) / se
    list(se = unname(se), vcov = matrix_rows(V), t = unname(t), p = unname(2 * pt(-abs(t), df.residual(fit))))
  }, simplify = FALSE)
  result <- list(n = nobs(fit), coef_names = names(coef(fit)), estimate = unname(coef(fit)), se = unname(table$coefficients[, 2]),
    t = unname(table$coefficients[, 3]), p = unname(table$coefficients[, 4]), ci_lower = unname(limits[, 1]),
    ci_upper = unname(limits[, 2]), df = df.residual(fit), sigma = table$sigma, r2 = table$r.squared,
    adj_r2 = table$adj.r.squared, F = unname(table$fstatistic), logLik = as.numeric(logLik(fit)), AIC = AIC(fit), BIC = BIC(fit),
    vcov = matrix_rows(vcov(fit)), robust = robust)
  if ("arm" %in% attr(terms(fit), "term.labels")) c(result, arm_values(fit, data, input$alpha)) else result
}

arm_values <- function(fit, data, alpha) {
  arms <- levels(data$arm); others <- setdiff(all.vars(formula(fit)[[3]]), "arm")
  at <- function(rows) colMeans(model.matrix(delete.response(terms(fit)), rows, xlev = fit$xlevels))
  numeric_mean <- function(rows) { for (name in others) if (is.numeric(rows[[name]])) rows[[name]] <- mean(data[[name]]); rows }
  held <- function(arm, rows) { rows$arm <- factor(arm, levels = arms); rows }
  grid <- if (length(others) == 0) data.frame(one = 1) else
    expand.grid(lapply(data[others], function(x) if (is.factor(x)) levels(x) else mean(x)))
  weights <- list(lsmeans_equal = sapply(arms, function(arm) at(held(arm, grid))),
                  lsmeans_proportional = sapply(arms, function(arm) at(held(arm, numeric_mean(data)))))
  infer <- function(l) {
    estimate <- sum(l * coef(fit)); se <- sqrt(drop(l %*% vcov(fit) %*% l)); half <- qt(1 - alpha / 2, df.residual(fit)) * se
    c(estimate = estimate, se = se, t = estimate / se, p = 2 * pt(-abs(estimate / se), df.residual(fit)), lower = estimate - half, upper = estimate + half)
  }
  means <- lapply(weights, function(W) {
    values <- apply(W, 2, infer)
    c(list(arm = arms), lapply(c(estimate = 1, se = 2, lower = 5, upper = 6), function(row) unname(values[row, ])))
  })
  W <- weights$lsmeans_equal
  versus <- sapply(arms[-1], function(arm) infer(W[, arm] - W[, arms[1]]))
  pairs <- combn(arms, 2); pairwise <- apply(pairs, 2, function(pair) infer(W[, pair[1]] - W[, pair[2]]))
  sums <- lapply(Filter(is.factor, data[c("arm", others)]), function(x) "contr.sum")
  third <- Anova(lm(formula(fit), data, contrasts = sums), type = 3)
  c(means, list(
    contrasts_vs_control = c(list(contrast = paste(arms[-1], "-", arms[1])), apply(versus, 1, unname, simplify = FALSE)),
    pairwise_tukey = list(contrast = paste(pairs[1, ], "-", pairs[2, ]), estimate = unname(pairwise["estimate", ]),
      p_tukey = unname(ptukey(abs(pairwise["t", ]) * sqrt(2), length(arms), df.residual(fit), lower.tail = FALSE))),
    anova_type3 = list(term = rownames(third), SS = third[["Sum Sq"]], df = third[["Df"]], F = third[["F value"]], p = third[["Pr(>F)"]])))
}

# Rubin's rules -------------------------------------------------------------------------------------------------------

expected_rubin <- function(case) {
  q <- unlist(case$input$estimates); u <- unlist(case$input$variances); m <- length(q); complete <- as.numeric(case$input$df_complete)
  within <- mean(u); between <- var(q); total <- within + (1 + 1 / m) * between
  lambda <- (1 + 1 / m) * between / total; riv <- (1 + 1 / m) * between / within; old <- (m - 1) / lambda^2
  observed <- (complete + 1) / (complete + 3) * complete * (1 - lambda)
  df <- if (is.finite(complete)) old * observed / (old + observed) else old
  se <- sqrt(total); t <- mean(q) / se
  list(m = m, qbar = mean(q), within = within, between = between, total = total, riv = riv, df = df,
       fmi = (riv + 2 / (df + 3)) / (riv + 1), lambda = lambda, se = se, t = t, p = 2 * pt(-abs(t), df),
       ci = mean(q) + c(-1, 1) * qt(1 - case$input$alpha / 2, df) * se)
}

# Conditional-mean imputation -----------------------------------------------------------------------------------------

expected_rbmi <- function(case, file, jackknife) {
  input <- case$input
  if (!grepl("conditional mean|condmean", input$method)) return(NULL)
  data <- frame_of(file, case$dataset)
  data$visit <- factor(data$visit, levels = unique(data$visit)); data$arm <- relevel(factor(data$arm), input$reference)
  data$t <- as.integer(data$visit)
  ice <- setNames(match(unlist(input$ice$visit), levels(data$visit)), unlist(input$ice$id))
  first <- ice[as.character(data$id)]; data$after <- !is.na(first) & data$t >= first
  delta <- if (grepl("tipping", case$id)) 0:10 else NULL
  full <- impute(data, data, input$strategy_after_ice)
  estimates <- function(rows, completed, delta = 0) unlist(lapply(levels(data$visit), function(visit) {
    own <- rows[rows$visit == visit, ]
    own$y <- (completed + delta * (is.na(rows$y) & rows$arm != levels(rows$arm)[1]))[rows$visit == visit]
    b <- coef(lm(y ~ arm + base, own)); c(b[[2]], b[[1]] + b[[3]] * mean(own$base), b[[1]] + b[[2]] + b[[3]] * mean(own$base))
  }))
  se <- function(delta = 0) {
    if (!jackknife) return(NULL)
    ids <- unique(data$id); n <- length(ids)
    replicates <- sapply(ids, function(id) { rest <- data[data$id != id, ]; estimates(rest, impute(rest, rest, input$strategy_after_ice)$y, delta) })
    unname(apply(replicates, 1, function(x) sqrt((n - 1) / n * sum((x - mean(x))^2))))
  }
  if (!is.null(delta)) {
    at <- 3 * (nlevels(data$visit) - 1) + 1
    return(list(delta = delta, est = sapply(delta, function(d) estimates(data, full$y, d)[at])))
  }
  pooled <- list(est = unname(estimates(data, full$y))); pooled$se <- se()
  sigma <- matrix_rows(full$sigma)
  list(mmrm_beta = unname(full$beta), mmrm_sigma = setNames(list(sigma, sigma), levels(data$arm)), imputed_y = full$y,
       n_missing = sum(is.na(data$y)), pooled = pooled)
}

impute <- function(data, model_data, strategy) {
  formula <- y ~ arm + visit + base * visit + arm * visit
  fit <- gls(formula, model_data[!is.na(model_data$y), ], correlation = corSymm(form = ~ t | id), weights = varIdent(form = ~ 1 | visit),
             method = "REML", control = glsControl(tolerance = 1e-10, msTol = 1e-12, maxIter = 500, msMaxIter = 1000, opt = "nlminb"))
  # Correlations are listed by the first visit of each pair.
  m <- nlevels(data$visit); R <- diag(m)
  R[lower.tri(R)] <- coef(fit$modelStruct$corStruct, unconstrained = FALSE); R <- R + t(R) - diag(m)
  sd <- fit$sigma * coef(fit$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)[levels(data$visit)]
  sigma <- R * outer(sd, sd); beta <- coef(fit)
  reference <- data; reference$arm <- factor(levels(data$arm)[1], levels = levels(data$arm))
  right <- formula[-2]; own <- drop(model.matrix(right, data) %*% beta); ref <- drop(model.matrix(right, reference) %*% beta)
  y <- data$y
  for (rows in split(seq_along(y), data$id)) {
    if (!anyNA(y[rows])) next
    mean <- own[rows]; after <- data$after[rows]; last <- sum(!after)
    if (any(after)) mean <- switch(strategy, MAR = mean, CR = ref[rows], JR = ifelse(after, ref[rows], mean),
      CIR = ifelse(after, ref[rows] + (if (last > 0) mean[last] - ref[rows][last] else 0), mean),
      LMCF = if (last > 0) ifelse(after, mean[last], mean) else mean)
    seen <- !is.na(y[rows]); S <- unname(sigma)
    y[rows][!seen] <- if (!any(seen)) mean else
      mean[!seen] + drop(S[!seen, seen, drop = FALSE] %*% solve(S[seen, seen], y[rows][seen] - mean[seen]))
  }
  list(beta = beta, sigma = unname(sigma), y = y)
}

# Comparison ----------------------------------------------------------------------------------------------------------

# Largest deviation over tolerance of the recomputed leaves; covariances are judged against their standard deviations.
deviation <- function(stored, recomputed, relative, absolute, name = "") {
  if (is.null(recomputed)) return(0)
  if (is.list(recomputed) && !is.null(names(recomputed)))
    return(max(0, vapply(names(recomputed), function(key) deviation(stored[[key]], recomputed[[key]], relative, absolute, key), 0)))
  known <- function(x) if (is.list(x)) lapply(x, function(each) if (is.null(each)) NA else each) else x
  a <- unlist(known(stored)); b <- unlist(known(recomputed))
  if (length(a) != length(b)) return(Inf)
  if (is.character(b)) return(if (identical(as.character(a), b)) 0 else Inf)
  scale <- abs(a)
  if (name == "vcov") { size <- sqrt(length(a)); d <- sqrt(diag(matrix(a, size))); scale <- as.vector(outer(d, d)) }
  both <- !(is.na(a) & is.na(b))
  max(0, (abs(a - b) / (relative * scale + absolute))[both])
}

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) < 1) stop("give one reference file, e.g. tests/reference/ancova.json")
file <- fromJSON(arguments[1], simplifyVector = FALSE)
kind <- sub("\\.json$", "", basename(arguments[1]))
worst <- vapply(file$cases, function(case) {
  recomputed <- switch(kind, ancova = expected_ancova(case, file), rubin = expected_rubin(case),
                       rbmi = expected_rbmi(case, file, "jackknife" %in% arguments), stop("unknown kind of file"))
  if (is.null(recomputed)) return(NA_real_)
  limits <- list(ancova = c(1e-8, 1e-14), rubin = c(1e-10, 0), rbmi = c(0, 1e-3))[[kind]]
  value <- deviation(case$expected, recomputed, limits[1], limits[2])
  if (value > 1) cat("differs:", case$id, signif(value, 3), "x tolerance\n")
  value
}, 0)
computed <- !is.na(worst)
cat(basename(arguments[1]), ":", length(worst), "cases,", sum(computed), "recomputed,", sum(worst[computed] <= 1),
    "agree; worst deviation / tolerance", signif(max(worst[computed]), 3), "\n")
if (any(!computed)) cat("Not recomputed (random draws of rbmi):", sum(!computed), "cases\n")
for (package in c("sandwich", "car", "nlme")) cat(package, as.character(packageVersion(package)), "\n")
quit(status = as.integer(any(worst[computed] > 1)))
