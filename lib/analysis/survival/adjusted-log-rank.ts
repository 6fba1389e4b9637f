import type { Diagnostic } from "../../errors/diagnostic.ts";
import { DomainError } from "../../errors/domain-error.ts";
import { normalUpperTail } from "../../numerics/normal.ts";
import { findRoot } from "../../numerics/root-finding.ts";
import type { CoxColumn } from "./fit-cox.ts";
import { covariateAdjustment } from "./log-rank-adjustment.ts";
import { assertSurvivalTimes, orderByTime, type SurvivalTimes, withTiesMended } from "./survival-times.ts";

export interface AdjustedLogRank {
  /** √n U / σ at no effect; positive when the experimental arm has more events than expected. */
  readonly statistic: number;
  readonly twoSidedPValue: number;
  /** Log hazard ratio for which the adjusted score vanishes; null when an arm has no event. */
  readonly logHazardRatio: number | null;
  readonly standardError: number | null;
  /** The same without the covariates. */
  readonly unadjusted: {
    readonly statistic: number;
    readonly logHazardRatio: number | null;
    readonly standardError: number | null;
  };
  /** Share of the variance of the log-rank score that the covariates take off. */
  readonly varianceReduction: number;
  readonly events: readonly [number, number];
  readonly subjects: readonly [number, number];
  readonly diagnostics: readonly Diagnostic[];
}

/** What the sums over time give at one log hazard ratio. */
interface ScoreSums {
  /** n U_L(θ). */
  readonly score: number;
  /** n σ²_L(θ), with and without the factor of ties. */
  readonly variance: number;
  readonly varianceWithTies: number;
  /** Derived outcomes O, [n]. */
  readonly outcome: Float64Array;
}

/**
 * Log-rank test and unconditional hazard ratio adjusted for covariates: valid whether or not the covariates' model is right,
 * never less precise than the plain test in large trials. With a prognostic score as covariate this is the counterpart of
 * PROCOVA for a time to event.
 *
 * @param times - Right-censored times, shape [n].
 * @param arm - 0 control, 1 experimental, shape [n].
 * @param columns - Covariates; constant ones are left out with a diagnostic.
 * @param strata - Codes, shape [n]; the test is then within strata.
 * @throws DomainError INSUFFICIENT_DATA without events or without patients in an arm.
 *
 * METHODS.md eq. (V22). Source: Ye, Shao & Yi (2024), Biometrika 111, 691–705; variance of ties and the estimate as in
 * RobinCar and RobinCar2.
 */
export function adjustedLogRank(
  times: SurvivalTimes,
  arm: ArrayLike<number>,
  columns: readonly CoxColumn[],
  strata?: ArrayLike<number>,
): AdjustedLogRank {
  assertSurvivalTimes(times);
  const n = times.time.length;
  const mended = { time: withTiesMended(times.time), event: times.event };
  const events: [number, number] = [0, 0];
  const subjects: [number, number] = [0, 0];
  for (let i = 0; i < n; i++) {
    const a = arm[i] === 1 ? 1 : 0;
    subjects[a]++;
    events[a] += mended.event[i]!;
  }
  assertArms(subjects, events);
  const sums = scoreSums(mended, arm, strata);
  const adjustment = covariateAdjustment(arm, columns, strata, n);
  const atNull = sums(0);
  const nullAdjustment = adjustment.at(atNull.outcome);
  const nullVariance = atNull.varianceWithTies - nullAdjustment.variance;
  if (!(nullVariance > 0)) throw withoutVariance(columns.length);
  const statistic = (atNull.score - nullAdjustment.score) / Math.sqrt(nullVariance);
  const plainStatistic = atNull.score / Math.sqrt(atNull.varianceWithTies);
  const estimable = events[0] > 0 && events[1] > 0;
  const plainEstimate = estimable ? rootOfScore((theta) => sums(theta).score) : null;
  let logHazardRatio: number | null = null;
  let standardError: number | null = null;
  let plainError: number | null = null;
  if (plainEstimate !== null) {
    const atEstimate = sums(plainEstimate);
    plainError = 1 / Math.sqrt(atEstimate.variance);
    const adjusted = adjustment.at(atEstimate.outcome);
    logHazardRatio = rootOfScore((theta) => sums(theta).score - adjusted.score);
    if (logHazardRatio !== null) {
      const information = sums(logHazardRatio).variance;
      const left = information - adjusted.variance;
      if (!(left > 0)) throw withoutVariance(columns.length);
      standardError = Math.sqrt(left) / information;
    }
  }
  return {
    statistic,
    twoSidedPValue: 2 * normalUpperTail(Math.abs(statistic)),
    logHazardRatio,
    standardError,
    unadjusted: { statistic: plainStatistic, logHazardRatio: plainEstimate, standardError: plainError },
    varianceReduction: nullAdjustment.variance / atNull.varianceWithTies,
    events,
    subjects,
    diagnostics: adjustment.diagnostics,
  };
}

