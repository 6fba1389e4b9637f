import { choleskyInPlace, choleskySolveInPlace } from "../../numerics/cholesky.ts";
import type { TransitionRows } from "./transition-rows.ts";

/** A cumulative-logit regression of steps: visits have thresholds of their own and share all other coefficients. */
export interface CumulativeLogit {
  /** [visits × (K − 1)] increasing within a visit. */
  readonly thresholds: Float64Array;
  /** [steps]: effect of the last value being at least 1, 2, … */
  readonly steps: Float64Array;
  /** [F] */
  readonly coefficients: Float64Array;
}

export interface LogitProblem {
  readonly levels: number;
  readonly visits: number;
  /** Number of step coefficients: K − 1, or 0 for the first visit. */
  readonly steps: number;
  /** [n × F] */
  readonly design: Float64Array;
  readonly columns: number;
  /** [F] precision of each coefficient. */
  readonly precision: Float64Array;
  /** Prior of the steps: a common effect with precision `common`, and each step's departure from it with precision `own`. */
  readonly stepPrior: { readonly common: number; readonly own: number };
  /** [K] weights of a pseudo-patient at the mean of all features, seen at every visit at each level. */
  readonly pseudo: Float64Array;
}

const MAXIMUM_ITERATIONS = 60;

/**
 * Posterior mode of a cumulative-logit (proportional-odds) regression by Newton's method, steps halved while the posterior falls.
 * The log-likelihood is concave, so that the mode is unique. METHODS.md, equations (DT2) and (DT3).
 *
 * @param problem - Shape, design, prior.
 * @param rows - Steps to learn from.
 * @param start - Where to start; marginal frequencies when null.
 * @param tolerance - Largest last move of a parameter.
 *
 * Source: McCullagh (1980), J. R. Statist. Soc. B 42:109–142.
 */
export function fitCumulativeLogit(
  problem: LogitProblem,
  rows: TransitionRows,
  start: CumulativeLogit | null,
  tolerance = 1e-8,
): CumulativeLogit {
  const { levels, visits, steps, columns } = problem;
  const cuts = levels - 1;
  const size = visits * cuts + steps + columns;
  let parameters = pack(start ?? startingValues(problem, rows), size);
  let value = logPosterior(problem, rows, parameters);
  const information = new Float64Array(size * size);
  const move = new Float64Array(size);
  for (let iteration = 0; iteration < MAXIMUM_ITERATIONS; iteration++) {
    scoreAndInformation(problem, rows, parameters, move, information);
    if (choleskyInPlace(information, size) !== -1) break;
    choleskySolveInPlace(information, size, move);
    let [length, next, reached] = [1, parameters, value];
    for (let halving = 0; halving < 40; halving++, length /= 2) {
      next = parameters.map((b, j) => b + length * move[j]!);
      reached = logPosterior(problem, rows, next);
      if (reached >= value - 1e-12 * Math.abs(value)) break;
    }
    if (!(reached >= value - 1e-12 * Math.abs(value))) break;
    let largest = 0;
    for (const step of move) largest = Math.max(largest, Math.abs(length * step));
    parameters = next;
    value = reached;
    if (largest < tolerance) break;
  }
  return unpack(problem, parameters);
}

/** Mean log-likelihood weight of rows under a fit: Σ weight × log P(value). */
export function rowsLogLikelihood(problem: LogitProblem, rows: TransitionRows, fit: CumulativeLogit): number {
  const size = fit.thresholds.length + fit.steps.length + fit.coefficients.length;
  return logLikelihood(problem, rows, pack(fit, size));
}

function pack(fit: CumulativeLogit, size: number): Float64Array {
  const packed = new Float64Array(size);
  packed.set(fit.thresholds);
  packed.set(fit.steps, fit.thresholds.length);
  packed.set(fit.coefficients, fit.thresholds.length + fit.steps.length);
  return packed;
}

function unpack(problem: LogitProblem, parameters: Float64Array): CumulativeLogit {
  const cuts = problem.visits * (problem.levels - 1);
  return {
    thresholds: parameters.slice(0, cuts),
    steps: parameters.slice(cuts, cuts + problem.steps),
    coefficients: parameters.slice(cuts + problem.steps),
  };
}

