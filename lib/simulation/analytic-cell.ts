import { crossingProbability, type SequentialBounds } from "../design/crossing-probability.ts";
import { betaDensity, betaUpperQuantile } from "../numerics/beta.ts";
import { noncentralTUpperTail } from "../numerics/noncentral-t.ts";
import { normalUpperQuantile, normalUpperTail } from "../numerics/normal.ts";
import { poissonUpperTail } from "../numerics/poisson.ts";
import { integrateGaussLegendre } from "../numerics/quadrature.ts";
import { courseInformationShare } from "./course-information.ts";
import { unexplainedCourseCovariance } from "./course-law.ts";
import type { PatientLaw } from "./patient-law.ts";
import type { PreparedCell } from "./prepared-cell.ts";
import { analysisParts } from "./simulated-analysis.ts";
import type { CellResult, Scenario, TrialDesign } from "./simulation-document.ts";
import { tFromZ } from "./t-scale-bound.ts";

type AnalyticCell = NonNullable<CellResult["analytic"]>;

/** Per look: through the upper bound, through the lower bound, and through the upper bound with futility ignored. */
interface StoppingProbabilities {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
  readonly withoutFutility: readonly number[];
}

const IMBALANCE_NODES = 32;
/** Probability of a larger imbalance, which is left out. */
const NEGLIGIBLE_IMBALANCE = 1e-14;
const SMALLEST_TAIL = 1e-12;

/**
 * Rejection probability, expected size and duration by theory, to stand beside the simulated ones.
 *
 * @param cell - Prepared cell.
 * @returns Analytic values, or null where the theory does not hold: a curved score makes residuals non-normal, and a first look
 *   of fewer patients than the analysis has columns cannot be analysed.
 *
 * @remarks METHODS.md eq. (M11)–(M14). One look: exact, averaged over the chance imbalance of normal covariates. Several
 * looks: the canonical joint distribution, with bounds moved so that each look alone has its exact probabilities.
 */
export function analyticCell(cell: PreparedCell): AnalyticCell | null {
  if ((cell.scenario.drift.scoreCurvature ?? 0) > 0) return null;
  if (expectedDegreesOfFreedom(cell, cell.cohorts[0]!) < 1) return null;
  const single = cell.cohorts.length === 1;
  const stop = single ? singleStop(cell) : sequentialStop(cell);
  const last = cell.cohorts.length - 1;
  const ending = stop.upper.map((upper, k) => upper + stop.lower[k]!);
  const average = (values: readonly number[]) => values.reduce((sum, value, k) => sum + value * ending[k]!, 0);
  return {
    rejection: total(stop.upper),
    rejectionWithoutFutility: total(stop.withoutFutility),
    expectedPatients: average(cell.cohorts.map((cohort) => expectedEnrolled(cell, cohort))),
    expectedMonths: average(cell.cohorts.map((cohort) => cohort / cell.scenario.accrualPerMonth + cell.followUpMonths)),
    stopEfficacy: [...stop.upper],
    stopFutility: stop.lower.map((lower, k) => (k === last ? 0 : lower)),
    note: noteOf(cell, single),
  };
}

/**
 * Variance of the outcome that an analysis leaves unexplained, METHODS.md eq. (M11).
 *
 * @param law - Patient law.
 * @param scenario - Its drift changes the residual SD and the information in the score.
 * @param analysis - What the analysis adjusts for.
 * @returns Squared analysis scale.
 */
export function unexplainedVariance(law: PatientLaw, scenario: Scenario, analysis: TrialDesign["analysis"]): number {
  const residual = (law.residualSd * scenario.drift.residualSdRatio) ** 2;
  const own = law.scoreOwnSd ** 2;
  switch (analysisParts(analysis).sizedAs) {
    case "unadjusted":
      return residual + law.scoreSd ** 2;
    case "ancova":
      return residual + own;
    case "ancova-with-score":
      return residual + (1 - scenario.drift.scoreInformation ** 2) * own;
  }
}

/**
 * Exact probability that the test statistic of one look alone, on the Z scale, is at or above a value; METHODS.md eq.
 * (M12).
 */
