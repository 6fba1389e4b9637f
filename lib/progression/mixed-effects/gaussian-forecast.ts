import type { Rng } from "../../numerics/rng.ts";
import { drawNormal } from "../normal-draws.ts";
import type { OutcomeLaw } from "./outcome-law.ts";

/** An observation that the others determine to this share of its variance adds nothing but rounding error. */
const DETERMINED = 1e-10;

/**
 * Conditions a normal law on the outcomes that are known: observation by observation, exactly. METHODS.md, equation (ME9).
 *
 * @param law - Changed in place.
 * @param observed - NaN = not observed; the others keep their value with variance 0.
 */
export function conditionInPlace(law: OutcomeLaw, observed: Float64Array): void {
  const { mean, covariance } = law;
  const M = mean.length;
  const original = Float64Array.from({ length: M }, (_, k) => covariance[k * M + k]!);
  const column = new Float64Array(M);
  for (let k = 0; k < M; k++) {
    if (Number.isNaN(observed[k]!)) continue;
    const pivot = covariance[k * M + k]!;
    if (!(pivot > DETERMINED * original[k]!)) continue;
    for (let j = 0; j < M; j++) column[j] = covariance[j * M + k]!;
    const innovation = (observed[k]! - mean[k]!) / pivot;
    for (let i = 0; i < M; i++) {
      mean[i]! += column[i]! * innovation;
      const gain = column[i]! / pivot;
      if (gain === 0) continue;
      for (let j = 0; j < M; j++) covariance[i * M + j]! -= gain * column[j]!;
    }
  }
  for (let k = 0; k < M; k++) {
    if (Number.isNaN(observed[k]!)) continue;
    mean[k] = observed[k]!;
    for (let j = 0; j < M; j++) covariance[k * M + j] = covariance[j * M + k] = 0;
  }
}

/**
 * Draws from a normal law, variances of 0 included.
 *
 * @param into - [count × M], filled.
 */
export function drawFromLaw({ mean, covariance }: OutcomeLaw, count: number, rng: Rng, into: Float64Array): void {
  const M = mean.length;
  const random: number[] = [];
  for (let k = 0; k < M; k++) if (covariance[k * M + k]! > 0) random.push(k);
  drawNormal(mean, random, semidefiniteFactor(covariance, M, random), count, rng, into);
}

/** Cholesky factor of the chosen rows and columns; a column whose pivot is rounding error is 0. */
function semidefiniteFactor(covariance: Float64Array, M: number, rows: readonly number[]): Float64Array {
  const m = rows.length;
  const factor = new Float64Array(m * m);
  for (let j = 0; j < m; j++) {
    const diagonal = covariance[rows[j]! * M + rows[j]!]!;
    let pivot = diagonal;
    for (let k = 0; k < j; k++) pivot -= factor[j * m + k]! ** 2;
    if (!(pivot > 1e-12 * diagonal)) continue;
    const root = Math.sqrt(pivot);
    factor[j * m + j] = root;
    for (let i = j + 1; i < m; i++) {
      let sum = covariance[rows[i]! * M + rows[j]!]!;
      for (let k = 0; k < j; k++) sum -= factor[i * m + k]! * factor[j * m + k]!;
      factor[i * m + j] = sum / root;
    }
  }
  return factor;
}
