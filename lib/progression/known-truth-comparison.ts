import type { KnownTruth } from "../trial/study-specification.ts";
import type { FrozenModel } from "./model-document.ts";

/** One quantity that is true by construction beside what the program made of the data. */
export interface TruthComparison {
  readonly quantity: string;
  readonly truth: number;
  readonly estimate: number;
  /** Rough standard error of the estimate: SD/√n for a mean, SD/√(2n) for an SD, 2R(1 − R²)/√n for an R². */
  readonly standardError: number;
}

/**
 * Whether the model recovers what is true in simulated data: control mean and SD of the primary endpoint at every visit, and
 * the R² of ANCOVA and of the best score against what was found out of fold.
 *
 * @param truth - Known truth of the study; never read by the engine.
 * @param model - Frozen model trained on the study's history.
 * @returns Rows in the order of the visits, then R²; visits unknown to the model are left out.
 */
export function compareWithKnownTruth(truth: KnownTruth, model: FrozenModel): TruthComparison[] {
  const { endpointId } = model.training.primary;
  const e = model.endpoints.findIndex((endpoint) => endpoint.id === endpointId);
  const { mean, covariance, features, patients } = model.parameters;
  const dimension = mean.length;
  const rows = truth.controlByVisit.flatMap(({ visitId, mean: trueMean, standardDeviation }): TruthComparison[] => {
    const v = model.visits.findIndex((visit) => visit.id === visitId);
    if (e < 0 || v < 0) return [];
    const at = features.length + e * model.visits.length + v;
    const label = model.visits[v]?.label ?? visitId;
    return [
      {
        quantity: `Mean under control, ${label}`,
        truth: trueMean,
        estimate: mean[at] ?? Number.NaN,
        standardError: standardDeviation / Math.sqrt(patients),
      },
      {
        quantity: `SD under control, ${label}`,
        truth: standardDeviation,
        estimate: Math.sqrt(covariance[at * dimension + at] ?? Number.NaN),
        standardError: standardDeviation / Math.sqrt(2 * patients),
      },
    ];
  });
  const { visitId } = model.training.primary;
  const gain = model.evaluation.gain.find((cell) => cell.endpointId === endpointId && cell.visitId === visitId);
  if (gain === undefined) return rows;
  const rSquared = (quantity: string, trueValue: number, estimate: number): TruthComparison => ({
    quantity,
    truth: trueValue,
    estimate,
    standardError: (2 * Math.sqrt(trueValue) * (1 - trueValue)) / Math.sqrt(gain.patients),
  });
  return [
    ...rows,
    rSquared("R² of ANCOVA, within a study", truth.rSquaredAncova, gain.variance.rSquaredAncova.value),
    rSquared("R² of the best score, within a study", truth.rSquaredBestScore, gain.variance.rSquaredWithScore.value),
  ];
}
