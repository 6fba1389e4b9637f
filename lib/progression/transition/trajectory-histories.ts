import { firstLastValueRow, TREE_HISTORY, type TreeStep } from "./tree-features.ts";

/**
 * Histories of one endpoint in many trajectories of one patient, one array a quantity. All have a value at every visit so far, so
 * numbers and times of values are the same for all.
 */
export interface TrajectoryHistories {
  readonly last: Float64Array;
  /** Adds the values of a visit: those at `from`, `from` + `stride`, … */
  add(values: Float64Array, from: number, stride: number, timeYears: number): void;
  /** Mean, slope, largest and smallest value and latest change, where trees ask for them. [5][trajectories] by feature. */
  summaries(): readonly (readonly [feature: number, values: Float64Array])[];
}

/**
 * Empty histories.
 *
 * @param asked - [features] quantities that no tree asks for are not kept up.
 */
export function trajectoryHistories(trajectories: number, asked: Uint8Array): TrajectoryHistories {
  const wants = (feature: number) => asked[feature] === 1;
  const [wantsMean, wantsSlope, wantsChange] = [TREE_HISTORY.mean, TREE_HISTORY.slope, TREE_HISTORY.change].map(wants);
  const [wantsMaximum, wantsMinimum] = [TREE_HISTORY.maximum, TREE_HISTORY.minimum].map(wants);
  const wantsSums = wantsMean || wantsSlope;
  const arrayIf = (wanted: boolean | undefined) => new Float64Array(wanted ? trajectories : 0);
  const last = new Float64Array(trajectories).fill(Number.NaN);
  const change = arrayIf(wantsChange);
  const sum = arrayIf(wantsSums);
  const sumTimeValue = arrayIf(wantsSums);
  const mean = arrayIf(wantsMean);
  const slope = arrayIf(wantsSlope);
  const maximum = arrayIf(wantsMaximum).fill(Number.NEGATIVE_INFINITY);
  const minimum = arrayIf(wantsMinimum).fill(Number.POSITIVE_INFINITY);
  let [count, sumTime, sumTimeSquared] = [0, 0, 0];
  return {
    last,
    add(values, from, stride, timeYears) {
      count++;
      sumTime += timeYears;
      sumTimeSquared += timeYears * timeYears;
      for (let m = 0; m < trajectories; m++) {
        const value = values[from + m * stride]!;
        if (wantsChange) change[m] = value - last[m]!;
        last[m] = value;
        if (wantsSums) {
          sum[m]! += value;
          sumTimeValue[m]! += timeYears * value;
        }
        if (wantsMaximum) maximum[m] = Math.max(maximum[m]!, value);
        if (wantsMinimum) minimum[m] = Math.min(minimum[m]!, value);
      }
    },
    summaries() {
      if (wantsMean) for (let m = 0; m < trajectories; m++) mean[m] = sum[m]! / count;
      if (wantsSlope) {
        const meanTime = sumTime / count;
        const spread = sumTimeSquared - count * meanTime * meanTime;
        if (count < 2 || !(spread > 1e-9)) slope.fill(Number.NaN);
        else for (let m = 0; m < trajectories; m++) slope[m] = (sumTimeValue[m]! - meanTime * sum[m]!) / spread;
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