function exactTail(cell: PreparedCell, cohort: number, z: number): number {
  const { design, scenario } = cell;
  if (scenario.effect === 0) return normalUpperTail(z);
  const covariates = cell.covariates + (cell.useScore ? 1 : 0);
  const completing = informativeShare(cell);
  const df = expectedDegreesOfFreedom(cell, cohort);
  const share = cohort / cell.totalPatients;
  const perUnit =
    expectedReciprocal(design.experimental * share, completing) +
    expectedReciprocal(design.control * share, completing);
  const variance = unexplainedVariance(cell.law, scenario, design.analysis) * perUnit;
  const noncentrality = (cell.direction * scenario.effect) / Math.sqrt(variance);
  const t = tFromZ(z, df);
  if (covariates === 0) return noncentralTUpperTail(t, df, noncentrality);
  const shapes = [covariates / 2, (df + 1) / 2] as const;
  // In the root of the imbalance the integrand is smooth even for one covariate, whose density is infinite at 0.
  return integrateGaussLegendre(
    (root) =>
      2 *
      root *
      betaDensity(root * root, ...shapes) *
      noncentralTUpperTail(t, df, noncentrality * Math.sqrt(1 - root * root)),
    0,
    Math.sqrt(betaUpperQuantile(NEGLIGIBLE_IMBALANCE, ...shapes)),
    IMBALANCE_NODES,
  );
}

function singleStop(cell: PreparedCell): StoppingProbabilities {
  const power = exactTail(cell, cell.totalPatients, cell.bounds.upper[0]!);
  return { upper: [power], lower: [1 - power], withoutFutility: [power] };
}

function expectedDegreesOfFreedom(cell: PreparedCell, cohort: number): number {
  return cohort * informativeShare(cell) - 2 - cell.covariates - (cell.useScore ? 1 : 0);
}

/**
 * Expected information on the primary visit over that of the same patients without dropout: the share who complete, or, for
 * MMRM, what the visits of those who leave add to it; METHODS.md eq. (M17).
 */
function informativeShare({ course, law, scenario, useScore }: PreparedCell): number {
  const completing = 1 - scenario.dropoutProbability;
  if (course === null || course.earlierVisits === 0) return completing;
  const { residualSdRatio, scoreInformation } = scenario.drift;
  return courseInformationShare(
    unexplainedCourseCovariance(
      course,
      law.scoreOwnSd,
      law.residualSd * residualSdRatio,
      residualSdRatio,
      useScore ? 1 - scoreInformation ** 2 : 1,
    ),
    Float64Array.from(course.dayShares, (share) => completing ** share),
  );
}

/** E[1/n] for n ~ Binomial(patients, p), to second order. */
function expectedReciprocal(patients: number, p: number): number {
  return (1 + (1 - p) / (patients * p)) / (patients * p);
}

/**
 * Stopping probabilities of several looks: the canonical joint distribution, with every bound moved to where it has its
 * exact probability of being crossed at its look alone; METHODS.md eq. (M13).
 */
function sequentialStop(cell: PreparedCell): StoppingProbabilities {
  const { bounds, cohorts } = cell;
  if (cell.scenario.effect === 0) return withAndWithoutFutility(bounds, 0);
  const last = cohorts.length - 1;
  const exact = (z: number, k: number) => exactTail(cell, cohorts[k]!, z);
  const drift = bounds.upper[last]! - tailQuantile(exact(bounds.upper[last]!, last));
  const moved = (z: number, k: number) =>
    Number.isFinite(z) ? drift * Math.sqrt(bounds.informationFractions[k]!) + tailQuantile(exact(z, k)) : z;
  const upper = bounds.upper.map(moved);
  const lower = bounds.lower.map((z, k) => (k === last ? upper[k]! : Math.min(moved(z, k), upper[k]!)));
  return withAndWithoutFutility({ informationFractions: bounds.informationFractions, upper, lower }, drift);
}

function withAndWithoutFutility(bounds: SequentialBounds, drift: number): StoppingProbabilities {
  const last = bounds.upper.length - 1;
  const ignored = bounds.lower.map((lower, k) => (k === last ? lower : -Infinity));
  const followed = crossingProbability(bounds, drift);
  return { ...followed, withoutFutility: crossingProbability({ ...bounds, lower: ignored }, drift).upper };
}

/** Upper normal quantile, kept finite where a probability is 0 or 1 to working accuracy. */
function tailQuantile(probability: number): number {
  return normalUpperQuantile(Math.min(1 - SMALLEST_TAIL, Math.max(SMALLEST_TAIL, probability)));
}

/** Patients randomised when the last of a cohort reaches the visit, METHODS.md eq. (M14). */
function expectedEnrolled(cell: PreparedCell, cohort: number): number {
  const remaining = cell.totalPatients - cohort;
  const arriving = cell.scenario.accrualPerMonth * cell.followUpMonths;
  let expected = cohort;
  for (let j = 0; j < remaining; j++) expected += poissonUpperTail(j, arriving);
  return expected;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function noteOf(cell: PreparedCell, single: boolean): string {
  const size = single
    ? "exact noncentral t, averaged over chance imbalance of normal covariates"
    : "canonical joint distribution of the looks, each with its exact probability of crossing a bound";
  if (cell.scenario.dropoutProbability === 0) return size;
  return cell.course === null
    ? `${size}; dropout at its expected effect on precision`
    : `${size}; MMRM at the expected information of its dropout patterns, the covariance taken as known`;
}
