import { z } from "zod";
import { conditionalLaw } from "../gaussian-joint/conditional.ts";
import { groupByMissingness, type PatternedData, patternKey } from "../gaussian-joint/missing-patterns.ts";
import { referenceFit } from "../gaussian-joint/prior-weight.ts";
import { type ColumnScale, columnScales } from "../gaussian-joint/standardise.ts";

/** Normal law of the baseline features, by which a missing one is replaced or integrated out. METHODS.md, equation (ME3). */
export const featureLawSchema = z.object({
  /** [Q] observed mean and SD (divisor n) in training; a feature enters as (x − centre)/deviation. */
  centre: z.array(z.number()),
  deviation: z.array(z.number().positive()),
  /** [Q] false for a feature that nobody had or that was the same in everybody: it counts as 0 whatever its value. */
  informative: z.array(z.boolean()),
  /** [Q] and [Q × Q] mean and covariance of the standardised features. */
  mean: z.array(z.number()),
  covariance: z.array(z.number()),
});
export type FeatureLaw = z.infer<typeof featureLawSchema>;

/** Features of one patient on the standardised scale, with what is not known of them. */
export interface KnownFeatures {
  /** [Q] standardised; a missing one has its expectation given the others. */
  readonly values: Float64Array;
  /** [m] positions of the missing ones. */
  readonly missing: Int32Array;
  /** [m × m] covariance of the missing ones given the others. */
  readonly covariance: Float64Array;
}

/**
 * Estimates the law of the features from all patients, whatever each of them misses.
 *
 * @param values - [n × Q] row-major, NaN = missing.
 * @param count - n.
 * @param featureCount - Q.
 */
export function fitFeatureLaw(values: Float64Array, count: number, featureCount: number): FeatureLaw {
  const Q = featureCount;
  const scales = columnScales(values, count, Q);
  const informative = scales.map((scale) => scale.count > 0 && scale.maximum > scale.minimum && scale.deviation > 0);
  const kept = informative.flatMap((is, q) => (is ? [q] : []));
  const standardised = new Float64Array(count * kept.length);
  for (let i = 0; i < count; i++)
    kept.forEach((q, k) => {
      standardised[i * kept.length + k] = (values[i * Q + q]! - scales[q]!.mean) / scales[q]!.deviation;
    });
  return featureLawOf(scales, informative, kept.length > 0 ? groupByMissingness(standardised, kept.length) : null);
}

/**
 * The law from standardised patterns of the informative features.
 *
 * @param scales - [Q] of all features.
 * @param informative - [Q].
 * @param patterns - Of the informative ones; null where there is none.
 */
export function featureLawOf(
  scales: readonly Pick<ColumnScale, "mean" | "deviation">[],
  informative: readonly boolean[],
  patterns: PatternedData | null,
): FeatureLaw {
  const Q = scales.length;
  const kept = informative.flatMap((is, q) => (is ? [q] : []));
  const mean = new Array<number>(Q).fill(0);
  const covariance = new Array<number>(Q * Q).fill(0);
  for (let q = 0; q < Q; q++) covariance[q * Q + q] = 1;
  if (patterns !== null) {
    const fit = referenceFit(patterns);
    kept.forEach((q, a) => {
      mean[q] = fit.mean[a]!;
      kept.forEach((r, b) => {
        covariance[q * Q + r] = fit.covariance[a * kept.length + b]!;
      });
    });
  }
  return {
    centre: scales.map((scale) => scale.mean),
    deviation: scales.map((scale, q) => (informative[q] === true ? scale.deviation : 1)),
    informative: [...informative],
    mean,
    covariance,
  };
}

/**
 * Function that puts the features of a patient on the standardised scale and says what is unknown of them.
 *
 * @param law - From {@link fitFeatureLaw}.
 * @returns Laws are kept per pattern of missing features.
 */
export function featureReader(law: FeatureLaw): (features: Float64Array) => KnownFeatures {
  const Q = law.centre.length;
  const covariance = Float64Array.from(law.covariance);
  const kept = new Map<string, ReturnType<typeof conditionalLaw>>();
  const complete = { missing: new Int32Array(0), covariance: new Float64Array(0) };
  return (features) => {
    const values = new Float64Array(Q);
    let unknown = 0;
    for (let q = 0; q < Q; q++) {
      values[q] = law.informative[q] === true ? (features[q]! - law.centre[q]!) / law.deviation[q]! : 0;
      if (Number.isNaN(values[q]!)) unknown++;
    }
    if (unknown === 0) return { values, ...complete };
    const key = patternKey(values, 0, Q);
    let conditional = kept.get(key);
    if (conditional === undefined) {
      const given: number[] = [];
      const target: number[] = [];
      for (let q = 0; q < Q; q++) if (law.informative[q] === true) (Number.isNaN(values[q]!) ? target : given).push(q);
      conditional = conditionalLaw(covariance, Q, Int32Array.from(given), Int32Array.from(target));
      kept.set(key, conditional);
    }
    const { given, target, coefficients } = conditional;
    target.forEach((q, a) => {
      let sum = law.mean[q]!;
      for (let b = 0; b < given.length; b++)
        sum += coefficients[a * given.length + b]! * (values[given[b]!]! - law.mean[given[b]!]!);
      values[q] = sum;
    });
    return { values, missing: target, covariance: conditional.covariance };
  };
}
