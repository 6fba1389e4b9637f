# Recomputes the expected values of the reference cases of linear mixed models: lmm (lme4, lmerTest, pbkrtest), lmm_nlme
# (nlme) and those of twin_prediction that rest on lme4.
#
# Rscript tests/reference/r/mixed-models.R FILE.json
# Prints cases, agreeing cases and the worst deviation. Needs lme4, lmerTest, pbkrtest, nlme and jsonlite (Debian:
# r-cran-lme4, r-cran-lmertest, r-cran-pbkrtest, r-recommended, r-cran-jsonlite).

suppressPackageStartupMessages({
  library(nlme)
  library(lmerTest)
  library(jsonlite)
})

frame_of <- function(file, name) {
  columns <- file$datasets[[name]]$columns
  as.data.frame(lapply(columns, function(column) {
    column[vapply(column, is.null, NA)] <- NA
    unlist(column)
  }), check.names = FALSE, stringsAsFactors = FALSE)
}

rows <- function(matrix) lapply(seq_len(nrow(matrix)), function(i) unname(matrix[i, ]))

with_levels <- function(data, levels) {
  for (name in names(levels)) data[[name]] <- factor(data[[name]], levels = unlist(levels[[name]]))
  data
}

fit_lmer <- function(formula, data, reml) {
  suppressMessages(suppressWarnings(lmer(as.formula(formula), data = data, REML = reml,
    control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5)))))
}

expected_lmer <- function(input, data) {
  data <- with_levels(data, input$factor_levels)
  # Groups in the order of the data.
  data[[input$group]] <- factor(data[[input$group]], levels = unique(data[[input$group]]))
  fit <- fit_lmer(input$formula, data, input$REML)
  table <- suppressMessages(summary(fit))$coefficients
  kr <- NULL
  if (input$REML) {
    adjusted <- suppressMessages(summary(fit, ddf = "Kenward-Roger"))$coefficients
    kr <- list(se = unname(adjusted[, 2]), df = unname(adjusted[, 3]), p = unname(adjusted[, 5]))
  }
  components <- as.data.frame(VarCorr(fit))
  effects <- ranef(fit, condVar = TRUE)[[1]]
  list(nobs = nobs(fit), n_groups = nlevels(data[[input$group]]), logLik = as.numeric(logLik(fit)),
       criterion = -2 * as.numeric(logLik(fit)), AIC = AIC(fit), BIC = BIC(fit), fixed = unname(fixef(fit)),
       se = unname(table[, 2]), df_satterthwaite = unname(table[, 3]), t = unname(table[, 4]),
       p_satterthwaite = unname(table[, 5]), kr = kr, vcov_fixed = rows(unname(as.matrix(vcov(fit)))),
       sigma = sigma(fit), theta = unname(getME(fit, "theta")), varcomp = list(vcov = components$vcov),
       blup = rows(unname(as.matrix(effects))), conditional_fitted_first10 = unname(fitted(fit)[1:10]),
       marginal_fitted_first10 = unname(predict(fit, re.form = NA)[1:10]))
}

expected_lme <- function(input, data) {
  if (!is.null(input$levels_arm)) data <- with_levels(data, list(arm = input$levels_arm))
  data <- data[!is.na(data[[sub(" .*", "", input$fixed)]]), ]
  data <- data[!duplicated(data[, c("id", input$time)]), ]
  correlation <- if (is.null(input$residual_correlation)) NULL else
    corCAR1(0.3, form = as.formula(sprintf("~ %s | id", input$time)))
  fit <- lme(as.formula(input$fixed), random = as.formula(input$random), correlation = correlation, data = data,
             method = input$method,
             control = lmeControl(maxIter = 500, msMaxIter = 1000, tolerance = 1e-12, msTol = 1e-14, niterEM = 100))
  G <- unclass(getVarCov(fit))
  list(nobs = nrow(data), logLik = as.numeric(logLik(fit)), fixed = unname(fixef(fit)),
       se = unname(summary(fit)$tTable[, 2]), sigma = fit$sigma, G = rows(matrix(G, nrow(G))),
       phi = if (is.null(correlation)) NULL else unname(coef(fit$modelStruct$corStruct, unconstrained = FALSE)))
}

