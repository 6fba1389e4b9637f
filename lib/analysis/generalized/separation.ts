import { DomainError } from "../../errors/domain-error.ts";
import { INTERCEPT_NAME } from "../model-design.ts";
import type { GlmFamily } from "./glm-family.ts";

/** A patient whose linear predictor moves less than this share of the largest move does not move. */
const STILL = 1e-5;

/** A direction in which the likelihood rises without end, and how it was found. */
export interface Separation {
  /** Names of the columns whose coefficients grow without bound. */
  readonly columns: readonly string[];
  /** Patients whose outcome the direction predicts perfectly. */
  readonly predicted: number;
}

/**
 * Whether a step of the linear predictor proves separation (METHODS.md eq. (G4)): it never lowers the predictor of a patient
 * with an event, never raises that of one without, and moves somebody. Such a direction exists exactly when the
 * maximum-likelihood estimate does not (Albert & Anderson); for counts, the same with "no patient with a count moves".
 *
 * @param step - Change of the linear predictor, one a row.
 * @param coefficientStep - Change of the coefficients behind it.
 * @param spread - Standard deviation (or size) of each column, by which the change of its coefficient is judged.
 * @returns Null when the step proves nothing.
 *
 * Source: Albert & Anderson (1984), Biometrika 71:1–10.
 */
export function separationAlong(
  family: GlmFamily,
  response: ArrayLike<number>,
  step: Float64Array,
  coefficientStep: Float64Array,
  columnNames: readonly string[],
  spread: Float64Array,
): Separation | null {
  let largest = 0;
  for (let i = 0; i < step.length; i++) largest = Math.max(largest, Math.abs(step[i]!));
  if (!(largest > 0)) return null;
  let predicted = 0;
  for (let i = 0; i < step.length; i++) {
    const move = step[i]! / largest;
    if (Math.abs(move) < STILL) continue;
    const y = response[i]!;
    const towards = family.distribution === "binomial" && y === 1 ? move > 0 : y === 0 ? move < 0 : false;
    if (!towards) return null;
    predicted++;
  }
  const columns = columnNames.filter((_, j) => Math.abs(coefficientStep[j]!) * spread[j]! > 1e-3 * largest);
  const named = columns.filter((name) => name !== INTERCEPT_NAME);
  return { columns: named.length > 0 ? named : columns, predicted };
}

/** The refusal of a separated model. */
export function separationError(family: GlmFamily, { columns, predicted }: Separation, rows: number): DomainError {
  const outcome = family.distribution === "binomial" ? "the outcome" : "a count of zero";
  const complete = predicted === rows;
  if (complete && columns.every((name) => name === INTERCEPT_NAME))
    return new DomainError("NOT_ESTIMABLE", {
      argument: "outcome",
      received: rows,
      requirement: `must differ between patients, but is the same for all ${rows} analysed`,
      hint:
        family.distribution === "binomial"
          ? "Check the threshold, the events and the visit; two proportions can still be compared by an exact interval."
          : "Nobody has a count above 0: check the endpoint and the visit.",
    });
  const byArm = columns.some((name) => name.startsWith("arm "));
  return new DomainError("NOT_ESTIMABLE", {
    argument: "covariates",
    received: columns.join(", "),
    requirement: `must not predict ${outcome} perfectly: a combination of these columns does so for ${predicted} of ${rows} patients (${complete ? "complete" : "quasi-complete"} separation), so their coefficients have no finite estimate`,
    hint:
      family.distribution === "binomial" && byArm
        ? "An arm has the outcome in all or none of its patients: compare two proportions by an exact test or a score interval, or pre-specify Firth's penalised likelihood."
        : family.distribution === "binomial"
          ? "Leave the covariate out, merge its categories, or pre-specify Firth's penalised likelihood."
          : "Leave the covariate out or merge its categories.",
  });
}
