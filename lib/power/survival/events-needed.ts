import { DomainError } from "../../errors/domain-error.ts";
import { normalCdf, normalQuantile } from "../../numerics/normal.ts";
import { findRoot } from "../../numerics/root-finding.ts";

/** Formulas for the information of an event in a log-rank test. */
export const EVENT_FORMULAS = ["schoenfeld", "freedman", "hsieh-freedman"] as const;
export type EventFormula = (typeof EVENT_FORMULAS)[number];

/** Error level and how rejections on the other side count. */
export interface TestLevel {
  readonly alpha: number;
  readonly sides: 1 | 2;
  /** Count rejections in the wrong direction as power too (two-sided tests); negligible beside any useful power. */
  readonly bothTails?: boolean;
}

/**
 * Drift of the log-rank statistic per √event.
 *
 * @param ratio - Experimental : control.
 * @throws DomainError UNSUPPORTED_COMBINATION for a null hazard ratio other than 1 outside Schoenfeld's formula.
 *
 * METHODS.md eq. (W3). Source: Schoenfeld (1981); Freedman (1982); Hsieh (1992).
 */
export function driftPerRootEvent(
  formula: EventFormula,
  hazardRatio: number,
  ratio: number,
  nullHazardRatio = 1,
): number {
  if (formula !== "schoenfeld" && nullHazardRatio !== 1)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "nullHazardRatio",
      received: nullHazardRatio,
      requirement: `must be 1 with the formula of ${formula}`,
      hint: "Use Schoenfeld's formula or Lachin and Foulkes for a non-inferiority margin.",
    });
  switch (formula) {
    case "schoenfeld":
      return (Math.abs(Math.log(hazardRatio / nullHazardRatio)) * Math.sqrt(ratio)) / (1 + ratio);
    case "freedman":
      return (Math.abs(1 - hazardRatio) * Math.sqrt(ratio)) / (1 + ratio * hazardRatio);
    case "hsieh-freedman":
      return (2 * Math.abs(1 - hazardRatio) * Math.sqrt(ratio)) / ((1 + ratio) * (1 + hazardRatio));
  }
}

/** Normal quantile of the critical value. */
export function criticalValue({ alpha, sides }: TestLevel): number {
  return -normalQuantile(alpha / sides);
}

/** Power of a normal statistic with a drift (METHODS.md eq. (W4)). */
export function powerOfDrift(drift: number, level: TestLevel): number {
  const critical = criticalValue(level);
  const other = level.sides === 2 && level.bothTails === true ? normalCdf(-drift - critical) : 0;
  return normalCdf(drift - critical) + other;
}

/** Drift that has the power (METHODS.md eq. (W4)). */
export function driftForPower(power: number, level: TestLevel): number {
  const oneTail = criticalValue(level) + normalQuantile(power);
  if (level.sides !== 2 || level.bothTails !== true) return oneTail;
  return findRoot((drift) => powerOfDrift(drift, level) - power, 0, oneTail + 1, { relativeTolerance: 1e-14 }).value;
}

/**
 * Events that a log-rank test needs (METHODS.md eq. (W3)–(W4)).
 *
 * @returns A real number; rounded up by the caller.
 */
export function eventsNeeded(
  formula: EventFormula,
  hazardRatio: number,
  ratio: number,
  power: number,
  level: TestLevel,
  nullHazardRatio = 1,
): number {
  return (driftForPower(power, level) / driftPerRootEvent(formula, hazardRatio, ratio, nullHazardRatio)) ** 2;
}
