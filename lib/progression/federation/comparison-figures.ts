import { COMPARISON_TERMS, type ComparisonSums, type SpreadRequest } from "./comparison.ts";
import type { SiteAnswer } from "./replay.ts";

/** Figures of the comparison at one endpoint and visit, in the order of the gradients. */
export interface ComparisonFigures {
  readonly patients: number;
  /** Means of the terms over all sites. */
  readonly means: readonly number[];
  /** What outcome and twin are less before they are squared. */
  readonly centre: number;
  /** Gain; partial correlation; gain of the ANCOVA on all covariates; R² of ANCOVA; R² with the score; calibration slope, intercept. */
  readonly values: readonly number[];
  /** Root mean square of residuals in predictive SDs, at least 1. */
  readonly inflation: number;
}

/** The figures as functions of the means of the terms; METHODS.md, equation (FE8). */
const FIGURES: readonly ((m: readonly number[], centre: number) => number)[] = [
  gainOf,
  correlationOf,
  (m) => 1 - ratio(m[2]!, m[1]!),
  (m) => 1 - unexplained(m),
  (m) => 1 - unexplained(m) * (1 - Math.max(0, correlationOf(m)) ** 2),
  calibrationSlope,
  (m, centre) => m[5]! + centre - calibrationSlope(m) * (m[10]! + centre),
];

function calibrationSlope(m: readonly number[]): number {
  const spread = m[11]! - m[10]! ** 2;
  return spread > 0 ? (m[12]! - m[10]! * m[5]!) / spread : 0;
}

function gainOf(m: readonly number[]): number {
  return 1 - ratio(m[0]!, m[1]!);
}

function correlationOf(m: readonly number[]): number {
  const scale = Math.sqrt(m[3]! * m[1]!);
  return scale > 0 ? Math.max(-1, Math.min(1, m[4]! / scale)) : 0;
}

function unexplained(m: readonly number[]): number {
  return ratio(m[1]!, m[6]! - m[5]! ** 2);
}

function ratio(numerator: number, denominator: number): number {
  return denominator > 0 ? numerator / denominator : 1;
}

/**
 * Figures at every endpoint and visit from the sites' sums.
 *
 * @param centres - [E·V] what outcome and twin are less before they are squared.
 * @returns [E·V] null where no site has enough patients.
 */
export function comparisonFigures(
  answers: readonly SiteAnswer<ComparisonSums>[],
  centres: readonly number[],
): (ComparisonFigures | null)[] {
  const cells = answers[0]?.aggregate.cells.length ?? 0;
  return Array.from({ length: cells }, (_, cell) => {
    const sums = new Array<number>(COMPARISON_TERMS).fill(0);
    let patients = 0;
    for (const { aggregate } of answers) {
      const own = aggregate.cells[cell] ?? null;
      if (own === null) continue;
      patients += own.patients;
      for (const [k, sum] of own.sums.entries()) sums[k]! += sum;
    }
    if (patients === 0) return null;
    const means = sums.map((sum) => sum / patients);
    const inflation = Math.max(1, Math.sqrt(means[9]!));
    const centre = centres[cell]!;
    return { patients, means, centre, values: FIGURES.map((figure) => figure(means, centre)), inflation };
  });
}

/** Question for the spread of these figures, and of each site's own gain. */
export function spreadRequest(
  figures: readonly (ComparisonFigures | null)[],
  answers: readonly SiteAnswer<ComparisonSums>[],
): SpreadRequest {
  return figures.map((figure, cell) => {
    if (figure === null) return null;
    return {
      inflation: figure.inflation,
      means: [...figure.means],
      gradients: FIGURES.map((of) => gradient((m) => of(m, figure.centre), figure.means)),
      bySite: answers.flatMap(({ site, aggregate }) => {
        const own = aggregate.cells[cell] ?? null;
        if (own === null) return [];
        const means = own.sums.map((sum) => sum / own.patients);
        return [{ site, means, gradient: gradient(gainOf, means) }];
      }),
    };
  });
}

/** A site's own gain. */
export function siteGain(sums: readonly number[], patients: number): number {
  return gainOf(sums.map((sum) => sum / patients));
}

/** Central differences; the figures are smooth in means that differ by many orders of magnitude. */
function gradient(f: (m: readonly number[]) => number, means: readonly number[]): number[] {
  const size = Math.sqrt(Math.max(means[6]!, means[11]!, Number.MIN_VALUE));
  return means.map((mean, k) => {
    const step = 1e-5 * (Math.abs(mean) > 0 ? Math.abs(mean) : size);
    const moved = (by: number) => f(means.map((value, l) => (l === k ? value + by : value)));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}
