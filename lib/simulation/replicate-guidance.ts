import { proportionEstimate } from "./monte-carlo-estimate.ts";

/** What a number of replicates per cell is good for. */
export interface ReplicateGuidance {
  readonly replicates: number;
  readonly purpose: string;
  /** Monte Carlo standard error of a type I error at its level. */
  readonly errorMcse: number;
  /** Monte Carlo standard error of the power asked for. */
  readonly powerMcse: number;
}

const PURPOSES: readonly (readonly [replicates: number, purpose: string])[] = [
  [10, "does it run at all"],
  [100, "a first look"],
  [1_000, "comparing designs"],
  [10_000, "the usual report"],
  [100_000, "a type I error that is to be claimed"],
];

/**
 * Numbers of replicates from a trial run to a confirmation, each with the precision it gives.
 *
 * @param oneSidedAlpha - Level of the test; in (0, 1).
 * @param power - Power around which one looks; in (0, 1).
 */
export function replicateGuidance(oneSidedAlpha: number, power: number): ReplicateGuidance[] {
  return PURPOSES.map(([replicates, purpose]) => ({
    replicates,
    purpose,
    ...precisionOf(replicates, oneSidedAlpha, power),
  }));
}

/** Monte Carlo standard errors √(p(1 − p)/n) of type I error and power for any number of replicates. */
export function precisionOf(
  replicates: number,
  oneSidedAlpha: number,
  power: number,
): Pick<ReplicateGuidance, "errorMcse" | "powerMcse"> {
  return {
    errorMcse: proportionEstimate(oneSidedAlpha * replicates, replicates).mcse,
    powerMcse: proportionEstimate(power * replicates, replicates).mcse,
  };
}