function startingValues(problem: LogitProblem, rows: TransitionRows): CumulativeLogit {
  const { levels, visits } = problem;
  const counts = new Float64Array(visits * levels);
  for (let v = 0; v < visits; v++) counts.set(problem.pseudo, v * levels);
  rows.value.forEach((k, r) => {
    counts[rows.visit[r]! * levels + k]! += rows.weight[r]!;
  });
  const thresholds = new Float64Array(visits * (levels - 1));
  for (let v = 0; v < visits; v++) {
    let total = 0;
    for (let k = 0; k < levels; k++) total += counts[v * levels + k]!;
    let below = 0;
    for (let k = 0; k + 1 < levels; k++) {
      below += counts[v * levels + k]!;
      thresholds[v * (levels - 1) + k] = Math.log(below / (total - below));
    }
  }
  return { thresholds, steps: new Float64Array(problem.steps), coefficients: new Float64Array(problem.columns) };
}

/** 1/(1 + e⁻ˣ) without overflow. */
export function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** logistic(upper) − logistic(lower), without the loss of digits of a difference near 1. */
export function logisticDifference(upper: number, lower: number): number {
  return lower > 0 ? logistic(-lower) - logistic(-upper) : logistic(upper) - logistic(lower);
}

/** Linear predictor of a row, thresholds apart. */
function predictorOf(
  problem: LogitProblem,
  rows: TransitionRows,
  parameters: Float64Array,
  ofPatient: Float64Array,
  r: number,
) {
  const from = problem.visits * (problem.levels - 1);
  let eta = ofPatient[rows.patient[r]!]!;
  for (let t = 0; t < rows.last[r]!; t++) eta += parameters[from + t]!;
  return eta;
}

/** Σ coefficients × design for every patient. */
function patientPredictors(problem: LogitProblem, parameters: Float64Array): Float64Array {
  const { design, columns } = problem;
  const from = problem.visits * (problem.levels - 1) + problem.steps;
  const n = columns === 0 ? 0 : design.length / columns;
  const sums = new Float64Array(Math.max(n, 1));
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += design[i * columns + j]! * parameters[from + j]!;
    sums[i] = sum;
  }
  return sums;
}

function logPosterior(problem: LogitProblem, rows: TransitionRows, parameters: Float64Array): number {
  const { levels, visits, steps, precision, pseudo } = problem;
  const cuts = levels - 1;
  let value = logLikelihood(problem, rows, parameters);
  for (let v = 0; v < visits; v++) {
    for (let k = 0; k < levels; k++) value += pseudo[k]! * Math.log(levelProbability(parameters, v * cuts, cuts, k, 0));
  }
  const from = visits * cuts;
  const { own, pooled } = stepPrecision(problem);
  let sum = 0;
  for (let t = 0; t < steps; t++) {
    value -= 0.5 * own * parameters[from + t]! ** 2;
    sum += parameters[from + t]!;
  }
  value += 0.5 * pooled * sum ** 2;
  for (let j = 0; j < precision.length; j++) value -= 0.5 * precision[j]! * parameters[from + steps + j]! ** 2;
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}

function logLikelihood(problem: LogitProblem, rows: TransitionRows, parameters: Float64Array): number {
  const cuts = problem.levels - 1;
  const ofPatient = patientPredictors(problem, parameters);
  let value = 0;
  for (let r = 0; r < rows.value.length; r++) {
    const eta = predictorOf(problem, rows, parameters, ofPatient, r);
    value += rows.weight[r]! * Math.log(levelProbability(parameters, rows.visit[r]! * cuts, cuts, rows.value[r]!, eta));
  }
  return value;
}

/** Precision matrix of the steps, own × I − pooled × 11ᵀ: the inverse of I/own + 11ᵀ/common. */
function stepPrecision({ steps, stepPrior: { common, own } }: LogitProblem): { own: number; pooled: number } {
  return { own, pooled: own ** 2 / (common + own * steps) };
}

function levelProbability(thresholds: Float64Array, at: number, cuts: number, k: number, eta: number): number {
  if (k === 0) return logistic(thresholds[at]! - eta);
  if (k === cuts) return logistic(eta - thresholds[at + cuts - 1]!);
  return logisticDifference(thresholds[at + k]! - eta, thresholds[at + k - 1]! - eta);
}

