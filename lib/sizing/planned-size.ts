import { DomainError } from "../errors/domain-error.ts";
import { findRoot } from "../numerics/root-finding.ts";
import {
  type ArmSizes,
  largestPowerWithFixedExperimental,
  type PlannedAnalysis,
  plannedPower,
} from "../power/means/planned-power.ts";

/**
 * Sizes are sought from half a residual degree of freedom on: below it the t distribution has no usable quantiles. A plan
 * that has its power there already gets the smallest trial that can be analysed.
 */
const FEWEST_DEGREES_OF_FREEDOM = 0.5;
/** Beyond this a plan is a slip of the keyboard, not a trial. */
const LARGEST_TOTAL = 1e7;

export interface PlannedSize extends ArmSizes {
  /** Solution of power(N) = target before rounding. */
  readonly unroundedTotal: number;
}

/**
 * Smallest arms that reach a power at a given randomisation ratio.
 *
 * @param analysis - Effect, variance, covariates and error.
 * @param power - Target in (α, 1).
 * @param ratio - Experimental : control, > 0.
 * @returns Whole arm sizes: the real solution N of power = target, split by the ratio, each arm rounded up
 *   (METHODS.md eq. (S5)); at least 2 in each arm.
 * @throws DomainError NOT_ESTIMABLE when more than ten million patients would be needed.
 */
export function plannedSize(analysis: PlannedAnalysis, power: number, ratio: number): PlannedSize {
  const split = (total: number): ArmSizes => ({
    experimental: (total * ratio) / (1 + ratio),
    control: total / (1 + ratio),
  });
  const unroundedTotal = smallestReaching(
    (total) => plannedPower(analysis, split(total)) - power,
    2 + analysis.covariates + FEWEST_DEGREES_OF_FREEDOM,
  );
  if (unroundedTotal === null) throw tooLarge(analysis.distance);
  const { experimental, control } = split(unroundedTotal);
  return { experimental: roundUp(experimental), control: roundUp(control), unroundedTotal };
}

/**
 * Smallest control arm that reaches a power when the experimental arm is fixed.
 *
 * @param analysis - Effect, variance, covariates and error.
 * @param power - Target in (α, 1).
 * @param experimental - Patients in the experimental arm, whole number.
 * @returns Whole control size, or null when no control arm reaches the power (METHODS.md eq. (S6)).
 */
export function plannedControlSize(analysis: PlannedAnalysis, power: number, experimental: number): number | null {
  if (!(largestPowerWithFixedExperimental(analysis, experimental) > power)) return null;
  const unrounded = smallestReaching(
    (control) => plannedPower(analysis, { experimental, control }) - power,
    Math.max(0, 2 + analysis.covariates + FEWEST_DEGREES_OF_FREEDOM - experimental),
  );
  return unrounded === null ? null : roundUp(unrounded);
}

/** Smallest real size from `from` on at which an increasing function reaches 0; null beyond the limit. */
function smallestReaching(excess: (size: number) => number, from: number): number | null {
  if (excess(from) >= 0) return from;
  let high = from + 2;
  let low = from;
  while (excess(high) < 0) {
    low = high;
    high *= 2;
    if (high > 2 * LARGEST_TOTAL) return null;
  }
  return findRoot(excess, low, high, { relativeTolerance: 1e-13 }).value;
}

/** Next whole number, forgiving the last bits of a solution that is whole. */
function roundUp(size: number): number {
  return Math.max(2, Math.ceil(size * (1 - 1e-10)));
}

function tooLarge(distance: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "effect",
    received: distance,
    requirement: `must be large enough for a trial of at most ${LARGEST_TOTAL} patients`,
    hint: "Check the unit of the effect and of the standard deviation.",
  });
}
