/** Mean and covariance of trajectories. */
export interface TrajectoryMoments {
  /** [N] */
  readonly mean: Float64Array;
  /** [N × N] */
  readonly covariance: Float64Array;
}

/** Turns log weights into weights that sum to 1. */
export function normaliseWeights(weights: Float64Array): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (const weight of weights) if (weight > largest) largest = weight;
  let sum = 0;
  for (let m = 0; m < weights.length; m++) {
    weights[m] = Math.exp(weights[m]! - largest);
    sum += weights[m]!;
  }
  for (let m = 0; m < weights.length; m++) weights[m]! /= sum;
}

/** 1/Σw²: how many equally weighted trajectories the sample is worth. */
export function effectiveCount(weights: Float64Array): number {
  let square = 0;
  for (const weight of weights) square += weight * weight;
  return 1 / square;
}

/**
 * Weighted mean and covariance of trajectories `from` … `to` − 1.
 *
 * @param values - [N × trajectories]
 */
export function weightedMoments(
  values: Float64Array,
  weights: Float64Array,
  from: number,
  to: number,
  N: number,
): TrajectoryMoments {
  const count = weights.length;
  const mean = new Float64Array(N);
  const covariance = new Float64Array(N * N);
  let total = 0;
  for (let m = from; m < to; m++) {
    total += weights[m]!;
    for (let i = 0; i < N; i++) mean[i]! += weights[m]! * values[i * count + m]!;
  }
  for (let i = 0; i < N; i++) mean[i]! /= total;
  const centred = new Float64Array(N);
  for (let m = from; m < to; m++) {
    for (let i = 0; i < N; i++) centred[i] = values[i * count + m]! - mean[i]!;
    for (let i = 0; i < N; i++) {
      const x = (weights[m]! / total) * centred[i]!;
      if (x === 0) continue;
      for (let j = 0; j <= i; j++) covariance[i * N + j]! += x * centred[j]!;
    }
  }
  for (let i = 0; i < N; i++) for (let j = 0; j < i; j++) covariance[j * N + i] = covariance[i * N + j]!;
  return { mean, covariance };
}

/**
 * Numerical error of moments from two independent halves: half the largest difference of a mean or SD, in units of the SD.
 * METHODS.md, equation (TM10).
 *
 * @param counts - Whether a node is predicted.
 */
export function combineHalves(
  first: TrajectoryMoments,
  second: TrajectoryMoments,
  all: TrajectoryMoments,
  N: number,
  counts: (node: number) => boolean,
): number {
  let error = 0;
  for (let i = 0; i < N; i++) {
    if (!counts(i)) continue;
    const deviation = Math.sqrt(all.covariance[i * N + i]!);
    if (!(deviation > 0)) continue;
    const means = Math.abs(first.mean[i]! - second.mean[i]!);
    const deviations = Math.abs(Math.sqrt(first.covariance[i * N + i]!) - Math.sqrt(second.covariance[i * N + i]!));
    error = Math.max(error, means / (2 * deviation), deviations / (2 * deviation));
  }
  return error;
}
