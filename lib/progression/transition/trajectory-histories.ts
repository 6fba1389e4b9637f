import { firstLastValueRow, TREE_HISTORY, type TreeStep } from "./tree-features.ts";

/**
 * Histories of one endpoint in many trajectories of one patient, one array a quantity. All have a value at every visit so far, so
 * numbers and times of values are the same for all.
 */
export interface TrajectoryHistories {
  readonly last: Float64Array;
  readonly previous: Float64Array;
  readonly sum: Float64Array;
  readonly sumTimeValue: Float64Array;
  readonly maximum: Float64Array;
  readonly minimum: Float64Array;
  readonly schedule: { count: number; sumTime: number; sumTimeSquared: number };
  /** Adds the values of a visit: those at `from`, `from` + `stride`, … */
  add(values: Float64Array, from: number, stride: number, timeYears: number): void;
}

/** Empty histories. */
export function trajectoryHistories(trajectories: number): TrajectoryHistories {
  const last = new Float64Array(trajectories).fill(Number.NaN);
  const previous = new Float64Array(trajectories).fill(Number.NaN);
  const sum = new Float64Array(trajectories);
  const sumTimeValue = new Float64Array(trajectories);
  const maximum = new Float64Array(trajectories).fill(Number.NEGATIVE_INFINITY);
  const minimum = new Float64Array(trajectories).fill(Number.POSITIVE_INFINITY);
  const schedule = { count: 0, sumTime: 0, sumTimeSquared: 0 };
  return {
    last,
    previous,
    sum,
    sumTimeValue,
    maximum,
    minimum,
    schedule,
    add(values, from, stride, timeYears) {
      schedule.count++;
      schedule.sumTime += timeYears;
      schedule.sumTimeSquared += timeYears * timeYears;
      previous.set(last);
      for (let m = 0; m < trajectories; m++) {
        const value = values[from + m * stride]!;
        last[m] = value;
        sum[m]! += value;
        sumTimeValue[m]! += timeYears * value;
        if (value > maximum[m]!) maximum[m] = value;
        if (value < minimum[m]!) minimum[m] = value;
      }
    },
  };
}

/**
 * Writes the features of a step that trees ask for, for all trajectories: the same numbers as `writeHistoryFeatures` and
 * `writeLastValues` give for single histories. METHODS.md, equation (TM9).
 *
 * @param histories - [E]
 * @param endpoint - The one whose change is predicted.
 * @param asked - [features] 1 where some tree asks.
 * @param into - [features × trajectories]
 */
export function writeTrajectoryFeatures(
  histories: readonly TrajectoryHistories[],
  endpoint: number,
  { gapYears, timeYears }: TreeStep,
  asked: Uint8Array,
  into: Float64Array,
  trajectories: number,
): void {
  const { last, previous, sum, sumTimeValue, maximum, minimum, schedule } = histories[endpoint]!;
  const { count, sumTime, sumTimeSquared } = schedule;
  const column = (feature: number) => into.subarray(feature * trajectories, (feature + 1) * trajectories);
  const wanted = (feature: number) => asked[feature] === 1;
  if (wanted(TREE_HISTORY.last)) column(TREE_HISTORY.last).set(last);
  if (wanted(TREE_HISTORY.mean)) {
    const own = column(TREE_HISTORY.mean);
    for (let m = 0; m < trajectories; m++) own[m] = sum[m]! / count;
  }
  if (wanted(TREE_HISTORY.slope)) {
    const own = column(TREE_HISTORY.slope);
    const meanTime = sumTime / count;
    const spread = sumTimeSquared - count * meanTime * meanTime;
    if (count < 2 || !(spread > 1e-9)) own.fill(Number.NaN);
    else for (let m = 0; m < trajectories; m++) own[m] = (sumTimeValue[m]! - meanTime * sum[m]!) / spread;
  }
  if (wanted(TREE_HISTORY.maximum)) column(TREE_HISTORY.maximum).set(maximum);
  if (wanted(TREE_HISTORY.minimum)) column(TREE_HISTORY.minimum).set(minimum);
  if (wanted(TREE_HISTORY.change)) {
    const own = column(TREE_HISTORY.change);
    for (let m = 0; m < trajectories; m++) own[m] = last[m]! - previous[m]!;
  }
  column(TREE_HISTORY.gap).fill(gapYears);
  column(TREE_HISTORY.time).fill(timeYears);
  column(TREE_HISTORY.count).fill(count);
  histories.forEach((other, f) => {
    const row = firstLastValueRow + f;
    if (!wanted(row)) return;
    if (f === endpoint) column(row).fill(Number.NaN);
    else column(row).set(other.last);
  });
}
