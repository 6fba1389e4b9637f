import { createRng } from "../numerics/philox.ts";
import type { BaselineLaw } from "./baseline-draws.ts";
import type { MemberModel, PatientHistory } from "./member.ts";

/** What each observed feature adds to a prediction; centre plus all contributions is the prediction. */
export interface FeatureAttribution {
  /** Expected prediction over baselines of the history, for the patient's pattern of missing features. */
  readonly centre: number;
  /** [Q]; 0 for a missing feature. */
  readonly contributions: Float64Array;
  /** [Q] Monte Carlo standard error of each contribution; 0 where exact. */
  readonly standardErrors: Float64Array;
}

/** Mirrored pairs of a drawn baseline and an order of features. */
const PAIRS = 8;
/** After so many pairs a prediction that has shown no departure from its line is taken for linear. */
const PAIRS_FOR_LINEAR = 2;
/** Departures from the line below this share of its slopes are rounding. */
const ROUNDING = 1e-9;
const SEED = 20_260_101;

/**
 * Interventional Shapley contributions of the observed features to the mean of one outcome: the expected change when a
 * feature of a patient drawn from the history takes this patient's value, averaged over orders. METHODS.md, equation (ST5).
 *
 * The line through mean ± SD of every feature contributes β_q (x_q − μ_q) exactly; what is left of the prediction is sampled
 * with drawn baselines and orders, each with its mirror image. A linear mean is therefore exact, with standard errors 0. Centre and
 * contributions sum to the prediction whatever was drawn.
 *
 * @param model - Any member or stack.
 * @param history - Patient; a missing feature stays missing throughout and contributes nothing.
 * @param law - Baselines of the history.
 * @param outcome - Position e·V + v.
 * @param pairs - Mirrored pairs of draws; the standard error falls with their root.
 *
 * Source: Štrumbelj & Kononenko (2014), Knowl. Inf. Syst. 41:647–665; mirrored orders: Mitchell et al. (2022), JMLR 23:43.
 */
export function meanAttribution(
  model: MemberModel,
  history: PatientHistory,
  law: BaselineLaw,
  outcome: number,
  pairs: number = PAIRS,
): FeatureAttribution {
  const Q = model.featureCount;
  const own = history.features;
  const movable: number[] = [];
  for (let q = 0; q < Q; q++) if (!Number.isNaN(own[q]!)) movable.push(q);
  const withMissing = (features: Float64Array) =>
    features.map((value, q) => (Number.isNaN(own[q]!) ? Number.NaN : value));
  const meanAt = (features: Float64Array) => {
    const moved = { ...history, features };
    return model.predictCell?.(moved, outcome) ?? model.predictMean(moved)[outcome]!;
  };
  const slopes = slopesAround(meanAt, withMissing(law.mean), law.standardDeviation, movable);
  const scale = movable.reduce((sum, q) => sum + Math.abs(slopes[q]!) * law.standardDeviation[q]!, 0);
  const rest = (features: Float64Array) =>
    movable.reduce((left, q) => left - slopes[q]! * (features[q]! - law.mean[q]!), meanAt(features));
  const sum = new Float64Array(Q);
  const square = new Float64Array(Q);
  let largest = 0;
  let drawn = 0;
  const rng = createRng(SEED);
  const baselines = [new Float64Array(Q), new Float64Array(Q)] as const;
  while (drawn < pairs && !(drawn >= PAIRS_FOR_LINEAR && largest <= ROUNDING * scale)) {
    law.drawPair(rng, ...baselines);
    const order = shuffled(movable, (bound) => rng.integer(bound));
    const both = new Float64Array(Q);
    baselines.forEach((baseline, mirror) => {
      const features = withMissing(baseline);
      let before = rest(features);
      for (const q of mirror === 0 ? order : [...order].reverse()) {
        features[q] = own[q]!;
        const after = rest(features);
        both[q]! += (after - before) / 2;
        largest = Math.max(largest, Math.abs(after - before));
        before = after;
      }
    });
    for (const q of movable) {
      sum[q]! += both[q]!;
      square[q]! += both[q]! ** 2;
    }
    drawn++;
  }
  const isLinear = largest <= ROUNDING * scale;
  const contributions = new Float64Array(Q);
  const standardErrors = new Float64Array(Q);
  for (const q of movable) {
    const mean = isLinear ? 0 : sum[q]! / drawn;
    contributions[q] = slopes[q]! * (own[q]! - law.mean[q]!) + mean;
    if (isLinear) continue;
    standardErrors[q] = Math.sqrt(Math.max(0, square[q]! / drawn - mean * mean) / Math.max(1, drawn - 1));
  }
  const total = contributions.reduce((all, contribution) => all + contribution, 0);
  return { centre: meanAt(own) - total, contributions, standardErrors };
}

/** [Q] central differences over ± 1 SD; 0 for features that are missing. */
function slopesAround(
  meanAt: (features: Float64Array) => number,
  centre: Float64Array,
  step: Float64Array,
  movable: readonly number[],
): Float64Array {
  const slopes = new Float64Array(centre.length);
  for (const q of movable) {
    const high = centre.slice();
    const low = centre.slice();
    high[q]! += step[q]!;
    low[q]! -= step[q]!;
    slopes[q] = (meanAt(high) - meanAt(low)) / (high[q]! - low[q]!);
  }
  return slopes;
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
