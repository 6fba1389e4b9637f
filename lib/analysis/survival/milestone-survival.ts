import { DomainError } from "../../errors/domain-error.ts";
import { normalQuantile, normalUpperTail } from "../../numerics/normal.ts";
import { type SurvivalAtTime, type SurvivalCurve, survivalAt } from "./kaplan-meier.ts";

/** Scale of the test of two survival probabilities. */
export const MILESTONE_SCALES = ["plain", "log-log"] as const;
export type MilestoneScale = (typeof MILESTONE_SCALES)[number];

export interface MilestoneComparison {
  readonly time: number;
  readonly experimental: SurvivalAtTime;
  readonly control: SurvivalAtTime;
  /** Survival, experimental minus control. */
  readonly difference: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
  /** Positive when the experimental arm survives longer. */
  readonly statistic: number;
  readonly twoSidedPValue: number;
}

/**
 * Comparison of two arms by their survival probabilities at one time.
 *
 * @param time - Milestone within the follow-up of both arms.
 * @param scale - "plain": Wald's test of the difference; "log-log": of the difference of log(−log S), closer to its level in
 *   small trials.
 * @param confidence - Two-sided, of the difference.
 * @throws DomainError NOT_ESTIMABLE beyond the follow-up of an arm, or where an arm's curve is still 1 or already 0 so that
 *   its standard error is unknown.
 *
 * METHODS.md eq. (V24). Source: Klein et al. (2007), Stat Med 26, 4505–4519.
 */
export function compareMilestone(
  experimental: SurvivalCurve,
  control: SurvivalCurve,
  time: number,
  scale: MilestoneScale = "plain",
  confidence = 0.95,
): MilestoneComparison {
  const one = known(experimental, time, "experimental");
  const zero = known(control, time, "control");
  const difference = one.survival - zero.survival;
  const standardError = Math.hypot(one.standardError, zero.standardError);
  if (!(standardError > 0)) throw noVariation(time, "both arms");
  const z = -normalQuantile((1 - confidence) / 2);
  const statistic = scale === "plain" ? difference / standardError : logLogStatistic(one, zero, time);
  return {
    time,
    experimental: one,
    control: zero,
    difference,
    standardError,
    lower: difference - z * standardError,
    upper: difference + z * standardError,
    statistic,
    twoSidedPValue: 2 * normalUpperTail(Math.abs(statistic)),
  };
}

function logLogStatistic(one: SurvivalAtTime, zero: SurvivalAtTime, time: number): number {
  const transformed = [one, zero].map(({ survival, standardError }, a) => {
    if (survival === 0 || survival === 1) throw noVariation(time, a === 0 ? "the experimental arm" : "the control arm");
    const log = Math.log(survival);
    return { value: Math.log(-log), variance: (standardError / (survival * log)) ** 2 };
  });
  const [a, b] = transformed as [{ value: number; variance: number }, { value: number; variance: number }];
  // log(−log S) falls as survival rises.
  return (b.value - a.value) / Math.sqrt(a.variance + b.variance);
}

function known(curve: SurvivalCurve, time: number, arm: string): SurvivalAtTime {
  const point = survivalAt(curve, time);
  const last = curve.time[curve.time.length - 1]!;
  if (point === null && curve.survival[curve.survival.length - 1] !== 0)
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "time",
      received: time,
      requirement: `must not lie beyond ${last}, the end of follow-up of the ${arm} arm`,
      hint: "Choose an earlier time.",
    });
  // Where a curve is 0 Greenwood's formula has no value; nothing is left to vary.
  if (point === null || point.survival === 0)
    return { time, atRisk: point?.atRisk ?? 0, survival: 0, standardError: 0, lower: 0, upper: 0 };
  return point;
}

function noVariation(time: number, where: string): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "time",
    received: time,
    requirement: `must be a time at which the survival in ${where} lies between 0 and 1`,
    hint: "Choose a later time, or compare restricted means.",
  });
}
