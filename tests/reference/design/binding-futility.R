# Repeated intervals and conditional error under binding futility rules, two-sided conditional error past a bound, and unequal
# variances, by rpact (Debian: r-cran-rpact).
#
# Rscript tests/reference/design/binding-futility.R > tests/reference/design/binding-futility.json
# The format is that of tests/reference/gs_analysis.json.

suppressPackageStartupMessages({ library(rpact); library(jsonlite) })
quiet <- function(x) { sink("/dev/null"); on.exit(sink()); suppressMessages(suppressWarnings(x)) }
makers <- list(gs = getDesignGroupSequential, inorm = getDesignInverseNormal, fisher = getDesignFisher)

expected <- function(input) {
  design <- quiet(do.call(makers[[input$family]], input$design))
  up <- !identical(input$options$directionUpper, FALSE)
  equal <- !identical(input$options$equalVariances, FALSE)
  common <- c(list(design = design, dataInput = do.call(getDataset, input$data), directionUpper = up),
    if (input$endpoint == "means") list(equalVariances = equal) else if (input$endpoint == "rates") list(normalApproximation = TRUE))
  stages <- quiet(do.call(getStageResults, c(common, list(thetaH0 = input$thetaH0))))
  limits <- quiet(do.call(getRepeatedConfidenceIntervals, common))
  list(conditionalRejectionProbabilities = quiet(getConditionalRejectionProbabilities(stages)),
    repeatedConfidenceIntervalLowerBounds = limits[1, ], repeatedConfidenceIntervalUpperBounds = limits[2, ],
    stage_overallTestStatistics = stages$overallTestStatistics, stage_pValues = stages$pValues)
}

fisher <- function(k, stops) list(kMax = k, alpha = 0.05, method = "equalAlpha", informationRates = (1:k) / k, alpha0Vec = stops, bindingFutility = TRUE)
normal <- function(bounds, ...) list(kMax = 3, alpha = 0.025, typeOfDesign = "asP", informationRates = c(0.3, 0.6, 1), futilityBounds = bounds, bindingFutility = TRUE, ...)
rates <- list(n1 = c(71, 33, 48, 72), n2 = c(98, 45, 66, 99), events1 = c(62, 32, 38, 60), events2 = c(41, 23, 37, 47))
late <- list(n1 = c(30, 40, 50), n2 = c(28, 42, 50), means1 = c(0.3, 1.6, 1.9), means2 = c(0.2, 0.2, 0.1), stDevs1 = c(1, 1.2, 0.9), stDevs2 = c(1.1, 1, 1.3))
mirrored <- within(late, { swap <- means1; means1 <- means2; means2 <- swap; rm(swap) })[names(late)]
weak <- list(n1 = c(30, 17), n2 = c(22, 12), events1 = c(7, 7), events2 = c(7, 6))
two_sided <- list(kMax = 4, alpha = 0.05, typeOfDesign = "asP", informationRates = (1:4) / 4, sided = 2)
past <- list(n1 = c(46, 44, 52), n2 = c(67, 64, 75), means1 = c(-0.63, -0.68, -3.08), means2 = c(-0.14, 1.82, 0.84), stDevs1 = c(3.61, 3.89, 2.57), stDevs2 = c(3.72, 2.77, 2.85))
inputs <- list(
  "Fisher, futility limits the interval" = list(family = "fisher", design = fisher(5, c(0.69, 0.55, 0.64, 0.88)), endpoint = "rates", data = rates, thetaH0 = 0),
  "Fisher, stopped for futility" = list(family = "fisher", design = fisher(5, c(0.31, 0.61, 0.43, 0.46)), endpoint = "rates", data = weak, thetaH0 = -0.1),
  "group sequential, futility limits the interval" = list(family = "gs", design = normal(c(-0.2, 0.8)), endpoint = "means", data = late, thetaH0 = 0),
  "inverse normal, futility limits the interval" = list(family = "inorm", design = normal(c(-0.2, 0.8)), endpoint = "means", data = late, thetaH0 = 0),
  "smaller is better, unequal variances" = list(family = "gs", design = normal(c(-0.2, 0.8)), endpoint = "means", data = mirrored, thetaH0 = 0, options = list(directionUpper = FALSE, equalVariances = FALSE)),
  "two-sided, past a bound" = list(family = "gs", design = two_sided, endpoint = "means", data = past, thetaH0 = 0.1, options = list(directionUpper = FALSE)))
cases <- lapply(names(inputs), function(name) {
  input <- inputs[[name]]
  if (is.null(input$options)) input$options <- list()
  c(list(id = name, input = c(input, list(planning = list()))), list(expected = expected(input)))
})
cat(toJSON(list(name = "binding-futility", set = "gs", meta = list(what = "binding futility, and two-sided trials past a bound",
  packages = paste("rpact", packageVersion("rpact")), tolerance = "1e-4"), datasets = setNames(list(), character(0)), cases = cases),
  auto_unbox = TRUE, digits = NA, null = "null", na = "null"), "\n")
