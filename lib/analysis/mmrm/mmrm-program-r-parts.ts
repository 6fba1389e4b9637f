import type { CovarianceStructure } from "./covariance-structure.ts";
import { isHeterogeneous } from "./covariance-structure.ts";
import type { MmrmProgramInput } from "./mmrm-program-input.ts";
import type { MmrmSpec } from "./mmrm-spec.ts";

/** R functions that compute Σ of a structure from its parameters: the definitions of METHODS.md eq. (M4). */
export function rCovarianceFunction({ spec, structure }: MmrmProgramInput): string[] {
  const reml = `reml <- ${spec.estimation === "reml" ? "TRUE" : "FALSE"}`;
  if (structure === "spatial-exponential")
    return [
      reml,
      "# Covariance s2 * rho^(days apart), parameters log s2 and logit rho",
      "day <- ifelse(is.na(used$day), NA, used$day)",
      "gap <- unlist(tapply(day, used$patient, diff))",
      "spatial <- TRUE",
      "sigma_of <- function(theta, rows)",
      '  exp(theta[1]) * plogis(theta[2])^abs(outer(day[rows], day[rows], "-"))',
      "start <- function(variance, deviations) c(log(mean(variance)), qlogis(0.5^(1 / median(gap[gap > 0]))))",
    ];
  const heterogeneous = isHeterogeneous(structure);
  const count = heterogeneous ? "m" : "1";
  return [
    reml,
    "# Covariance matrix of the visits from its parameters: log scales, then those of the correlations",
    "spatial <- FALSE",
    'lag <- abs(outer(seq_len(m), seq_len(m), "-"))',
    "sigma_of <- function(theta, rows) {",
    `  d <- exp(theta[seq_len(${count})])${heterogeneous ? "" : " * rep(1, m)"}`,
    `  eta <- theta[-seq_len(${count})]`,
    ...shapeLines(structure).map((line) => `  ${line}`),
    "  full[visit[rows], visit[rows], drop = FALSE]",
    "}",
    `parameters <- ${parameterCount(structure)}`,
    heterogeneous
      ? "start <- function(variance, deviations) c(log(deviations), rep(0, parameters))"
      : "start <- function(variance, deviations) c(log(sqrt(mean(variance))), rep(0, parameters))",
  ];
}

function shapeLines(structure: CovarianceStructure): string[] {
  switch (structure) {
    case "unstructured":
      return ["upper <- diag(m)", "upper[upper.tri(upper)] <- eta", "full <- tcrossprod(d * t(upper))"];
    case "toeplitz":
    case "toeplitz-heterogeneous":
      return ["rho <- eta / sqrt(1 + eta^2)", "full <- tcrossprod(d) * matrix(c(1, rho)[lag + 1], m)"];
    case "ar1":
    case "ar1-heterogeneous":
      return ["rho <- if (m > 1) eta / sqrt(1 + eta^2) else 0", "full <- tcrossprod(d) * rho^lag"];
    case "compound-symmetry":
    case "compound-symmetry-heterogeneous":
      return [
        "rho <- if (m > 1) m / (m - 1) * plogis(eta) - 1 / (m - 1) else 0",
        "full <- tcrossprod(d) * ifelse(lag == 0, 1, rho)",
      ];
    case "ante-dependence":
    case "ante-dependence-heterogeneous":
      return [
        "rho <- eta / sqrt(1 + eta^2)",
        "chain <- function(a, b) prod(rho[seq_len(max(a, b) - 1)][seq_len(m) >= min(a, b)], na.rm = TRUE)",
        "full <- tcrossprod(d) * outer(seq_len(m), seq_len(m), Vectorize(chain))",
      ];
    case "spatial-exponential":
      return [];
  }
}

