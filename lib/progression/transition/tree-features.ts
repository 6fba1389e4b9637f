import { SUMMARY, slopeOf } from "./history-summary.ts";
import type { TransitionPairs } from "./transition-pairs.ts";

/** Features of a step that the history of the endpoint gives: last value, mean, slope, maximum, minimum, latest change. */
const FROM_HISTORY = 6;
/** Then gap to the next visit, its time since baseline, number of values so far. */
const FROM_SCHEDULE = 3;

/** Number of features of a step: own history, schedule, last value of each endpoint, baseline features. */
export function treeFeatureCount(endpoints: number, features: number): number {
  return FROM_HISTORY + FROM_SCHEDULE + endpoints + features;
}

/** What a step is asked with. */
export interface TreeStep {
  readonly gapYears: number;
  readonly timeYears: number;
}

/**
 * Writes the history features of one step at column m. METHODS.md, equation (TM9).
 *
 * @param state - Summary of the endpoint's history from `offset` on.
 * @param into - [features × stride]
 */
export function writeHistoryFeatures(
  state: Float64Array,
  offset: number,
  { gapYears, timeYears }: TreeStep,
  into: Float64Array,
  stride: number,
  m: number,
): void {
  const count = state[offset + SUMMARY.count]!;
  const last = state[offset + SUMMARY.last]!;
  into[m] = last;
  into[stride + m] = state[offset + SUMMARY.sum]! / count;
  into[2 * stride + m] = slopeOf(state, offset);
  into[3 * stride + m] = state[offset + SUMMARY.maximum]!;
  into[4 * stride + m] = state[offset + SUMMARY.minimum]!;
  into[5 * stride + m] = last - state[offset + SUMMARY.previous]!;
  into[6 * stride + m] = gapYears;
  into[7 * stride + m] = timeYears;
  into[8 * stride + m] = count;
}

/** Last values of the other endpoints at column m; the endpoint's own is there already and left missing. */
export function writeLastValues(
  lastValue: (endpoint: number) => number,
  endpoint: number,
  endpoints: number,
  into: Float64Array,
  stride: number,
  m: number,
): void {
  for (let f = 0; f < endpoints; f++) {
    into[(FROM_HISTORY + FROM_SCHEDULE + f) * stride + m] = f === endpoint ? Number.NaN : lastValue(f);
  }
}

/** Marks the features that are the same for all histories of one patient at a step. */
export function sharedTreeFeatures(endpoints: number, features: number, historyShared: boolean): Uint8Array {
  const shared = new Uint8Array(treeFeatureCount(endpoints, features)).fill(1);
  if (historyShared) return shared;
  shared.fill(0, 0, FROM_HISTORY);
  shared.fill(0, FROM_HISTORY + FROM_SCHEDULE, FROM_HISTORY + FROM_SCHEDULE + endpoints);
  return shared;
}

/** First row of the baseline features. */
export function baselineFeatureRow(endpoints: number): number {
  return FROM_HISTORY + FROM_SCHEDULE + endpoints;
}

/** [features × pairs] features of all pairs of an endpoint. */
export function pairFeatures(pairs: TransitionPairs, endpoints: number, featureValues: Float64Array, Q: number) {
  const values = new Float64Array(treeFeatureCount(endpoints, Q) * pairs.count);
  for (let r = 0; r < pairs.count; r++) {
    const step = { gapYears: pairs.gap[r]!, timeYears: pairs.time[r]! };
    writeHistoryFeatures(pairs.summaries, r * SUMMARY.size, step, values, pairs.count, r);
    writeLastValues((f) => pairs.lastValues[r * endpoints + f]!, pairs.endpoint, endpoints, values, pairs.count, r);
    const first = baselineFeatureRow(endpoints);
    for (let q = 0; q < Q; q++) values[(first + q) * pairs.count + r] = featureValues[pairs.patient[r]! * Q + q]!;
  }
  return values;
}
