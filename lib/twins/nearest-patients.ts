import type { GaussianJointModel } from "../progression/gaussian-joint/gaussian-joint-model.ts";
import type { AlignedPatients } from "./align-to-model.ts";

/** Historical patients shown beside a twin. */
const NEAREST = 5;

export interface NearestPatient {
  readonly patientId: string;
  readonly study: string;
  /** Mahalanobis distance of the baselines, dimensionless. */
  readonly distance: number;
}

/**
 * Finds the historical patients whose baselines are most like a given one.
 *
 * Distance = √[(x_i − x_j)ᵀ Σ_xx⁻¹ (x_i − x_j)] with missing features at their expectation given the observed ones, so
 * that a missing feature neither attracts nor repels. METHODS.md, equation (T3).
 *
 * @param model - Opened frozen model.
 * @param history - Historical patients aligned to the model.
 * @returns Function from a patient's features [Q] to the five nearest others, nearest first; ties in the order of the
 *   history. The patient itself, known by study and id, is never its own neighbour.
 */
export function nearestPatients(
  model: GaussianJointModel,
  history: AlignedPatients,
): (features: Float64Array, study: string, patientId: string) => NearestPatient[] {
  const Q = model.featureCount;
  const n = history.table.count;
  const white = new Float64Array(n * Q);
  for (let i = 0; i < n; i++) white.set(model.whiten(history.features.subarray(i * Q, (i + 1) * Q)), i * Q);
  const squares = new Float64Array(n);
  return (features, study, patientId) => {
    const own = model.whiten(features);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let q = 0; q < Q; q++) {
        const difference = white[i * Q + q]! - own[q]!;
        sum += difference * difference;
      }
      const itself = history.table.ids[i] === patientId && history.table.studies[i] === study;
      squares[i] = itself ? Number.POSITIVE_INFINITY : sum;
    }
    return smallest(squares, Math.min(NEAREST, n))
      .filter((i) => squares[i]! < Number.POSITIVE_INFINITY)
      .map((i) => ({
        patientId: history.table.ids[i]!,
        study: history.table.studies[i]!,
        distance: Math.sqrt(squares[i]!),
      }));
  };
}

/** Positions of the k smallest values, ascending. */
function smallest(values: Float64Array, k: number): number[] {
  const chosen: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (chosen.length === k && values[i]! >= values[chosen[k - 1]!]!) continue;
    let place = chosen.length;
    while (place > 0 && values[chosen[place - 1]!]! > values[i]!) place--;
    chosen.splice(place, 0, i);
    if (chosen.length > k) chosen.pop();
  }
  return chosen;
}
