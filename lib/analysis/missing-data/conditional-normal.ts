import { DomainError } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskySolveInPlace } from "../../numerics/cholesky.ts";

/** Regression of the missing values on the observed ones of a multivariate normal vector. */
export interface ConditionalNormal {
  readonly observed: Int32Array;
  readonly missing: Int32Array;
  /** Σ_MO Σ_OO⁻¹, [missing · observed]. */
  readonly slopes: Float64Array;
  /** Cholesky factor of Σ_MM − Σ_MO Σ_OO⁻¹ Σ_OM, [missing · missing]. */
  readonly factor: Float64Array;
}

/**
 * Conditional distribution of the missing elements of a normal vector given the observed ones (METHODS.md eq. (D6)).
 *
 * @param covariance - Shape [m · m], positive definite.
 * @param observed - Indices observed, ascending.
 * @param missing - The others.
 * @throws DomainError NOT_ESTIMABLE when the covariance is not positive definite.
 */
export function conditionalNormal(
  covariance: Float64Array,
  m: number,
  observed: Int32Array,
  missing: Int32Array,
): ConditionalNormal {
  const seen = observed.length;
  const gone = missing.length;
  const head = new Float64Array(seen * seen);
  for (let a = 0; a < seen; a++)
    for (let b = 0; b < seen; b++) head[a * seen + b] = covariance[observed[a]! * m + observed[b]!]!;
  const factored = choleskyDecompose(head, seen);
  if (!factored.ok) throw notPositive();
  const slopes = new Float64Array(gone * seen);
  const row = new Float64Array(seen);
  for (let t = 0; t < gone; t++) {
    for (let a = 0; a < seen; a++) row[a] = covariance[missing[t]! * m + observed[a]!]!;
    choleskySolveInPlace(factored.factor, seen, row);
    slopes.set(row, t * seen);
  }
  const rest = new Float64Array(gone * gone);
  for (let t = 0; t < gone; t++)
    for (let s = 0; s < gone; s++) {
      let sum = covariance[missing[t]! * m + missing[s]!]!;
      for (let a = 0; a < seen; a++) sum -= slopes[t * seen + a]! * covariance[observed[a]! * m + missing[s]!]!;
      rest[t * gone + s] = sum;
    }
  const factoredRest = choleskyDecompose(rest, gone);
  if (!factoredRest.ok) throw notPositive();
  return { observed, missing, slopes, factor: factoredRest.factor };
}

function notPositive(): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "covariance",
    received: 0,
    requirement: "must be positive definite to impute from it",
    hint: "Choose a covariance structure with fewer parameters.",
  });
}
