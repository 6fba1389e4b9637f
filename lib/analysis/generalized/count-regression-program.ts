import type { ProgramCode } from "../../program-code/program-code.ts";
import { rNumber, rString } from "../../program-code/r-literal.ts";
import { sasName } from "../../program-code/sas-literal.ts";
import { rPatientData, sasAlphaOf, sasPatientClass, sasPatientData } from "../outcome/patient-program.ts";
import type { CountAnalysis } from "./analyse-count-regression.ts";
import type { GlmFit } from "./fit-glm.ts";
import { rGlmControl, rModelTerms, rStandardisedMeans } from "./r-glm.ts";

/**
 * R and SAS programs of an analysis of counts.
 *
 * @param fit - Model fitted.
 * @param poissonLimit - Whether the negative binomial fit ended at its Poisson limit.
 */
export function countRegressionProgram(analysis: CountAnalysis, fit: GlmFit, poissonLimit: boolean): ProgramCode {
  const { spec } = analysis;
  const negative = spec.distribution === "negative-binomial" && !poissonLimit;
  const robust = spec.variance.startsWith("HC");
  return {
    r: `${rLines(analysis, negative, fit).join("\n")}\n`,
    rPackages: [...(negative ? ["MASS"] : []), ...(robust ? ["sandwich"] : [])],
    sas: sasProgram(analysis, negative),
    sasNote:
      negative && spec.variance !== "observed"
        ? "PROC GENMOD takes standard errors from the observed information of coefficients and dispersion together; choose the variance observed for the same numbers."
        : spec.variance.startsWith("HC") || spec.measure !== "rate-ratio"
          ? "PROC GENMOD prints the coefficients with model-based standard errors; standardised rates need PROC NLMIXED or a macro."
          : "",
  };
}

function rLines(analysis: CountAnalysis, negative: boolean, fit: GlmFit): string[] {
  const { spec, patients, armNames, outcome, table, exposure } = analysis;
  const offset = exposure === null ? "" : " + offset(log(time))";
  const formula = `value ~ ${rModelTerms(patients.covariates, spec.interaction)}${offset}`;
  const control = rGlmControl(fit);
  const level = rNumber(1 - (1 - spec.confidence) / 2);
  const difference = spec.measure === "marginal-rate-difference";
  const nullValue =
    spec.nullValue === null ? "0" : difference ? rNumber(spec.nullValue) : `log(${rNumber(spec.nullValue)})`;
  const head = [
    ...rPatientData(table, armNames, patients.covariates, `value: ${outcome.description}; time: exposure`),
    negative
      ? `fit <- MASS::glm.nb(${formula}, data = data, ${control})`
      : `fit <- glm(${formula}, family = poisson(), data = data, ${control})`,
  ];
  const infer = [
    `z <- (estimate - ${nullValue}) / se`,
    `half <- qnorm(${level}) * se`,
    'effects <- data.frame(effect = paste(levels(data$arm)[-1], "minus", levels(data$arm)[1]), estimate, se, z,',
    "                      p = 2 * pnorm(-abs(z)), lower = estimate - half, upper = estimate + half)",
    "print(effects, digits = 10, row.names = FALSE)",
  ];
  const dispersion = negative
    ? ['cat("size", format(fit$theta, digits = 10), "SE", format(fit$SE.theta, digits = 10), "\\n")']
    : [];
  if (spec.measure === "rate-ratio")
    return [
      ...head,
      "kept <- !is.na(coef(fit))",
      ...rCovariance(spec.variance, negative),
      'columns <- paste0("arm", levels(data$arm)[-1])',
      "estimate <- unname(coef(fit)[columns])",
      "se <- unname(sqrt(diag(V)[columns]))",
      ...infer,
      ...dispersion,
    ];
  return [
    ...head,
    ...rStandardisedMeans(exposure === null ? null : rNumber(spec.ratePer)),
    ...(spec.variance === "ye" ? R_YE : [...rCovariance(spec.variance, negative), "C <- D %*% V %*% t(D)"]),
    ...(difference
      ? ["estimate <- unname(means[-1] - means[1])", "se <- sqrt(diag(C)[-1] - 2 * C[1, -1] + C[1, 1])"]
      : [
          "estimate <- unname(log(means[-1] / means[1]))",
          "se <- sqrt(diag(C)[-1] / means[-1]^2 - 2 * C[1, -1] / (means[-1] * means[1]) + C[1, 1] / means[1]^2)",
        ]),
    "se <- unname(se)",
    ...infer,
    ...dispersion,
  ];
}

function rCovariance(variance: CountAnalysis["spec"]["variance"], negative: boolean): string[] {
  if (variance.startsWith("HC")) return [`V <- sandwich::vcovHC(fit, type = ${rString(variance)})`];
  if (variance !== "observed" || !negative) return ["V <- vcov(fit)[kept, kept, drop = FALSE]"];
  return [
    "# Observed information of the coefficients and the size together",
    "X <- model.matrix(fit)[, kept, drop = FALSE]",
    "y <- data$value; m <- fitted(fit); s <- fit$theta",
    "A <- crossprod(X * sqrt(m * s * (s + y) / (s + m)^2))",
    "b <- -crossprod(X, m * (y - m) / (s + m)^2)",
    "c <- sum(trigamma(s) - trigamma(s + y) - 1 / s + 2 / (s + m) - (y + s) / (s + m)^2)",
    "V <- solve(A - b %*% t(b) / c)",
    "dimnames(V) <- list(colnames(X), colnames(X))",
  ];
}

const R_YE = [
  "# Variance of Ye et al. (2023), means corrected by the mean residual of each arm",
  "own <- lapply(arms, function(arm) data$arm == arm)",
  "share <- sapply(own, mean)",
  "means <- means + sapply(seq_along(arms), function(a) mean(data$value[own[[a]]] - mu[own[[a]], a]))",
  "C <- outer(seq_along(arms), seq_along(arms), Vectorize(function(a, b) {",
  "  if (a != b) return(cov(data$value[own[[a]]], mu[own[[a]], b]) + cov(data$value[own[[b]]], mu[own[[b]], a]) - cov(mu[, a], mu[, b]))",
  "  cross <- cov(data$value[own[[a]]], mu[own[[a]], a])",
  "  (var(data$value[own[[a]]]) - 2 * cross + var(mu[, a])) / share[a] + 2 * cross - var(mu[, a])",
  "})) / nrow(data)",
];

function sasProgram({ spec, patients, armNames, outcome, exposure, table }: CountAnalysis, negative: boolean): string {
  const names = patients.covariates.map(({ name }) => sasName(name));
  const products = spec.interaction === "none" ? [] : names.map((name) => `arm*${name}`);
  const right = ["arm", ...names, ...products].join(" ");
  return `${[
    ...sasPatientData(table, `value: ${outcome.description}; time: exposure`),
    ...(exposure === null ? [] : ["data used; set used; log_time = log(time); run;"]),
    "proc genmod data=used;",
    sasPatientClass(armNames, patients.covariates),
    `  model value = ${right} / dist=${negative ? "negbin" : "poisson"} link=log alpha=${sasAlphaOf(spec.confidence)}${exposure === null ? "" : " offset=log_time"};`,
    "run;",
  ].join("\n")}\n`;
}
