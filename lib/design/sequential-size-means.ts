import { normalUpperTail } from "../numerics/normal.ts";
import { studentTUpperQuantile } from "../numerics/student-t.ts";
import { powerUnderConvention } from "../power/means/means-conventions.ts";
import { solveSize } from "../power/solve-power.ts";
import type { GroupSequentialDesign } from "./group-sequential-design.ts";
import {
  driftOfFixedPower,
  operationAtDrift,
  type SequentialOperation,
  type SequentialSize,
  sequentialSize,
} from "./sequential-size.ts";

/** Two arms compared by the difference of means; effects in the direction of benefit are positive distances. */
export interface SequentialMeans {
  /** Expected effect minus null value. */
  readonly distance: number;
  readonly standardDeviation: number;
  /** Experimental : control. */
  readonly ratio: number;
  readonly convention: "noncentral-t" | "normal";
}

/** Power of one analysis of all subjects, one-sided. */
function fixedPower(means: SequentialMeans, total: number, oneSidedAlpha: number, distance: number): number {
  const { standardDeviation, ratio, convention } = means;
  const standardised = (distance / standardDeviation) * Math.sqrt((total * ratio) / (1 + ratio) ** 2);
  return powerUnderConvention(convention, standardised, total - 2, total, oneSidedAlpha, 1);
}

/**
 * Sizes of a group sequential trial that compares two means (lib/power/METHODS.md eq. (P31)).
 *
 * @param design - One- or two-sided; its error and power size the trial with one analysis by the exact t test.
 * @throws DomainError NOT_ESTIMABLE when more than ten million subjects would be needed.
 * Reference values: tests/reference/power_groupseq.json.
 */
export function sequentialSizeOfMeans(design: GroupSequentialDesign, means: SequentialMeans): SequentialSize {
  const { oneSidedAlpha, power } = design.spec;
  const distance = Math.abs(means.distance);
  const fewest = means.convention === "normal" ? 1e-6 : 2.5;
  const total = solveSize((n) => fixedPower(means, n, oneSidedAlpha, distance), power, fewest);
  return sequentialSize(design, total);
}

/**
 * Operating characteristics of a group sequential comparison of means at a given size (lib/power/METHODS.md eq. (P32)).
 *
 * @param total - Subjects at the final analysis.
 */
export function sequentialPowerOfMeans(
  design: GroupSequentialDesign,
  means: SequentialMeans,
  total: number,
): SequentialOperation {
  return operationAtDrift(design, driftOfMeans(means, total, design.spec.oneSidedAlpha), total);
}

/** Beyond this a power has too few digits left below 1 for its quantile. */
const NEAR_CERTAINTY = 1 - 1e-9;

function driftOfMeans(means: SequentialMeans, total: number, oneSidedAlpha: number): number {
  const { distance, standardDeviation, ratio, convention } = means;
  if (distance === 0) return 0;
  const standardised = ((distance / standardDeviation) * Math.sqrt(ratio * total)) / (1 + ratio);
  if (convention === "normal") return standardised;
  const power = fixedPower(means, total, oneSidedAlpha, distance);
  if (power < 1 - NEAR_CERTAINTY) return Math.min(standardised, driftOfFixedPower(1 - NEAR_CERTAINTY, oneSidedAlpha));
  if (power > NEAR_CERTAINTY) return Math.max(standardised, driftOfFixedPower(NEAR_CERTAINTY, oneSidedAlpha));
  return driftOfFixedPower(power, oneSidedAlpha);
}

/**
 * Difference of means (from the null value) at which an analysis lies exactly on a bound (lib/power/METHODS.md eq. (P33)).
 *
 * @param z - The bound; with the t test, the t quantile of the same level.
 * @param total - Subjects at this analysis.
 */
export function meanDifferenceAtBound(means: SequentialMeans, z: number, total: number): number {
  const { standardDeviation, ratio, convention } = means;
  const se = (standardDeviation * (1 + ratio)) / Math.sqrt(ratio * total);
  if (convention === "normal" || !(total > 2)) return z * se;
  const t =
    z >= 0
      ? studentTUpperQuantile(normalUpperTail(z), total - 2)
      : -studentTUpperQuantile(normalUpperTail(-z), total - 2);
  return t * se;
}
