# Recomputes the expected values of the reference cases of group sequential trials: gs_boundaries, gs_characteristics and
# gs_analysis (rpact), gs_conditional_power and gs_gsdesign (multivariate normal rectangles, mvtnorm; Debian ships no
# gsDesign, so the probabilities and expected sizes at its bounds are recomputed, not the bounds), distributions (stats).
#
# Rscript tests/reference/r/group-sequential.R FILE.json [repeated]
# Prints cases, agreeing cases and the worst deviation over its tolerance. Repeated p-values of gs_analysis take rpact
# minutes and are recomputed only with the argument "repeated". Needs rpact, mvtnorm and jsonlite (Debian: r-cran-rpact,
# r-cran-mvtnorm, r-cran-jsonlite).

suppressPackageStartupMessages({ library(jsonlite); library(mvtnorm) })
arguments <- commandArgs(TRUE)
file <- fromJSON(arguments[1], simplifyVector = FALSE)
with_repeated <- "repeated" %in% arguments
quiet <- function(x) suppressMessages(suppressWarnings(x))
numbers <- function(x) vapply(x, function(v) if (is.null(v)) NA_real_ else if (identical(v, "Inf")) Inf else if (identical(v, "-Inf")) -Inf else as.numeric(v), 0)
vector_of <- function(x) if (is.list(x)) numbers(x) else numbers(list(x))
table_of <- function(x) do.call(rbind, lapply(x, vector_of))

# rpact ---------------------------------------------------------------------------------------------------------------

design_arguments <- function(input) {
  keep <- c("kMax", "alpha", "beta", "sided", "typeOfDesign", "informationRates", "gammaA", "deltaWT", "constantBoundsHP",
    "typeBetaSpending", "gammaB", "bindingFutility", "futilityBounds", "userAlphaSpending")
  a <- input[intersect(names(input), keep)]
  a <- a[!vapply(a, is.null, NA)]
  lapply(a, function(v) if (is.list(v)) unlist(v) else v)
}

expected_boundaries <- function(input) {
  d <- quiet(do.call(rpact::getDesignGroupSequential, design_arguments(input)))
  list(criticalValues = d$criticalValues, stageLevels = d$stageLevels, alphaSpent = d$alphaSpent)
}

expected_characteristics <- function(input) {
  d <- quiet(do.call(rpact::getDesignGroupSequential, design_arguments(input)))
  x <- quiet(rpact::getDesignCharacteristics(d))
  names <- c("nFixed", "shift", "inflationFactor", "information", "power", "rejectionProbabilities", "averageSampleNumber1",
    "averageSampleNumber01", "averageSampleNumber0")
  list(criticalValues = d$criticalValues, characteristics = sapply(names, function(n) x[[n]], simplify = FALSE))
}

expected_analysis <- function(input) {
  d <- lapply(input$design, function(v) if (is.list(v)) unlist(v) else v)
  d$criticalValues <- NULL
  maker <- switch(input$family, gs = rpact::getDesignGroupSequential, inorm = rpact::getDesignInverseNormal, fisher = rpact::getDesignFisher)
  design <- quiet(do.call(maker, d))
  data <- quiet(do.call(rpact::getDataset, lapply(input$data, unlist)))
  common <- c(list(design = design, dataInput = data), if (!is.null(input$thetaH0)) list(thetaH0 = input$thetaH0))
  stages <- quiet(do.call(rpact::getStageResults, common))
  limits <- quiet(rpact::getRepeatedConfidenceIntervals(design, data))
  final <- quiet(rpact::getFinalPValue(stages))
  p <- rep(NA_real_, design$kMax)
  if (!is.na(final$finalStage)) p[final$finalStage] <- final$pFinal
  list(conditionalRejectionProbabilities = quiet(rpact::getConditionalRejectionProbabilities(stages)),
    repeatedConfidenceIntervalLowerBounds = limits[1, ], repeatedConfidenceIntervalUpperBounds = limits[2, ],
    repeatedPValues = if (with_repeated) quiet(rpact::getRepeatedPValues(stages)),
    finalPValues = p, stage_overallTestStatistics = stages$overallTestStatistics, stage_overallPValues = stages$overallPValues,
    stage_testStatistics = stages$testStatistics, stage_pValues = stages$pValues)
}

# Rectangles of the multivariate normal law -----------------------------------------------------------------------------

rectangle <- function(low, high, mean, t) {
  low <- pmax(low - mean, -38); high <- pmin(high - mean, 38)
  if (any(low >= high)) return(0)
  if (length(low) == 1) return(pnorm(high) - pnorm(low))
  R <- outer(t, t, function(a, b) sqrt(pmin(a, b) / pmax(a, b)))
  as.numeric(quiet(pmvnorm(low, high, corr = R, algorithm = if (length(low) <= 4) Miwa(256) else GenzBretz(maxpts = 2e6, abseps = 1e-8))))
}
stops <- function(u, l, t, drift) {
  m <- drift * sqrt(t); k <- seq_along(u)
  list(up = sapply(k, function(i) rectangle(c(l[seq_len(i - 1)], u[i]), c(u[seq_len(i - 1)], Inf), m[1:i], t[1:i])),
    down = sapply(k, function(i) rectangle(c(l[seq_len(i - 1)], -Inf), c(u[seq_len(i - 1)], l[i]), m[1:i], t[1:i])))
}

