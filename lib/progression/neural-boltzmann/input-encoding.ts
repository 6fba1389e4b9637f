import { z } from "zod";
import { conditionalLaw } from "../gaussian-joint/conditional.ts";
import { patternKey } from "../gaussian-joint/missing-patterns.ts";

/** How baseline features become the inputs of the networks; frozen with the model. METHODS.md, equation (N7). */
export const inputEncodingSchema = z.object({
  /** Positions of the features used: the others are the same in everybody or never observed. */
  kept: z.array(z.number().int()),
  /** [K] and [K × K] normal law of the features used, on their own scale; its SDs are the inputs' units. */
  mean: z.array(z.number()),
  covariance: z.array(z.number()),
  /** Positions within `kept` of the features with an indicator of being missing. */
  indicators: z.array(z.number().int()),
  /** [indicators] share of training patients that missed the feature, subtracted from the indicator. */
  missingShare: z.array(z.number()),
});
export type InputEncoding = z.infer<typeof inputEncodingSchema>;

/** Patients that must miss a feature for its missingness to be learnt from. */
const FEWEST_MISSING = 5;

/**
 * Fixes the encoding from the training patients.
 *
 * @param featureValues - [n × Q], NaN = missing.
 * @param count - n.
 * @param featureCount - Q.
 * @param kept - Positions of the features of the law.
 * @param mean - [K] mean of those features.
 * @param covariance - [K × K] covariance of those features.
 */
export function fixInputEncoding(
  featureValues: Float64Array,
  count: number,
  featureCount: number,
  kept: readonly number[],
  mean: Float64Array,
  covariance: Float64Array,
): InputEncoding {
  const missing = kept.map((q) => {
    let absent = 0;
    for (let i = 0; i < count; i++) if (Number.isNaN(featureValues[i * featureCount + q]!)) absent++;
    return absent;
  });
  const indicators = missing.flatMap((absent, k) => (absent >= FEWEST_MISSING ? [k] : []));
  return {
    kept: [...kept],
    mean: Array.from(mean),
    covariance: Array.from(covariance),
    indicators,
    missingShare: indicators.map((k) => missing[k]! / count),
  };
}

/** Number of inputs: features used and indicators. */
export function inputCount(encoding: InputEncoding): number {
  return encoding.kept.length + encoding.indicators.length;
}

/**
 * Function that writes the inputs of one patient: features in SDs about their mean, a missing one replaced by its
 * expectation given those that are known; then the indicators less their share.
 *
 * @param encoding - From {@link fixInputEncoding}.
 * @returns Writer from [Q] features (at `from`) to [I] inputs (at `to`).
 */
export function inputWriter(
  encoding: InputEncoding,
): (features: Float64Array, from: number, into: Float64Array, to: number) => void {
  const { kept, indicators, missingShare } = encoding;
  const K = kept.length;
  const mean = Float64Array.from(encoding.mean);
  const covariance = Float64Array.from(encoding.covariance);
  const deviation = Float64Array.from({ length: K }, (_, k) => Math.sqrt(covariance[k * K + k]!));
  const laws = new Map<string, ReturnType<typeof conditionalLaw>>();
  const values = new Float64Array(K);
  const absent = new Uint8Array(K);
  return (features, from, into, to) => {
    let missing = 0;
    for (let k = 0; k < K; k++) {
      values[k] = features[from + kept[k]!]!;
      absent[k] = Number.isNaN(values[k]!) ? 1 : 0;
      missing += absent[k]!;
    }
    if (missing > 0) {
      const key = patternKey(values, 0, K);
      let law = laws.get(key);
      if (law === undefined) {
        const positions = Array.from({ length: K }, (_, k) => k);
        const given = Int32Array.from(positions.filter((k) => absent[k] === 0));
        const target = Int32Array.from(positions.filter((k) => absent[k] === 1));
        law = conditionalLaw(covariance, K, given, target);
        laws.set(key, law);
      }
      const { given, target, coefficients } = law;
      for (let a = 0; a < target.length; a++) {
        let sum = mean[target[a]!]!;
        for (let b = 0; b < given.length; b++) {
          sum += coefficients[a * given.length + b]! * (values[given[b]!]! - mean[given[b]!]!);
        }
        values[target[a]!] = sum;
      }
    }
    for (let k = 0; k < K; k++) into[to + k] = (values[k]! - mean[k]!) / deviation[k]!;
    for (let m = 0; m < indicators.length; m++) into[to + K + m] = absent[indicators[m]!]! - missingShare[m]!;
  };
}
