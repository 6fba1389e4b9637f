# Pampallona-Tsiatis designs, one- and two-sided, and symmetric two-sided designs that spend the type II error on inner
# bounds, by rpact (Debian: r-cran-rpact).
#
# Rscript tests/reference/design/two-sided-futility.R > tests/reference/design/two-sided-futility.json
# The format is that of tests/reference/gs_characteristics.json.

suppressPackageStartupMessages({ library(rpact); library(jsonlite) })
set.seed(20261122)
quiet <- function(x) suppressMessages(suppressWarnings(x))
unequal <- list("2" = c(0.4, 1), "3" = c(0.3, 0.7, 1), "4" = c(0.2, 0.45, 0.8, 1), "5" = c(0.15, 0.35, 0.6, 0.8, 1))

expected <- function(input) {
  design <- quiet(do.call(getDesignGroupSequential, input))
  ch <- quiet(getDesignCharacteristics(design))
  # rpact's power and spent error before its own characteristics are found at a tolerance of 1e-6.
  list(criticalValues = design$criticalValues, futilityBounds = design$futilityBounds, alphaSpent = design$alphaSpent,
    characteristics = sapply(c("nFixed", "shift", "inflationFactor", "information", "power", "rejectionProbabilities",
      "futilityProbabilities", "averageSampleNumber1", "averageSampleNumber01", "averageSampleNumber0"),
      function(name) as.vector(ch[[name]]), simplify = FALSE))
}

inputs <- list()
for (k in 2:5) for (sided in 1:2) for (binding in c(FALSE, TRUE)) for (timing in c("equal", "unequal")) {
  common <- list(kMax = k, alpha = sample(c(0.025, 0.05, 0.01), 1) * sided, beta = sample(c(0.05, 0.1, 0.2, 0.3), 1), sided = sided,
    informationRates = if (timing == "equal") (1:k) / k else unequal[[as.character(k)]], bindingFutility = binding)
  inputs <- c(inputs, list(c(common, list(typeOfDesign = "PT", deltaPT1 = sample(c(0, 0.1, 0.25, 0.5), 1), deltaPT0 = sample(c(0, 0.2, 0.4, 0.5), 1)))))
  if (sided == 2) for (adjust in c(TRUE, FALSE)) {
    spending <- sample(list(list(typeBetaSpending = "bsOF"), list(typeBetaSpending = "bsP"), list(typeBetaSpending = "bsHSD", gammaB = -3),
      list(typeBetaSpending = "bsHSD", gammaB = 1), list(typeBetaSpending = "bsKD", gammaB = 0.7), list(typeBetaSpending = "bsKD", gammaB = 2)), 1)[[1]]
    efficacy <- sample(list(list(typeOfDesign = "asOF"), list(typeOfDesign = "asP"), list(typeOfDesign = "asHSD", gammaA = -2)), 1)[[1]]
    inputs <- c(inputs, list(c(common, efficacy, spending, list(betaAdjustment = adjust))))
  }
}
for (k in 2:3) for (type in c("OF", "P", "asP")) inputs <- c(inputs, list(list(kMax = k, alpha = 0.2, beta = 0.4, sided = 2,
  informationRates = (1:k) / k, typeOfDesign = type, twoSidedPower = TRUE)))

cases <- lapply(seq_along(inputs), function(i) {
  input <- inputs[[i]]
  name <- paste0(i, "_", input$typeOfDesign, "_", if (is.null(input$typeBetaSpending)) "" else input$typeBetaSpending, "_k", input$kMax, "_s", input$sided)
  list(id = name, input = input, expected = expected(input))
})
infinite <- function(x) if (is.list(x)) lapply(x, infinite) else if (is.numeric(x) && any(is.infinite(x)))
  lapply(x, function(v) if (is.infinite(v)) (if (v > 0) "Inf" else "-Inf") else v) else x
cases <- lapply(cases, function(case) { case$expected <- infinite(case$expected); case })
cat(toJSON(list(name = "two-sided-futility", set = "gs", meta = list(what = "Pampallona-Tsiatis designs and inner bounds of two-sided designs",
  packages = paste("rpact", packageVersion("rpact")), tolerance = "bounds 2e-4; probabilities 1e-5; inflation 1e-4"),
  datasets = setNames(list(), character(0)), cases = cases), auto_unbox = TRUE, digits = NA, null = "null", na = "null"), "\n")
