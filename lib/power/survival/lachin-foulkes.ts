import { normalCdf, normalQuantile } from "../../numerics/normal.ts";
import { type Accrual, eventShares, type TwoArmCourse } from "./event-projection.ts";
import { criticalValue, type TestLevel } from "./events-needed.ts";
import { type PiecewiseHazard, scaledHazard } from "./piecewise-hazard.ts";

/** Assumptions of a trial with proportional hazards. */
export interface SurvivalAssumptions {
  readonly controlHazard: PiecewiseHazard;
  readonly hazardRatio: number;
  readonly nullHazardRatio: number;
  readonly controlDropout: PiecewiseHazard;
  readonly experimentalDropout: PiecewiseHazard;
  readonly accrual: Accrual;
  /** Experimental : control. */
  readonly ratio: number;
}

/** The course that the assumptions describe. */
export function courseOf(assumptions: SurvivalAssumptions): TwoArmCourse {
  return {
    ...assumptions,
    experimentalHazard: scaledHazard(assumptions.controlHazard, assumptions.hazardRatio),
  };
}

/** The course under the null hypothesis with the same average hazard over both arms. */
export function nullCourseOf(assumptions: SurvivalAssumptions): TwoArmCourse {
  const { ratio, hazardRatio, nullHazardRatio } = assumptions;
  const control = scaledHazard(assumptions.controlHazard, (1 + hazardRatio * ratio) / (1 + nullHazardRatio * ratio));
  return { ...assumptions, controlHazard: control, experimentalHazard: scaledHazard(control, nullHazardRatio) };
}

/** Standard errors of the log hazard ratio times √subjects, under the null hypothesis and the alternative. */
function unitErrors(
  assumptions: SurvivalAssumptions,
  time: number,
): { readonly null: number; readonly alternative: number } {
  const under = eventShares(courseOf(assumptions), time);
  const underNull = eventShares(nullCourseOf(assumptions), time);
  return {
    null: Math.sqrt(1 / underNull.control + 1 / underNull.experimental),
    alternative: Math.sqrt(1 / under.control + 1 / under.experimental),
  };
}

/**
 * Subjects by Lachin and Foulkes for a study of given duration.
 *
 * @param time - Calendar time of the analysis.
 * @returns A real number of subjects of both arms.
 *
 * METHODS.md eq. (W5). Source: Lachin & Foulkes (1986). Reference values: tests/reference/power_survival.json (R gsDesign
 * 3.4.0 `nSurv`).
 */
export function lachinFoulkesSubjects(
  assumptions: SurvivalAssumptions,
  time: number,
  power: number,
  level: TestLevel,
): number {
  const errors = unitErrors(assumptions, time);
  const sum = criticalValue(level) * errors.null + normalQuantile(power) * errors.alternative;
  return (sum / Math.log(assumptions.hazardRatio / assumptions.nullHazardRatio)) ** 2;
}

/** Power by Lachin and Foulkes with a number of subjects (METHODS.md eq. (W5)). */
export function lachinFoulkesPower(
  assumptions: SurvivalAssumptions,
  time: number,
  subjects: number,
  level: TestLevel,
): number {
  return normalCdf(lachinFoulkesExcess(assumptions, time, subjects, criticalValue(level)));
}

/** Distance of the expected statistic beyond a critical value, in standard errors under the alternative (METHODS.md eq. (W5)). */
export function lachinFoulkesExcess(
  assumptions: SurvivalAssumptions,
  time: number,
  subjects: number,
  critical: number,
): number {
  const errors = unitErrors(assumptions, time);
  const effect = Math.abs(Math.log(assumptions.hazardRatio / assumptions.nullHazardRatio)) * Math.sqrt(subjects);
  return (effect - critical * errors.null) / errors.alternative;
}
