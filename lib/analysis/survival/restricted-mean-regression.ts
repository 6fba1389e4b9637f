import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskyInverse } from "../../numerics/cholesky.ts";
import type { CoxColumn } from "./fit-cox.ts";
import { assertSurvivalTimes, type SurvivalTimes, withTiesMended } from "./survival-times.ts";

export interface RestrictedMeanRegression {
  readonly names: readonly string[];
  /** Intercept, arm, covariates. */
  readonly coefficients: Float64Array;
  /** Sandwich covariance, row-major. */
  readonly covariance: Float64Array;
  readonly horizon: number;
}

/**
 * Difference of restricted mean survival times adjusted for covariates: regression of min(T, τ) with inverse probability of
 * censoring weights, censoring estimated within each arm.
 *
 * @param arm - 0 control, 1 experimental, shape [n].
 * @param columns - Covariates, linearly independent of each other and of the arm.
 * @param horizon - τ, at which follow-up must still be possible in both arms.
 * @throws DomainError NOT_ESTIMABLE beyond the follow-up of an arm or for dependent covariates.
 *
 * METHODS.md eq. (V23). Source: Tian, Zhao & Wei (2014), Biostatistics 15, 222–233, with the variance of R's survRM2
 * (`rmst2` with covariates).
 */
export function restrictedMeanRegression(
  times: SurvivalTimes,
  arm: ArrayLike<number>,
  columns: readonly CoxColumn[],
  horizon: number,
): RestrictedMeanRegression {
  assertSurvivalTimes(times);
  if (!(horizon > 0 && horizon < Infinity)) throw invalidInput("horizon", horizon, "must be a positive time");
  const mended = withTiesMended(times.time);
  const n = mended.length;
  const time = mended.map((value) => Math.min(value, horizon));
  const complete = times.event.map((seen, i) => (time[i] === horizon ? 1 : seen));
  const names = ["(intercept)", "arm", ...columns.map(({ name }) => name)];
  const p = names.length;
  const x = (i: number, j: number) => (j === 0 ? 1 : j === 1 ? arm[i]! : columns[j - 2]!.values[i]!);
  const weight = new Float64Array(n);
  const groups = [0, 1].map((code) => {
    const rows = Array.from({ length: n }, (_, i) => i)
      .filter((i) => arm[i] === code)
      .sort((i, j) => time[i]! - time[j]!);
    fillWeights(rows, time, complete, weight, horizon);
    return rows;
  });
  const normal = new Float64Array(p * p);
  const unweighted = new Float64Array(p * p);
  const right = new Float64Array(p);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < p; a++) {
      right[a]! += weight[i]! * x(i, a) * time[i]!;
      for (let b = 0; b < p; b++) {
        normal[a * p + b]! += weight[i]! * x(i, a) * x(i, b);
        unweighted[a * p + b]! += x(i, a) * x(i, b);
      }
    }
  }
  const inverse = inverseOf(normal, p, names);
  const coefficients = new Float64Array(p);
  for (let a = 0; a < p; a++) for (let b = 0; b < p; b++) coefficients[a]! += inverse[a * p + b]! * right[b]!;
  const meat = new Float64Array(p * p);
  for (const rows of groups) addMeat(rows, time, complete, weight, coefficients, x, p, meat);
  const bread = inverseOf(unweighted, p, names);
  return { names, coefficients, covariance: sandwich(bread, meat, p), horizon };
}

/** Weights complete / Ĝ(time) of one arm; rows sorted by time. */
function fillWeights(
  rows: readonly number[],
  time: Float64Array,
  complete: Uint8Array,
  weight: Float64Array,
  horizon: number,
): void {
  let uncensored = 1;
  for (let at = 0; at < rows.length; ) {
    let next = at;
    let censored = 0;
    for (; next < rows.length && time[rows[next]!] === time[rows[at]!]; next++) censored += 1 - complete[rows[next]!]!;
    uncensored *= 1 - censored / (rows.length - at);
    for (let k = at; k < next; k++) weight[rows[k]!] = complete[rows[k]!] === 1 ? 1 / uncensored : 0;
    at = next;
  }
  const last = rows.at(-1);
  if (last === undefined || complete[last] === 0)
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "horizon",
      received: horizon,
      requirement: `must not lie beyond ${last === undefined ? "the data" : time[last]}, the end of follow-up of an arm`,
      hint: "Choose an earlier horizon.",
    });
}

/** Adds Σ κ κᵀ of one arm; rows sorted by time. */
function addMeat(
  rows: readonly number[],
  time: Float64Array,
  complete: Uint8Array,
  weight: Float64Array,
  coefficients: Float64Array,
  x: (i: number, j: number) => number,
  p: number,
  meat: Float64Array,
): void {
  const m = rows.length;
  const score = new Float64Array(m * p);
  rows.forEach((i, k) => {
    let residual = time[i]!;
    for (let a = 0; a < p; a++) residual -= x(i, a) * coefficients[a]!;
    for (let a = 0; a < p; a++) score[k * p + a] = x(i, a) * weight[i]! * residual;
  });
  // Sum of the scores of those still followed, from the end.
  const later = new Float64Array((m + 1) * p);
  for (let k = m - 1; k >= 0; k--)
    for (let a = 0; a < p; a++) later[k * p + a] = later[(k + 1) * p + a]! + score[k * p + a]!;
  const drift = new Float64Array(p);
  for (let at = 0; at < m; ) {
    let next = at;
    let censored = 0;
    for (; next < m && time[rows[next]!] === time[rows[at]!]; next++) censored += 1 - complete[rows[next]!]!;
    const atRisk = m - at;
    for (let a = 0; a < p; a++) drift[a]! += (later[at * p + a]! * censored) / (atRisk * atRisk);
    for (let k = at; k < next; k++) {
      const own = new Float64Array(p);
      const isCensored = 1 - complete[rows[k]!]!;
      for (let a = 0; a < p; a++) own[a] = score[k * p + a]! + (isCensored * later[at * p + a]!) / atRisk - drift[a]!;
      for (let a = 0; a < p; a++) for (let b = 0; b < p; b++) meat[a * p + b]! += own[a]! * own[b]!;
    }
    at = next;
  }
}

function inverseOf(matrix: Float64Array, p: number, names: readonly string[]): Float64Array {
  const result = choleskyDecompose(matrix, p);
  if (result.ok) return choleskyInverse(result.factor, p);
  throw new DomainError("NOT_ESTIMABLE", {
    argument: "covariates",
    received: names[result.pivot] ?? "",
    requirement: "must not be constant or determined by the other covariates and the arm",
    hint: "Leave it out.",
  });
}

function sandwich(bread: Float64Array, meat: Float64Array, p: number): Float64Array {
  const half = new Float64Array(p * p);
  const whole = new Float64Array(p * p);
  for (let a = 0; a < p; a++)
    for (let b = 0; b < p; b++) for (let c = 0; c < p; c++) half[a * p + b]! += bread[a * p + c]! * meat[c * p + b]!;
  for (let a = 0; a < p; a++)
    for (let b = 0; b < p; b++) for (let c = 0; c < p; c++) whole[a * p + b]! += half[a * p + c]! * bread[c * p + b]!;
  return whole;
}
