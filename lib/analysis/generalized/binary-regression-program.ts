import type { ProgramCode } from "../../program-code/program-code.ts";
import { rNumber, rString, rStrings } from "../../program-code/r-literal.ts";
import { sasName } from "../../program-code/sas-literal.ts";
import { rPatientData, sasAlphaOf, sasPatientClass, sasPatientData } from "../outcome/patient-program.ts";
import type { BinaryAnalysis } from "./analyse-binary-regression.ts";
import type { BinaryModelFit } from "./fit-binary-model.ts";
import { rGlmControl, rModelTerms, rStandardisedMeans } from "./r-glm.ts";

const R_LINKS = { logit: "logit", probit: "probit", "complementary-log-log": "cloglog" } as const;

/** R and SAS programs of an analysis of a yes-or-no outcome. */
export function binaryRegressionProgram(analysis: BinaryAnalysis, { firth, fit }: BinaryModelFit): ProgramCode {
  const { spec } = analysis;
  const conditional = spec.measure === "conditional-odds-ratio";
  const ge = spec.variance.startsWith("ge-");
  const robust = ge && spec.variance !== "ge-model-based";
  return {
    r: `${rLines(analysis, firth !== null, fit).join("\n")}\n`,
    rPackages: [...(firth === null ? [] : ["brglm2"]), ...(robust ? ["sandwich"] : [])],
    sas: sasProgram(analysis, firth !== null),
    sasNote: conditional
      ? "PROC LOGISTIC prints the same estimate; of the covariances of the coefficients it has the model-based one only."
      : "PROC LOGISTIC fits the same model. The %Margins macro of SAS gives the standardised risks with Ge's model-based variance; SAS has no procedure for the variance of Ye et al. or for HC variances of standardised risks.",
  };
}

function rLines(analysis: BinaryAnalysis, firth: boolean, fit: BinaryModelFit["fit"]): string[] {
  const { spec, patients, armNames, outcome, table } = analysis;
  const family = `binomial(${rString(R_LINKS[spec.link])})`;
  const formula = `value ~ ${rModelTerms(patients.covariates, spec.interaction)}`;
  const covariance = spec.variance.startsWith("ge-") ? spec.variance.slice(3) : "model-based";
  const V =
    covariance === "model-based"
      ? "V <- vcov(fit)[kept, kept, drop = FALSE]"
      : `V <- sandwich::vcovHC(fit, type = ${rString(covariance)})`;
  const level = rNumber(1 - (1 - spec.confidence) / 2);
  const head = [
    ...rPatientData(
      table,
      armNames,
      [...patients.covariates, ...patients.strata],
      `value: ${outcome.description} (1 yes, 0 no)`,
    ),
    firth
      ? `fit <- glm(${formula}, family = ${family}, data = data, method = brglm2::brglmFit, type = "AS_mean", epsilon = 1e-12, maxit = 10000, slowit = 0.5)`
      : `fit <- glm(${formula}, family = ${family}, data = data, ${rGlmControl(fit)})`,
  ];
  if (spec.measure === "conditional-odds-ratio")
    return [...head, "kept <- !is.na(coef(fit))", V, ...rConditional(analysis, firth, level)];
  return [...head, ...rStandardisedMeans(null), ...rMeanCovariance(analysis, V), ...rContrast(analysis, level)];
}

function rConditional({ spec, armNames }: BinaryAnalysis, firth: boolean, level: string): string[] {
  const nullValue = spec.nullValue === null ? "0" : `log(${rNumber(spec.nullValue)})`;
  const common = [
    'columns <- paste0("arm", levels(data$arm)[-1])',
    "estimate <- coef(fit)[columns]",
    "se <- sqrt(diag(V)[columns])",
  ];
  if (!firth)
    return [
      ...common,
      `z <- (estimate - ${nullValue}) / se`,
      `half <- qnorm(${level}) * se`,
      `effects <- data.frame(effect = paste(levels(data$arm)[-1], "minus", ${rStrings(armNames.slice(0, 1))}), estimate, se, z,`,
      "                      p = 2 * pnorm(-abs(z)), lower = estimate - half, upper = estimate + half)",
      "print(effects, digits = 10, row.names = FALSE)",
    ];
  return [
    ...common,
    "# Profile penalised likelihood of one coefficient: loss at a fixed value, by Newton steps of the modified score",
    "X <- model.matrix(fit)[, kept, drop = FALSE]",
    "y <- data$value",
    "penalised <- function(beta) {",
    "  p <- plogis(drop(X %*% beta))",
    "  sum(dbinom(y, 1, p, log = TRUE)) + determinant(crossprod(X * sqrt(p * (1 - p))))$modulus[1] / 2",
    "}",
    "loss <- function(column, at) {",
    "  beta <- coef(fit)[kept]",
    "  beta[column] <- at",
    "  free <- setdiff(names(beta), column)",
    "  for (k in 1:2000) {",
    "    p <- plogis(drop(X %*% beta))",
    "    w <- p * (1 - p)",
    "    h <- rowSums((X %*% solve(crossprod(X * sqrt(w)))) * X) * w",
    "    U <- crossprod(X, y - p + h * (0.5 - p))[free, ]",
    "    step <- solve(crossprod(X[, free, drop = FALSE] * sqrt(w)), U)",
    "    beta[free] <- beta[free] + pmax(-1, pmin(1, step / 2))",
    "    if (max(abs(step)) < 1e-12) break",
    "  }",
    "  2 * (penalised(coef(fit)[kept]) - penalised(beta))",
    "}",
    "effects <- do.call(rbind, lapply(columns, function(column) {",
    "  b <- unname(coef(fit)[column])",
    "  s <- unname(sqrt(diag(V)[column]))",
    `  excess <- function(at) loss(column, at) - qchisq(${rNumber(spec.confidence)}, 1)`,
    "  data.frame(effect = column, estimate = b, se = s, z = sign(b - null) * sqrt(loss(column, null)),",
    "             p = pchisq(loss(column, null), 1, lower.tail = FALSE),",
    '             lower = uniroot(excess, b - c(4, 0) * s, extendInt = "downX", tol = 1e-10)$root,',
    '             upper = uniroot(excess, b + c(0, 4) * s, extendInt = "upX", tol = 1e-10)$root)',
    "}))",
    `effects$effect <- paste(levels(data$arm)[-1], "minus", ${rStrings(armNames.slice(0, 1))})`,
    "print(effects, digits = 10, row.names = FALSE)",
  ].map((line) => (line.startsWith("effects <- do.call") ? `null <- ${nullValue}\n${line}` : line));
}

