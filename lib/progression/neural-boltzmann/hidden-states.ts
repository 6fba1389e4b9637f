/** The configurations of H hidden units, one of each pair h and −h: every term of the law is the same for both or changes sign. */
export interface HiddenStates {
  readonly units: number;
  /** 2^(H−1), at least 1. */
  readonly count: number;
  /** [count × H] of ±1; the first unit is +1 throughout. */
  readonly signs: Float64Array;
  /** [H] mask of a unit: its sign in configuration s is −1 to the number of bits that s and the mask share. */
  readonly masks: Int32Array;
}

/** Most hidden units: 2^9 terms are summed for every patient. */
export const MOST_HIDDEN_UNITS = 10;

/**
 * All configurations of the hidden units up to a common sign.
 *
 * @param units - H, 0 to 10; without hidden units there is one empty configuration.
 */
export function hiddenStates(units: number): HiddenStates {
  const H = units;
  const count = 2 ** Math.max(0, H - 1);
  const masks = Int32Array.from({ length: H }, (_, k) => (k === 0 ? 0 : 1 << (k - 1)));
  const signs = new Float64Array(count * H);
  for (let s = 0; s < count; s++) for (let k = 0; k < H; k++) signs[s * H + k] = s & masks[k]! ? -1 : 1;
  return { units: H, count, signs, masks };
}

/**
 * Sums over masks or over configurations, all at once: replaces v[s] by Σ_m v[m] (−1)^(bits that s and m share).
 *
 * Coefficients at the masks of units (or at two masks combined by exclusive or, for products) become the linear (or
 * quadratic) form at every configuration; weights at the configurations become the means of units and of products.
 *
 * @param values - [2^k], changed in place.
 *
 * Source: fast Walsh–Hadamard transform, Fino & Algazi (1976), IEEE Trans. Computers C-25:1142–1146.
 */
export function walshHadamard(values: Float64Array): void {
  const count = values.length;
  for (let half = 1; half < count; half *= 2) {
    for (let from = 0; from < count; from += 2 * half) {
      for (let s = from; s < from + half; s++) {
        const a = values[s]!;
        const b = values[s + half]!;
        values[s] = a + b;
        values[s + half] = a - b;
      }
    }
  }
}
