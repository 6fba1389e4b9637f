import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { minimizeOnInterval } from "../numerics/minimize.ts";
import { findRoot } from "../numerics/root-finding.ts";

/** Beyond this a plan is a slip of the keyboard, not a trial. */
export const LARGEST_SIZE = 1e7;

/**
 * Smallest real size from `fewest` on at which the power reaches its target (METHODS.md eq. (P4)).
 *
 * @param powerAt - Power at a real size; increasing.
 * @param power - Target in (0, 1).
 * @param fewest - Smallest size that can be analysed.
 * @param argument - Field that is too close to the null hypothesis when no size is large enough.
 * @returns The size; `fewest` when that has the power already.
 * @throws DomainError NOT_ESTIMABLE when more than ten million subjects would be needed.
 */
export function solveSize(
  powerAt: (size: number) => number,
  power: number,
  fewest: number,
  argument = "effect",
): number {
  const excess = (size: number) => powerAt(size) - power;
  if (excess(fewest) >= 0) return fewest;
  let low = fewest;
  let high = 2 * fewest + 4;
  while (excess(high) < 0) {
    if (high >= LARGEST_SIZE) throw tooLarge(argument);
    low = high;
    high = Math.min(2 * high, LARGEST_SIZE);
  }
  return findRoot(excess, low, high, { relativeTolerance: 1e-13 }).value;
}

function tooLarge(argument: string): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument,
    received: "more than 10,000,000 subjects needed",
    requirement: "must be far enough from the null hypothesis for a trial of at most 10,000,000 subjects",
    hint: "Check the units of the effect and of the variability, and the null value.",
  });
}

/** Where an effect is sought. */
export interface EffectRange {
  /** Effect under the null hypothesis. */
  readonly nullEffect: number;
  /** No effect reaches this: ±Infinity, or the end of the range of a proportion or rate. */
  readonly limit: number;
  /** First step away from the null value, e.g. the standard error. */
  readonly step: number;
}

/**
 * Effect nearest to the null value that has the power (METHODS.md eq. (P6)).
 *
 * @param powerAt - Power at an effect; increasing from the null value towards the limit.
 * @throws DomainError NOT_ESTIMABLE when no effect within the limit has the power.
 */
export function solveEffect(powerAt: (effect: number) => number, power: number, range: EffectRange): number {
  const { nullEffect, limit, step } = range;
  const direction = limit > nullEffect ? 1 : -1;
  const excess = (effect: number) => powerAt(effect) - power;
  const root = (from: number, to: number) => findRoot(excess, from, to, { relativeTolerance: 1e-13 }).value;
  let before = nullEffect;
  let near = nullEffect + direction * Math.abs(step) * 1e-9;
  if (!(excess(near) < 0)) near = nullEffect;
  for (let k = 0, stride = Math.abs(step); k < 200; k++, stride *= 2) {
    const unbounded = nullEffect + direction * stride;
    const halfway = 0.5 * (near + limit);
    // A proportion of exactly 0 or 1 has no variance: a finite limit is approached by halves.
    const far = Number.isFinite(limit) && direction * (unbounded - halfway) > 0 ? halfway : unbounded;
    if (!Number.isFinite(far)) break;
    if (excess(far) >= 0) return root(near, far);
    if (excess(far) < excess(near)) {
      // Towards the end of a range the variance can grow faster than the effect: the top lies in between.
      const top = minimizeOnInterval((effect) => -excess(effect), Math.min(before, far), Math.max(before, far)).value;
      if (excess(top) >= 0) return root(before, top);
      break;
    }
    before = near;
    near = far;
  }
  throw new DomainError("NOT_ESTIMABLE", {
    argument: "power",
    received: power,
    requirement: "must be attainable with these sizes; no effect reaches it",
    hint: "Give more subjects, or a lower power.",
  });
}

/**
 * Type I error at which a plan has the power (METHODS.md eq. (P7)).
 *
 * @param powerAt - Power at an error level; increasing.
 * @param largest - Largest error level that makes a test (1/2 one-sided, 1 two-sided).
 * @throws DomainError NOT_ESTIMABLE when it would be below 1e-15 or above `largest`.
 */
export function solveAlpha(powerAt: (alpha: number) => number, power: number, largest: number): number {
  const excess = (logAlpha: number) => powerAt(Math.exp(logAlpha)) - power;
  const high = Math.log(largest * (1 - 1e-12));
  const low = Math.log(1e-15);
  if (!(excess(high) >= 0) || !(excess(low) <= 0))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "power",
      received: power,
      requirement: `must be met at an error level between 1e-15 and ${largest}`,
      hint: "Change the power, the sizes or the effect.",
    });
  return Math.exp(findRoot(excess, low, high, { absoluteTolerance: 1e-14 }).value);
}

/**
 * Refuses a target power that a test has without any effect.
 *
 * @param errorInDirection - Probability of a counted rejection under the null hypothesis.
 */
export function assertPowerAboveError(power: number, errorInDirection: number): void {
  if (power > errorInDirection) return;
  throw invalidInput(
    "power",
    power,
    `must exceed the type I error ${Number(errorInDirection.toPrecision(6))}`,
    "A test has that much power without any effect: raise the power (0.8 or 0.9 is usual) or lower alpha.",
  );
}
