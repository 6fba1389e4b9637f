import { createRng } from "../numerics/philox.ts";
import type { Rng } from "../numerics/rng.ts";
import { assignArms } from "./permuted-blocks.ts";
import type { PreparedCell } from "./prepared-cell.ts";

/** Streams of one replicate; each belongs to one kind of draw, so that trials of different length share their patients. */
const STREAM = { patients: 1, accrual: 2, randomisation: 3, dropout: 4 } as const;

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
  /** Months from the start of accrual to randomisation, increasing. */
  readonly enrolledAt: Float64Array;
  /** Randomisation keys, scratch. */
  readonly keys: Float64Array;
  /** Scratch for the covariates' standard normals. */
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
    enrolledAt: new Float64Array(patients),
    keys: new Float64Array(patients),
    normals: new Float64Array(covariates),
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
  drawDropout(cell.scenario.dropoutProbability, rng.fork(STREAM.dropout), trial);
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
    let outcome = trueScore + meanShift + straight * rng.normal();
    if (curved > 0) {
      const standardised = trueScore / law.scoreSd;
      outcome += curved * (standardised * standardised - 1);
    }
    trial.outcome[i] = outcome;
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
function drawDropout(probability: number, rng: Rng, trial: SimulatedTrial): void {
  const hazardToVisit = -Math.log1p(-probability);
  for (let i = 0; i < trial.patients; i++) trial.completes[i] = rng.exponential() < hazardToVisit ? 0 : 1;
}
