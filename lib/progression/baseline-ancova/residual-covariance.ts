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
 * @param weights - [n] weights of the patients, mean 1; n_v is then (Σw)²/Σw² and SSE_v the weighted mean square times n_v.
 * @returns [cells × cells], symmetric positive definite.
 */
export function residualCovariance(
  residuals: Float64Array,
  count: number,
  parameters: readonly number[],
  weights: Float64Array,
): Float64Array {
  const cells = parameters.length;
  const scales = columnScales(residuals, count, cells);
  const grouped = groupByMissingness(standardise(residuals, count, scales), cells, undefined, weights);
  const identity = new Float64Array(cells * cells);
  for (let j = 0; j < cells; j++) identity[j * cells + j] = 1;
  const start = { mean: new Float64Array(cells), covariance: identity };
  const fit = fitNormalByEm(grouped, { weight: PRIOR_WEIGHT, target: identity }, start, COMPARISON_SETTINGS);
  const deviation = parameters.map((p, v) => {
    let total = 0;
    let squares = 0;
    let errors = 0;
    for (let i = 0; i < count; i++) {
      const residual = residuals[i * cells + v]!;
      if (Number.isNaN(residual)) continue;
      total += weights[i]!;
      squares += weights[i]! ** 2;
      errors += weights[i]! * residual ** 2;
    }
    if (total === 0) return 0;
    const n = (total * total) / squares;
    return Math.sqrt(((errors / total) * n * (1 + p / n)) / Math.max(1, n - p));
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
