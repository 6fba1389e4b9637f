# Reference values of regressions for binary outcomes and counts, of 2 x 2 tables and of rank tests.
# Usage: Rscript fixtures.R  (writes regression.json, tables.json and ranks.json beside this script)
# Needs MASS, sandwich, brglm2, metafor, coin, jsonlite.
library(MASS); library(sandwich); library(jsonlite)
options(digits = 17)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
put <- function(value, file) write(toJSON(value, digits = NA, auto_unbox = TRUE, null = "null", na = "null"), file.path(here, file))
versions <- function(...) c(R = as.character(getRversion()), sapply(c(...), function(p) as.character(packageVersion(p))))
tight <- list(epsilon = 1e-14, maxit = 200)

# --- regression -------------------------------------------------------------------------------------------------------
set.seed(20260105)
n <- 90
data <- data.frame(arm = factor(rep(c("control", "active"), length.out = n), levels = c("control", "active")),
                   age = round(rnorm(n, 60, 9), 1), site = factor(sample(c("a", "b", "c"), n, TRUE)),
                   days = round(runif(n, 60, 365)))
eta <- -0.6 + 0.7 * (data$arm == "active") + 0.03 * (data$age - 60) + 0.4 * (data$site == "b")
data$response <- rbinom(n, 1, plogis(eta))
data$count <- rnbinom(n, size = 1.4, mu = data$days / 120 * exp(eta / 2))
hc <- function(fit) sapply(c("HC0", "HC1", "HC2", "HC3", "HC4"), function(type) sqrt(diag(vcovHC(fit, type = type))), simplify = FALSE)
glmCase <- function(id, formula, family) {
  fit <- glm(formula, family = family, data = data, control = tight)
  list(id = id, coef = unname(coef(fit)), se = unname(sqrt(diag(vcov(fit)))), deviance = deviance(fit),
       logLik = as.numeric(logLik(fit)), hc = lapply(hc(fit), unname))
}
cases <- list(
  glmCase("logit", response ~ arm + age + site, binomial()),
  glmCase("probit", response ~ arm + age + site, binomial("probit")),
  glmCase("complementary-log-log", response ~ arm + age + site, binomial("cloglog")),
  glmCase("poisson", count ~ arm + age + site + offset(log(days)), poisson()))
nb <- glm.nb(count ~ arm + age + site + offset(log(days)), data = data, control = glm.control(epsilon = 1e-14, maxit = 200))
nbCase <- list(id = "negative-binomial", coef = unname(coef(nb)), se = unname(sqrt(diag(vcov(nb)))), theta = nb$theta,
               seTheta = nb$SE.theta, logLik = as.numeric(logLik(nb)), hc = lapply(hc(nb), unname))
# Observed information of coefficients and theta together, by Richardson's differences of the log-likelihood.
X <- model.matrix(nb); off <- log(data$days); y <- data$count
logl <- function(par) { mu <- exp(drop(X %*% par[1:ncol(X)]) + off); sum(dnbinom(y, size = exp(par[ncol(X) + 1]), mu = mu, log = TRUE)) }
gradient <- function(par) { b <- par[1:ncol(X)]; th <- exp(par[ncol(X) + 1]); mu <- exp(drop(X %*% b) + off)
  c(crossprod(X, th * (y - mu) / (th + mu)), th * sum(digamma(th + y) - digamma(th) + log(th) + 1 - log(th + mu) - (y + th) / (mu + th))) }
par <- c(coef(nb), log(nb$theta))
jac <- sapply(seq_along(par), function(j) { d <- function(h) { e <- replace(0 * par, j, h); (gradient(par + e) - gradient(par - e)) / (2 * h) }
  h <- if (grepl("age", names(par)[j])) 1e-4 else 1e-3; (4 * d(h / 2) - d(h)) / 3 })
nbCase$observedSe <- unname(sqrt(diag(solve(-(jac + t(jac)) / 2)))[1:ncol(X)])

# Separation: every patient of site "b" responds.
separated <- data; separated$response[separated$site == "b"] <- 1
library(brglm2)
firth <- glm(response ~ arm + age + site, family = binomial(), data = separated, method = "brglmFit", type = "AS_mean",
             epsilon = 1e-12, maxit = 10000, slowit = 0.5)
firthCase <- list(id = "firth", coef = unname(coef(firth)), se = unname(sqrt(diag(vcov(firth)))))
put(list(versions = as.list(versions("MASS", "sandwich", "brglm2")), relativeTolerance = 1e-8,
         why = "R's fits were run to a relative change of 1e-14; theta and the observed information agree to 1e-6",
         data = as.list(data), separatedResponse = separated$response, glm = cases, negativeBinomial = nbCase, firth = firthCase),
    "regression.json")

