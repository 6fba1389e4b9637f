import { normalQuantile, normalUpperQuantile } from "../numerics/normal.ts";
import { boundsOfDesign, type GroupSequentialDesign } from "./group-sequential-design.ts";
import { powerOfDesign } from "./power-of-design.ts";

/** Which rejections of a two-sided design are power. */
export type CountedRejections = "benefit" | "either-direction";

/** What a group sequential trial of a given size does under one truth; probabilities per analysis, not cumulative. */
export interface SequentialOperation {
  /** Probability to reject the null hypothesis, of a two-sided design in the directions that count. */
  readonly power: number;
  readonly rejectPerStage: readonly number[];
  /** Shape [K − 1]. */
  readonly futilityPerStage: readonly number[];
  /** Probability to end at each analysis, for whatever reason; shape [K]. */
  readonly endPerStage: readonly number[];
  /** P(stop before the final analysis), for whatever reason. */
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
 * lib/power/METHODS.md eq. (P31): rejections are counted as the design counts its power; the information is taken to grow with the subjects, so that the inflation factor multiplies them.
 * Reference values: tests/reference/power_groupseq.json (rpact 3.3.4).
 */
export function sequentialSize(design: GroupSequentialDesign, fixedTotal: number): SequentialSize {
  const total = fixedTotal * sizeFactor(design);
  const counted = design.spec.powerCounts ?? "benefit";
  return {
    fixedTotal,
    total,
    totalPerStage: design.looks.map(({ informationFraction }) => informationFraction * total),
    underNull: operationAtDrift(design, 0, total, counted),
    underHalfEffect: operationAtDrift(design, design.drift / 2, total, counted),
    underDesignEffect: operationAtDrift(design, design.drift, total, counted),
  };
}

/**
 * Most subjects, or events, over those with which one analysis has the power in the direction of benefit: the inflation
 * factor, unless rejections in either direction count, which the sizes of lib/power leave out.
 */
export function sizeFactor({ drift, spec }: GroupSequentialDesign): number {
  return (drift / (normalUpperQuantile(spec.oneSidedAlpha) + normalQuantile(spec.power))) ** 2;
}

/**
 * What the bounds of a design do at a drift.
 *
 * @param drift - Expected Z at the final analysis.
 * @param total - Subjects at the final analysis.
 * @param counted - Which rejections of a two-sided design are power; either direction unless the design says otherwise.
 */
export function operationAtDrift(
  design: GroupSequentialDesign,
  drift: number,
  total: number,
  counted: CountedRejections = design.spec.powerCounts ?? "either-direction",
): SequentialOperation {
  const bounds = boundsOfDesign(design);
  const { efficacy, futility, acceptance, expectedInformationFraction } = powerOfDesign(bounds, drift);
  const twoSided = design.spec.sides === "symmetric-two-sided";
  const last = efficacy.length - 1;
  const harm = twoSided && counted === "either-direction";
  const rejectPerStage = efficacy.map((upper, k) => upper + (harm ? futility[k]! : 0));
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const ended = efficacy.map((upper, k) => upper + futility[k]! + acceptance[k]!);
  const earlyStop = sum(ended.slice(0, last));
  return {
    power: sum(rejectPerStage),
    rejectPerStage,
    futilityPerStage: (twoSided ? acceptance : futility).slice(0, last),
    endPerStage: [...ended.slice(0, last), 1 - earlyStop],
    earlyStop,
    expectedTotal: total * expectedInformationFraction,
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