function parameterCount(structure: CovarianceStructure): string {
  switch (structure) {
    case "unstructured":
      return "m * (m - 1) / 2";
    case "ar1":
    case "ar1-heterogeneous":
    case "compound-symmetry":
    case "compound-symmetry-heterogeneous":
      return "min(1, m - 1)";
    case "toeplitz":
    case "toeplitz-heterogeneous":
    case "ante-dependence":
    case "ante-dependence-heterogeneous":
    case "spatial-exponential":
      return "m - 1";
  }
}

/** Likelihood, its maximum and the information about the covariance parameters, over patients of the same visits. */
export const R_LIKELIHOOD: readonly string[] = [
  "# Patients of one group with the same visits share their covariance matrix V",
  "groups <- max(group)",
  "Xw <- X * sqrt(w)",
  "yw <- y * sqrt(w)",
  "least_squares <- lm.fit(Xw, yw)$residuals",
  "sequences <- split(seq_len(N), factor(used$patient, levels = unique(used$patient)))",
  'keys <- sapply(sequences, function(r) paste(group[r[1]], if (spatial) r[1] else paste(visit[r], collapse = ",")))',
  "patterns <- lapply(split(sequences, factor(keys, levels = unique(keys))), function(members)",
  "  list(k = length(members[[1]]), n = length(members), rows = members[[1]], all = unlist(members),",
  "       group = group[members[[1]][1]]))",
  "theta0 <- unlist(lapply(seq_len(groups), function(g) {",
  "  deviations <- sqrt(tapply(least_squares[group == g]^2, factor(visit[group == g], levels = seq_len(m)), mean))",
  "  deviations[is.na(deviations)] <- sqrt(mean(least_squares[group == g]^2))",
  "  start(least_squares[group == g]^2, deviations)",
  "}))",
  "size <- length(theta0) / groups",
  "own <- function(g) (g - 1) * size + seq_len(size)",
  "V_of <- function(theta, pattern) sigma_of(theta[own(pattern$group)], pattern$rows)",
  "# Derivatives of V by finite differences",
  "slope_of <- function(theta, pattern, h, step = 1e-5) {",
  "  up <- down <- theta",
  "  up[h] <- up[h] + step",
  "  down[h] <- down[h] - step",
  "  (V_of(up, pattern) - V_of(down, pattern)) / (2 * step)",
  "}",
  "# Coefficients, their covariance and -2 log likelihood",
  "solve_for <- function(theta) {",
  "  cross <- matrix(0, p + 1, p + 1)",
  "  log_det <- -sum(log(w))",
  "  for (pattern in patterns) {",
  "    root <- tryCatch(chol(V_of(theta, pattern)), error = function(e) NULL)",
  "    if (is.null(root)) return(list(deviance = Inf))",
  "    z <- backsolve(root, matrix(cbind(Xw, yw)[pattern$all, ], pattern$k), transpose = TRUE)",
  "    cross <- cross + crossprod(matrix(z, length(pattern$all)))",
  "    log_det <- log_det + 2 * pattern$n * sum(log(diag(root)))",
  "  }",
  "  information <- cross[seq_len(p), seq_len(p), drop = FALSE]",
  "  beta <- solve(information, cross[seq_len(p), p + 1], tol = 0)",
  "  quadratic <- cross[p + 1, p + 1] - sum(beta * cross[seq_len(p), p + 1])",
  "  deviance <- (N - reml * p) * log(2 * pi) + log_det + quadratic +",
  "    reml * as.numeric(determinant(information)$modulus)",
  "  list(deviance = deviance, beta = beta, phi = solve(information, tol = 0))",
  "}",
  "deviance_of <- function(theta) solve_for(theta)$deviance",
  "gradient_of <- function(theta) {",
  "  at <- solve_for(theta)",
  "  if (!is.finite(at$deviance)) return(rep(0, length(theta)))",
  "  gradient <- rep(0, length(theta))",
  "  root <- t(chol(at$phi))",
  "  for (pattern in patterns) {",
  "    inverse <- solve(V_of(theta, pattern))",
  "    residual <- matrix(yw[pattern$all] - Xw[pattern$all, , drop = FALSE] %*% at$beta, pattern$k)",
  "    scatter <- tcrossprod(residual)",
  "    if (reml) scatter <- scatter + tcrossprod(matrix(Xw[pattern$all, , drop = FALSE] %*% root, pattern$k))",
  "    pull <- pattern$n * inverse - inverse %*% scatter %*% inverse",
  "    for (h in own(pattern$group)) gradient[h] <- gradient[h] + sum(pull * slope_of(theta, pattern, h))",
  "  }",
  "  gradient",
  "}",
  "found <- nlminb(theta0, deviance_of, gradient_of,",
  "                control = list(eval.max = 2000, iter.max = 1000, rel.tol = 1e-14, x.tol = 1e-12))",
  "theta <- found$par",
  "# Newton steps with the observed information",
  "for (step in 1:2) {",
  "  hessian <- optimHess(theta, deviance_of, gradient_of, control = list(ndeps = rep(1e-4, length(theta))))",
  "  trial <- theta - solve(hessian, gradient_of(theta))",
  "  if (deviance_of(trial) <= deviance_of(theta) + 1e-9) theta <- trial",
  "}",
  "W <- 2 * solve((hessian + t(hessian)) / 2)",
  "solved <- solve_for(theta)",
  "beta <- solved$beta",
  "phi <- solved$phi",
  "fit <- data.frame(logLik = -solved$deviance / 2, largest_gradient = max(abs(gradient_of(theta))),",
  "                  smallest_eigenvalue = min(eigen(cov2cor(W))$values))",
];