expected_conditional_power <- function(input) {
  n <- vector_of(input$n_I); u <- vector_of(input$upper); i <- input$interim
  l <- if (is.null(input$lower)) rep(-Inf, length(u)) else vector_of(input$lower)
  later <- (n - n[i])[-seq_len(i)]; shift <- function(b) (b * sqrt(n) - input$z * sqrt(n[i]))[-seq_len(i)] / sqrt(later)
  theta <- vector_of(input$theta); K <- length(n)
  per <- sapply(theta, function(x) stops(shift(u), shift(l), later / later[length(later)], x * sqrt(later[length(later)]))$up)
  final <- pnorm((input$z * sqrt(n[i]) + theta * (n[K] - n[i]) - u[K] * sqrt(n[K])) / sqrt(n[K] - n[i]))
  list(conditional_power_all_remaining = colSums(rbind(per)), conditional_power_final_only = final, remaining_upper = shift(u))
}

expected_gsdesign <- function(input, expected) {
  t <- vector_of(input$timing); u <- vector_of(expected$upper); maximum <- max(vector_of(expected$n_I))
  l <- if (is.null(expected$lower)) rep(-Inf, length(u)) else vector_of(expected$lower)
  x <- lapply(vector_of(input$theta), function(theta) stops(u, l, t, theta * sqrt(maximum)))
  size <- function(s) { q <- s$up + s$down; q[length(q)] <- 1 - sum(q[-length(q)]); sum(t * q) * maximum }
  c(list(upper_prob = sapply(x, `[[`, "up"), en = sapply(x, size)),
    if (!is.null(expected$lower)) list(lower_prob = sapply(x, `[[`, "down")))
}

# Distributions ---------------------------------------------------------------------------------------------------------

expected_distributions <- function(input) {
  x <- vector_of(input$x); q <- vector_of(input$p); v <- vector_of(input$p_upper_tail); a <- lapply(input$params, as.numeric)
  if (input$family == "erf") return(list(erf = 2 * pnorm(x * sqrt(2)) - 1, erfc = 2 * pnorm(x * sqrt(2), lower.tail = FALSE)))
  if (input$family == "mvnormal_rect") return(list())
  if (input$family == "tukey") return(list(cdf = ptukey(vector_of(input$q), a$nmeans, a$df), quantile = qtukey(q, a$nmeans, a$df)))
  name <- switch(input$family, normal = "norm", binomial = "binom", poisson = "pois", negbinom = "nbinom", noncentral_t = "t",
    noncentral_chisq = "chisq", noncentral_f = "f", input$family)
  f <- function(kind, first, ...) quiet(do.call(paste0(kind, name), c(list(first), a, list(...))))
  list(density = if (input$family != "noncentral_f") f("d", x), cdf = f("p", x), upper_tail = f("p", x, lower.tail = FALSE),
    log_cdf = f("p", x, log.p = TRUE), quantile = if (length(q)) f("q", q), quantile_upper = if (length(v)) f("q", v, lower.tail = FALSE))
}

# Comparison ------------------------------------------------------------------------------------------------------------

name <- sub("\\.json$", "", basename(arguments[1]))
recompute <- switch(sub("_.*", "", sub("^gs_", "", name)), boundaries = function(c) expected_boundaries(c$input),
  characteristics = function(c) expected_characteristics(c$input), analysis = function(c) expected_analysis(c$input),
  conditional = function(c) expected_conditional_power(c$input), gsdesign = function(c) expected_gsdesign(c$input, c$expected),
  distributions = function(c) expected_distributions(c$input), stop("no recomputation is known for ", name))
absolute <- switch(sub("_.*", "", sub("^gs_", "", name)), boundaries = 1e-5, characteristics = 2e-4, analysis = 1e-4, conditional = 1e-6, gsdesign = 1e-6, 0)
relative <- if (absolute == 0) 1e-9 else 0

worst <- 0; where <- ""; agreeing <- 0; compared <- 0
deviation <- function(expected, actual, path) {
  if (is.null(actual) || is.null(expected)) return(0)
  if (is.list(actual)) return(max(0, unlist(lapply(names(actual), function(n) deviation(expected[[n]], actual[[n]], paste0(path, ".", n))))))
  e <- if (is.matrix(actual)) table_of(expected) else vector_of(expected)
  a <- as.numeric(actual); e <- as.numeric(e)
  if (length(e) != length(a)) return(Inf)
  same <- (is.na(e) & is.na(a)) | (!is.na(e) & !is.na(a) & e == a)
  gap <- ifelse(same, 0, abs(e - a) / (absolute + relative * pmax(abs(e), 1e-300)))
  compared <<- compared + length(gap)
  gap[is.na(gap)] <- Inf
  max(0, gap)
}
for (case in file$cases) {
  gap <- deviation(case$expected, recompute(case), case$id)
  if (gap <= 1) agreeing <- agreeing + 1
  if (gap > worst) { worst <- gap; where <- case$id }
}
cat(sprintf("%s: %d cases, %d agreeing (%d numbers), worst deviation / tolerance %.3g (%s)\n", name, length(file$cases), agreeing, compared, worst, where))