function scoreAndInformation(
  problem: LogitProblem,
  rows: TransitionRows,
  parameters: Float64Array,
  score: Float64Array,
  information: Float64Array,
): void {
  const { levels, visits, steps, columns, design, precision, pseudo } = problem;
  const cuts = levels - 1;
  const size = parameters.length;
  const firstStep = visits * cuts;
  const firstColumn = firstStep + steps;
  score.fill(0);
  information.fill(0);
  const prior = stepPrecision(problem);
  let sum = 0;
  for (let t = 0; t < steps; t++) sum += parameters[firstStep + t]!;
  for (let t = 0; t < steps; t++) {
    score[firstStep + t] = prior.pooled * sum - prior.own * parameters[firstStep + t]!;
    for (let u = 0; u <= t; u++)
      information[(firstStep + t) * size + firstStep + u] = (t === u ? prior.own : 0) - prior.pooled;
  }
  for (let j = 0; j < columns; j++) {
    score[firstColumn + j] = -precision[j]! * parameters[firstColumn + j]!;
    information[(firstColumn + j) * (size + 1)] = precision[j]!;
  }
  const add = (a: number, b: number, amount: number) => {
    information[a > b ? a * size + b : b * size + a]! += amount;
  };
  /** Adds one row: `eta` its predictor, `last` its steps, `x` the position of its design row or −1. */
  const addRow = (v: number, k: number, eta: number, last: number, x: number, weight: number) => {
    const upper = k < cuts ? parameters[v * cuts + k]! - eta : Number.POSITIVE_INFINITY;
    const lower = k > 0 ? parameters[v * cuts + k - 1]! - eta : Number.NEGATIVE_INFINITY;
    const F = logistic(upper);
    const G = logistic(lower);
    const f = F * logistic(-upper);
    const g = G * logistic(-lower);
    const p = Math.max(logisticDifference(upper, lower), 1e-300);
    const ofEta = weight * (F + G - 1);
    const curvature = weight * (f + g);
    const above = v * cuts + k;
    const below = above - 1;
    if (k < cuts) {
      score[above]! += (weight * f) / p;
      add(above, above, weight * ((f / p) ** 2 - (f * (1 - 2 * F)) / p));
    }
    if (k > 0) {
      score[below]! -= (weight * g) / p;
      add(below, below, weight * ((g / p) ** 2 + (g * (1 - 2 * G)) / p));
    }
    if (k < cuts && k > 0) add(above, below, (-weight * f * g) / p ** 2);
    const crossWith = (column: number, factor: number) => {
      if (k < cuts) add(column, above, -weight * f * factor);
      if (k > 0) add(column, below, -weight * g * factor);
    };
    for (let t = 0; t < last; t++) {
      score[firstStep + t]! += ofEta;
      crossWith(firstStep + t, 1);
      for (let u = 0; u <= t; u++) add(firstStep + t, firstStep + u, curvature);
    }
    if (x < 0) return;
    for (let j = 0; j < columns; j++) {
      const value = design[x + j]!;
      if (value === 0) continue;
      const a = firstColumn + j;
      score[a]! += ofEta * value;
      crossWith(a, value);
      const scaled = curvature * value;
      for (let t = 0; t < last; t++) information[a * size + firstStep + t]! += scaled;
      for (let l = 0; l <= j; l++) information[a * size + firstColumn + l]! += scaled * design[x + l]!;
    }
  };
  const ofPatient = patientPredictors(problem, parameters);
  for (let r = 0; r < rows.value.length; r++) {
    const i = rows.patient[r]!;
    const eta = predictorOf(problem, rows, parameters, ofPatient, r);
    addRow(
      rows.visit[r]!,
      rows.value[r]!,
      eta,
      Math.max(0, rows.last[r]!),
      columns === 0 ? -1 : i * columns,
      rows.weight[r]!,
    );
  }
  for (let v = 0; v < visits; v++) for (let k = 0; k < levels; k++) addRow(v, k, 0, 0, -1, pseudo[k]!);
}
