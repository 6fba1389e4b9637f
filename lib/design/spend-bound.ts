import { DomainError } from "../errors/domain-error.ts";
import { normalQuantile } from "../numerics/normal.ts";
import type { SequentialDensity } from "./sequential-density.ts";

const MAX_ITERATIONS = 200;
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
 * @throws DomainError NOT_CONVERGED after 200 iterations.
 *
 * @remarks
 * METHODS.md eq. (G9). Newton's method on log P(reached, Z ≥ b) − log(error). The logarithm of the tail is concave
 * (the sub-density is log-concave, being a convolution of truncated normals), and the unstopped quantile lies above
 * the solution, so the iterates descend to it without overshooting.
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
 * @throws DomainError NOT_CONVERGED after 200 iterations.
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
    if (Math.abs(step) < Z_TOLERANCE * (1 + Math.abs(bound))) return bound;
  }
  throw new DomainError("NOT_CONVERGED", {
    argument: "error",
    received: error,
    requirement: `must be attainable at this analysis; no bound was found in ${MAX_ITERATIONS} iterations`,
    hint: "Spend less error at this analysis, or move it further from its neighbours.",
  });
}
