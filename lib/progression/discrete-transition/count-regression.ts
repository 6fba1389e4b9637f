import { choleskyInPlace, choleskySolveInPlace } from "../../numerics/cholesky.ts";
import { logGamma } from "../../numerics/log-gamma.ts";
import type { TransitionRows } from "./transition-rows.ts";

/** Log-linear regression of counts: visits have intercepts of their own and share all other coefficients. */
export interface CountRegression {
  /** [visits] */
  readonly intercepts: Float64Array;
  /** [0 or 1] effect of log(1 + last value). */
  readonly last: Float64Array;
  /** [F] */
  readonly coefficients: Float64Array;
  /** α, variance μ + αμ². */
  readonly dispersion: number;
}

export interface CountProblem {
  readonly visits: number;
  /** 1 where there is a last value, 0 for the first visit. */
  readonly last: 0 | 1;
  /** [n × F] */
  readonly design: Float64Array;
  readonly columns: number;
  /** [last + F] precision of each coefficient. */
  readonly precision: Float64Array;
  /** Count of a pseudo-patient at the mean of all features, seen at every visit; need not be whole. */
  readonly pseudo: number;
}

const MAXIMUM_ITERATIONS = 60;
/** Range of α; below, the law is Poisson for all that counts can show. */
const SMALLEST_DISPERSION = 1e-4;
const LARGEST_DISPERSION = 50;
/** Linear predictors are kept below: e¹² patients' events are no count any more. */
const LARGEST_PREDICTOR = 12;

/**
 * Posterior mode of a Poisson or negative-binomial regression: coefficients by Newton's method given the dispersion, the dispersion by
 * maximum likelihood given the means, in turn. METHODS.md, equation (DT4).
 *
 * @param problem - Shape, design, prior.
 * @param rows - Steps to learn from.
 * @param start - Where to start; the mean count when null.
 *
 * Source: Lawless (1987), Can. J. Statist. 15:209–225.
 */
export function fitCountRegression(
  problem: CountProblem,
  rows: TransitionRows,
  start: CountRegression | null,
): CountRegression {
  const { visits, last, columns } = problem;
  const size = visits + last + columns;
  let parameters = new Float64Array(size);
  let dispersion = start?.dispersion ?? 0;
  if (start === null) parameters.set(startingIntercepts(problem, rows));
  else {
    parameters.set(start.intercepts);
    parameters.set(start.last, visits);
    parameters.set(start.coefficients, visits + last);
  }
  for (let round = 0; round < 20; round++) {
    parameters = fitMeans(problem, rows, parameters, dispersion);
    const next = bestDispersion(problem, rows, parameters);
    const settled = Math.abs(next - dispersion) <= 1e-4 * (1e-3 + dispersion);
    dispersion = next;
    if (settled) break;
  }
  return {
    intercepts: parameters.slice(0, visits),
    last: parameters.slice(visits, visits + last),
    coefficients: parameters.slice(visits + last),
    dispersion,
  };
}

/** Σ weight × log P(value) of rows under a fit. */
export function countLogLikelihood(problem: CountProblem, rows: TransitionRows, fit: CountRegression): number {
  const parameters = Float64Array.from([...fit.intercepts, ...fit.last, ...fit.coefficients]);
  const eta = predictors(problem, rows, parameters);
  let value = 0;
  for (let r = 0; r < eta.length; r++)
    value += rows.weight[r]! * logCountProbability(rows.value[r]!, Math.exp(eta[r]!), fit.dispersion);
  return value;
}

/**
 * Log probability of a count.
 *
 * @param y - Count.
 * @param mean - μ > 0.
 * @param dispersion - α; 0 is Poisson.
 */
export function logCountProbability(y: number, mean: number, dispersion: number): number {
  if (dispersion <= 0) return y * Math.log(mean) - mean - logGamma(y + 1);
  const size = 1 / dispersion;
  return (
    logGamma(y + size) -
    logGamma(size) -
    logGamma(y + 1) +
    y * Math.log((dispersion * mean) / (1 + dispersion * mean)) -
    size * Math.log1p(dispersion * mean)
  );
}

function startingIntercepts({ visits, pseudo }: CountProblem, rows: TransitionRows): Float64Array {
  const sum = new Float64Array(visits).fill(pseudo);
  const weight = new Float64Array(visits).fill(1);
  rows.value.forEach((y, r) => {
    sum[rows.visit[r]!]! += rows.weight[r]! * y;
    weight[rows.visit[r]!]! += rows.weight[r]!;
  });
  return sum.map((total, v) => Math.log(Math.max(total, 1e-3) / weight[v]!));
}

function predictors(problem: CountProblem, rows: TransitionRows, parameters: Float64Array): Float64Array {
  const { visits, last, columns, design } = problem;
  const from = visits + last;
  return Float64Array.from({ length: rows.value.length }, (_, r) => {
    let eta = parameters[rows.visit[r]!]!;
    if (last === 1) eta += parameters[visits]! * Math.log1p(rows.last[r]!);
    const at = rows.patient[r]! * columns;
    for (let j = 0; j < columns; j++) eta += design[at + j]! * parameters[from + j]!;
    return Math.min(LARGEST_PREDICTOR, eta);
  });
}

function logPosterior(
  problem: CountProblem,
  rows: TransitionRows,
  parameters: Float64Array,
  dispersion: number,
): number {
  const { visits, precision, pseudo } = problem;
  const eta = predictors(problem, rows, parameters);
  let value = 0;
  // What does not depend on the mean is left out.
  const kernel = (y: number, linear: number) =>
    dispersion > 0
      ? y * linear - (y + 1 / dispersion) * Math.log1p(dispersion * Math.exp(linear))
      : y * linear - Math.exp(linear);
  for (let r = 0; r < eta.length; r++) value += rows.weight[r]! * kernel(rows.value[r]!, eta[r]!);
  for (let v = 0; v < visits; v++) value += kernel(pseudo, parameters[v]!);
  for (let j = 0; j < precision.length; j++) value -= 0.5 * precision[j]! * parameters[visits + j]! ** 2;
  return value;
}

