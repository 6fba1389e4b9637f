import { createRng } from "../numerics/philox.ts";
import type { Rng } from "../numerics/rng.ts";
import type { CourseLaw } from "./course-law.ts";
import { assignArms } from "./permuted-blocks.ts";
import type { PreparedCell } from "./prepared-cell.ts";

/** Streams of one replicate; each belongs to one kind of draw, so that trials of different length share their patients. */
const STREAM = { patients: 1, accrual: 2, randomisation: 3, dropout: 4, course: 5 } as const;

/** One simulated trial, patient by patient in order of randomisation; reused from replicate to replicate. */
export interface SimulatedTrial {
  readonly patients: number;
  readonly covariates: number;
  /** ANCOVA covariates minus their means, [patients · covariates] row-major. */
  readonly covariate: Float64Array;
  /** Prognostic score as the trial would compute it, minus its mean. */
  readonly score: Float64Array;
  /** Outcome at the primary visit under the assigned arm, minus the control mean; whether or not it is observed. */
  readonly outcome: Float64Array;
  /** 1 = experimental. */
  readonly arm: Uint8Array;
  /** 1 = the patient reaches the primary visit. */
  readonly completes: Uint8Array;
  /** Earlier visits of the same endpoint; null where the analysis does not read them. */
  readonly course: SimulatedCourse | null;
  /** Months from the start of accrual to randomisation, increasing. */
  readonly enrolledAt: Float64Array;
  /** Randomisation keys, scratch. */
  readonly keys: Float64Array;
  /** Scratch for the covariates' standard normals. */
  readonly normals: Float64Array;
}

/** Visits before the primary one. */
export interface SimulatedCourse {
  /** Outcome minus the control mean, [patients · earlier visits] row-major, whether or not observed. */
  readonly outcome: Float64Array;
  /** Earlier visits that the patient reaches, the first ones. */
  readonly reached: Uint8Array;
  /** u and e of every patient; e with its curved part. */
  readonly own: Float64Array;
  readonly residual: Float64Array;
  /** Scratch, [earlier visits]. */
  readonly normals: Float64Array;
}

/** Room for the trials of a cell. */
export function createTrialWorkspace(cell: PreparedCell): SimulatedTrial {
  const patients = cell.totalPatients;
  const { covariates } = cell.law;
  return {
    patients,
    covariates,
    covariate: new Float64Array(patients * covariates),
    score: new Float64Array(patients),
    outcome: new Float64Array(patients),
    arm: new Uint8Array(patients),
    completes: new Uint8Array(patients),
    course: cell.course === null ? null : createCourse(patients, cell.course.earlierVisits),
    enrolledAt: new Float64Array(patients),
    keys: new Float64Array(patients),
    normals: new Float64Array(covariates),
  };
}

function createCourse(patients: number, earlierVisits: number): SimulatedCourse {
  return {
    outcome: new Float64Array(patients * earlierVisits),
    reached: new Uint8Array(patients),
    own: new Float64Array(patients),
    residual: new Float64Array(patients),
    normals: new Float64Array(earlierVisits),
  };
}

/**
 * Generator of one replicate, keyed by (seed, scenario, replicate): every design of a scenario meets the same patients.
 *
 * @param seed - Seed of the simulation.
 * @param scenarioId - Identifier of the scenario.
 * @param replicate - Whole number ≥ 0.
 */
export function replicateRng(seed: number, scenarioId: string, replicate: number): Rng {
  return createRng(seed).fork(scenarioId).fork(replicate);
}

/**
 * Generates one trial.
 *
 * @param cell - Law, arm sizes, accrual, dropout, drift and effect.
 * @param rng - From {@link replicateRng}.
 * @param trial - Workspace of the cell; overwritten.
 *
 * @remarks METHODS.md eq. (M1), (M4), (M5): covariates, score and outcome from the patient law with drift; Poisson
 * accrual; permuted blocks; exponential dropout, independent of everything else.
 */
export function generateTrial(cell: PreparedCell, rng: Rng, trial: SimulatedTrial): void {
  drawPatients(cell, rng.fork(STREAM.patients), trial);
  drawAccrual(cell.scenario.accrualPerMonth, rng.fork(STREAM.accrual), trial);
  const keys = rng.fork(STREAM.randomisation);
  for (let i = 0; i < trial.patients; i++) trial.keys[i] = keys.uniform();
  assignArms(trial.keys, cell.design.experimental, cell.design.control, trial.arm);
  for (let i = 0; i < trial.patients; i++) if (trial.arm[i] === 1) trial.outcome[i]! += cell.scenario.effect;
  if (cell.course !== null && trial.course !== null)
    drawCourse(cell, cell.course, rng.fork(STREAM.course), trial, trial.course);
  drawDropout(cell, rng.fork(STREAM.dropout), trial);
}

