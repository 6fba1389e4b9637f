import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import type { Covariate } from "./covariate.ts";
import { occurringLevels } from "./model-design.ts";

/** Whether a categorical covariate has at most one category among the patients analysed, so that no model has a column of it. */
export function isConstantCategory(covariate: Covariate): boolean {
  return covariate.kind === "categorical" && occurringLevels(covariate).length < 2;
}

/** Says which covariates have one category only; numeric ones without variation show when the model is fitted. */
export function constantCategoryDiagnostics(covariates: readonly Covariate[]): Diagnostic[] {
  return covariates
    .filter(isConstantCategory)
    .map(({ name }) =>
      diagnostic(
        "warning",
        "constant-covariate",
        `${name} has the same category for every patient analysed, so it was left out: the analysis is the one without it.`,
        "covariates",
      ),
    );
}
