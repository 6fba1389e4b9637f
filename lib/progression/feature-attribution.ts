import { createRng } from "../numerics/philox.ts";
import type { MemberModel, PatientHistory } from "./member.ts";

/** What each observed feature adds to a prediction; centre plus all contributions is the prediction. */
export interface FeatureAttribution {
  /** Prediction at the reference baseline. */
  readonly centre: number;
  /** [Q]; 0 for a missing feature. */
  readonly contributions: Float64Array;
  /** [Q] Monte Carlo standard error of each contribution; 0 where exact. */
  readonly standardErrors: Float64Array;
}

/** Pairs of an order and its reverse: exact for additive means and for interactions of two features. */
const ORDER_PAIRS = 8;
const SEED = 20_260_101;

/**
 * Shapley contributions of the observed features to the mean of one outcome, from a reference baseline: every feature moves
 * from its reference to the patient's value, in random orders and their reverses, averaged. Linear means give exactly
 * β_q (x_q − reference_q). METHODS.md, equation (ST5).
 *
 * @param model - Any member or stack; its means are exact.
 * @param history - Patient; a missing feature stays missing throughout and contributes nothing.
 * @param reference - [Q].
 * @param outcome - Position e·V + v.
 *
 * Source: Štrumbelj & Kononenko (2014), Knowl. Inf. Syst. 41:647–665; antithetic orders: Mitchell et al. (2022), JMLR 23:43.
 */
export function meanAttribution(
  model: MemberModel,
  history: PatientHistory,
  reference: Float64Array,
  outcome: number,
): FeatureAttribution {
  const Q = model.featureCount;
  const movable: number[] = [];
  for (let q = 0; q < Q; q++) if (!Number.isNaN(history.features[q]!)) movable.push(q);
  const start = history.features.map((value, q) => (Number.isNaN(value) ? Number.NaN : reference[q]!));
  const meanAt = (features: Float64Array) => model.predictMean({ ...history, features })[outcome]!;
  const centre = meanAt(start);
  const sum = new Float64Array(Q);
  const square = new Float64Array(Q);
  const rng = createRng(SEED);
  for (let pair = 0; pair < ORDER_PAIRS; pair++) {
    const order = shuffled(movable, (bound) => rng.integer(bound));
    const both = new Float64Array(Q);
    for (const walk of [order, [...order].reverse()]) {
      const features = start.slice();
      let before = centre;
      for (const q of walk) {
        features[q] = history.features[q]!;
        const after = meanAt(features);
        both[q]! += (after - before) / 2;
        before = after;
      }
    }
    for (const q of movable) {
      sum[q]! += both[q]!;
      square[q]! += both[q]! ** 2;
    }
  }
  const contributions = sum.map((total) => total / ORDER_PAIRS);
  const standardErrors = square.map((total, q) =>
    Math.sqrt(Math.max(0, total / ORDER_PAIRS - contributions[q]! ** 2) / (ORDER_PAIRS - 1)),
  );
  return { centre, contributions, standardErrors };
}

function shuffled(items: readonly number[], integer: (bound: number) => number): number[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = integer(i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}
