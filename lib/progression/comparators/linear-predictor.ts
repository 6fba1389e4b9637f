import { leastSquaresCoefficients, qrDecompose } from "../../numerics/qr.ts";

/** Least-squares predictor with intercept; missing predictors stand at their training mean. */
export interface LinearPredictor {
  readonly intercept: number;
  /** [K] slopes; 0 for a predictor that the ones before it determine in the training patients. */
  readonly slopes: Float64Array;
  /** [K] training means of the predictors. */
  readonly means: Float64Array;
}

/**
 * Ordinary least squares of one outcome on K predictors, over the patients whose outcome is observed.
 *
 * Rule for missing predictors: each is replaced by the mean of its observed values in the training patients (indicators
 * of levels likewise), when fitting and when predicting. METHODS.md, equation (P17).
 *
 * @param predictors - [n × K] row-major, NaN = missing.
 * @param outcome - [n], NaN = missing.
 * @param weights - [n] weights of the squared errors; alike when absent.
 * @returns Predictor, or null when no outcome is observed.
 */
export function fitLinearPredictor(
  predictors: Float64Array,
  outcome: Float64Array,
  weights?: Float64Array,
): LinearPredictor | null {
  const rows: number[] = [];
  outcome.forEach((value, i) => {
    if (!Number.isNaN(value)) rows.push(i);
  });
  if (rows.length === 0) return null;
  const K = predictors.length / outcome.length;
  const means = columnMeans(predictors, K, rows);
  const design = new Float64Array(rows.length * (K + 1));
  const response = new Float64Array(rows.length);
  rows.forEach((i, r) => {
    const root = Math.sqrt(weights?.[i] ?? 1);
    design[r * (K + 1)] = root;
    for (let k = 0; k < K; k++) {
      const value = predictors[i * K + k]!;
      design[r * (K + 1) + k + 1] = Number.isNaN(value) ? 0 : root * (value - means[k]!);
    }
    response[r] = root * outcome[i]!;
  });
  const qr = qrDecompose(design, rows.length, K + 1);
  const coefficients = leastSquaresCoefficients(qr, response);
  const all = new Float64Array(K + 1);
  qr.independentColumns.forEach((column, position) => {
    all[column] = coefficients[position]!;
  });
  return { intercept: all[0]!, slopes: all.slice(1), means };
}

/**
 * Prediction for one patient.
 *
 * @param predictor - From {@link fitLinearPredictor}.
 * @param predictors - [n × K] row-major, NaN = missing.
 * @param patient - Row.
 */
export function predictLinear(predictor: LinearPredictor, predictors: Float64Array, patient: number): number {
  const { slopes, means, intercept } = predictor;
  const K = slopes.length;
  let sum = intercept;
  for (let k = 0; k < K; k++) {
    const value = predictors[patient * K + k]!;
    if (!Number.isNaN(value)) sum += slopes[k]! * (value - means[k]!);
  }
  return sum;
}

function columnMeans(predictors: Float64Array, K: number, rows: readonly number[]): Float64Array {
  const means = new Float64Array(K);
  for (let k = 0; k < K; k++) {
    let sum = 0;
    let count = 0;
    for (const i of rows) {
      const value = predictors[i * K + k]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    means[k] = count > 0 ? sum / count : 0;
  }
  return means;
}