/** Covariance C of the standardised means. */
function rMeanCovariance({ spec, patients }: BinaryAnalysis, V: string): string[] {
  if (spec.variance.startsWith("ge-")) return [V, "C <- D %*% V %*% t(D)"];
  const strata = patients.strata.map(({ name }) => name);
  return [
    "# Variance of Ye et al. (2023)",
    "own <- lapply(arms, function(arm) data$arm == arm)",
    "share <- sapply(own, mean)",
    "# Means corrected by the mean residual of each arm: zero for a canonical link",
    "means <- means + sapply(seq_along(arms), function(a) mean(data$value[own[[a]]] - mu[own[[a]], a]))",
    "C <- outer(seq_along(arms), seq_along(arms), Vectorize(function(a, b) {",
    "  if (a != b) return(cov(data$value[own[[a]]], mu[own[[a]], b]) + cov(data$value[own[[b]]], mu[own[[b]], a]) - cov(mu[, a], mu[, b]))",
    "  cross <- cov(data$value[own[[a]]], mu[own[[a]], a])",
    spec.variance === "ye"
      ? "  residual <- var(data$value[own[[a]]]) - 2 * cross + var(mu[, a])"
      : "  residual <- var(data$value[own[[a]]] - mu[own[[a]], a])",
    "  residual / share[a] + 2 * cross - var(mu[, a])",
    "}))",
    ...(strata.length === 0
      ? []
      : [
          "# Less what permuted blocks within strata remove",
          `stratum <- interaction(data[, ${rStrings(strata)}, drop = FALSE], drop = TRUE)`,
          "residuals <- data$value - fitted(fit)",
          "omega <- diag(share) - share %o% share",
          "for (s in levels(stratum)) {",
          "  scaled <- sapply(seq_along(arms), function(a) mean(residuals[own[[a]] & stratum == s])) / share",
          "  C <- C - mean(stratum == s) * (scaled %o% scaled) * omega",
          "}",
        ]),
    "C <- C / nrow(data)",
  ];
}

const R_CONTRASTS = {
  "risk-difference": ["m1 - m0", "c(-1, 1)"],
  "risk-ratio": ["log(m1 / m0)", "c(-1 / m0, 1 / m1)"],
  "odds-ratio": ["qlogis(m1) - qlogis(m0)", "c(-1 / (m0 * (1 - m0)), 1 / (m1 * (1 - m1)))"],
} as const;

function rContrast({ spec }: BinaryAnalysis, level: string): string[] {
  const [estimate, gradient] = R_CONTRASTS[spec.measure as keyof typeof R_CONTRASTS];
  const nullValue =
    spec.nullValue === null
      ? "0"
      : spec.measure === "risk-difference"
        ? rNumber(spec.nullValue)
        : `log(${rNumber(spec.nullValue)})`;
  return [
    "effects <- do.call(rbind, lapply(seq_along(arms)[-1], function(a) {",
    "  m0 <- unname(means[1]); m1 <- unname(means[a])",
    `  estimate <- ${estimate}`,
    `  gradient <- ${gradient}`,
    "  se <- sqrt(drop(gradient %*% C[c(1, a), c(1, a)] %*% gradient))",
    `  z <- (estimate - ${nullValue}) / se`,
    `  half <- qnorm(${level}) * se`,
    '  data.frame(effect = paste(arms[a], "minus", arms[1]), estimate, se, z, p = 2 * pnorm(-abs(z)),',
    "             lower = estimate - half, upper = estimate + half)",
    "}))",
    "print(effects, digits = 10, row.names = FALSE)",
    "risks <- data.frame(arm = arms, risk = unname(means), se = sqrt(diag(C)))",
    "print(risks, digits = 10, row.names = FALSE)",
  ];
}

const SAS_LINKS = { logit: "logit", probit: "probit", "complementary-log-log": "cloglog" } as const;

function sasProgram({ spec, patients, armNames, outcome, table }: BinaryAnalysis, firth: boolean): string {
  const names = patients.covariates.map(({ name }) => sasName(name));
  const products = spec.interaction === "none" ? [] : names.map((name) => `arm*${name}`);
  const right = ["arm", ...names, ...products].join(" ");
  const profile = firth ? " firth clodds=pl plcl" : "";
  return `${[
    ...sasPatientData(table, `value: ${outcome.description} (1 yes, 0 no)`),
    `proc logistic data=used alpha=${sasAlphaOf(spec.confidence)};`,
    sasPatientClass(armNames, patients.covariates),
    `  model value(event='1') = ${right} / link=${SAS_LINKS[spec.link]}${profile};`,
    "run;",
  ].join("\n")}\n`;
}
