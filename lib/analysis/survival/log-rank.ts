import { invalidInput } from "../../errors/domain-error.ts";
import { chiSquareUpperTail } from "../../numerics/chi-square.ts";
import { choleskyDecompose, choleskySolve } from "../../numerics/cholesky.ts";
import { assertSurvivalTimes, orderByTime, type SurvivalTimes, withTiesMended } from "./survival-times.ts";

/** Weights of Fleming and Harrington: S(t−)^ρ (1 − S(t−))^γ with S the pooled Kaplan–Meier curve of the stratum. */
export interface LogRankWeights {
  /** 0: plain log-rank; 1: Peto–Peto modification of the Wilcoxon test. */
  readonly rho: number;
  /** Positive: late differences count more. */
  readonly gamma: number;
}

export interface LogRankTest {
  /** Weighted events seen in each group; shape [groups]. */
  readonly observed: Float64Array;
  /** Weighted events expected when the groups have one hazard. */
  readonly expected: Float64Array;
  /** Covariance of observed − expected, row-major [groups · groups]. */
  readonly covariance: Float64Array;
  /** Unweighted events and patients of each group. */
  readonly events: Int32Array;
  readonly subjects: Int32Array;
  readonly chiSquare: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}

/**
 * Log-rank test and its weighted family, stratified if wanted.
 *
 * @param times - Right-censored times, shape [n].
 * @param group - Code of the group 0 … groups − 1, shape [n].
 * @param groups - Number of groups, at least 2.
 * @param options - Strata (codes, shape [n]) and weights (ρ = γ = 0).
 * @returns Sums over strata; groups without expected events do not count in the degrees of freedom.
 * @throws DomainError INVALID_INPUT for inadmissible times or codes.
 *
 * METHODS.md eq. (V5)–(V6). Source: Mantel (1966); Peto & Peto (1972); Harrington & Fleming (1982). Reference values:
 * tests/reference/survival.json (R survival 3.5-3 `survdiff`).
 */
export function logRankTest(
  times: SurvivalTimes,
  group: ArrayLike<number>,
  groups: number,
  options: { readonly strata?: ArrayLike<number>; readonly weights?: Partial<LogRankWeights> } = {},
): LogRankTest {
  assertSurvivalTimes(times);
  const { rho = 0, gamma = 0 } = options.weights ?? {};
  if (!(rho >= 0)) throw invalidInput("weights.rho", rho, "must be at least 0");
  if (!(gamma >= 0)) throw invalidInput("weights.gamma", gamma, "must be at least 0");
  const mended = { time: withTiesMended(times.time), event: times.event };
  const { strata } = options;
  const order = orderByTime(mended, strata);
  const n = order.length;
  const observed = new Float64Array(groups);
  const expected = new Float64Array(groups);
  const covariance = new Float64Array(groups * groups);
  const events = new Int32Array(groups);
  const subjects = new Int32Array(groups);
  const atRisk = new Float64Array(groups);
  for (let start = 0; start < n; ) {
    const stratum = strata?.[order[start]!];
    let end = start;
    atRisk.fill(0);
    for (; end < n && strata?.[order[end]!] === stratum; end++) {
      const g = group[order[end]!]!;
      if (!(g >= 0 && g < groups)) throw invalidInput("group", g, `must be a code from 0 to ${groups - 1}`);
      atRisk[g]!++;
      subjects[g]!++;
    }
    let survival = 1;
    for (let at = start; at < end; ) {
      const time = mended.time[order[at]!]!;
      const risk = end - at;
      const weight = survival ** rho * (gamma === 0 ? 1 : (1 - survival) ** gamma);
      let dead = 0;
      let next = at;
      for (; next < end && mended.time[order[next]!] === time; next++) {
        const i = order[next]!;
        if (mended.event[i] === 0) continue;
        dead++;
        observed[group[i]!]! += weight;
        events[group[i]!]!++;
      }
      if (dead > 0) {
        for (let g = 0; g < groups; g++) expected[g]! += (weight * dead * atRisk[g]!) / risk;
        if (risk > 1) {
          const scale = (weight * weight * dead * (risk - dead)) / (risk * (risk - 1));
          for (let g = 0; g < groups; g++) {
            const part = scale * atRisk[g]!;
            covariance[g * groups + g]! += part;
            for (let h = 0; h < groups; h++) covariance[g * groups + h]! -= (part * atRisk[h]!) / risk;
          }
        }
        survival *= (risk - dead) / risk;
      }
      for (let j = at; j < next; j++) atRisk[group[order[j]!]!]!--;
      at = next;
    }
    start = end;
  }
  const used = Array.from(expected, (_, g) => g).filter((g) => expected[g]! > 0);
  const chiSquare = quadraticForm(
    used.slice(1).map((g) => observed[g]! - expected[g]!),
    used.slice(1).map((g) => used.slice(1).map((h) => covariance[g * groups + h]!)),
  );
  const degreesOfFreedom = Math.max(used.length - 1, 0);
  const pValue = degreesOfFreedom === 0 ? 1 : chiSquareUpperTail(chiSquare, degreesOfFreedom);
  return { observed, expected, covariance, events, subjects, chiSquare, degreesOfFreedom, pValue };
}

/** uᵀ V⁻¹ u; 0 when nothing can be tested. */
function quadraticForm(u: readonly number[], rows: readonly (readonly number[])[]): number {
  const n = u.length;
  if (n === 0) return 0;
  const result = choleskyDecompose(Float64Array.from(rows.flat()), n);
  if (!result.ok) return 0;
  const solved = choleskySolve(result.factor, n, Float64Array.from(u));
  return u.reduce((sum, value, i) => sum + value * solved[i]!, 0);
}
