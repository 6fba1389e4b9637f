import { rName } from "../../program-code/r-literal.ts";
import type { Covariate } from "../covariate.ts";

/** Right-hand side of the model of an analysis in R: arm and covariates, with their products on request. */
export function rModelTerms(covariates: readonly Covariate[], interaction: "none" | "arm-by-covariate"): string {
  const names = covariates.filter(hasTwoValues).map(({ name }) => rName(name));
  if (names.length === 0) return "arm";
  return interaction === "none" ? `arm + ${names.join(" + ")}` : `arm * (${names.join(" + ")})`;
}

/**
 * How exactly R's glm is to converge. Its tolerance for columns that depend on others is a thousandth of this, so with such
 * columns a sharper one would take rounding for information.
 */
export function rGlmControl({ dependentColumns }: { readonly dependentColumns: ArrayLike<number> }): string {
  return `control = glm.control(epsilon = ${dependentColumns.length === 0 ? "1e-14" : "1e-10"}, maxit = 200)`;
}

/** R has no contrasts for a category of one level; the model leaves such a column out. */
function hasTwoValues(covariate: Covariate): boolean {
  const values: ArrayLike<number> = covariate.kind === "numeric" ? covariate.values : covariate.codes;
  return Array.from(values).some((value) => value !== values[0]);
}

/** R statements that compute standardised means of the arms, `mu` by patient and arm, and their gradients `D`. */
export function rStandardisedMeans(newOffset: string | null): string[] {
  const offset = newOffset === null ? [] : [`  rows$time <- ${newOffset}`];
  return [
    "arms <- levels(data$arm)",
    "kept <- !is.na(coef(fit))",
    "on_arm <- function(arm) {",
    "  rows <- data",
    "  rows$arm <- factor(arm, levels = arms)",
    ...offset,
    "  rows",
    "}",
    'mu <- sapply(arms, function(arm) suppressWarnings(predict(fit, on_arm(arm), type = "response")))',
    "D <- t(sapply(arms, function(arm) {",
    "  X <- model.matrix(delete.response(terms(fit)), on_arm(arm), xlev = fit$xlevels)[, kept, drop = FALSE]",
    '  eta <- suppressWarnings(predict(fit, on_arm(arm), type = "link"))',
    "  colMeans(fit$family$mu.eta(eta) * X)",
    "}))",
    "means <- colMeans(mu)",
  ];
}
