import { type ConditionalLaw, conditionalLaw, conditionalMean, squaredDistance } from "./conditional.ts";
import { patternKey } from "./missing-patterns.ts";

/** Conditions the outcomes of a joint normal on whatever baseline features a patient has; one law per missing pattern. */
export interface BaselineConditioner {
  /** Law of all outcomes given the features that are not NaN. */
  law(features: Float64Array): ConditionalLaw;
  /** [E·V] conditional mean of the outcomes into `into`. */
  mean(features: Float64Array, into: Float64Array): void;
  /** Squared Mahalanobis distance of the observed features from the training mean. */
  squaredDistance(features: Float64Array): number;
}

/**
 * @param mean - [D] μ, features first.
 * @param covariance - [D × D] Σ.
 * @param featureCount - Q; the other D − Q items are outcomes.
 */
export function createBaselineConditioner(
  mean: Float64Array,
  covariance: Float64Array,
  featureCount: number,
): BaselineConditioner {
  const D = mean.length;
  const Q = featureCount;
  const outcomes = Int32Array.from({ length: D - Q }, (_, j) => Q + j);
  const laws = new Map<string, ConditionalLaw>();
  const law = (features: Float64Array): ConditionalLaw => {
    const key = patternKey(features, 0, Q);
    const known = laws.get(key);
    if (known !== undefined) return known;
    const given: number[] = [];
    for (let q = 0; q < Q; q++) if (!Number.isNaN(features[q]!)) given.push(q);
    const made = conditionalLaw(covariance, D, Int32Array.from(given), outcomes);
    laws.set(key, made);
    return made;
  };
  return {
    law,
    mean: (features, into) => conditionalMean(law(features), mean, features, into),
    squaredDistance: (features) => squaredDistance(law(features), mean, features),
  };
}
