import { firstLastValueRow, TREE_HISTORY, type TreeStep } from "./tree-features.ts";

/**
 * Histories of one endpoint in many trajectories of one patient, one array a quantity. All have a value at every visit so far, so
 * numbers and times of values are the same for all. Arrays are used again for the next patient; they may be longer than needed.
 */
export interface TrajectoryHistories {
  /** Values of the latest visit. */
  readonly last: Float64Array;
  /** Forgets everything. */
  begin(trajectories: number): void;
  /** Adds the values of a visit, which are kept and must not change. */
  add(values: Float64Array, timeYears: number): void;
  /** Mean, slope, largest and smallest value and latest change, where trees ask for them. [5][trajectories] by feature. */
  summaries(): readonly (readonly [feature: number, values: Float64Array])[];
}

const NONE: Float64Array = new Float64Array(0);

/**
 * Empty histories.
 *
 * @param asked - [features] quantities that no tree asks for are not kept up.
 */
export function trajectoryHistories(asked: Uint8Array): TrajectoryHistories {
  const wants = (feature: number) => asked[feature] === 1;
  const [wantsMean, wantsSlope, wantsChange] = [TREE_HISTORY.mean, TREE_HISTORY.slope, TREE_HISTORY.change].map(wants);
  const [wantsMaximum, wantsMinimum] = [TREE_HISTORY.maximum, TREE_HISTORY.minimum].map(wants);
  const wantsSums = wantsMean || wantsSlope;
  let [last, change, mean, slope, maximum, minimum] = [NONE, NONE, NONE, NONE, NONE, NONE];
  let [sum, sumTimeValue] = [NONE, NONE];
  let [trajectories, size] = [0, 0];
  let [count, sumTime, sumTimeSquared] = [0, 0, 0];
  const arrayIf = (wanted: boolean | undefined) => (wanted ? new Float64Array(size) : NONE);
  return {
    get last() {
      return last;
    },
    begin(wanted) {
      trajectories = wanted;
      [count, sumTime, sumTimeSquared] = [0, 0, 0];
      last = NONE;
      if (wanted <= size) return;
      size = wanted;
      [change, mean, slope] = [arrayIf(wantsChange), arrayIf(wantsMean), arrayIf(wantsSlope)];
      [maximum, minimum] = [arrayIf(wantsMaximum), arrayIf(wantsMinimum)];
      [sum, sumTimeValue] = [arrayIf(wantsSums), arrayIf(wantsSlope)];
    },
    add(values, timeYears) {
      count++;
      sumTime += timeYears;
      sumTimeSquared += timeYears * timeYears;
      if (count === 1) {
        if (wantsChange) change.fill(Number.NaN);
        if (wantsSums) sum.set(values);
        if (wantsSlope) sumTimeValue.fill(0);
        if (wantsMaximum) maximum.set(values);
        if (wantsMinimum) minimum.set(values);
      } else {
        if (wantsChange) writeDifference(values, last, trajectories, change);
        if (wantsSums) addTimes(1, values, trajectories, sum);
        if (wantsMaximum) raise(values, trajectories, maximum);
        if (wantsMinimum) lower(values, trajectories, minimum);
      }
      if (wantsSlope) addTimes(timeYears, values, trajectories, sumTimeValue);
      last = values;
    },
    summaries() {
      if (wantsMean) writeMean(sum, count, trajectories, mean);
      if (wantsSlope) {
        const meanTime = sumTime / count;
        const spread = sumTimeSquared - count * meanTime * meanTime;
        if (count < 2 || !(spread > 1e-9)) slope.fill(Number.NaN);
        else writeSlope(sumTimeValue, sum, meanTime, spread, trajectories, slope);
      }
      return [
        [TREE_HISTORY.mean, mean],
        [TREE_HISTORY.slope, slope],
        [TREE_HISTORY.maximum, maximum],
        [TREE_HISTORY.minimum, minimum],
        [TREE_HISTORY.change, change],
      ];
    },
  };
}

// Loops of their own: arrays that a closure may replace would be looked up for every trajectory.

function writeDifference(a: Float64Array, b: Float64Array, count: number, into: Float64Array): void {
  for (let m = 0; m < count; m++) into[m] = a[m]! - b[m]!;
}

function addTimes(factor: number, values: Float64Array, count: number, into: Float64Array): void {
  for (let m = 0; m < count; m++) into[m]! += factor * values[m]!;
}

function raise(values: Float64Array, count: number, into: Float64Array): void {
  for (let m = 0; m < count; m++) into[m] = Math.max(into[m]!, values[m]!);
}

function lower(values: Float64Array, count: number, into: Float64Array): void {
  for (let m = 0; m < count; m++) into[m] = Math.min(into[m]!, values[m]!);
}

function writeMean(sum: Float64Array, divisor: number, count: number, into: Float64Array): void {
  for (let m = 0; m < count; m++) into[m] = sum[m]! / divisor;
}

function writeSlope(
  sumTimeValue: Float64Array,
  sum: Float64Array,
  meanTime: number,
  spread: number,
  count: number,
  into: Float64Array,
): void {
  for (let m = 0; m < count; m++) into[m] = (sumTimeValue[m]! - meanTime * sum[m]!) / spread;
}

/** The endpoint's own last value has a row of its own; among the others' it is missing. */
const NOT_ASKED = Float64Array.of(Number.NaN);

/**
 * Puts the features of a step into the columns that trees read: the same numbers as `writeHistoryFeatures` and `writeLastValues`
 * give for single histories. METHODS.md, equation (TM9).
 *
 * @param histories - [E], of `visits` values each.
 * @param endpoint - The one whose change is predicted.
 * @param into - [features][trajectories]; baseline features are left as they are.
 */
export function writeTrajectoryFeatures(
  histories: readonly TrajectoryHistories[],
  endpoint: number,
  visits: number,
  { gapYears, timeYears }: TreeStep,
  into: Float64Array[],
): void {
  const own = histories[endpoint]!;
  into[TREE_HISTORY.last] = own.last;
  for (const [feature, values] of own.summaries()) into[feature] = values;
  // The same for all trajectories: the first stands for all.
  into[TREE_HISTORY.gap] = Float64Array.of(gapYears);
  into[TREE_HISTORY.time] = Float64Array.of(timeYears);
  into[TREE_HISTORY.count] = Float64Array.of(visits);
  histories.forEach((other, f) => {
    into[firstLastValueRow + f] = f === endpoint ? NOT_ASKED : other.last;
  });
}
