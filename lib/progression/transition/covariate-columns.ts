import type { BaselineFeature } from "../model-document.ts";
import type { CovariateColumn } from "./transition-parameters.ts";

/** Fewest patients with and without a value for an indicator of its absence to be worth a column. */
const MINIMUM_FOR_INDICATOR = 3;

/**
 * Covariate columns of the linear part: every feature that is no baseline value of an endpoint and varies, and one indicator
 * of absence per covariate that is missing in some patients. METHODS.md, equation (TM1).
 *
 * @param features - Q features.
 * @param values - [n × Q], NaN = missing.
 * @param weights - [n]
 */
export function covariateColumns(
  features: readonly BaselineFeature[],
  values: Float64Array,
  weights: Float64Array,
): CovariateColumn[] {
  const columns: CovariateColumn[] = [];
  const indicated = new Set<string>();
  features.forEach((feature, q) => {
    if (feature.kind === "baseline-endpoint") return;
    const own = moments(values, weights, q, features.length);
    if (own.deviation > 0) columns.push({ feature: q, role: "value", centre: own.mean, scale: own.deviation });
    const { present, absent, share } = own;
    // Levels of one covariate are missing together.
    if (Math.min(present, absent) < MINIMUM_FOR_INDICATOR || indicated.has(feature.covariateId)) return;
    indicated.add(feature.covariateId);
    columns.push({ feature: q, role: "missing", centre: share, scale: Math.sqrt(share * (1 - share)) });
  });
  return columns;
}

function moments(values: Float64Array, weights: Float64Array, q: number, Q: number) {
  let weight = 0;
  let missingWeight = 0;
  let sum = 0;
  let present = 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < weights.length; i++) {
    const value = values[i * Q + q]!;
    if (Number.isNaN(value)) {
      missingWeight += weights[i]!;
      continue;
    }
    present++;
    weight += weights[i]!;
    sum += weights[i]! * value;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
  }
  const mean = weight > 0 ? sum / weight : 0;
  let square = 0;
  for (let i = 0; i < weights.length; i++) {
    const value = values[i * Q + q]!;
    if (!Number.isNaN(value)) square += weights[i]! * (value - mean) ** 2;
  }
  return {
    mean,
    deviation: maximum > minimum && weight > 0 ? Math.sqrt(square / weight) : 0,
    present,
    absent: weights.length - present,
    share: missingWeight / (weight + missingWeight),
  };
}

/**
 * Covariate columns of one patient.
 *
 * @param features - Array that holds the patient's features from `offset` on.
 * @param into - [columns] receives the values.
 */
export function covariateRow(
  columns: readonly CovariateColumn[],
  features: Float64Array,
  offset: number,
  into: Float64Array,
): void {
  for (let p = 0; p < columns.length; p++) {
    const { feature, role, centre, scale } = columns[p]!;
    const value = features[offset + feature]!;
    const absent = Number.isNaN(value);
    if (role === "missing") into[p] = ((absent ? 1 : 0) - centre) / scale;
    else into[p] = absent ? 0 : (value - centre) / scale;
  }
}
