import { DomainError } from "../../errors/domain-error.ts";
import type { Covariate } from "../covariate.ts";
import { sampleQuantile } from "../two-sample/quantile.ts";

/**
 * Groups of about equal size by the value of a score: group g holds scores above the g/G quantile (type 2, as SAS) and up to
 * the next (METHODS.md eq. (P20)).
 *
 * @throws DomainError NOT_ESTIMABLE when equal scores leave fewer than two groups.
 */
export function scoreStrata(score: Float64Array, groups: number): Extract<Covariate, { kind: "categorical" }> {
  const cuts = Array.from({ length: groups - 1 }, (_, g) => sampleQuantile(score, (g + 1) / groups, 2));
  const codes = Int32Array.from(score, (value) => cuts.filter((cut) => value > cut).length);
  if (new Set(codes).size < 2)
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "scoreStrata.groups",
      received: groups,
      requirement: "must leave at least two groups: the scores are almost all equal",
      hint: "Analyse without strata from the score.",
    });
  return {
    kind: "categorical",
    name: "score",
    levels: Array.from({ length: groups }, (_, g) => `score group ${g + 1}`),
    codes,
  };
}