/** Variance of the coefficients and degrees of freedom of a contrast by the chosen method. */
export function rInference(spec: MmrmSpec): string[] {
  const kenwardRoger = spec.degreesOfFreedom === "kenward-roger" || spec.degreesOfFreedom === "kenward-roger-linear";
  const empirical = spec.covariance !== "model-based";
  const lines: string[] = [];
  const needsSlopes = kenwardRoger || (spec.degreesOfFreedom === "satterthwaite" && !empirical);
  if (needsSlopes)
    lines.push(
      "# X'V^-1 (dV/d theta_h) V^-1 X",
      "P <- lapply(seq_along(theta), function(h) {",
      "  total <- matrix(0, p, p)",
      "  for (pattern in patterns) if (h %in% own(pattern$group)) {",
      "    pulled <- solve(V_of(theta, pattern), matrix(Xw[pattern$all, ], pattern$k))",
      "    bent <- slope_of(theta, pattern, h) %*% pulled",
      "    total <- total + crossprod(matrix(pulled, length(pattern$all)), matrix(bent, length(pattern$all)))",
      "  }",
      "  total",
      "})",
    );
  if (kenwardRoger) lines.push(...rKenwardRoger(spec.degreesOfFreedom === "kenward-roger-linear"));
  else if (empirical) lines.push(...rEmpirical(spec));
  else lines.push("variance <- phi");
  lines.push(...rDegreesOfFreedom(spec, empirical));
  return lines;
}

function rKenwardRoger(linear: boolean): string[] {
  return [
    "# Kenward and Roger's covariance of the coefficients",
    "middle <- matrix(0, p, p)",
    "for (pattern in patterns) {",
    "  V <- V_of(theta, pattern)",
    "  slopes <- lapply(own(pattern$group), function(h) slope_of(theta, pattern, h))",
    "  inner <- matrix(0, pattern$k, pattern$k)",
    "  for (a in seq_along(slopes)) for (b in seq_along(slopes)) {",
    "    h <- own(pattern$group)[a]",
    "    j <- own(pattern$group)[b]",
    "    inner <- inner + W[h, j] * slopes[[a]] %*% solve(V, slopes[[b]])",
    ...(linear
      ? []
      : [
          "    up <- down <- theta",
          "    up[j] <- up[j] + 1e-4",
          "    down[j] <- down[j] - 1e-4",
          "    second <- (slope_of(up, pattern, h, 1e-4) - slope_of(down, pattern, h, 1e-4)) / 2e-4",
          "    inner <- inner - W[h, j] * second / 4",
        ]),
    "  }",
    "  pulled <- solve(V, matrix(Xw[pattern$all, ], pattern$k))",
    "  middle <- middle + crossprod(matrix(pulled, length(pattern$all)),",
    "                               matrix(inner %*% pulled, length(pattern$all)))",
    "}",
    "for (h in seq_along(theta)) for (j in seq_along(theta))",
    "  middle <- middle - W[h, j] * P[[h]] %*% phi %*% P[[j]]",
    "middle <- (middle + t(middle)) / 2",
    "variance <- phi + 2 * phi %*% middle %*% phi",
  ];
}

