import type { NormalParameters } from "./em.ts";

/** Observed location and spread of one column. */
export interface ColumnScale {
  readonly count: number;
  readonly mean: number;
  /** SD with divisor n; 1 where it is 0 or there is no value. */
  readonly deviation: number;
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * Mean, SD and range of the observed values of every column.
 *
 * @param values - [n × D] row-major, NaN = missing.
 * @param count - n.
 * @param dimension - D.
 */
export function columnScales(values: Float64Array, count: number, dimension: number): ColumnScale[] {
  return Array.from({ length: dimension }, (_, j) => columnScale(values, count, dimension, j));
}

function columnScale(values: Float64Array, count: number, D: number, j: number): ColumnScale {
  let n = 0;
  let sum = 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const value = values[i * D + j]!;
    if (Number.isNaN(value)) continue;
    n++;
    sum += value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  if (n === 0) return { count: 0, mean: 0, deviation: 1, minimum: 0, maximum: 0 };
  const mean = sum / n;
  let square = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i * D + j]!;
    if (!Number.isNaN(value)) square += (value - mean) ** 2;
  }
  const deviation = maximum > minimum ? Math.sqrt(square / n) : 1;
  return { count: n, mean, deviation, minimum, maximum };
}

/** [n × D] columns with observed mean 0 and SD 1; NaN stays NaN. */
export function standardise(values: Float64Array, count: number, scales: readonly ColumnScale[]): Float64Array {
  const D = scales.length;
  const result = new Float64Array(count * D);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < D; j++) result[i * D + j] = (values[i * D + j]! - scales[j]!.mean) / scales[j]!.deviation;
  }
  return result;
}

/** Parameters of the standardised columns, put back on the columns' own scale. */
export function unstandardise(parameters: NormalParameters, scales: readonly ColumnScale[]): NormalParameters {
  const D = scales.length;
  const mean = parameters.mean.map((value, j) => scales[j]!.mean + scales[j]!.deviation * value);
  const covariance = new Float64Array(D * D);
  for (let i = 0; i < D; i++) {
    for (let j = 0; j <= i; j++) {
      const value = parameters.covariance[i * D + j]! * (scales[i]!.deviation * scales[j]!.deviation);
      covariance[i * D + j] = value;
      covariance[j * D + i] = value;
    }
  }
  return { mean, covariance };
}
