# Recomputes the expected values of survival reference cases with R's survival package.
#
# Rscript tests/reference/r/survival.R FILE.json
# Prints cases, agreeing cases and the worst relative deviation. Needs survival and jsonlite (Debian: r-recommended,
# r-cran-jsonlite). Restricted means are computed from survfit by the formula of survRM2, which Debian does not ship.

suppressPackageStartupMessages({
  library(survival)
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

expected_km <- function(input, data) {
  fit <- survfit(Surv(time, status) ~ arm, data = data, conf.type = input$conf_type)
  at <- summary(fit, times = unlist(input$times))
  q <- quantile(fit, probs = c(0.25, 0.5, 0.75))
  list(arm = as.character(at$strata), time = at$time, n_risk = at$n.risk, surv = at$surv, se = at$std.err,
       lower = at$lower, upper = at$upper, events = unname(summary(fit)$table[, "events"]), n = unname(fit$n),
       quantiles = rows(q$quantile), quantile_lower = rows(q$lower), quantile_upper = rows(q$upper))
}

expected_nelson_aalen <- function(data) {
  fit <- survfit(Surv(time, status) ~ 1, data = data)
  shown <- trunc(seq(1, length(fit$time), length.out = 15))
  list(time = fit$time[shown], cumhaz = fit$cumhaz[shown], se = fit$std.chaz[shown])
}

expected_logrank <- function(input, data) {
  rho <- if (is.null(input$rho)) 0 else input$rho
  strata <- unlist(input$strata)
  if (length(strata) > 0) {
    formula <- as.formula(sprintf("Surv(time, status) ~ arm + strata(%s)", paste(strata, collapse = ", ")))
    test <- survdiff(formula, data = data, rho = rho)
    return(list(chisq = test$chisq, df = length(test$n) - 1,
                p = pchisq(test$chisq, length(test$n) - 1, lower.tail = FALSE)))
  } else test <- survdiff(Surv(time, status) ~ arm, data = data, rho = rho)
  list(observed = test$obs, expected = test$exp, var = rows(test$var), chisq = test$chisq, df = length(test$n) - 1,
       p = pchisq(test$chisq, length(test$n) - 1, lower.tail = FALSE))
}

expected_cox <- function(input, data) {
  formula <- as.formula(input$formula)
  fit <- coxph(formula, data = data, ties = input$ties, x = TRUE)
  s <- summary(fit)
  zph <- cox.zph(fit)$table
  exact <- input$ties == "exact"
  stratified <- grepl("strata(", input$formula, fixed = TRUE)
  baseline <- NULL
  if (!exact && !stratified) {
    hazard <- basehaz(fit, centered = FALSE)
    shown <- round(seq(1, nrow(hazard), length.out = 8))
    baseline <- list(time = hazard$time[shown], hazard = hazard$hazard[shown])
  }
  list(names = names(coef(fit)), coef = unname(coef(fit)), hr = unname(exp(coef(fit))), se = unname(sqrt(diag(fit$var))),
       z = unname(s$coefficients[, "z"]), p = unname(s$coefficients[, "Pr(>|z|)"]),
       lower95 = unname(s$conf.int[, "lower .95"]), upper95 = unname(s$conf.int[, "upper .95"]), loglik = fit$loglik,
       lr_test = unname(s$logtest), score_test = unname(s$sctest), wald_test = unname(s$waldtest),
       robust_se = if (exact) NULL else unname(sqrt(diag(coxph(formula, data = data, ties = input$ties, robust = TRUE)$var))),
       concordance = if (exact) NULL else unname(s$concordance),
       zph = list(term = rownames(zph), chisq = unname(zph[, "chisq"]), df = unname(zph[, "df"]), p = unname(zph[, "p"])),
       baseline_cumhaz_x0 = baseline, n = fit$n, events = fit$nevent)
}

# Area under the curve and its variance as in survRM2
restricted_mean <- function(time, status, tau) {
  fit <- survfit(Surv(time, status) ~ 1)
  used <- fit$time <= tau
  times <- c(fit$time[used], tau)
  areas <- diff(c(0, times)) * c(1, fit$surv[used])
  y <- fit$n.risk[used]
  d <- fit$n.event[used]
  increments <- c(ifelse(y - d == 0, 0, d / (y * (y - d))), 0)
  c(sum(areas), sqrt(sum(cumsum(rev(areas[-1]))^2 * rev(increments)[-1])))
}

expected_rmst <- function(input, data) {
  tau <- input$tau
  levels <- sort(unique(data$arm))
  z <- qnorm(0.975)
  one <- restricted_mean(data$time[data$arm == levels[2]], data$status[data$arm == levels[2]], tau)
  zero <- restricted_mean(data$time[data$arm == levels[1]], data$status[data$arm == levels[1]], tau)
  row <- function(estimate, se) c(estimate, se, estimate - z * se, estimate + z * se)
  ratio <- function(a, b) {
    log_ratio <- log(a[1] / b[1])
    se <- sqrt((a[2] / a[1])^2 + (b[2] / b[1])^2)
    c(exp(log_ratio), exp(log_ratio - z * se), exp(log_ratio + z * se), 2 * pnorm(-abs(log_ratio / se)))
  }
  difference <- one[1] - zero[1]
  se <- sqrt(one[2]^2 + zero[2]^2)
  lost <- function(x) c(tau - x[1], x[2])
  list(rmst_arm1 = row(one[1], one[2]), rmst_arm0 = row(zero[1], zero[2]), rmtl_arm1 = row(tau - one[1], one[2]),
       between = list(c(difference, difference - z * se, difference + z * se, 2 * pnorm(-abs(difference / se))),
                      ratio(one, zero), ratio(lost(one), lost(zero))))
}

expected_aft <- function(input, data) {
  note <- "\\(rows with time ?> ?0\\)"
  if (grepl(note, input$formula)) data <- data[data$time > 0, ]
  fit <- survreg(as.formula(sub(note, "", input$formula)), data = data, dist = input$dist,
                 control = survreg.control(rel.tolerance = 1e-12, maxiter = 100))
  list(coef = unname(coef(fit)), scale = fit$scale, loglik = fit$loglik, vcov = rows(fit$var))
}

expected_of <- function(case, file) {
  input <- case$input
  data <- frame_of(file, case$dataset)
  method <- input$method
  if (startsWith(method, "Kaplan-Meier")) return(expected_km(input, data))
  if (startsWith(method, "Nelson-Aalen")) return(expected_nelson_aalen(data))
  if (grepl("logrank", method)) return(expected_logrank(input, data))
  if (startsWith(method, "Cox")) return(expected_cox(input, data))
  if (startsWith(method, "RMST")) return(expected_rmst(input, data))
  if (startsWith(method, "parametric AFT")) return(expected_aft(input, data))
  stop("unknown kind of case: ", method)
}

# Largest relative deviation of the stored leaves from the recomputed ones
deviation <- function(stored, recomputed) {
  if (is.null(stored)) return(if (is.null(recomputed) || all(is.na(unlist(recomputed)))) 0 else Inf)
  if (is.list(stored) && !is.null(names(stored)))
    return(max(0, vapply(names(stored), function(name) {
      if (name %in% c("columns", "between_rows", "between_cols")) 0 else deviation(stored[[name]], recomputed[[name]])
    }, 0)))
  if (is.list(stored) && length(stored) > 0 && is.list(stored[[1]]))
    return(max(vapply(seq_along(stored), function(i) deviation(stored[[i]], recomputed[[i]]), 0)))
  flat <- unlist(lapply(stored, function(x) if (is.null(x)) NA else x))
  other <- unlist(recomputed)
  if (length(flat) != length(other)) return(Inf)
  if (is.character(flat) && !all(flat %in% c("Inf", "-Inf"))) return(if (all(flat == other)) 0 else Inf)
  flat <- suppressWarnings(as.numeric(flat))
  if (any(is.na(flat) != is.na(other))) return(Inf)
  known <- !is.na(flat)
  if (!any(known)) return(0)
  max(ifelse(flat[known] == other[known], 0, abs(flat[known] - other[known]) / abs(flat[known])))
}

if (sys.nframe() == 0) {
  arguments <- commandArgs(trailingOnly = TRUE)
  if (length(arguments) != 1) stop("give one reference file, e.g. tests/reference/survival.json")
  file <- fromJSON(arguments[1], simplifyVector = FALSE)
  found <- vapply(file$cases, function(case) deviation(case$expected, expected_of(case, file)), 0)
  agreeing <- found <= 1e-6
  cat(sprintf("%d cases, %d agree within 1e-6, worst deviation %.2g\n", length(found), sum(agreeing), max(found[is.finite(found)])))
  for (k in which(!agreeing)) cat(sprintf("  %s: %.3g\n", file$cases[[k]]$id, found[k]))
  cat("survival", as.character(packageVersion("survival")), "\n")
  quit(status = as.integer(!all(agreeing)))
}