function rEmpirical({ covariance }: MmrmSpec): string[] {
  const power = covariance === "empirical" ? 0 : covariance === "empirical-bias-reduced" ? -0.5 : -1;
  return [
    "# Empirical covariance from the residuals of each patient",
    "pieces <- do.call(c, lapply(patterns, function(pattern) {",
    "  root <- t(chol(V_of(theta, pattern)))",
    "  lapply(split(pattern$all, rep(seq_len(pattern$n), each = pattern$k)), function(rows) {",
    "    whitened <- forwardsolve(root, Xw[rows, , drop = FALSE])",
    "    residual <- forwardsolve(root, yw[rows] - Xw[rows, , drop = FALSE] %*% beta)",
    ...(power === 0
      ? ["    adjusted <- whitened"]
      : [
          "    spectrum <- eigen(diag(pattern$k) - whitened %*% phi %*% t(whitened), symmetric = TRUE)",
          `    power <- ifelse(spectrum$values > 1e-10, spectrum$values^${power}, 0)`,
          "    adjusted <- spectrum$vectors %*% (power * crossprod(spectrum$vectors, whitened))",
        ]),
    "    list(whitened = whitened, adjusted = adjusted, score = crossprod(adjusted, residual))",
    "  })",
    "}))",
    "scores <- sapply(pieces, function(piece) piece$score)",
    "variance <- phi %*% tcrossprod(matrix(scores, p)) %*% phi",
  ];
}

function rDegreesOfFreedom({ degreesOfFreedom }: MmrmSpec, empirical: boolean): string[] {
  switch (degreesOfFreedom) {
    case "residual":
      return ["df_of <- function(l) N - p"];
    case "between-within":
      return [
        "# Columns that vary within patients, columns that do not, and the intercept",
        "within <- apply(X, 2, function(x) any(tapply(x, used$patient, function(v) max(v) > min(v))))",
        "intercept <- apply(X, 2, function(x) all(x == 1))",
        "between_df <- length(sequences) - sum(!within & !intercept) - any(intercept)",
        "within_df <- N - length(sequences) - sum(within)",
        "if (N == length(sequences)) within_df <- between_df",
        "df_of <- function(l) min(ifelse(within | intercept, within_df, between_df)[l != 0])",
      ];
    case "satterthwaite":
    case "kenward-roger":
    case "kenward-roger-linear":
      return empirical
        ? [
            "df_of <- function(l) {",
            "  direction <- phi %*% l",
            "  parts <- sapply(pieces, function(piece) {",
            "    u <- piece$adjusted %*% direction",
            "    c(sum(u^2), crossprod(piece$whitened, u))",
            "  })",
            "  z <- matrix(parts[-1, ], p)",
            "  G <- diag(parts[1, ], ncol(z)) - t(z) %*% phi %*% z",
            "  sum(diag(G))^2 / sum(G^2)",
            "}",
          ]
        : [
            "df_of <- function(l) {",
            "  direction <- drop(phi %*% l)",
            "  gradient <- sapply(P, function(slope) sum(direction * (slope %*% direction)))",
            "  2 * sum(l * direction)^2 / drop(gradient %*% W %*% gradient)",
            "}",
          ];
  }
}