expected_prediction <- function(case, file) {
  input <- case$input
  if (is.null(input$subject)) return(NULL)
  train <- frame_of(file, case$dataset[[1]])
  test <- frame_of(file, case$dataset[[2]])
  fit <- fit_lmer(input$model, train, TRUE)
  own <- test[test$id == input$subject, ]
  seen <- seq_len(input$n_observed_used)
  X <- model.matrix(lme4::nobars(formula(fit)), own)
  Z <- cbind(1, own$month)
  D <- matrix(as.numeric(VarCorr(fit)[[1]]), 2)
  V <- Z %*% D %*% t(Z) + sigma(fit)^2 * diag(nrow(own))
  gain <- V[-seen, seen, drop = FALSE] %*% solve(V[seen, seen])
  marginal <- drop(X %*% fixef(fit))
  covariance <- V[-seen, -seen, drop = FALSE] - gain %*% V[seen, -seen, drop = FALSE]
  carried <- X[-seen, , drop = FALSE] - gain %*% X[seen, , drop = FALSE]
  mean <- marginal[-seen] + drop(gain %*% (own$y[seen] - marginal[seen]))
  list(fixed = unname(fixef(fit)), D = rows(D), sigma2 = sigma(fit)^2, marginal_mean = unname(marginal[-seen]),
       conditional_mean = unname(mean), conditional_sd = sqrt(diag(covariance)), conditional_cov = rows(covariance),
       conditional_sd_with_fixed_uncertainty = sqrt(diag(covariance + carried %*% as.matrix(vcov(fit)) %*% t(carried))))
}

# Largest deviation of the recomputed leaves from the stored ones, relative to their size or to 1e-3.
deviation <- function(stored, recomputed) {
  if (is.list(recomputed) && !is.null(names(recomputed)))
    return(max(0, vapply(names(recomputed), function(name) deviation(stored[[name]], recomputed[[name]]), 0)))
  a <- unlist(lapply(stored, function(x) if (is.null(x)) NA else x))
  b <- unlist(recomputed)
  if (is.null(b)) return(0)
  if (length(a) != length(b)) return(Inf)
  max(abs(a - b) / pmax(abs(a), 1e-3))
}

if (sys.nframe() == 0) {
  arguments <- commandArgs(trailingOnly = TRUE)
  if (length(arguments) != 1) stop("give one reference file, e.g. tests/reference/lmm.json")
  file <- fromJSON(arguments[1], simplifyVector = FALSE)
  kind <- sub("\\.json$", "", basename(arguments[1]))
  limit <- c(lmm = 1e-4, lmm_nlme = 1e-3, twin_prediction = 1e-3)[[kind]]
  found <- vapply(file$cases, function(case) {
    recomputed <- switch(kind,
      lmm = expected_lmer(case$input, frame_of(file, case$dataset)),
      lmm_nlme = expected_lme(case$input, frame_of(file, case$dataset)),
      twin_prediction = expected_prediction(case, file))
    if (is.null(recomputed)) NA else deviation(case$expected, recomputed)
  }, 0)
  computed <- !is.na(found)
  agreeing <- computed & found <= limit
  cat(sprintf("%d cases, %d recomputed, %d agree within %g, worst deviation %.2g\n", length(found), sum(computed),
              sum(agreeing), limit, max(found[computed])))
  for (k in which(computed & !agreeing)) cat(sprintf("  %s: %.3g\n", file$cases[[k]]$id, found[k]))
  for (k in which(!computed)) cat(sprintf("  %s: needs a package that Debian does not ship\n", file$cases[[k]]$id))
  for (package in c("lme4", "lmerTest", "pbkrtest", "nlme")) cat(package, as.character(packageVersion(package)), "\n")
  quit(status = as.integer(any(computed & !agreeing)))
}
