import { leastSquaresCoefficients, qrDecompose } from "../../../../lib/numerics/qr.ts";

/**
 * Closed-form maximum likelihood of a normal under monotone missingness (item j + 1 is only observed where item j is): one
 * regression of every item on those before it, among the patients who have it, put together by the law of total
 * covariance (Anderson 1957, JASA 52:200–203). Shares no code with the EM algorithm.
 *
 * @param values - [n × D] row-major; NaN from some position on in every row.
 */
export function monotoneMaximumLikelihood(values: Float64Array, D: number): { mean: number[]; covariance: number[][] } {
  const n = values.length / D;
  const mean: number[] = [];
  const covariance: number[][] = [];
  for (let j = 0; j < D; j++) {
    const rows: number[] = [];
    for (let i = 0; i < n; i++) if (!Number.isNaN(values[i * D + j]!)) rows.push(i);
    const design = new Float64Array(rows.length * (j + 1));
    const response = new Float64Array(rows.length);
    rows.forEach((i, r) => {
      design[r * (j + 1)] = 1;
      for (let k = 0; k < j; k++) design[r * (j + 1) + k + 1] = values[i * D + k]!;
      response[r] = values[i * D + j]!;
    });
    const beta = leastSquaresCoefficients(qrDecompose(design, rows.length, j + 1), response);
    let sse = 0;
    rows.forEach((_, r) => {
      let fitted = 0;
      for (let k = 0; k <= j; k++) fitted += beta[k]! * design[r * (j + 1) + k]!;
      sse += (response[r]! - fitted) ** 2;
    });
    let mu = beta[0]!;
    for (let k = 0; k < j; k++) mu += beta[k + 1]! * mean[k]!;
    const row = new Array<number>(j + 1).fill(0);
    for (let k = 0; k < j; k++) {
      for (let l = 0; l < j; l++) row[k]! += beta[l + 1]! * covariance[Math.max(k, l)]![Math.min(k, l)]!;
    }
    row[j] = sse / rows.length;
    for (let k = 0; k < j; k++) row[j]! += beta[k + 1]! * row[k]!;
    mean.push(mu);
    covariance.push(row);
  }
  return {
    mean,
    covariance: covariance.map((_, i) => covariance.map((__, j) => covariance[Math.max(i, j)]![Math.min(i, j)]!)),
  };
}
