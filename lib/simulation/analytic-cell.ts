import { crossingProbability } from "../design/crossing-probability.ts";
import { betaQuantile } from "../numerics/beta.ts";
import { noncentralTUpperTail } from "../numerics/noncentral-t.ts";
import { normalQuantile, normalUpperQuantile } from "../numerics/normal.ts";
import { poissonUpperTail } from "../numerics/poisson.ts";
import { gaussLegendre } from "../numerics/quadrature.ts";
import { studentTUpperQuantile } from "../numerics/student-t.ts";
import type { PatientLaw } from "./patient-law.ts";
import type { PreparedCell } from "./prepared-cell.ts";
import type { CellResult, Scenario, TrialDesign } from "./simulation-document.ts";

type AnalyticCell = NonNullable<CellResult["analytic"]>;

const IMBALANCE_NODES = 24;
/** Above this power the normal quantile of 1 − power has no digits left. */
const POWER_OUT_OF_REACH = 1 - 1e-10;

/**
 * Rejection probability, expected size and duration by theory, to stand beside the simulated ones.
 *
 * @param cell - Prepared cell.
 * @returns Analytic values, or null where the theory does not hold (a curved score makes residuals non-normal).
 *
 * @remarks METHODS.md eq. (M11)–(M14). One look: exact, averaged over the chance imbalance of normal covariates. Several
 * looks: the canonical joint distribution, with the drift for which the final look alone has its exact power.
 */
export function analyticCell(cell: PreparedCell): AnalyticCell | null {
  if ((cell.scenario.drift.scoreCurvature ?? 0) > 0) return null;
  const single = cell.cohorts.length === 1;
  const finalPower = exactFinalPower(cell);
  const stop = single ? { upper: [finalPower], lower: [1 - finalPower] } : sequentialStop(cell, finalPower);
  const last = cell.cohorts.length - 1;
  const ending = stop.upper.map((upper, k) => upper + stop.lower[k]!);
  const average = (values: readonly number[]) => values.reduce((sum, value, k) => sum + value * ending[k]!, 0);
  return {
    rejection: stop.upper.reduce((sum, value) => sum + value, 0),
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
  switch (analysis) {
    case "unadjusted":
      return residual + law.scoreSd ** 2;
    case "ancova":
      return residual + own;
    case "ancova-with-score":
      return residual + (1 - scenario.drift.scoreInformation ** 2) * own;
  }
}

/** Exact power of the final look on its own at the design's error, METHODS.md eq. (M12). */
function exactFinalPower(cell: PreparedCell): number {
  const { design, scenario } = cell;
  const covariates = cell.covariates + (cell.useScore ? 1 : 0);
  const completing = 1 - scenario.dropoutProbability;
  const df = cell.totalPatients * completing - 2 - covariates;
  const critical = studentTUpperQuantile(design.oneSidedAlpha, df);
  const perUnit = expectedReciprocal(design.experimental, completing) + expectedReciprocal(design.control, completing);
  const variance = unexplainedVariance(cell.law, scenario, design.analysis) * perUnit;
  const noncentrality = (cell.direction * scenario.effect) / Math.sqrt(variance);
  if (noncentrality === 0) return design.oneSidedAlpha;
  if (covariates === 0) return noncentralTUpperTail(critical, df, noncentrality);
  const { nodes, weights } = gaussLegendre(IMBALANCE_NODES);
  let power = 0;
  nodes.forEach((node, i) => {
    const imbalance = betaQuantile((node + 1) / 2, covariates / 2, (df + 1) / 2);
    power += (weights[i]! / 2) * noncentralTUpperTail(critical, df, noncentrality * Math.sqrt(1 - imbalance));
  });
  return power;
}

/** E[1/n] for n ~ Binomial(patients, p), to second order. */
function expectedReciprocal(patients: number, p: number): number {
  return (1 + (1 - p) / (patients * p)) / (patients * p);
}

function sequentialStop(
  cell: PreparedCell,
  finalPower: number,
): { upper: readonly number[]; lower: readonly number[] } {
  const size = normalUpperQuantile(cell.design.oneSidedAlpha);
  const bounded = Math.min(POWER_OUT_OF_REACH, Math.max(1 - POWER_OUT_OF_REACH, finalPower));
  const drift = cell.scenario.effect === 0 ? 0 : size + normalQuantile(bounded);
  return crossingProbability(cell.bounds, drift);
}

/** Patients randomised when the last of a cohort reaches the visit, METHODS.md eq. (M14). */
function expectedEnrolled(cell: PreparedCell, cohort: number): number {
  const remaining = cell.totalPatients - cohort;
  const arriving = cell.scenario.accrualPerMonth * cell.followUpMonths;
  let expected = cohort;
  for (let j = 0; j < remaining; j++) expected += poissonUpperTail(j, arriving);
  return expected;
}

function noteOf(cell: PreparedCell, single: boolean): string {
  const size = single
    ? "exact noncentral t, averaged over chance imbalance of normal covariates"
    : "canonical joint distribution with the drift that gives the final look its exact power";
  return cell.scenario.dropoutProbability > 0 ? `${size}; dropout at its expected effect on precision` : size;
}
