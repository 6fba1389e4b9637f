import { COMPARISON_SETTINGS, fitNormalByEm } from "../gaussian-joint/em.ts";
import { groupByMissingness } from "../gaussian-joint/missing-patterns.ts";
import { columnScales, standardise } from "../gaussian-joint/standardise.ts";

/** Pseudo-patients with uncorrelated residuals: the matrix stays positive definite with few patients. */
const PRIOR_WEIGHT = 10;

/**
 * Covariance of a new patient's residuals about one regression per outcome, from residuals with any missing pattern.
 *
 * Correlations by EM with a weak pull towards 0; variance of outcome v: SSE_v/(n_v − p_v) × (1 + p_v/n_v), the second factor
 * for the estimated coefficients at average leverage. METHODS.md, equation (P18).
 *
 * @param residuals - [n × cells], NaN = missing.
 * @param count - n.
 * @param parameters - [cells] coefficients p_v of each regression.
 * @returns [cells × cells], symmetric positive definite.
 */
export function residualCovariance(
  residuals: Float64Array,
  count: number,
  parameters: readonly number[],
): Float64Array {
  const cells = parameters.length;
  const scales = columnScales(residuals, count, cells);
  const grouped = groupByMissingness(standardise(residuals, count, scales), cells);
  const identity = new Float64Array(cells * cells);
  for (let j = 0; j < cells; j++) identity[j * cells + j] = 1;
  const start = { mean: new Float64Array(cells), covariance: identity };
  const fit = fitNormalByEm(grouped, { weight: PRIOR_WEIGHT, target: identity }, start, COMPARISON_SETTINGS);
  const deviation = scales.map(({ count: n, mean, deviation: spread }, v) => {
    const sum = n * (spread ** 2 + mean ** 2);
    const p = parameters[v]!;
    return Math.sqrt((sum / Math.max(1, n - p)) * (1 + p / Math.max(1, n)));
  });
  const result = new Float64Array(cells * cells);
  for (let i = 0; i < cells; i++) {
    for (let j = 0; j < cells; j++) {
      const scale = Math.sqrt(fit.covariance[i * cells + i]! * fit.covariance[j * cells + j]!);
      result[i * cells + j] = (fit.covariance[i * cells + j]! / scale) * deviation[i]! * deviation[j]!;
    }
  }
  return result;
}
