# Chance of no event up to a horizon from Cox regression, fold by fold: survival::coxph on all covariates, learnt from the
# whole follow-up of the other folds. Reads survival.csv and horizon.txt, writes cox.csv and cox.txt.
suppressPackageStartupMessages(library(survival))

patients <- read.csv("survival.csv")
horizon <- scan("horizon.txt", quiet = TRUE)
covariates <- grep("^x", names(patients), value = TRUE)
chance <- numeric(nrow(patients))
for (fold in sort(unique(patients$fold))) {
  held <- patients$fold == fold
  data <- patients
  for (name in covariates) data[[name]][is.na(data[[name]])] <- mean(data[[name]][!held], na.rm = TRUE)
  model <- coxph(as.formula(paste("Surv(time, event) ~", paste(covariates, collapse = " + "))), data[!held, ])
  chance[held] <- as.vector(summary(survfit(model, newdata = data[held, ]), times = horizon)$surv)
}
write.csv(data.frame(patient = seq_along(chance), chance = chance), "cox.csv", row.names = FALSE)
writeLines(paste("survival", packageVersion("survival")), "cox.txt")
