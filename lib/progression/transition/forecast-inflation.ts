import type { MemberModel, MemberTraining } from "../member.ts";

/** Pseudo-forecasts with the SD that the model says behind each measured factor. */
const PRIOR_FORECASTS = 20;
/** Bounds of the squared factor: beyond them the model is wrong in another way than by its SD. */
const BOUNDS = { lower: 0.25, upper: 9 };

/**
 * Factor on the SD of each outcome's forecast, from forecasts of left-out patients from baseline. METHODS.md, equation (TM8).
 *
 * @param training - Patients.
 * @param fold - [n]
 * @param openWithout - Model learnt without a fold, its own inflation 1.
 * @param onFold - Told after each fold.
 * @returns [E·V]
 */
export function forecastInflation(
  training: MemberTraining,
  fold: Int32Array,
  openWithout: (k: number) => MemberModel,
  onFold: (done: number) => void,
): number[] {
  const { table, features, featureValues, weights } = training;
  const Q = features.length;
  const cells = table.endpoints.length * table.visits.length;
  const square = new Float64Array(cells).fill(PRIOR_FORECASTS);
  const weight = new Float64Array(cells).fill(PRIOR_FORECASTS);
  const nothing = new Float64Array(cells).fill(Number.NaN);
  const folds = fold.reduce((largest, k) => Math.max(largest, k), 0) + 1;
  for (let k = 0; k < folds; k++) {
    const model = openWithout(k);
    for (let i = 0; i < table.count; i++) {
      if (fold[i] !== k) continue;
      const { mean, covariance } = model.predict({
        features: featureValues.subarray(i * Q, (i + 1) * Q),
        observed: nothing,
        days: nothing,
      });
      for (let j = 0; j < cells; j++) {
        const value = table.outcomes[i * cells + j]!;
        if (Number.isNaN(value)) continue;
        square[j]! += (weights[i]! * (value - mean[j]!) ** 2) / covariance[j * cells + j]!;
        weight[j]! += weights[i]!;
      }
    }
    onFold((k + 1) / folds);
  }
  return Array.from(square, (sum, j) => Math.sqrt(Math.max(BOUNDS.lower, Math.min(BOUNDS.upper, sum / weight[j]!))));
}
