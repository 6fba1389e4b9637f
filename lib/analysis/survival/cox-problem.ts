import { invalidInput } from "../../errors/domain-error.ts";
import { assertSurvivalTimes, orderByTime, type SurvivalTimes, withTiesMended } from "./survival-times.ts";

/** How the partial likelihood treats events at the same time. */
export const TIE_METHODS = ["efron", "breslow", "exact"] as const;
export type TieMethod = (typeof TIE_METHODS)[number];

/** Data of a proportional hazards model, sorted by stratum and time, columns centred. */
export interface CoxProblem {
  readonly n: number;
  readonly p: number;
  /** Position in the sorted data → index of the patient in the data given. */
  readonly order: Int32Array;
  readonly time: Float64Array;
  readonly event: Uint8Array;
  /** Case weights; 1 unless given. */
  readonly weight: Float64Array;
  /** First position of each stratum, then n; shape [strata + 1]. */
  readonly stratumStart: Int32Array;
  /** Centred covariates, row-major [n · p] in sorted order. */
  readonly x: Float64Array;
  /** Means taken off, shape [p]. */
  readonly means: Float64Array;
}

/**
 * Sorts and centres the data of a proportional hazards model.
 *
 * @param times - Right-censored times, shape [n].
 * @param columns - Covariates, p columns of n values.
 * @param options - Strata codes and positive case weights, shape [n].
 */
export function coxProblem(
  times: SurvivalTimes,
  columns: readonly Float64Array[],
  options: { readonly strata?: ArrayLike<number>; readonly weights?: Float64Array } = {},
): CoxProblem {
  assertSurvivalTimes(times);
  const n = times.time.length;
  const p = columns.length;
  const mended = { time: withTiesMended(times.time), event: times.event };
  const order = orderByTime(mended, options.strata);
  const weight = Float64Array.from(order, (i) => options.weights?.[i] ?? 1);
  for (const value of weight)
    if (!(value > 0 && value < Infinity)) throw invalidInput("weights", value, "must be positive");
  let total = 0;
  for (const value of weight) total += value;
  const x = new Float64Array(n * p);
  const means = new Float64Array(p);
  columns.forEach((column, j) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += weight[k]! * column[order[k]!]!;
    means[j] = sum / total;
    if (!Number.isFinite(means[j]!)) throw invalidInput(`columns.${j}`, means[j]!, "must hold finite numbers only");
    for (let k = 0; k < n; k++) x[k * p + j] = column[order[k]!]! - means[j]!;
  });
  const starts: number[] = [];
  for (let k = 0; k < n; k++) {
    const stratum = options.strata?.[order[k]!];
    if (k === 0 || stratum !== options.strata?.[order[k - 1]!]) starts.push(k);
  }
  return {
    n,
    p,
    order,
    time: Float64Array.from(order, (i) => mended.time[i]!),
    event: Uint8Array.from(order, (i) => mended.event[i]!),
    weight,
    stratumStart: Int32Array.from([...starts, n]),
    x,
    means,
  };
}

/** η = Σ x β of every patient in sorted order, into `eta`. */
export function linearPredictorInto({ n, p, x }: CoxProblem, beta: ArrayLike<number>, eta: Float64Array): void {
  for (let k = 0; k < n; k++) {
    let sum = 0;
    for (let j = 0; j < p; j++) sum += x[k * p + j]! * beta[j]!;
    eta[k] = sum;
  }
}
