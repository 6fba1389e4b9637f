import { choleskyDecompose, choleskySolveInPlace } from "../../numerics/cholesky.ts";
import { fillCovariance } from "./dense-variance-moments.ts";
import type { MixedModelFit } from "./fit-mixed-model.ts";
import { notEstimable } from "./mixed-model-data.ts";
import { boundedSearch } from "./mixed-model-likelihood.ts";
import { covarianceOf } from "./variance-moments.ts";

/** Predicted random effects of one group. */
export interface GroupEffects {
  /** Code of the group as given. */
  readonly code: number;
  /** b̂ = G Zᵀ V⁻¹ (y − X β̂), shape [q]. */
  readonly effects: Float64Array;
  /** Covariance of b given the observations and the estimated parameters, shape [q · q] (lme4's `condVar`). */
  readonly covariance: Float64Array;
}

/**
 * Best linear unbiased predictions of the random effects of every group, in the order in which groups first occur
 * (METHODS.md eq. (L13)).
 */
export function randomEffects(fit: MixedModelFit): GroupEffects[] {
  const { likelihood, maximum } = fit;
  const { layout, structure, residual } = likelihood;
  const { p, q, fixedBasis, randomBasis, randomScale, groups } = layout;
  const width = p + 1;
  const scaled = covarianceOf(structure, maximum.point.subarray(0, structure.entries.length), maximum.residualVariance);
  const search = boundedSearch(likelihood, maximum.point);
  return groups.map(({ code, rows }) => {
    const n = rows.length;
    const covariance = new Float64Array(n * n);
    fillCovariance(layout, rows, residual, scaled, maximum.residualVariance, search, covariance);
    const factored = choleskyDecompose(covariance, n);
    if (!factored.ok)
      throw notEstimable(
        "residual",
        residual.kind === "independent" ? null : fit.residualCorrelation.phi,
        "leaves the observations of a group without a positive definite covariance",
        "Use independent residuals, or add a measurement error.",
      );
    const residuals = Float64Array.from(rows, (row) => {
      let rest = fixedBasis[row * width + p]!;
      for (let j = 0; j < p; j++) rest -= fixedBasis[row * width + j]! * maximum.coefficients[j]!;
      return rest;
    });
    choleskySolveInPlace(factored.factor, n, residuals);
    // Columns of Z G.
    const loadings = new Float64Array(q * n);
    for (let a = 0; a < q; a++)
      for (let k = 0; k < n; k++)
        for (let b = 0; b < q; b++) loadings[a * n + k]! += randomBasis[rows[k]! * q + b]! * scaled[b * q + a]!;
    const effects = new Float64Array(q);
    for (let a = 0; a < q; a++)
      for (let k = 0; k < n; k++) effects[a]! += (loadings[a * n + k]! * residuals[k]!) / randomScale[a]!;
    const conditional = new Float64Array(q * q);
    for (let a = 0; a < q; a++) {
      const solved = loadings.slice(a * n, (a + 1) * n);
      choleskySolveInPlace(factored.factor, n, solved);
      for (let b = 0; b < q; b++) {
        let sum = scaled[a * q + b]!;
        for (let k = 0; k < n; k++) sum -= loadings[b * n + k]! * solved[k]!;
        conditional[a * q + b] = sum / (randomScale[a]! * randomScale[b]!);
      }
    }
    return { code, effects, covariance: conditional };
  });
}

/** Fitted value of every row at the fixed effects alone, and with the predicted random effects. */
export function fittedValues(fit: MixedModelFit): {
  readonly marginal: Float64Array;
  readonly conditional: Float64Array;
} {
  const { layout } = fit.likelihood;
  const { p, q, fixedBasis, randomBasis, randomScale, groups, observations, leastSquares } = layout;
  const width = p + 1;
  const marginal = new Float64Array(observations);
  for (let i = 0; i < observations; i++)
    for (let j = 0; j < p; j++)
      marginal[i]! += fixedBasis[i * width + j]! * (leastSquares[j]! + fit.maximum.coefficients[j]!);
  const conditional = marginal.slice();
  randomEffects(fit).forEach(({ effects }, g) => {
    for (const row of groups[g]!.rows)
      for (let a = 0; a < q; a++) conditional[row]! += randomBasis[row * q + a]! * randomScale[a]! * effects[a]!;
  });
  return { marginal, conditional };
}
