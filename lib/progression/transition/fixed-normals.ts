import { choleskyInPlace, forwardSubstitute } from "../../numerics/cholesky.ts";
import { createRng } from "../../numerics/philox.ts";

/** The seed belongs to the rule, not to a run: the same history always gives the same moments. */
const SEED = 20260417;

const known = new Map<string, Float64Array>();

/**
 * A fixed sample of standard normal vectors: Philox normals, each with its negative, and in each of two halves turned so that
 * their covariance is the identity exactly. Sums over it are exact for linear and quadratic functions of the normals. METHODS.md,
 * equation (TM10).
 *
 * @param dimension - d.
 * @param pairs - Pairs of each half, at least d.
 * @returns [4 · pairs × d]: first half, then second; within a half a vector is followed by its negative.
 */
export function fixedNormals(dimension: number, pairs: number): Float64Array {
  const key = `${dimension} ${pairs}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const sample = new Float64Array(4 * pairs * dimension);
  for (let half = 0; half < 2; half++) {
    const turned = turnedNormals(dimension, pairs, half);
    for (let k = 0; k < pairs; k++) {
      const at = (half * 2 * pairs + 2 * k) * dimension;
      for (let j = 0; j < dimension; j++) {
        sample[at + j] = turned[k * dimension + j]!;
        sample[at + dimension + j] = -turned[k * dimension + j]!;
      }
    }
  }
  known.set(key, sample);
  return sample;
}

/** Pairs of each half for a dimension: enough for the turn, at least 32. */
export function fixedPairs(dimension: number): number {
  return Math.max(32, Math.min(2 * dimension, Math.max(64, dimension + 1)));
}

/** [pairs × d] rows z with Σ z zᵀ / pairs = I. */
function turnedNormals(d: number, pairs: number, half: number): Float64Array {
  const rng = createRng(SEED).fork(half).fork(pairs);
  const sample = new Float64Array(pairs * d);
  for (let k = 0; k < sample.length; k++) sample[k] = rng.normal();
  const second = new Float64Array(d * d);
  for (let k = 0; k < pairs; k++) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) second[i * d + j]! += (sample[k * d + i]! * sample[k * d + j]!) / pairs;
    }
  }
  // Only a sample of fewer vectors than dimensions could fail here.
  if (choleskyInPlace(second, d) !== -1) return sample;
  for (let k = 0; k < pairs; k++) forwardSubstitute(second, d, sample, k * d);
  return sample;
}

const columnsKnown = new Map<string, Float64Array>();

/** The sample of {@link fixedNormals} with a row for every dimension: [d × 4 · pairs]. */
export function fixedNormalColumns(dimension: number, pairs: number): Float64Array {
  const key = `${dimension} ${pairs}`;
  const found = columnsKnown.get(key);
  if (found !== undefined) return found;
  const sample = fixedNormals(dimension, pairs);
  const count = 4 * pairs;
  const turned = sample.map((_, k) => sample[(k % count) * dimension + Math.floor(k / count)]!);
  columnsKnown.set(key, turned);
  return turned;
}
