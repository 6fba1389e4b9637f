# Predictions of mixed models from baseline, fold by fold: lme4 (random intercept and slope) and nlme (random intercept,
# continuous-time autoregression). Reads patients.csv and cells.csv, writes mixed-models.csv and mixed-models.txt.
suppressPackageStartupMessages({
  library(lme4)
  library(nlme)
})

patients <- read.csv("patients.csv")
cells <- read.csv("cells.csv")
covariates <- grep("^x", names(patients), value = TRUE)
set.seed(20270)

# Long data of one endpoint: every patient at every planned visit, outcome possibly missing.
course <- function(e) {
  own <- cells[cells$endpoint == e, ]
  do.call(rbind, lapply(seq_len(nrow(own)), function(v) {
    data.frame(
      patient = seq_len(nrow(patients)),
      fold = patients$fold,
      visit = v,
      time = own$day[v] / max(cells$day),
      y = patients[[own$outcome[v]]],
      patients[covariates]
    )
  }))
}

# Missing covariates take their mean in the training patients.
fill <- function(data, training) {
  for (name in covariates) {
    value <- mean(patients[[name]][training], na.rm = TRUE)
    data[[name]][is.na(data[[name]])] <- value
  }
  data
}

# Every visit has its own mean and its own slope on baseline; other covariates act on level and on slope.
design <- function(data, baseline) {
  others <- setdiff(covariates, baseline)
  text <- c("factor(visit)", paste0("factor(visit):", baseline), others, if (length(others)) paste0(others, ":time"))
  model.matrix(as.formula(paste("~", paste(text, collapse = " + "))), data)
}

# Moments of the courses of all patients from fixed effects, their covariance, and the covariance of a course.
predictions <- function(data, x, beta, betaCovariance, courseCovariance, held, method, fold, e) {
  mean <- as.vector(x %*% beta)
  result <- data.frame(
    method = method, fold = fold, patient = data$patient, endpoint = e, visit = data$visit,
    mean = mean, sd = NA_real_, draw = NA_real_
  )
  for (i in which(held)) {
    rows <- which(data$patient == i)
    total <- x[rows, , drop = FALSE] %*% betaCovariance %*% t(x[rows, , drop = FALSE]) + courseCovariance
    result$sd[rows] <- sqrt(diag(total))
    result$draw[rows] <- mean[rows] + as.vector(t(chol(total)) %*% rnorm(length(rows)))
  }
  result
}

fits <- list()
notes <- character()
for (e in unique(cells$endpoint)) {
  long <- course(e)
  baseline <- cells$baseline[cells$endpoint == e][1]
  times <- unique(long$time)
  for (fold in sort(unique(patients$fold))) {
    held <- patients$fold == fold
    data <- fill(long, !held)
    x <- design(data, baseline)
    used <- !held[data$patient] & !is.na(data$y)
    kept <- qr(x[used, ])
    x <- x[, sort(kept$pivot[seq_len(kept$rank)]), drop = FALSE]
    training <- list(y = data$y[used], x = x[used, ], time = data$time[used], patient = factor(data$patient[used]))

    mixed <- suppressMessages(suppressWarnings(lmer(
      y ~ 0 + x + (time | patient),
      data = training,
      control = lmerControl(check.nobs.vs.nRE = "ignore", calc.derivs = FALSE)
    )))
    z <- cbind(1, times)
    g <- matrix(VarCorr(mixed)$patient[1:2, 1:2], 2)
    courseCovariance <- z %*% g %*% t(z) + diag(sigma(mixed)^2, length(times))
    fits[[length(fits) + 1]] <- predictions(
      data, x, fixef(mixed), as.matrix(vcov(mixed)), courseCovariance, held, "lme4", fold, e
    )

    fit <- function(correlation) {
      tryCatch(
        lme(y ~ 0 + x, random = ~ 1 | patient, correlation = correlation, data = training,
          control = lmeControl(opt = "optim", maxIter = 200, msMaxIter = 200)),
        error = function(condition) NULL
      )
    }
    serial <- fit(corCAR1(form = ~ time | patient))
    if (is.null(serial)) {
      notes <- c(notes, sprintf("nlme: endpoint %d, fold %d without autoregression (not converged)", e, fold))
      serial <- fit(NULL)
    }
    phi <- if (is.null(serial$modelStruct$corStruct)) 0 else coef(serial$modelStruct$corStruct, unconstrained = FALSE)
    lag <- abs(outer(times, times, "-"))
    residual <- serial$sigma^2 * ifelse(lag == 0, 1, phi^lag)
    courseCovariance <- as.numeric(VarCorr(serial)[1, 1]) + residual
    fits[[length(fits) + 1]] <- predictions(
      data, x, fixef(serial), vcov(serial), courseCovariance, held, "nlme", fold, e
    )
  }
}
write.csv(do.call(rbind, fits), "mixed-models.csv", row.names = FALSE)
writeLines(c(paste("lme4", packageVersion("lme4")), paste("nlme", packageVersion("nlme")), notes), "mixed-models.txt")
