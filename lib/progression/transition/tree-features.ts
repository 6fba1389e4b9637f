import { SUMMARY, slopeOf } from "./history-summary.ts";
import type { TransitionPairs } from "./transition-pairs.ts";

/** Rows of a step's features that the endpoint's own history gives, then those of the schedule. */
export const TREE_HISTORY = {
  last: 0,
  mean: 1,
  slope: 2,
  maximum: 3,
  minimum: 4,
  /** Last value minus the one before. */
  change: 5,
  /** Years to the next visit, its time since baseline, and number of values so far. */
  gap: 6,
  time: 7,
  count: 8,
} as const;
const FROM_HISTORY = 6;
const FROM_SCHEDULE = 3;
/** First row of the last values of all endpoints. */
export const firstLastValueRow = FROM_HISTORY + FROM_SCHEDULE;

/** Number of features of a step: own history, schedule, last value of each endpoint, baseline features. */
export function treeFeatureCount(endpoints: number, features: number): number {
  return firstLastValueRow + endpoints + features;
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
  into[TREE_HISTORY.last * stride + m] = last;
  into[TREE_HISTORY.mean * stride + m] = state[offset + SUMMARY.sum]! / count;
  into[TREE_HISTORY.slope * stride + m] = slopeOf(state, offset);
  into[TREE_HISTORY.maximum * stride + m] = state[offset + SUMMARY.maximum]!;
  into[TREE_HISTORY.minimum * stride + m] = state[offset + SUMMARY.minimum]!;
  into[TREE_HISTORY.change * stride + m] = last - state[offset + SUMMARY.previous]!;
  into[TREE_HISTORY.gap * stride + m] = gapYears;
  into[TREE_HISTORY.time * stride + m] = timeYears;
  into[TREE_HISTORY.count * stride + m] = count;
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
    into[(firstLastValueRow + f) * stride + m] = f === endpoint ? Number.NaN : lastValue(f);
  }
}

/** Marks the features that are the same for all histories of one patient at a step. */
export function sharedTreeFeatures(
  endpoint: number,
  endpoints: number,
  features: number,
  historyShared: boolean,
): Uint8Array {
  const shared = new Uint8Array(treeFeatureCount(endpoints, features)).fill(1);
  if (historyShared) return shared;
  shared.fill(0, 0, FROM_HISTORY);
  for (let f = 0; f < endpoints; f++) if (f !== endpoint) shared[firstLastValueRow + f] = 0;
  return shared;
}

/** First row of the baseline features. */
export function baselineFeatureRow(endpoints: number): number {
  return firstLastValueRow + endpoints;
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
