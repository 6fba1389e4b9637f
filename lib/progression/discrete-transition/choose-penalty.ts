import type { StepFamily, StepFit } from "./step-family.ts";
import { rowsOfPatients, rowsOfVisit, type TransitionRows } from "./transition-rows.ts";

/** Precisions tried, strongest first: fits start from the one before. */
const PENALTIES: readonly number[] = [3000, 1000, 300, 100, 30, 10, 3, 1];

/** Relative difference of log-likelihoods that is rounding. */
const TIE = 1e-9;

/** Choice of one block of steps. */
export interface PenaltyChoice {
  readonly penalty: number;
  readonly structure: "common" | "by-visit";
}

/**
 * Penalty, and whether the visits share their coefficients: the choice with the largest log-likelihood of the steps of patients left
 * out. The stronger penalty and the shared coefficients win ties. METHODS.md, equation (DT3).
 *
 * @param family - Type of endpoint.
 * @param rows - Steps between values that were both observed.
 * @param visits - Number of visits among them.
 * @param isFirst - Whether there is no last value.
 * @param fold - [n] fold of each patient.
 * @param folds - Number of folds.
 */
export function choosePenalty(
  family: StepFamily,
  rows: TransitionRows,
  visits: number,
  isFirst: boolean,
  fold: Int32Array,
  folds: number,
): PenaltyChoice {
  const structures: readonly PenaltyChoice["structure"][] = visits > 1 ? ["common", "by-visit"] : ["common"];
  const scores = structures.map(() => new Float64Array(PENALTIES.length));
  for (let k = 0; k < folds; k++) {
    const training = rowsOfPatients(rows, (i) => fold[i] !== k);
    const heldOut = rowsOfPatients(rows, (i) => fold[i] === k);
    structures.forEach((structure, s) => {
      const parts = structure === "common" ? 1 : visits;
      for (let part = 0; part < parts; part++) {
        const own = structure === "common" ? training : rowsOfVisit(training, part);
        const left = structure === "common" ? heldOut : rowsOfVisit(heldOut, part);
        const together = structure === "common" ? visits : 1;
        let start: StepFit | null = null;
        PENALTIES.forEach((penalty, p) => {
          start = family.fit(own, together, isFirst, penalty, start);
          scores[s]![p]! += family.logLikelihood(left, together, isFirst, start);
        });
      }
    });
  }
  let best: PenaltyChoice = { penalty: PENALTIES[0]!, structure: "common" };
  let highest = scores[0]![0]!;
  structures.forEach((structure, s) => {
    PENALTIES.forEach((penalty, p) => {
      if (!(scores[s]![p]! > highest + TIE * Math.abs(highest))) return;
      highest = scores[s]![p]!;
      best = { penalty, structure };
    });
  });
  return best;
}
