import { choleskyInPlace, choleskySolveInPlace } from "../../numerics/cholesky.ts";

/** Rows of a logistic regression with normal priors on its coefficients. */
export interface LogisticRows {
  readonly rows: number;
  readonly columns: number;
  /** [rows × columns] */
  readonly design: Float64Array;
  /** [rows] 0 or 1. */
  readonly response: Uint8Array;
  readonly weights: Float64Array;
  /** [rows] known part of the linear predictor. */
  readonly offset: Float64Array;
  /** [columns] prior mean and precision; a precision of −1 stands for the penalty to be chosen. */
  readonly priorMean: Float64Array;
  readonly priorPrecision: Float64Array;
}

const MAXIMUM_ITERATIONS = 40;

/**
 * Posterior mode of a logistic regression by Newton's method, steps halved while the posterior falls.
 *
 * @param data - Rows.
 * @param penalty - Precision of the columns whose own is −1.
 * @param used - [rows] rows to learn from; all when null.
 * @param start - [columns] where to start.
 * @param tolerance - Largest last step of a coefficient.
 * @returns [columns] coefficients.
 */
export function fitPenalisedLogistic(
  data: LogisticRows,
  penalty: number,
  used: Uint8Array | null,
  start: Float64Array,
  tolerance = 1e-9,
): Float64Array {
  const p = data.columns;
  const precision = data.priorPrecision.map((own) => (own < 0 ? penalty : own));
  let coefficients = start.slice();
  let value = logPosterior(data, precision, used, coefficients);
  const information = new Float64Array(p * p);
  const step = new Float64Array(p);
  for (let iteration = 0; iteration < MAXIMUM_ITERATIONS; iteration++) {
    scoreAndInformation(data, precision, used, coefficients, step, information);
    if (choleskyInPlace(information, p) !== -1) return coefficients;
    choleskySolveInPlace(information, p, step);
    let [size, next, reached] = [1, coefficients, value];
    for (let halving = 0; halving < 30; halving++, size /= 2) {
      next = coefficients.map((b, j) => b + size * step[j]!);
      reached = logPosterior(data, precision, used, next);
      if (reached >= value - 1e-12 * Math.abs(value)) break;
    }
    const moved = Math.max(...step.map((move) => Math.abs(size * move)));
    coefficients = next;
    value = reached;
    if (moved < tolerance) break;
  }
  return coefficients;
}

/** Linear predictor of one row. */
export function linearPredictor(data: LogisticRows, coefficients: Float64Array, r: number): number {
  let sum = data.offset[r]!;
  for (let j = 0; j < data.columns; j++) sum += data.design[r * data.columns + j]! * coefficients[j]!;
  return sum;
}

/** log(1 + eˣ) without overflow. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

function logPosterior(
  data: LogisticRows,
  precision: Float64Array,
  used: Uint8Array | null,
  coefficients: Float64Array,
): number {
  let sum = 0;
  for (let j = 0; j < data.columns; j++) sum -= 0.5 * precision[j]! * (coefficients[j]! - data.priorMean[j]!) ** 2;
  for (let r = 0; r < data.rows; r++) {
    if (used !== null && used[r] === 0) continue;
    const eta = linearPredictor(data, coefficients, r);
    sum += data.weights[r]! * (data.response[r]! * eta - softplus(eta));
  }
  return sum;
}

function scoreAndInformation(
  data: LogisticRows,
  precision: Float64Array,
  used: Uint8Array | null,
  coefficients: Float64Array,
  score: Float64Array,
  information: Float64Array,
): void {
  const p = data.columns;
  information.fill(0);
  for (let j = 0; j < p; j++) {
    score[j] = -precision[j]! * (coefficients[j]! - data.priorMean[j]!);
    information[j * p + j] = precision[j]!;
  }
  for (let r = 0; r < data.rows; r++) {
    if (used !== null && used[r] === 0) continue;
    const probability = 1 / (1 + Math.exp(-linearPredictor(data, coefficients, r)));
    const residual = data.weights[r]! * (data.response[r]! - probability);
    const weight = data.weights[r]! * probability * (1 - probability);
    const at = r * p;
    for (let i = 0; i < p; i++) {
      const x = data.design[at + i]!;
      if (x === 0) continue;
      score[i]! += residual * x;
      for (let j = 0; j <= i; j++) information[i * p + j]! += weight * x * data.design[at + j]!;
    }
  }
}
