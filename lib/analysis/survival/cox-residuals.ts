import { DomainError } from "../../errors/domain-error.ts";
import { hazardSteps, sortedPredictor } from "./cox-hazard.ts";
import { coxProblem } from "./cox-problem.ts";
import type { CoxFit } from "./fit-cox.ts";
import type { SurvivalTimes } from "./survival-times.ts";

/**
 * Martingale residuals: events seen minus events expected under the model, one a patient in the order of the data.
 *
 * METHODS.md eq. (V15). Source: Barlow & Prentice (1988); Therneau, Grambsch & Fleming (1990).
 */
export function martingaleResiduals(fit: CoxFit): Float64Array {
  const { problem } = fit;
  const linear = sortedPredictor(fit);
  const residuals = new Float64Array(problem.n);
  let stratum = -1;
  let cumulative = 0;
  for (const step of hazardSteps(problem, linear, fit.ties)) {
    if (step.stratum !== stratum) cumulative = 0;
    stratum = step.stratum;
    for (let k = step.from; k < step.to; k++) {
      const hazard = cumulative + (problem.event[k] === 1 ? step.hazardOfDead : step.hazard);
      residuals[problem.order[k]!] = problem.event[k]! - Math.exp(linear[k]!) * hazard;
    }
    cumulative += step.hazard;
  }
  return residuals;
}

/**
 * Martingale residuals of the model without covariates: the pseudo-outcome on which a prognostic score for a time to event
 * is trained.
 *
 * @param strata - Codes, shape [n].
 * METHODS.md eq. (V15).
 */
export function nullMartingaleResiduals(times: SurvivalTimes, strata?: ArrayLike<number>): Float64Array {
  const problem = coxProblem(times, [], strata === undefined ? {} : { strata });
  const linear = new Float64Array(problem.n);
  const residuals = new Float64Array(problem.n);
  let stratum = -1;
  let cumulative = 0;
  for (const step of hazardSteps(problem, linear, "efron")) {
    if (step.stratum !== stratum) cumulative = 0;
    stratum = step.stratum;
    for (let k = step.from; k < step.to; k++)
      residuals[problem.order[k]!] =
        problem.event[k]! - cumulative - (problem.event[k] === 1 ? step.hazardOfDead : step.hazard);
    cumulative += step.hazard;
  }
  return residuals;
}

/**
 * Deviance residuals: martingale residuals made symmetric around 0.
 *
 * METHODS.md eq. (V15). Source: Therneau, Grambsch & Fleming (1990).
 */
export function devianceResiduals(fit: CoxFit): Float64Array {
  const martingale = martingaleResiduals(fit);
  const event = new Uint8Array(fit.problem.n);
  for (let k = 0; k < fit.problem.n; k++) event[fit.problem.order[k]!] = fit.problem.event[k]!;
  return martingale.map(
    (m, i) => Math.sign(m) * Math.sqrt(Math.max(-2 * (m + (event[i] === 1 ? Math.log(1 - m) : 0)), 0)),
  );
}

/** Schoenfeld residuals: one row an event, in order of stratum and time. */
export interface SchoenfeldResiduals {
  /** Index of the patient in the data, shape [events]. */
  readonly patient: Int32Array;
  readonly time: Float64Array;
  /** Covariates minus their risk-weighted mean, row-major [events · q]. */
  readonly residuals: Float64Array;
}

/**
 * Schoenfeld residuals of the used columns.
 *
 * METHODS.md eq. (V16). Source: Schoenfeld (1982); with Efron's ties the mean of the means.
 */
export function schoenfeldResiduals(fit: CoxFit): SchoenfeldResiduals {
  const { problem } = fit;
  const { p, x } = problem;
  assertInexact(fit);
  const patient: number[] = [];
  const time: number[] = [];
  const residuals: number[] = [];
  forEachTime(fit, (from, dead, means) => {
    const mean = new Float64Array(p);
    means.forEach((each) => {
      for (let j = 0; j < p; j++) mean[j]! += each[j]! / means.length;
    });
    for (let k = from; k < from + dead; k++) {
      patient.push(problem.order[k]!);
      time.push(problem.time[k]!);
      for (let j = 0; j < p; j++) residuals.push(x[k * p + j]! - mean[j]!);
    }
  });
  return {
    patient: Int32Array.from(patient),
    time: Float64Array.from(time),
    residuals: Float64Array.from(residuals),
  };
}

/**
 * Score residuals: what each patient contributes to the score; row-major [n · q] in the order of the data, multiplied by the
 * case weight.
 *
 * METHODS.md eq. (V17). Source: Lin & Wei (1989); Therneau & Grambsch (2000), §7.2.
 */
