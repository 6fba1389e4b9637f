import type { CourseData } from "./course-data.ts";
import { type CourseLikelihood, type CourseSolution, type CourseSpec, courseLikelihood } from "./course-likelihood.ts";
import type { KnownFeatures } from "./feature-law.ts";
import { timeBasisSize } from "./time-basis.ts";
import { unknownParts } from "./unknown-features.ts";

/** Fewest values of a visit for it to carry a knot. */
const VALUES_FOR_KNOT = 5;

/** What the choices need to know of the observations of one endpoint. */
export interface CourseSummary {
  /** Patients with a value. */
  readonly patients: number;
  readonly observations: number;
  /** Most values of a patient. */
  readonly longest: number;
  /** Whether no patient has two values of the same time. */
  readonly distinctTimes: boolean;
  /** Mean time of measurement of the visits that can carry a knot, ascending and distinct. */
  readonly visitTimes: readonly number[];
}

/** Where likelihoods come from: observations in hand, or sums that sites send. */
export interface CourseSource {
  readonly summary: CourseSummary;
  /**
   * @param solution - Where missing features widen covariances: effects and σ² found before; null: without that.
   * @returns Null when nobody misses a feature and `solution` is given: nothing would change.
   */
  likelihood(spec: CourseSpec, solution: CourseSolution | null): CourseLikelihood | null;
  /** Runs tasks that do not depend on one another. */
  all<T>(tasks: readonly (() => T)[]): T[];
}

/**
 * Observations in hand as a source of likelihoods.
 *
 * @param known - Features of every patient of the table: missing ones widen the covariance of their patients.
 */
export function observedCourse(data: CourseData, known: readonly KnownFeatures[]): CourseSource {
  const summary: CourseSummary = {
    patients: data.patients.length,
    observations: data.values.length,
    longest: data.longest,
    distinctTimes: distinctTimes(data),
    visitTimes: timesOfVisits(data),
  };
  return {
    summary,
    likelihood: (spec, solution) => {
      if (solution === null) return courseLikelihood(data, spec, summary.visitTimes);
      const { coefficients, residual } = solution;
      const functions = timeBasisSize(spec.knots) + 1;
      const unknown = unknownParts(data, known, spec.columns, coefficients, functions, residual.variance);
      return unknown === null ? null : courseLikelihood(data, spec, summary.visitTimes, unknown);
    },
    all: (tasks) => tasks.map((task) => task()),
  };
}

function distinctTimes({ starts, time }: CourseData): boolean {
  for (let i = 0; i + 1 < starts.length; i++)
    for (let k = starts[i]! + 1; k < starts[i + 1]!; k++) if (!(time[k]! > time[k - 1]!)) return false;
  return true;
}

function timesOfVisits(data: CourseData): number[] {
  const sums = new Map<number, { sum: number; count: number }>();
  data.visit.forEach((v, k) => {
    const entry = sums.get(v) ?? { sum: 0, count: 0 };
    sums.set(v, { sum: entry.sum + data.time[k]!, count: entry.count + 1 });
  });
  return meanVisitTimes([...sums.values()].map(({ sum, count }) => ({ count, mean: sum / count })));
}

/**
 * Mean times of the visits with enough values, ascending and distinct; of all visits where none has enough.
 *
 * @param visits - Number of values and their mean scaled time.
 */
export function meanVisitTimes(visits: readonly { readonly count: number; readonly mean: number }[]): number[] {
  const all = visits.filter(({ count }) => count > 0);
  const enough = all.filter(({ count }) => count >= VALUES_FOR_KNOT);
  const used = enough.length > 0 ? enough : all;
  return [...new Set(used.map(({ mean }) => mean))].sort((a, b) => a - b);
}
