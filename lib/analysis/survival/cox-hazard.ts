import type { CoxProblem, TieMethod } from "./cox-problem.ts";
import type { CoxFit } from "./fit-cox.ts";

/** One distinct time of a stratum of a fitted model, in order of time. */
export interface HazardStep {
  readonly stratum: number;
  readonly time: number;
  /** Sorted positions of this time: from … to − 1, the dead first. */
  readonly from: number;
  readonly to: number;
  readonly dead: number;
  /** Hazard of a patient with the mean covariates who is not among the dead. */
  readonly hazard: number;
  /** Hazard of each of the dead (Efron counts them in part). */
  readonly hazardOfDead: number;
  /** Greenwood-type variance increment of the cumulative hazard. */
  readonly variance: number;
}

/**
 * Baseline hazard increments at every distinct time for patients whose linear predictor is 0 (covariates at their means).
 *
 * METHODS.md eq. (V14). Efron's increments with Efron's ties; Breslow's otherwise.
 */
export function hazardSteps(problem: CoxProblem, linear: ArrayLike<number>, ties: TieMethod): HazardStep[] {
  const { time, event, weight, stratumStart } = problem;
  const steps: HazardStep[] = [];
  for (let s = 0; s + 1 < stratumStart.length; s++) {
    let denominator = 0;
    const backwards: HazardStep[] = [];
    for (let k = stratumStart[s + 1]! - 1; k >= stratumStart[s]!; ) {
      const now = time[k]!;
      const to = k + 1;
      let dead = 0;
      let deadWeight = 0;
      let deadRisk = 0;
      for (; k >= stratumStart[s]! && time[k] === now; k--) {
        const r = weight[k]! * Math.exp(linear[k]!);
        if (event[k] === 0) denominator += r;
        else {
          dead++;
          deadWeight += weight[k]!;
          deadRisk += r;
        }
      }
      let hazard = 0;
      let hazardOfDead = 0;
      let variance = 0;
      const parts = ties === "efron" ? dead : Math.min(dead, 1);
      for (let part = 0; part < parts; part++) {
        const increment = deadWeight / parts / (denominator + deadRisk * (1 - part / parts));
        hazard += increment;
        hazardOfDead += increment * (1 - part / parts);
        variance += increment * (increment / (deadWeight / parts));
      }
      denominator += deadRisk;
      backwards.push({ stratum: s, time: now, from: k + 1, to, dead, hazard, hazardOfDead, variance });
    }
    steps.push(...backwards.reverse());
  }
  return steps;
}

/** Cumulative baseline hazard of one stratum. */
export interface BaselineHazard {
  readonly time: Float64Array;
  readonly cumulativeHazard: Float64Array;
}

/**
 * Cumulative baseline hazard of each stratum for given covariate values.
 *
 * @param covariates - Values of the used columns at which the hazard holds; zeros by default.
 * @returns One step function a stratum at every distinct time of follow-up.
 */
export function baselineHazard(fit: CoxFit, covariates?: ArrayLike<number>): BaselineHazard[] {
  const { problem } = fit;
  const linear = sortedPredictor(fit);
  let shift = 0;
  fit.used.forEach((column, j) => {
    shift += ((covariates?.[j] ?? 0) - problem.means[j]!) * fit.coefficients[column]!;
  });
  const scale = Math.exp(shift);
  const result: { time: number[]; hazard: number[] }[] = [];
  for (const step of hazardSteps(problem, linear, fit.ties)) {
    if (result.length === step.stratum) result.push({ time: [], hazard: [] });
    const stratum = result[step.stratum]!;
    stratum.time.push(step.time);
    stratum.hazard.push((stratum.hazard.at(-1) ?? 0) + scale * step.hazard);
  }
  return result.map(({ time, hazard }) => ({
    time: Float64Array.from(time),
    cumulativeHazard: Float64Array.from(hazard),
  }));
}

/** Linear predictor in the sorted order of the problem. */
export function sortedPredictor(fit: CoxFit): Float64Array {
  return Float64Array.from(fit.problem.order, (i) => fit.linearPredictor[i]!);
}