# --- tables -----------------------------------------------------------------------------------------------------------
library(metafor)
one <- function(a, m, c, n) {
  wald <- prop.test(c(a, c), c(m, n), correct = FALSE); yates <- prop.test(c(a, c), c(m, n), correct = TRUE)
  fisher <- fisher.test(matrix(c(a, m - a, c, n - c), 2, byrow = TRUE))
  list(table = c(a, m, c, n), z2 = unname(wald$statistic), p = wald$p.value, ci = as.numeric(wald$conf.int),
       yates = unname(yates$statistic), pYates = yates$p.value, ciYates = as.numeric(yates$conf.int), fisher = fisher$p.value,
       fisherOr = unname(fisher$estimate), fisherCi = as.numeric(fisher$conf.int))
}
tables <- list(one(33, 91, 6, 15), one(7, 18, 42, 116), one(3, 12, 9, 11), one(1, 40, 6, 44), one(190, 400, 150, 390))
strataSets <- list(
  list(c(8, 18, 12, 32), c(13, 29, 15, 27), c(8, 22, 14, 27)),
  list(c(2, 12, 5, 14), c(0, 9, 3, 8), c(7, 20, 9, 17), c(1, 5, 2, 6)))
strata <- lapply(strataSets, function(s) {
  x <- array(unlist(lapply(s, function(t) c(t[1], t[3], t[2] - t[1], t[4] - t[3]))), c(2, 2, length(s)))
  cc <- mantelhaen.test(x, correct = TRUE); plain <- mantelhaen.test(x, correct = FALSE); exact <- mantelhaen.test(x, exact = TRUE)
  ai <- x[1, 1, ]; bi <- x[1, 2, ]; ci <- x[2, 1, ]; di <- x[2, 2, ]
  mh <- function(measure) rma.mh(measure = measure, ai = ai, bi = bi, ci = ci, di = di, add = 0, to = "none", drop00 = FALSE)
  or <- mh("OR"); rr <- mh("RR"); rd <- mh("RD")
  list(strata = s, corrected = unname(cc$statistic), plain = unname(plain$statistic), exactP = exact$p.value,
       exactOr = unname(exact$estimate), exactCi = as.numeric(exact$conf.int), logOr = as.numeric(or$beta), seOr = or$se,
       logRr = as.numeric(rr$beta), seRr = rr$se, rd = as.numeric(rd$beta), seRd = rd$se, breslowDay = or$BD, tarone = or$TA)
})
put(list(versions = as.list(versions("metafor")), relativeTolerance = 1e-9,
         why = "closed forms; the conditional odds ratios of fisher.test and mantelhaen.test are right to 1e-4 only",
         tables = tables, strata = strata), "tables.json")

# --- rank tests -------------------------------------------------------------------------------------------------------
library(coin)
x <- c(1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30, 2.21, 0.97); y <- c(0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06001, 3.14, 1.2901)
tx <- c(3, 5, 2, 2, 7, 8, 5, 6, 9, 4); ty <- c(1, 2, 2, 4, 5, 3, 1, 6)
paired <- c(0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.05, 2.0, 1.45, -0.9)
w <- function(...) { r <- suppressWarnings(wilcox.test(..., conf.int = TRUE)); list(statistic = unname(r$statistic), p = r$p.value, shift = unname(r$estimate), ci = as.numeric(r$conf.int)) }
group <- factor(rep(c("x", "y"), c(length(tx), length(ty))))
ranks <- list(
  exact = w(x, y), exact90 = w(x, y, conf.level = 0.9), less = wilcox.test(x, y, alternative = "less")$p.value,
  normal = w(x, y, exact = FALSE), normalPlain = w(x, y, exact = FALSE, correct = FALSE),
  ties = w(tx, ty, exact = FALSE), tiesPlain = w(tx, ty, exact = FALSE, correct = FALSE),
  tiesExact = pvalue(wilcox_test(c(tx, ty) ~ group, distribution = "exact"))[1],
  signedExact = w(paired), signedNormal = w(paired, exact = FALSE), signedPlain = w(paired, exact = FALSE, correct = FALSE),
  kruskal = { k <- kruskal.test(list(tx, ty, c(2, 2, 9, 4))); list(h = unname(k$statistic), p = k$p.value) },
  pearson = { k <- cor.test(x[1:9], y); list(r = unname(k$estimate), t = unname(k$statistic), p = k$p.value, ci = as.numeric(k$conf.int)) },
  spearman = { k <- suppressWarnings(cor.test(tx[1:8], ty, method = "spearman", exact = FALSE)); list(r = unname(k$estimate), p = k$p.value) },
  ksExact = suppressWarnings(ks.test(x, y)$p.value), ksTies = ks.test(tx, ty, exact = TRUE)$p.value,
  shapiro = lapply(list(3, 4, 5, 6, 9, 11), function(k) { s <- shapiro.test(x[1:k]); list(w = unname(s$statistic), p = s$p.value) }),
  quantiles = lapply(1:9, function(type) unname(quantile(x, c(0, 0.1, 0.25, 0.5, 0.77, 1), type = type))),
  mcnemar = c(mcnemar.test(matrix(c(20, 5, 12, 30), 2), correct = FALSE)$p.value, mcnemar.test(matrix(c(20, 5, 12, 30), 2))$p.value, binom.test(5, 17)$p.value),
  chisq = { k <- suppressWarnings(chisq.test(matrix(c(4, 9, 12, 8, 3, 10), 2))); list(x2 = unname(k$statistic), p = k$p.value) },
  by = p.adjust(c(0.01, 0.04, 0.03, 0.2), "BY"))
put(list(versions = as.list(versions("coin")), relativeTolerance = 1e-9,
         why = "shifts and limits of the normal approximation come from a search stopped at 1e-4",
         x = x, y = y, tx = tx, ty = ty, paired = paired, results = ranks), "ranks.json")