function drawPatients(cell: PreparedCell, rng: Rng, trial: SimulatedTrial): void {
  const { law } = cell;
  const { meanShift, residualSdRatio, scoreInformation } = cell.scenario.drift;
  const curvature = law.scoreSd > 0 ? (cell.scenario.drift.scoreCurvature ?? 0) : 0;
  const q = law.covariates;
  const { normals, covariate } = trial;
  const noise = law.scoreOwnSd * Math.sqrt(1 - scoreInformation * scoreInformation);
  const informative = law.scoreOwnSd * scoreInformation;
  const residualSd = law.residualSd * residualSdRatio;
  const straight = residualSd * Math.sqrt(1 - curvature);
  const curved = residualSd * Math.sqrt(curvature / 2);
  for (let i = 0; i < trial.patients; i++) {
    for (let j = 0; j < q; j++) normals[j] = rng.normal();
    let known = 0;
    for (let j = 0; j < q; j++) {
      let value = 0;
      for (let k = 0; k <= j; k++) value += law.covariateFactor[j * q + k]! * normals[k]!;
      covariate[i * q + j] = value;
      known += law.scoreOnCovariates[j]! * value;
    }
    const own = rng.normal();
    const trueScore = known + law.scoreOwnSd * own;
    trial.score[i] = noise > 0 ? known + informative * own + noise * rng.normal() : trueScore;
    let residual = straight * rng.normal();
    let outcome = trueScore + meanShift + residual;
    if (curved > 0) {
      const standardised = trueScore / law.scoreSd;
      const bend = curved * (standardised * standardised - 1);
      residual += bend;
      outcome += bend;
    }
    trial.outcome[i] = outcome;
    if (trial.course !== null) {
      trial.course.own[i] = own;
      trial.course.residual[i] = residual / residualSd;
    }
  }
}

/** Earlier visits given what is drawn, with drift and the effect that grows linearly in time; METHODS.md eq. (M16). */
function drawCourse(
  cell: PreparedCell,
  law: CourseLaw,
  rng: Rng,
  trial: SimulatedTrial,
  course: SimulatedCourse,
): void {
  const { earlierVisits: b } = law;
  const q = trial.covariates;
  const { effect, drift } = cell.scenario;
  for (let i = 0; i < trial.patients; i++) {
    for (let v = 0; v < b; v++) course.normals[v] = rng.normal();
    for (let v = 0; v < b; v++) {
      let value = drift.meanShift + law.onOwnScore[v]! * course.own[i]!;
      for (let j = 0; j < q; j++) value += law.onCovariates[v * q + j]! * trial.covariate[i * q + j]!;
      let residual = law.onResidual[v]! * course.residual[i]!;
      for (let k = 0; k <= v; k++) residual += law.factor[v * b + k]! * course.normals[k]!;
      value += drift.residualSdRatio * residual;
      if (trial.arm[i] === 1) value += effect * law.dayShares[v]!;
      course.outcome[i * b + v] = value;
    }
  }
}

/** Poisson process: exponential gaps with the scenario's rate. */
function drawAccrual(perMonth: number, rng: Rng, trial: SimulatedTrial): void {
  let now = 0;
  for (let i = 0; i < trial.patients; i++) {
    now += rng.exponential() / perMonth;
    trial.enrolledAt[i] = now;
  }
}

/** A patient with dropout time T ~ Exp(h) misses the visit at D when T < D; P(T < D) = p gives hD = −log(1 − p). */
function drawDropout(cell: PreparedCell, rng: Rng, trial: SimulatedTrial): void {
  const hazardToVisit = -Math.log1p(-cell.scenario.dropoutProbability);
  const earlier = cell.course?.earlierVisits ?? 0;
  for (let i = 0; i < trial.patients; i++) {
    const time = rng.exponential();
    trial.completes[i] = time < hazardToVisit ? 0 : 1;
    if (cell.course === null || trial.course === null) continue;
    let reached = 0;
    while (reached < earlier && time >= hazardToVisit * cell.course.dayShares[reached]!) reached++;
    trial.course.reached[i] = reached;
  }
}
