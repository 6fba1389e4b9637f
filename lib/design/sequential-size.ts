import { normalQuantile, normalUpperQuantile } from "../numerics/normal.ts";
import { boundsOfDesign, type GroupSequentialDesign } from "./group-sequential-design.ts";
import { powerOfDesign } from "./power-of-design.ts";

/** What a group sequential trial of a given size does under one truth; probabilities per analysis, not cumulative. */
export interface SequentialOperation {
  /** Probability to reject the null hypothesis; in either direction for a two-sided design. */
  readonly power: number;
  readonly rejectPerStage: readonly number[];
  /** Shape [K − 1]. */
  readonly futilityPerStage: readonly number[];
  /** P(stop before the final analysis). */
  readonly earlyStop: number;
  /** Expected subjects at the end of the trial. */
  readonly expectedTotal: number;
}

/** A group sequential trial with its sizes. */
export interface SequentialSize {
  /** Subjects of the trial with one analysis, real. */
  readonly fixedTotal: number;
  /** Most subjects: fixed total × inflation factor, real. */
  readonly total: number;
  /** Subjects with an outcome at each analysis, real; shape [K]. */
  readonly totalPerStage: readonly number[];
  readonly underNull: SequentialOperation;
  readonly underHalfEffect: SequentialOperation;
  readonly underDesignEffect: SequentialOperation;
}

/**
 * Sizes of a group sequential trial from the size of the trial with one analysis.
 *
 * @param design - Bounds, inflation factor and drift.
 * @param fixedTotal - Subjects with which one analysis has the error and power of the design, from lib/power.
 *
 * @remarks
 * lib/power/METHODS.md eq. (P31): the information is taken to grow with the subjects, so that the inflation factor multiplies them.
 * Reference values: tests/reference/power_groupseq.json (rpact 3.3.4).
 */
export function sequentialSize(design: GroupSequentialDesign, fixedTotal: number): SequentialSize {
  const total = fixedTotal * design.inflationFactor;
  return {
    fixedTotal,
    total,
    totalPerStage: design.looks.map(({ informationFraction }) => informationFraction * total),
    underNull: operationAtDrift(design, 0, total),
    underHalfEffect: operationAtDrift(design, design.drift / 2, total),
    underDesignEffect: operationAtDrift(design, design.drift, total),
  };
}

/**
 * What the bounds of a design do at a drift.
 *
 * @param drift - Expected Z at the final analysis.
 * @param total - Subjects at the final analysis.
 */
export function operationAtDrift(design: GroupSequentialDesign, drift: number, total: number): SequentialOperation {
  const behaviour = powerOfDesign(boundsOfDesign(design), drift);
  const twoSided = design.spec.sides === "symmetric-two-sided";
  const last = behaviour.efficacy.length - 1;
  const rejectPerStage = behaviour.efficacy.map((upper, k) => upper + (twoSided ? behaviour.futility[k]! : 0));
  const futilityPerStage = behaviour.futility.slice(0, last).map((lower) => (twoSided ? 0 : lower));
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return {
    power: sum(rejectPerStage),
    rejectPerStage,
    futilityPerStage,
    earlyStop: sum(rejectPerStage.slice(0, last)) + sum(futilityPerStage),
    expectedTotal: total * behaviour.expectedInformationFraction,
  };
}

/**
 * Drift of a trial of given size from the power that one analysis of all its subjects would have (lib/power/METHODS.md eq. (P32)):
 * z_{1−α} + Φ⁻¹(power). It carries whatever the fixed power knows — the t distribution, different variances under the two
 * hypotheses — into the sequential calculation.
 *
 * @param fixedPower - Power of one one-sided test at `oneSidedAlpha`, in (0, 1).
 */
export function driftOfFixedPower(fixedPower: number, oneSidedAlpha: number): number {
  return normalUpperQuantile(oneSidedAlpha) + normalQuantile(fixedPower);
}
