import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import type { SurvivalCurve } from "./kaplan-meier.ts";

/** Area under a survival curve up to τ: the mean time free of the event within τ. */
export interface RestrictedMean {
  readonly horizon: number;
  /** Mean event-free time up to the horizon, in the unit of time. */
  readonly mean: number;
  readonly standardError: number;
  /** τ − mean: time lost to the event. */
  readonly timeLost: number;
}

/**
 * Restricted mean survival time of one arm.
 *
 * @param curve - Kaplan–Meier curve.
 * @param horizon - τ > 0, not beyond the last observation (unless that is an event).
 * @throws DomainError INVALID_INPUT for a horizon that is not positive; NOT_ESTIMABLE beyond follow-up.
 *
 * METHODS.md eq. (V7)–(V8). Source: Irwin (1949); Karrison (1987); Uno et al. (2014). Reference values:
 * tests/reference/survival.json (R survRM2 1.0-4).
 */
export function restrictedMean(curve: SurvivalCurve, horizon: number, argument = "horizon"): RestrictedMean {
  if (!(horizon > 0 && horizon < Infinity)) throw invalidInput(argument, horizon, "must be a positive time");
  const limit = largestHorizon(curve);
  if (horizon > limit)
    throw new DomainError("NOT_ESTIMABLE", {
      argument,
      received: horizon,
      requirement: `must not lie beyond ${limit}, up to which the survival curve is known`,
      hint: "Choose an earlier horizon.",
    });
  const { time, atRisk, events, survival } = curve;
  let count = 0;
  while (count < time.length && time[count]! <= horizon) count++;
  let mean = 0;
  let previousTime = 0;
  let previousSurvival = 1;
  for (let j = 0; j < count; j++) {
    mean += (time[j]! - previousTime) * previousSurvival;
    previousTime = time[j]!;
    previousSurvival = survival[j]!;
  }
  let remaining = (horizon - previousTime) * previousSurvival;
  mean += remaining;
  let variance = 0;
  for (let j = count - 1; j >= 0; j--) {
    const alive = atRisk[j]! - events[j]!;
    if (alive > 0) variance += (remaining * remaining * events[j]!) / (atRisk[j]! * alive);
    if (j > 0) remaining += (time[j]! - time[j - 1]!) * survival[j - 1]!;
  }
  return { horizon, mean, standardError: Math.sqrt(variance), timeLost: horizon - mean };
}

/** Last time up to which the area is known: the last observation, or any time when the curve has come down to 0. */
export function largestHorizon({ time, survival }: SurvivalCurve): number {
  return survival[survival.length - 1] === 0 ? Infinity : time[time.length - 1]!;
}