function fitMeans(
  problem: CountProblem,
  rows: TransitionRows,
  start: Float64Array<ArrayBuffer>,
  dispersion: number,
): Float64Array<ArrayBuffer> {
  const { visits, last, columns, design, precision, pseudo } = problem;
  const size = start.length;
  let parameters = start;
  let value = logPosterior(problem, rows, parameters, dispersion);
  const information = new Float64Array(size * size);
  const move = new Float64Array(size);
  const x = new Float64Array(size);
  for (let iteration = 0; iteration < MAXIMUM_ITERATIONS; iteration++) {
    move.fill(0);
    information.fill(0);
    for (let j = 0; j < precision.length; j++) {
      move[visits + j] = -precision[j]! * parameters[visits + j]!;
      information[(visits + j) * (size + 1)] = precision[j]!;
    }
    const eta = predictors(problem, rows, parameters);
    for (let r = 0; r < eta.length; r++) {
      const v = rows.visit[r]!;
      if (last === 1) x[visits] = Math.log1p(rows.last[r]!);
      x.set(design.subarray(rows.patient[r]! * columns, (rows.patient[r]! + 1) * columns), visits + last);
      const { slope, curvature } = derivatives(rows.value[r]!, eta[r]!, dispersion, rows.weight[r]!);
      move[v]! += slope;
      information[v * (size + 1)]! += curvature;
      for (let a = visits; a < size; a++) {
        if (x[a] === 0) continue;
        move[a]! += slope * x[a]!;
        information[a * size + v]! += curvature * x[a]!;
        for (let b = visits; b <= a; b++) information[a * size + b]! += curvature * x[a]! * x[b]!;
      }
    }
    for (let v = 0; v < visits; v++) {
      const { slope, curvature } = derivatives(pseudo, parameters[v]!, dispersion, 1);
      move[v]! += slope;
      information[v * (size + 1)]! += curvature;
    }
    if (choleskyInPlace(information, size) !== -1) break;
    choleskySolveInPlace(information, size, move);
    let [length, next, reached] = [1, parameters, value];
    for (let halving = 0; halving < 40; halving++, length /= 2) {
      next = parameters.map((b, j) => b + length * move[j]!);
      reached = logPosterior(problem, rows, next, dispersion);
      if (reached >= value - 1e-12 * Math.abs(value)) break;
    }
    if (!(reached >= value - 1e-12 * Math.abs(value))) break;
    let largest = 0;
    for (const step of move) largest = Math.max(largest, Math.abs(length * step));
    parameters = next;
    value = reached;
    if (largest < 1e-8) break;
  }
  return parameters;
}

function derivatives(y: number, eta: number, dispersion: number, weight: number) {
  const mean = Math.exp(Math.min(LARGEST_PREDICTOR, eta));
  const inflated = 1 + dispersion * mean;
  return {
    slope: (weight * (y - mean)) / inflated,
    curvature: (weight * mean * (1 + dispersion * y)) / inflated ** 2,
  };
}

/** Maximum likelihood of α given the means, by golden section over log α; 0 where the Poisson law is at least as likely. */
function bestDispersion(problem: CountProblem, rows: TransitionRows, parameters: Float64Array): number {
  const eta = predictors(problem, rows, parameters);
  const means = eta.map(Math.exp);
  const reaching = weightReaching(rows);
  // log Γ(y + 1/α)/Γ(1/α) + y log α = Σ_{i < y} log(1 + αi), summed over rows by i; what no α changes is left out.
  const likelihood = (dispersion: number) => {
    let value = 0;
    if (dispersion <= 0) {
      for (let r = 0; r < means.length; r++) value -= rows.weight[r]! * means[r]!;
      return value;
    }
    for (let i = 1; i < reaching.length; i++) value += reaching[i]! * Math.log1p(dispersion * i);
    for (let r = 0; r < means.length; r++)
      value -= rows.weight[r]! * (rows.value[r]! + 1 / dispersion) * Math.log1p(dispersion * means[r]!);
    return value;
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(SMALLEST_DISPERSION);
  let high = Math.log(LARGEST_DISPERSION);
  let inner = high - ratio * (high - low);
  let outer = low + ratio * (high - low);
  let [atInner, atOuter] = [likelihood(Math.exp(inner)), likelihood(Math.exp(outer))];
  while (high - low > 1e-4) {
    if (atInner >= atOuter) {
      [high, outer, atOuter] = [outer, inner, atInner];
      inner = high - ratio * (high - low);
      atInner = likelihood(Math.exp(inner));
    } else {
      [low, inner, atInner] = [inner, outer, atOuter];
      outer = low + ratio * (high - low);
      atOuter = likelihood(Math.exp(outer));
    }
  }
  const best = Math.exp((low + high) / 2);
  return likelihood(best) > likelihood(0) ? best : 0;
}

/** [largest value] total weight of the rows with a value above i. */
function weightReaching(rows: TransitionRows): Float64Array {
  const above = new Float64Array(rows.value.reduce((most, y) => Math.max(most, y), 0));
  rows.value.forEach((y, r) => {
    if (y > 0) above[y - 1]! += rows.weight[r]!;
  });
  for (let i = above.length - 2; i >= 0; i--) above[i]! += above[i + 1]!;
  return above;
}
