import { normalQuantile } from "../numerics/normal.ts";
import { findRoot } from "../numerics/root-finding.ts";
import type { SequentialDensity } from "./sequential-density.ts";

/** Newton's method needs fewer than ten where it converges at all. */
const MAX_ITERATIONS = 60;
/** No score lies further from its expectation in double precision. */
const REACH = 40;
const Z_TOLERANCE = 1e-12;
/** Relative error of the spend below which rounding decides; where almost all trials cross, Z is no sharper than this. */
const ERROR_TOLERANCE = 1e-13;
/** A smaller error has no bound that double precision can tell from Infinity. */
const SMALLEST_ERROR = 1e-100;

/**
 * Upper bound at the current analysis that spends a given error.
 *
 * @param density - Sub-density standing at the analysis.
 * @param error - P(reached and Z ≥ bound) wanted; 0 gives Infinity, at least `reached()` gives −Infinity.
 * @param expectedZ - E[Z] of the unstopped trial at this analysis, where the search starts.
 * @returns The bound on the Z scale; the error is spent to 1e-13 relative.
 *
 * @remarks
 * METHODS.md eq. (G9). Newton's method on log P(reached, Z ≥ b) − log(error). The logarithm of the tail is concave
 * (the sub-density is log-concave, being a convolution of truncated normals), and the unstopped quantile lies above
 * the solution, so the iterates descend to it without overshooting. Behind inner bounds the sub-density has a hole and the
 * tail is not log-concave; where Newton's method then leaves the range of the scores, Brent's finds the bound.
 */
export function upperBoundSpending(density: SequentialDensity, error: number, expectedZ: number): number {
  return boundSpending(density, error, expectedZ, 1);
}

/**
 * Lower bound at the current analysis that spends a given error: the mirror image of {@link upperBoundSpending}.
 *
 * @param density - Sub-density standing at the analysis.
 * @param error - P(reached and Z ≤ bound) wanted; 0 gives −Infinity, at least `reached()` gives Infinity.
 * @param expectedZ - E[Z] of the unstopped trial at this analysis.
 * @returns The bound on the Z scale; the error is spent to 1e-13 relative.
 */
export function lowerBoundSpending(density: SequentialDensity, error: number, expectedZ: number): number {
  return boundSpending(density, error, expectedZ, -1);
}

function boundSpending(density: SequentialDensity, error: number, expectedZ: number, sign: 1 | -1): number {
  if (!(error > SMALLEST_ERROR)) return sign * Infinity;
  if (error >= density.reached()) return -sign * Infinity;
  const tail = sign === 1 ? density.upperTail : density.lowerTail;
  let bound = expectedZ - sign * normalQuantile(error);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const probability = tail(bound);
    const excess = Math.log(probability / error);
    if (Math.abs(excess) < ERROR_TOLERANCE) return bound;
    const step = (sign * probability * excess) / density.density(bound);
    bound += step;
    if (!(Math.abs(bound - expectedZ) < REACH)) break;
    if (Math.abs(step) < Z_TOLERANCE * (1 + Math.abs(bound))) return bound;
  }
  const excess = (z: number) => Math.log(Math.max(tail(z), Number.MIN_VALUE) / error);
  return findRoot(excess, expectedZ - REACH, expectedZ + REACH, { absoluteTolerance: Z_TOLERANCE }).value;
}
