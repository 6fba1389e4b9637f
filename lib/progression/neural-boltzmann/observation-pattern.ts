import { conditionalLaw } from "../gaussian-joint/conditional.ts";
import { patternKey } from "../gaussian-joint/missing-patterns.ts";

/**
 * What a fixed correlation R of the outcomes implies where only some of them are observed (o); all in SD units and padded
 * with zeros to n × n. METHODS.md, equation (N4).
 */
export interface ObservationPattern {
  /** Number of outcomes observed. */
  readonly count: number;
  /** [n] 1 where observed. */
  readonly observed: Uint8Array;
  /** [n × n] R_oo⁻¹. */
  readonly precision: Float64Array;
  /** [n × n] R_·o R_oo⁻¹: the expectation of all residuals given those observed. */
  readonly completion: Float64Array;
  /** [n × n] R − R_·o R_oo⁻¹ R_o·: what remains unknown. */
  readonly remainder: Float64Array;
  /** log |R_oo|. */
  readonly logDeterminant: number;
}

/**
 * Function that finds the pattern of a patient's outcomes; patterns are computed once.
 *
 * @param correlation - [n × n] R, positive definite with unit diagonal.
 * @param n - Number of outcomes.
 */
export function patternReader(
  correlation: Float64Array,
  n: number,
): (outcomes: Float64Array, offset: number) => ObservationPattern {
  const patterns = new Map<string, ObservationPattern>();
  return (outcomes, offset) => {
    const key = patternKey(outcomes, offset, n);
    let pattern = patterns.get(key);
    if (pattern === undefined) {
      pattern = observationPattern(correlation, n, (j) => !Number.isNaN(outcomes[offset + j]!));
      patterns.set(key, pattern);
    }
    return pattern;
  };
}

function observationPattern(correlation: Float64Array, n: number, seen: (j: number) => boolean): ObservationPattern {
  const positions = Array.from({ length: n }, (_, j) => j);
  const observed = Uint8Array.from(positions, (j) => (seen(j) ? 1 : 0));
  const given = Int32Array.from(positions.filter(seen));
  const target = Int32Array.from(positions.filter((j) => !seen(j)));
  const law = conditionalLaw(correlation, n, given, target);
  const precision = new Float64Array(n * n);
  const completion = new Float64Array(n * n);
  const remainder = new Float64Array(n * n);
  const o = given.length;
  for (let a = 0; a < o; a++) {
    completion[given[a]! * n + given[a]!] = 1;
    for (let b = 0; b < o; b++) precision[given[a]! * n + given[b]!] = law.precision[a * o + b]!;
  }
  const m = target.length;
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < o; b++) completion[target[a]! * n + given[b]!] = law.coefficients[a * o + b]!;
    for (let b = 0; b < m; b++) remainder[target[a]! * n + target[b]!] = law.covariance[a * m + b]!;
  }
  return {
    count: o,
    observed,
    precision,
    completion,
    remainder,
    logDeterminant: logDeterminant(correlation, n, given),
  };
}

/** log |R_oo| by elimination; R_oo is positive definite, or conditioning on it would have been refused. */
function logDeterminant(correlation: Float64Array, n: number, given: Int32Array): number {
  const o = given.length;
  const work = new Float64Array(o * o);
  for (let a = 0; a < o; a++) for (let b = 0; b < o; b++) work[a * o + b] = correlation[given[a]! * n + given[b]!]!;
  let sum = 0;
  for (let k = 0; k < o; k++) {
    const pivot = work[k * o + k]!;
    sum += Math.log(pivot);
    for (let a = k + 1; a < o; a++) {
      const factor = work[a * o + k]! / pivot;
      for (let b = k + 1; b < o; b++) work[a * o + b]! -= factor * work[k * o + b]!;
    }
  }
  return sum;
}
