import type { Rng } from "../numerics/rng.ts";

/** Scratch of `drawNormal`: filled and read within one call, and kept while it is of a usual size. */
let scratch = new Float64Array(0);
const LARGEST_KEPT = 1 << 20;

function scratchOf(size: number): Float64Array {
  if (size > LARGEST_KEPT) return new Float64Array(size);
  if (scratch.length < size) scratch = new Float64Array(size);
  return scratch;
}

/**
 * Draws vectors of which some elements are normal and the others fixed.
 *
 * @param centre - [M] mean; elements that are not named keep it.
 * @param target - [t] positions of the normal elements; −1 for one that is drawn and not wanted.
 * @param factor - [t × t] lower triangular factor of their covariance.
 * @param count - Number of vectors.
 * @param rng - t normals a vector, in the order of `target`.
 * @param into - [count × M], filled.
 */
export function drawNormal(
  centre: Float64Array,
  target: ArrayLike<number>,
  factor: Float64Array,
  count: number,
  rng: Rng,
  into: Float64Array,
): void {
  const M = centre.length;
  const t = target.length;
  const positions = Int32Array.from(target);
  const z = scratchOf(count * t);
  rng.normals(z, 0, count * t);
  for (let m = 0; m < count; m++) {
    const row = m * M;
    const own = m * t;
    // A loop, not `set`: for a dozen elements the call would cost more than the copy.
    for (let j = 0; j < M; j++) into[row + j] = centre[j]!;
    for (let a = 0; a < t; a++) {
      if (positions[a]! < 0) continue;
      const at = a * t;
      let sum = 0;
      for (let b = 0; b <= a; b++) sum += factor[at + b]! * z[own + b]!;
      into[row + positions[a]!]! += sum;
    }
  }
}

/** Factor of the covariance with every element's SD multiplied: rows of `factor` times `scale`. */
export function scaledFactor(factor: Float64Array, scale: Float64Array): Float64Array {
  const t = scale.length;
  return factor.map((value, k) => value * scale[Math.floor(k / t)]!);
}
