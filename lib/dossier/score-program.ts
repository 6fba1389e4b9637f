import { wrapProgram } from "../program-code/wrap-program.ts";
import type { DossierContext } from "./dossier-context.ts";
import { scoreEquation } from "./score-equation.ts";

const LINE = 84;

/** More features than this make the conditional form unreadable in print; results.json has the covariance. */
const MOST_FEATURES_IN_PRINT = 20;

/**
 * R program that computes the prognostic score of a baseline; null for a score that is no linear equation.
 *
 * A Gaussian joint model is printed with the block of its covariance that conditioning needs, so that any items may be
 * missing; a linear stack with its coefficients, for complete baselines.
 */
export function scoreProgram(context: DossierContext): string | null {
  const { model } = context.record;
  const equation = scoreEquation(model, context.primary);
  if (!equation.isLinear) return null;
  const onWorkingScale = model.parameters.curved !== undefined;
  const alone = !onWorkingScale && (model.format === "understudy-model/1" || model.predictor.kind === "gaussian-joint");
  const names = equation.terms.map((term) => JSON.stringify(term.feature));
  const means = equation.terms.map((term) => String(term.mean));
  const text =
    alone && names.length <= MOST_FEATURES_IN_PRINT
      ? conditionalProgram(context, names, means)
      : `features <- c(${names.join(", ")})
mu <- c(${means.join(", ")})
beta <- c(${Array.from(equation.slopes, String).join(", ")})
centre <- ${equation.centre}
score <- function(x) {                           # x: complete baseline, in this order
  stopifnot(length(x) == length(features), !anyNA(x))
  centre + sum(beta * (x - mu))
}
cat(score(mu), "\\n") # expected: ${equation.centre}`;
  return wrapProgram(text, "R", LINE);
}

function conditionalProgram(context: DossierContext, names: readonly string[], means: readonly string[]): string {
  const { model } = context.record;
  const { parameters } = model;
  const D = parameters.mean.length;
  const Q = names.length;
  const cell =
    Q +
    model.endpoints.findIndex((endpoint) => endpoint.id === context.primary.endpointId) * model.visits.length +
    model.visits.findIndex((visit) => visit.id === context.primary.visitId);
  const at = (i: number, j: number) => String(parameters.covariance[i * D + j]!);
  const rows = Array.from({ length: Q }, (_, i) => i);
  return `features <- c(${names.join(", ")})
mu <- c(${means.join(", ")})
Sigma <- matrix(c(${rows.flatMap((i) => rows.map((j) => at(i, j))).join(", ")}), ${Q}, ${Q}, byrow = TRUE)
sigma <- c(${rows.map((i) => at(i, cell)).join(", ")})
centre <- ${parameters.mean[cell]!}
score <- function(x) {                           # x: baseline in this order, NA = missing (P3)
  stopifnot(length(x) == length(features))
  o <- !is.na(x)
  if (!any(o)) return(centre)
  centre + sum(solve(Sigma[o, o, drop = FALSE], sigma[o]) * (x - mu)[o])
}
cat(score(mu), "\\n") # expected: ${parameters.mean[cell]!}`;
}
