import { invalidInput } from "../errors/domain-error.ts";
import type { TrialDesign } from "./simulation-document.ts";

/**
 * Cohort of each look: look k takes place when the first n_k randomised patients have reached the primary visit.
 *
 * @param design - Arm sizes and look fractions.
 * @returns n_k = round(f_k · N), the last being N; METHODS.md eq. (M6).
 * @throws DomainError INVALID_INPUT when the fractions do not increase to 1 or two looks share a cohort.
 */
export function lookCohorts(design: TrialDesign): number[] {
  const fractions = design.lookFractions;
  const increasing = fractions.every((fraction, k) => fraction > (fractions[k - 1] ?? 0));
  if (!increasing || fractions.at(-1) !== 1)
    throw invalidInput(
      `designs.${design.id}.lookFractions`,
      fractions,
      "must increase strictly in (0, 1] and end at 1",
      "The last look is the final analysis of all patients.",
    );
  const total = design.experimental + design.control;
  const cohorts = fractions.map((fraction) => Math.round(fraction * total));
  if (cohorts.some((cohort, k) => cohort <= (cohorts[k - 1] ?? 1)))
    throw invalidInput(
      `designs.${design.id}.lookFractions`,
      fractions,
      `must leave a larger cohort at every look; of ${total} patients they make [${cohorts.join(", ")}]`,
      "Use fewer looks or more patients.",
    );
  return cohorts;
}

/** Information fractions the bounds are computed for: n_k/N, METHODS.md eq. (M7). */
export function plannedInformationFractions(cohorts: readonly number[]): number[] {
  const total = cohorts.at(-1)!;
  return cohorts.map((cohort) => cohort / total);
}
