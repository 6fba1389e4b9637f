import { choleskyDecompose } from "../../numerics/cholesky.ts";
import { foldMembers } from "../patient-folds.ts";
import { createBaselineConditioner } from "./baseline-conditioner.ts";
import type { ConditionalLaw } from "./conditional.ts";
import { type Curvature, workingColumns } from "./curvature.ts";
import type { NormalParameters } from "./em.ts";
import type { JointColumns } from "./joint-columns.ts";
import { patternKey } from "./missing-patterns.ts";
import { logSlope } from "./outcome-transform.ts";
import { predictiveVariance } from "./predictive-variance.ts";
import { effectiveCounts, type StandardisedData } from "./prior-weight.ts";
import { standardise } from "./standardise.ts";
import { transformedMean } from "./transformed-normal.ts";

/** How well the fits of the inner folds predict the patients they have not seen; analysis scale throughout. */
export interface HeldOutPerformance {
  /** [n] log-density of a patient's observed outcomes given baseline, Jacobian of the transforms included. */
  readonly logDensity: Float64Array;
  /** [E·V] sum of squared errors of the mean. */
  readonly squaredError: Float64Array;
  /** [n × E·V] residuals in SDs on the working scale; NaN where nothing was observed. */
  readonly residuals: Float64Array;
}

const LOG_TWO_PI = 1.8378770664093453;

/** Standardised columns of a fit on its working scale. */
export function standardisedColumns(columns: JointColumns, weights: Float64Array | undefined): StandardisedData {
  return {
    values: standardise(columns.values, columns.count, columns.scales),
    count: columns.count,
    featureCount: columns.featureCount,
    items: columns.items,
    ...(weights === undefined ? {} : { weights }),
  };
}

/**
 * Performance of fits on patients held out inside the training data.
 *
 * @param columns - Analysis scale.
 * @param curvature - Transforms and terms of the fits.
 * @param data - The same patients on the standardised working scale.
 * @param weight - ν of the fits.
 * @param fold - [n] inner fold of every patient.
 * @param fits - Per fold, to the patients outside it.
 */
export function heldOutPerformance(
  columns: JointColumns,
  curvature: Curvature,
  data: StandardisedData,
  weight: number,
  fold: Int32Array,
  fits: readonly NormalParameters[],
): HeldOutPerformance {
  const { scales } = workingColumns(columns, curvature);
  const D = data.items.length;
  const Q = data.featureCount;
  const cells = D - Q;
  const rawD = columns.items.length;
  const logDensity = new Float64Array(data.count);
  const squaredError = new Float64Array(cells);
  const residuals = new Float64Array(data.count * cells).fill(Number.NaN);
  const mean = new Float64Array(cells);
  const deviations = new Float64Array(cells);
  fits.forEach((fit, k) => {
    const conditioner = createBaselineConditioner(fit.mean, fit.covariance, Q);
    const counts = effectiveCounts(data, foldMembers(fold, k, false));
    const factors = new Map<string, Float64Array>();
    for (const i of foldMembers(fold, k, true)) {
      const own = data.values.subarray(i * D, (i + 1) * D);
      const law = conditioner.law(own);
      conditioner.mean(own, mean);
      const distance = conditioner.squaredDistance(own);
      const observed: number[] = [];
      for (let v = 0; v < cells; v++) {
        if (Number.isNaN(own[Q + v]!)) continue;
        observed.push(v);
        const item = data.items[Q + v]!;
        const transform = curvature.transforms[item.kind === "course" ? item.endpoint : 0]!;
        const scale = scales[Q + v]!;
        const variance = predictiveVariance(law.covariance[v * cells + v]!, distance, counts[v]!, weight, 1);
        const value = columns.values[i * rawD + rawD - cells + v]!;
        const working = { transform, mean: scale.mean + scale.deviation * mean[v]!, deviation: scale.deviation };
        const predicted = transformedMean({ ...working, deviation: working.deviation * Math.sqrt(variance) });
        squaredError[v]! += (value - predicted) ** 2;
        deviations[v] = own[Q + v]! - mean[v]!;
        residuals[i * cells + v] = deviations[v]! / Math.sqrt(variance);
        logDensity[i]! += logSlope(transform, value) - Math.log(scale.deviation);
      }
      if (observed.length === 0) continue;
      const key = patternKey(own, 0, D);
      const factor = factors.get(key) ?? observedFactor(law, observed, cells);
      factors.set(key, factor);
      logDensity[i]! += normalLogDensity(factor, observed, deviations);
    }
  });
  return { logDensity, squaredError, residuals };
}

/** Cholesky factor of the conditional covariance of the observed outcomes; NaN where there is none, which no choice survives. */
function observedFactor(law: ConditionalLaw, observed: readonly number[], cells: number): Float64Array {
  const matrix = Float64Array.from(observed.flatMap((a) => observed.map((b) => law.covariance[a * cells + b]!)));
  const result = choleskyDecompose(matrix, observed.length);
  return result.ok ? result.factor : new Float64Array(matrix.length).fill(Number.NaN);
}

function normalLogDensity(factor: Float64Array, observed: readonly number[], deviations: Float64Array): number {
  const o = observed.length;
  const white = new Float64Array(o);
  let sum = -0.5 * o * LOG_TWO_PI;
  for (let a = 0; a < o; a++) {
    let value = deviations[observed[a]!]!;
    for (let b = 0; b < a; b++) value -= factor[a * o + b]! * white[b]!;
    white[a] = value / factor[a * o + a]!;
    sum -= Math.log(factor[a * o + a]!) + 0.5 * white[a]! ** 2;
  }
  return sum;
}
