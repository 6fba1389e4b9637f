import { choleskyDecompose, choleskySolve } from "../../numerics/cholesky.ts";
import type { KnownTruth } from "../../trial/study-specification.ts";
import {
  AGE,
  APOE4_CARRIER_PROBABILITY,
  adasCog,
  CDR_SUM_OF_BOXES,
  covarianceOf,
  EDUCATION,
  HISTORICAL_STUDIES,
  LAST_WEEK,
  type LinearQuantity,
  MMSE,
  TRUE_EFFECT_AT_LAST_WEEK,
  VISIT_WEEKS,
} from "./progression-law.ts";

export const APOE4: LinearQuantity = { constant: APOE4_CARRIER_PROBABILITY, apoe4: 1, loadings: {} };

/** What is true in the simulated programme, exactly from the law (before rounding to one decimal). */
export function alzheimerTruth(): KnownTruth {
  const total = HISTORICAL_STUDIES.reduce((sum, study) => sum + study.patients, 0);
  const controlByVisit = VISIT_WEEKS.map((week, v) => {
    const quantities = HISTORICAL_STUDIES.map((study) => ({
      weight: study.patients / total,
      adas: adasCog(study, v + 1),
    }));
    const mean = quantities.reduce((sum, { weight, adas }) => sum + weight * adas.constant, 0);
    const variance = quantities.reduce(
      (sum, { weight, adas }) => sum + weight * (covarianceOf(adas, adas) + (adas.constant - mean) ** 2),
      0,
    );
    return { visitId: `week${week}`, mean, standardDeviation: Math.sqrt(variance) };
  });
  const noShift = { levelShift: 0, slopeShift: 0 };
  const baseline = adasCog(noShift, 0);
  const outcome = adasCog(noShift, VISIT_WEEKS.length);
  return {
    law: "Simulated Alzheimer's programme: linear progression with a latent severity, three placebo studies with different levels and slopes, dropout at random given the worsening seen.",
    effectByVisit: VISIT_WEEKS.map((week) => ({
      visitId: `week${week}`,
      effect: (TRUE_EFFECT_AT_LAST_WEEK * week) / LAST_WEEK,
    })),
    controlByVisit,
    rSquaredAncova: rSquared(outcome, [baseline]),
    rSquaredBestScore: rSquared(outcome, [baseline, AGE, EDUCATION, MMSE, CDR_SUM_OF_BOXES, APOE4]),
  };
}

/** Within-study R² of the best linear prediction of `outcome` from `predictors`: c'S⁻¹c / Var(outcome), (L7). */
export function rSquared(outcome: LinearQuantity, predictors: readonly LinearQuantity[]): number {
  const q = predictors.length;
  const matrix = new Float64Array(q * q);
  const cross = new Float64Array(q);
  predictors.forEach((row, i) => {
    cross[i] = covarianceOf(row, outcome);
    predictors.forEach((column, j) => {
      matrix[i * q + j] = covarianceOf(row, column);
    });
  });
  const decomposition = choleskyDecompose(matrix, q);
  if (!decomposition.ok) throw new Error("the law's predictors are linearly dependent");
  const weights = choleskySolve(decomposition.factor, q, cross);
  let explained = 0;
  for (let i = 0; i < q; i++) explained += cross[i]! * weights[i]!;
  return explained / covarianceOf(outcome, outcome);
}
