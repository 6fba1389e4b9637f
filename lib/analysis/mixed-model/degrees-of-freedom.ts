import { symmetricEigen } from "../../numerics/symmetric-eigen.ts";
import type { MixedModelFit } from "./fit-mixed-model.ts";
import { contrastInBasis } from "./fit-mixed-model.ts";

/**
 * Covariance of (θ̂, σ̂, residual correlation): twice the generalized inverse of the Hessian of the deviance, eigenvalues
 * below 1e-8 left out (METHODS.md eq. (L14); lmerTest's definition).
 */
export function varianceParameterCovariance(fit: MixedModelFit): Float64Array {
  const { m, hessian } = fit.maximum.onFactorScale;
  const { values, vectors } = symmetricEigen(hessian, m);
  const covariance = new Float64Array(m * m);
  for (let e = 0; e < m; e++) {
    if (!(values[e]! > 1e-8)) continue;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < m; j++)
        covariance[i * m + j]! += (2 * vectors[i * m + e]! * vectors[j * m + e]!) / values[e]!;
  }
  return covariance;
}

/** ∂Var(lᵀβ̂)/∂ψ_k = (Φl)ᵀ P_k (Φl), shape [m]; the contrast in the basis. */
function varianceGradient(fit: MixedModelFit, basisContrast: Float64Array): Float64Array {
  const { phi, onFactorScale } = fit.maximum;
  const { m, p, fixedDerivatives } = onFactorScale;
  const image = matrixTimes(phi, p, basisContrast);
  return Float64Array.from({ length: m }, (_, k) => quadratic(fixedDerivatives, k * p * p, image, image, p));
}

/**
 * Satterthwaite's degrees of freedom of lᵀβ̂ (METHODS.md eq. (L15)).
 *
 * @param contrast - l over the estimated fixed effects, shape [p].
 * @param parameterCovariance - From {@link varianceParameterCovariance}, when several contrasts are asked for.
 * @returns Degrees of freedom; Infinity when the variance does not depend on the parameters.
 *
 * Source: Satterthwaite (1946); Kuznetsova, Brockhoff & Christensen (2017), J. Stat. Softw. 82(13).
 */
export function satterthwaiteDf(
  fit: MixedModelFit,
  contrast: ArrayLike<number>,
  parameterCovariance: Float64Array = varianceParameterCovariance(fit),
): number {
  const { layout } = fit.likelihood;
  const basis = contrastInBasis(layout.triangle, layout.p, contrast);
  const variance = quadratic(fit.maximum.phi, 0, basis, basis, layout.p);
  const gradient = varianceGradient(fit, basis);
  const m = gradient.length;
  return (2 * variance * variance) / quadratic(parameterCovariance, 0, gradient, gradient, m);
}

/** Between- and within-group degrees of freedom of a contrast: within when it needs a column that varies in a group. */
export function betweenWithinDf(
  fit: MixedModelFit,
  contrast: ArrayLike<number>,
  fixed: readonly Float64Array[],
): number {
  const { layout } = fit.likelihood;
  const varies = layout.independentColumns.map((j) => {
    const values = fixed[j]!;
    return layout.groups.some(({ rows }) => rows.some((row) => values[row] !== values[rows[0]!]));
  });
  const within = varies.filter(Boolean).length;
  const between = layout.p - within;
  const needsWithin = varies.some((inner, j) => inner && contrast[j] !== 0);
  return needsWithin ? layout.observations - layout.groups.length - within : layout.groups.length - between;
}

/** aᵀ M b for the block of M from `offset`. */
export function quadratic(
  matrix: Float64Array,
  offset: number,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  n: number,
): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += a[i]! * matrix[offset + i * n + j]! * b[j]!;
  return sum;
}

export function matrixTimes(matrix: Float64Array, n: number, vector: ArrayLike<number>): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[i]! += matrix[i * n + j]! * vector[j]!;
  return out;
}
