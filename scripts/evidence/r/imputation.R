# Predictions by multiple imputation of the future visits with mice, fold by fold: Bayesian linear regressions learnt from the
# other folds only. Reads patients.csv and cells.csv, writes imputation.csv and imputation.txt.
suppressPackageStartupMessages(library(mice))

# Draws of the regressions' parameters, and trajectories of a held-out patient for each of them.
IMPUTATIONS <- 30
COPIES <- 5
ITERATIONS <- 5

patients <- read.csv("patients.csv")
cells <- read.csv("cells.csv")
covariates <- grep("^x", names(patients), value = TRUE)
columns <- patients[c(covariates, cells$outcome)]

predictions <- lapply(sort(unique(patients$fold)), function(fold) {
  held <- patients$fold == fold
  # New patients, whose visits are all in the future: each held-out patient several times to be scored, and each training
  # patient for the score's regression on baseline. Rows that are ignored do not enter the regressions.
  who <- c(rep(which(held), each = COPIES), which(!held))
  new <- columns[who, ]
  new[cells$outcome] <- NA_real_
  data <- rbind(columns[!held, ], new)
  ignore <- rep(c(FALSE, TRUE), c(sum(!held), nrow(new)))
  imputed <- suppressWarnings(mice(
    data, m = IMPUTATIONS, maxit = ITERATIONS, method = "norm", ignore = ignore, printFlag = FALSE, seed = 20270 + fold
  ))
  at <- as.character(which(ignore))
  do.call(rbind, lapply(seq_len(nrow(cells)), function(k) {
    values <- imputed$imp[[cells$outcome[k]]]
    rownames(values) <- as.character(which(is.na(data[[cells$outcome[k]]])))
    draws <- split(as.matrix(values[at, ]), rep(who, ncol(values)))
    patient <- as.integer(names(draws))
    data.frame(
      method = "mice", fold = fold, patient = patient,
      endpoint = cells$endpoint[k], visit = cells$visit[k],
      mean = vapply(draws, mean, 0),
      sd = ifelse(held[patient], vapply(draws, sd, 0), NA_real_),
      draw = ifelse(held[patient], vapply(draws, `[`, 0, 1), NA_real_)
    )
  }))
})
write.csv(do.call(rbind, predictions), "imputation.csv", row.names = FALSE)
writeLines(paste("mice", packageVersion("mice")), "imputation.txt")
