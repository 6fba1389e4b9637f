import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { findRoot } from "../../numerics/root-finding.ts";
import { constantHazard, type PiecewiseHazard } from "./piecewise-hazard.ts";

/** Entry of subjects at rates that are constant within periods. */
export interface Accrual {
  /** Lengths of the periods, positive. */
  readonly durations: readonly number[];
  /** Rates in the periods; only their ratios count where the number of subjects is given. */
  readonly rates: readonly number[];
}

/** Uniform entry over a duration. */
export function uniformAccrual(duration: number): Accrual {
  return { durations: [duration], rates: [1] };
}

/** When the last subject enters. */
export function accrualEnd({ durations }: Accrual): number {
  return durations.reduce((sum, duration) => sum + duration, 0);
}

/** @throws DomainError INVALID_INPUT for a period or rate that no trial has. */
export function assertAccrual({ durations, rates }: Accrual, argument = "accrual"): void {
  if (durations.length === 0 || !durations.every((duration) => duration > 0 && duration < Infinity))
    throw invalidInput(`${argument}.durations`, [...durations], "must hold positive lengths of periods");
  if (rates.length !== durations.length || !rates.every((rate) => rate >= 0 && rate < Infinity))
    throw invalidInput(`${argument}.rates`, [...rates], "must hold one rate of at least 0 for each period");
  if (!rates.some((rate) => rate > 0))
    throw invalidInput(`${argument}.rates`, [...rates], "must hold a positive rate, or nobody enters");
}

/** Share of all subjects who have entered by a calendar time. */
export function shareEntered(accrual: Accrual, time: number): number {
  let entered = 0;
  let total = 0;
  let from = 0;
  accrual.durations.forEach((duration, k) => {
    entered += accrual.rates[k]! * Math.min(Math.max(time - from, 0), duration);
    total += accrual.rates[k]! * duration;
    from += duration;
  });
  return entered / total;
}

/**
 * Probability that a subject of an arm, entering at random within the accrual, has the event before a calendar time and
 * before dropping out.
 *
 * @param event - Hazard of the event since entry.
 * @param dropout - Hazard of dropping out since entry.
 * @param time - Calendar time since the first entry.
 *
 * @remarks
 * lib/power/survival/METHODS.md eq. (W1)–(W2), in closed form. Source: Lachin & Foulkes (1986), Biometrics 42, 507–519.
 */
export function eventProbability(
  event: PiecewiseHazard,
  dropout: PiecewiseHazard,
  accrual: Accrual,
  time: number,
): number {
  const area = areaUnderEventCurve(event, dropout);
  let weighted = 0;
  let total = 0;
  let from = 0;
  accrual.durations.forEach((duration, k) => {
    const rate = accrual.rates[k]!;
    total += rate * duration;
    // Entry at s is followed for time − s: ∫ P(time − s) ds over the period.
    if (time > from) weighted += rate * (area(time - from) - area(Math.max(time - from - duration, 0)));
    from += duration;
  });
  return weighted / total;
}

/** f → ∫₀^f P(event by x) dx with P from competing piecewise exponential laws. */
function areaUnderEventCurve(event: PiecewiseHazard, dropout: PiecewiseHazard): (followUp: number) => number {
  const changes = [...new Set([...event.changes, ...dropout.changes])].sort((a, b) => a - b);
  const starts = [0, ...changes];
  const pieces: { from: number; area: number; probability: number; free: number; rate: number; hazard: number }[] = [];
  let area = 0;
  let probability = 0;
  let free = 1;
  starts.forEach((from, k) => {
    const rate = rateAt(event, from);
    const hazard = rate + rateAt(dropout, from);
    pieces.push({ from, area, probability, free, rate, hazard });
    const length = (starts[k + 1] ?? from) - from;
    area += probability * length + free * rate * length * length * secondRemainder(hazard * length);
    probability += free * rate * length * firstRemainder(hazard * length);
    free *= Math.exp(-hazard * length);
  });
  return (followUp) => {
    let k = pieces.length - 1;
    while (k > 0 && pieces[k]!.from >= followUp) k--;
    const piece = pieces[k]!;
    const x = followUp - piece.from;
    return piece.area + piece.probability * x + piece.free * piece.rate * x * x * secondRemainder(piece.hazard * x);
  };
}

/** Rate from a time on. */
function rateAt({ changes, rates }: PiecewiseHazard, time: number): number {
  let k = 0;
  while (k < changes.length && changes[k]! <= time) k++;
  return rates[k]!;
}

/** (1 − e^{−y})/y, also near 0. */
function firstRemainder(y: number): number {
  return y === 0 ? 1 : -Math.expm1(-y) / y;
}

/** (y − 1 + e^{−y})/y², also near 0. */
function secondRemainder(y: number): number {
  if (y > 0.1) return (y + Math.expm1(-y)) / (y * y);
  let term = 0.5;
  let sum = 0.5;
  for (let k = 3; Math.abs(term) > 1e-18; k++) {
    term *= -y / k;
    sum += term;
  }
  return sum;
}

/** Course of a trial with two arms, for any number of subjects. */
export interface TwoArmCourse {
  readonly controlHazard: PiecewiseHazard;
  readonly experimentalHazard: PiecewiseHazard;
  readonly controlDropout: PiecewiseHazard;
  readonly experimentalDropout: PiecewiseHazard;
  readonly accrual: Accrual;
  /** Experimental : control. */
  readonly ratio: number;
}

/** No subject drops out. */
export const NO_DROPOUT: PiecewiseHazard = constantHazard(0);

/** Expected events by a calendar time, per subject randomised. */
export function eventShares(
  course: TwoArmCourse,
  time: number,
): { readonly control: number; readonly experimental: number; readonly both: number } {
  const share = course.ratio / (1 + course.ratio);
  const experimental =
    share * eventProbability(course.experimentalHazard, course.experimentalDropout, course.accrual, time);
  const control = (1 - share) * eventProbability(course.controlHazard, course.controlDropout, course.accrual, time);
  return { control, experimental, both: control + experimental };
}

/**
 * Calendar time at which a number of events is expected.
 *
 * @param share - Events divided by subjects, in (0, 1).
 * @param argument - Field at fault when they are never reached.
 * @throws DomainError NOT_ESTIMABLE when dropout keeps the trial from ever reaching them.
 */
export function timeOfEvents(course: TwoArmCourse, share: number, argument = "events"): number {
  const excess = (time: number) => eventShares(course, time).both - share;
  let to = accrualEnd(course.accrual);
  for (let k = 0; excess(to) < 0; k++) {
    if (k > 60)
      throw new DomainError("NOT_ESTIMABLE", {
        argument,
        received: share,
        requirement: `must be a share of subjects below ${Number(eventShares(course, to).both.toPrecision(4))}, which is all that will ever have the event`,
        hint: "Plan more subjects, or fewer events.",
      });
    to *= 2;
  }
  return findRoot(excess, 0, to, { relativeTolerance: 1e-13 }).value;
}