export function scoreResiduals(fit: CoxFit): Float64Array {
  const { problem } = fit;
  const { n, p, x, event, weight, order, stratumStart } = problem;
  assertInexact(fit);
  const linear = sortedPredictor(fit);
  const result = new Float64Array(n * p);
  // Per stratum: Λ(t) and ∫ mean dΛ up to each time, so that a patient's integral is x Λ − ∫ mean dΛ.
  let cumulative = 0;
  const integral = new Float64Array(p);
  let stratum = 0;
  forEachTime(
    fit,
    (from, dead, means, increments, to) => {
      if (from >= stratumStart[stratum + 1]!) {
        while (from >= stratumStart[stratum + 1]!) stratum++;
        cumulative = 0;
        integral.fill(0);
      }
      let hazard = 0;
      const mass = new Float64Array(p);
      let deadHazard = 0;
      const deadMass = new Float64Array(p);
      const meanOfMeans = new Float64Array(p);
      increments.forEach((increment, part) => {
        const share = 1 - part / increments.length;
        hazard += increment;
        deadHazard += increment * share;
        for (let j = 0; j < p; j++) {
          mass[j]! += increment * means[part]![j]!;
          deadMass[j]! += increment * share * means[part]![j]!;
          meanOfMeans[j]! += means[part]![j]! / increments.length;
        }
      });
      for (let k = from; k < to; k++) {
        const isDead = event[k] === 1 && k < from + dead;
        const r = Math.exp(linear[k]!);
        for (let j = 0; j < p; j++) {
          const value = x[k * p + j]!;
          const expected =
            value * (cumulative + (isDead ? deadHazard : hazard)) - integral[j]! - (isDead ? deadMass[j]! : mass[j]!);
          const seen = isDead ? value - meanOfMeans[j]! : 0;
          result[order[k]! * p + j] = weight[k]! * (seen - r * expected);
        }
      }
      cumulative += hazard;
      for (let j = 0; j < p; j++) integral[j]! += mass[j]!;
    },
    true,
  );
  return result;
}

/**
 * Covariance of the coefficients that holds when the model is wrong, or patients are correlated within clusters: the sum of
 * squares of the changes of β on leaving a cluster out (infinitesimal jackknife).
 *
 * @param cluster - Code of the cluster of each patient, shape [n]; each patient alone when absent.
 * @returns Row-major [q · q].
 *
 * METHODS.md eq. (V17). Source: Lin & Wei (1989).
 */
export function robustCovariance(fit: CoxFit, cluster?: ArrayLike<number>): Float64Array {
  const { n, p } = fit.problem;
  const score = scoreResiduals(fit);
  const change = new Map<number, Float64Array>();
  for (let i = 0; i < n; i++) {
    const key = cluster?.[i] ?? i;
    let row = change.get(key);
    if (row === undefined) {
      row = new Float64Array(p);
      change.set(key, row);
    }
    for (let a = 0; a < p; a++) for (let b = 0; b < p; b++) row[a]! += fit.covariance[a * p + b]! * score[i * p + b]!;
  }
  const covariance = new Float64Array(p * p);
  for (const row of change.values())
    for (let a = 0; a < p; a++) for (let b = 0; b < p; b++) covariance[a * p + b]! += row[a]! * row[b]!;
  return covariance;
}

type TimeVisitor = (
  from: number,
  dead: number,
  /** Risk-weighted means of the covariates for each part of the tied events. */
  means: readonly Float64Array[],
  /** Hazard increment of each part. */
  increments: readonly number[],
  to: number,
) => void;

/** Visits the distinct times in order of stratum and time; those without an event too when asked. */
function forEachTime(fit: CoxFit, visit: TimeVisitor, withoutEvents = false): void {
  const { problem, ties } = fit;
  const { p, x, time, event, weight, stratumStart } = problem;
  const linear = sortedPredictor(fit);
  for (let s = 0; s + 1 < stratumStart.length; s++) {
    const visits: (() => void)[] = [];
    let denominator = 0;
    const first = new Float64Array(p);
    for (let k = stratumStart[s + 1]! - 1; k >= stratumStart[s]!; ) {
      const now = time[k]!;
      const to = k + 1;
      let dead = 0;
      let deadWeight = 0;
      let deadRisk = 0;
      const firstDead = new Float64Array(p);
      for (; k >= stratumStart[s]! && time[k] === now; k--) {
        const r = weight[k]! * Math.exp(linear[k]!);
        const target = event[k] === 1 ? firstDead : first;
        for (let j = 0; j < p; j++) target[j]! += r * x[k * p + j]!;
        if (event[k] === 0) denominator += r;
        else {
          dead++;
          deadWeight += weight[k]!;
          deadRisk += r;
        }
      }
      const parts = ties === "efron" ? dead : Math.min(dead, 1);
      const means: Float64Array[] = [];
      const increments: number[] = [];
      for (let part = 0; part < parts; part++) {
        const share = 1 - part / parts;
        const whole = denominator + deadRisk * share;
        means.push(first.map((value, j) => (value + firstDead[j]! * share) / whole));
        increments.push(deadWeight / parts / whole);
      }
      denominator += deadRisk;
      for (let j = 0; j < p; j++) first[j]! += firstDead[j]!;
      const from = k + 1;
      if (dead > 0 || withoutEvents) visits.push(() => visit(from, dead, means, increments, to));
    }
    for (const each of visits.reverse()) each();
  }
}

function assertInexact(fit: CoxFit): void {
  if (fit.ties !== "exact") return;
  throw new DomainError("UNSUPPORTED_COMBINATION", {
    argument: "ties",
    received: "exact",
    requirement: "must be efron or breslow for score residuals and robust standard errors",
  });
}
