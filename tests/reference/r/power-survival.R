# Recomputes the expected values of survival size cases: rpact (Debian: r-cran-rpact) for its own cases, Lachin and Foulkes's
# formula with quadrature for those of gsDesign nSurv, which Debian does not ship.
#
# Rscript tests/reference/r/power-survival.R FILE.json
# Prints cases, agreeing cases and the worst relative deviation.

suppressPackageStartupMessages({
  library(rpact)
  library(jsonlite)
})

or <- function(value, default) if (is.null(value)) default else value

rpact_arguments <- function(input) {
  dropout <- or(input$dropoutRate_by_12, 0)
  list(typeOfComputation = or(input$typeOfComputation, "Schoenfeld"), hazardRatio = input$hazardRatio,
       median2 = input$median2, accrualTime = unlist(input$accrualTime), followUpTime = input$followUpTime,
       allocationRatioPlanned = or(input$ratio_n1_n2, 1), dropoutRate1 = dropout, dropoutRate2 = dropout, dropoutTime = 12,
       thetaH0 = or(input$thetaH0, 1))
}

expected_fixed <- function(input) {
  plan <- do.call(getSampleSizeSurvival, c(list(alpha = input$alpha, sided = or(input$sided, 1), beta = 1 - input$power),
                                           rpact_arguments(input)))
  list(events = plan$eventsFixed, n_unrounded = plan$nFixed, lambda1 = plan$lambda1, lambda2 = plan$lambda2)
}

expected_sequential <- function(input) {
  arguments <- list(kMax = input$kMax, typeOfDesign = input$typeOfDesign, alpha = input$alpha, beta = input$beta,
                    sided = or(input$sided, 1))
  for (name in c("deltaWT", "gammaA", "informationRates"))
    if (!is.null(input[[name]])) arguments[[name]] <- unlist(input[[name]])
  design <- do.call(getDesignGroupSequential, arguments)
  plan <- do.call(getSampleSizeSurvival, c(list(design), rpact_arguments(input)))
  direction <- if (input$hazardRatio < 1) -1 else 1
  ratio <- or(input$ratio_n1_n2, 1)
  events <- plan$eventsPerStage[, 1]
  list(eventsPerStage = events, maxNumberOfSubjects = plan$maxNumberOfSubjects, analysisTime = plan$analysisTime[, 1],
       expectedEventsH1 = plan$expectedEventsH1, expectedEventsH0 = plan$expectedEventsH0,
       criticalValuesEffectScale = exp(direction * design$criticalValues * (1 + ratio) / sqrt(ratio * events)),
       earlyStop = plan$earlyStop, rejectPerStage = plan$rejectPerStage[, 1])
}

expected_lachin_foulkes <- function(input) {
  ratio <- or(input$ratio_exp_ctrl, 1)
  hr0 <- or(input$hr0, 1)
  eta <- or(input$eta, 0)
  share <- function(lambda) {
    by <- function(x) lambda / (lambda + eta) * (1 - exp(-(lambda + eta) * x))
    entry <- input[["T"]] - input$minfup
    integrate(function(s) by(input[["T"]] - s), 0, entry, rel.tol = 1e-12)$value / entry
  }
  lambda <- log(2) / input$medianC
  null <- lambda * (1 + input$hr * ratio) / (1 + hr0 * ratio)
  arms <- c(1, ratio) / (1 + ratio)
  under <- arms * c(share(lambda), share(lambda * input$hr))
  under_null <- arms * c(share(null), share(null * hr0))
  z <- qnorm(1 - input$alpha / or(input$sided, 1)) * sqrt(sum(1 / under_null)) + qnorm(input$power) * sqrt(sum(1 / under))
  n <- (z / log(input$hr / hr0))^2
  list(events = n * sum(under), n = n, eventsC = n * under[1], eventsE = n * under[2])
}

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 1) stop("give one reference file, e.g. tests/reference/power_survival.json")
file <- fromJSON(arguments[1], simplifyVector = FALSE)
deviation <- vapply(file$cases, function(case) {
  input <- case$input
  found <- if (!is.null(input$method)) expected_lachin_foulkes(input) else if (!is.null(input$kMax)) expected_sequential(input) else expected_fixed(input)
  max(vapply(names(case$expected), function(name) {
    stored <- as.numeric(unlist(case$expected[[name]]))
    max(abs(stored - found[[name]]) / abs(stored))
  }, 0))
}, 0)
agreeing <- deviation <= 1e-5
cat(sprintf("%d cases, %d agree within 1e-5, worst deviation %.2g\n", length(deviation), sum(agreeing), max(deviation)))
for (k in which(!agreeing)) cat(sprintf("  %s: %.3g\n", file$cases[[k]]$id, deviation[k]))
cat("rpact", as.character(packageVersion("rpact")), "\n")
quit(status = as.integer(!all(agreeing)))