function withoutVariance(columns: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "covariates",
    received: columns,
    requirement: "must leave some variance of the log-rank score; there are too many covariates for the events",
    hint: "Leave out covariates.",
  });
}

/** Sums over time as a function of the log hazard ratio. */
function scoreSums(
  { time, event }: SurvivalTimes,
  arm: ArrayLike<number>,
  strata: ArrayLike<number> | undefined,
): (theta: number) => ScoreSums {
  const n = time.length;
  const order = orderByTime({ time, event }, strata);
  const outcome = new Float64Array(n);
  return (theta) => {
    const hazardRatio = Math.exp(theta);
    let score = 0;
    let variance = 0;
    let varianceWithTies = 0;
    for (let start = 0; start < n; ) {
      let end = start;
      const atRisk = [0, 0];
      for (; end < n && strata?.[order[end]!] === strata?.[order[start]!]; end++) atRisk[arm[order[end]!]!]!++;
      let controlIntegral = 0;
      let experimentalIntegral = 0;
      for (let at = start; at < end; ) {
        const now = time[order[at]!]!;
        let next = at;
        let dead = 0;
        for (; next < end && time[order[next]!] === now; next++) dead += event[order[next]!]!;
        const y1 = hazardRatio * atRisk[1]!;
        const y0 = atRisk[0]!;
        const y = y1 + y0;
        if (dead > 0) {
          controlIntegral += (y1 * dead) / (y * y);
          experimentalIntegral += (hazardRatio * y0 * dead) / (y * y);
          const part = (dead * y1 * y0) / (y * y);
          variance += part;
          varianceWithTies += dead === 1 ? part : (part * (y - dead)) / (y - 1);
        }
        for (let k = at; k < next; k++) {
          const i = order[k]!;
          const experimental = arm[i] === 1;
          const seen = event[i] === 1 ? (experimental ? y0 : y1) / y : 0;
          if (event[i] === 1) score += (experimental ? 1 : 0) - y1 / y;
          outcome[i] = seen - (experimental ? experimentalIntegral : controlIntegral);
          atRisk[arm[i]!]!--;
        }
        at = next;
      }
      start = end;
    }
    return { score, variance, varianceWithTies, outcome };
  };
}

/** Root of a decreasing score in the log hazard ratio; null when there is none within ±30. */
function rootOfScore(score: (theta: number) => number): number | null {
  let reach = 1;
  while (reach <= 32 && !(score(-reach) > 0 && score(reach) < 0)) reach *= 2;
  if (reach > 32) return null;
  return findRoot(score, -reach, reach, { absoluteTolerance: 1e-13 }).value;
}

function assertArms(subjects: readonly [number, number], events: readonly [number, number]): void {
  for (const [a, count] of subjects.entries())
    if (count === 0)
      throw new DomainError("INSUFFICIENT_DATA", {
        argument: "arm",
        received: a,
        requirement: "must have patients in both arms",
      });
  if (events[0] + events[1] === 0)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "times.event",
      received: 0,
      requirement: "must hold at least one event",
      hint: "Count more kinds of events, or follow up longer.",
    });
}
