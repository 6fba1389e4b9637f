import type { MmrmFit } from "./fit-mmrm.ts";
import { createPatternSums } from "./pattern-sums.ts";
import { select } from "./restricted-likelihood.ts";

/**
 * Kenward and Roger's small-sample covariance of the coefficients in the orthonormal basis (METHODS.md eq. (M14)).
 *
 * @param linear - Leaves out the second derivatives of V (SAS `ddfm=kr(linear)`; the same as the full method in a
 *   parametrization in which V is linear, such as SAS's own of an unstructured covariance).
 * @returns Shape [p · p].
 *
 * Source: Kenward & Roger (1997), Biometrics 53:983–997.
 */
export function kenwardRogerCovariance(fit: MmrmFit, linear: boolean): Float64Array {
  const { likelihood, parameterCovariance } = fit;
  const { state, parameterCount, prepared } = likelihood;
  const { rank: p } = prepared;
  const q = p + 1;
  const packed = new Float64Array((q * (q + 1)) / 2);
  const largest = Math.max(...prepared.patterns.map(({ visits }) => visits.length));
  const sums = createPatternSums(q, largest);
  prepared.patterns.forEach((pattern, s) => {
    sums.addWeighted(pattern, patternCurvature(fit, s, linear), packed);
  });
  const middle = new Float64Array(p * p);
  for (let i = 0, at = 0; i < p; i++)
    for (let j = 0; j <= i; j++, at++) {
      middle[i * p + j] = packed[at]!;
      middle[j * p + i] = packed[at]!;
    }
  // Σ_hk W_hk P_hΦP_k = Σ_h P_hΦ(Σ_k W_hk P_k).
  const mixed = new Float64Array(p * p);
  for (let h = 0; h < parameterCount; h++) {
    mixed.fill(0);
    for (let k = 0; k < parameterCount; k++) {
      const w = parameterCovariance[h * parameterCount + k]!;
      const slope = state.slopes[k]!;
      for (let at = 0; at < p * p; at++) mixed[at]! += w * slope[at]!;
    }
    const product = multiply(multiply(state.slopes[h]!, state.phi, p), mixed, p);
    for (let at = 0; at < p * p; at++) middle[at]! -= product[at]!;
  }
  const adjustment = multiply(multiply(state.phi, middle, p), state.phi, p);
  const adjusted = new Float64Array(p * p);
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++)
      adjusted[i * p + j] = state.phi[i * p + j]! + adjustment[i * p + j]! + adjustment[j * p + i]!;
  return adjusted;
}

/** V⁻¹ Σ_hk W_hk (V̇_hV⁻¹V̇_k − ¼V̈_hk) V⁻¹ of one pattern. */
function patternCurvature({ likelihood, parameterCovariance }: MmrmFit, s: number, linear: boolean): Float64Array {
  const { prepared, structure, parameterCount, parametersPerGroup, patternModels, state } = likelihood;
  const pattern = prepared.patterns[s]!;
  const k = pattern.visits.length;
  const visits = structure === "spatial-exponential" ? pattern.visits.map((_, a) => a) : pattern.visits;
  const { model, offset } = patternModels[s]!;
  const inverse = state.inverses[s]!;
  const slopes = model.first.map((matrix) => {
    const out = new Float64Array(k * k);
    select(matrix, model.order, visits, out);
    return out;
  });
  const sum = new Float64Array(k * k);
  const full = new Float64Array(model.order ** 2);
  const curvature = new Float64Array(k * k);
  for (let h = 0; h < parametersPerGroup; h++) {
    const mixed = new Float64Array(k * k);
    for (let j = 0; j < parametersPerGroup; j++) {
      const w = parameterCovariance[(offset + h) * parameterCount + offset + j]!;
      for (let at = 0; at < k * k; at++) mixed[at]! += w * slopes[j]![at]!;
      if (!linear && model.second(h, j, full)) {
        select(full, model.order, visits, curvature);
        for (let at = 0; at < k * k; at++) sum[at]! -= 0.25 * w * curvature[at]!;
      }
    }
    const product = multiply(multiply(slopes[h]!, inverse, k), mixed, k);
    for (let at = 0; at < k * k; at++) sum[at]! += product[at]!;
  }
  return multiply(multiply(inverse, sum, k), inverse, k);
}

/** Degrees of freedom and scale of the F statistic of q contrasts. */
export interface KenwardRogerReference {
  readonly degreesOfFreedom: number;
  /** Factor of the F statistic. */
  readonly scale: number;
}

/**
 * Reference F distribution of several contrasts by Kenward and Roger (METHODS.md eq. (M16)); for one contrast its degrees
 * of freedom are Satterthwaite's and the scale is 1.
 *
 * @param a1 - Σ W_hk tr(ΘP_hΦ…) tr(…), see eq. (M16).
 * @param count - q.
 */
export function kenwardRogerReference(a1: number, a2: number, count: number): KenwardRogerReference {
  const b = (a1 + 6 * a2) / (2 * count);
  const eStar = 1 / (1 - a2 / count);
  const g = ((count + 1) * a1 - (count + 4) * a2) / ((count + 2) * a2);
  const denominator = 3 * count + 2 - 2 * g;
  const c1 = g / denominator;
  const c2 = (count - g) / denominator;
  const c3 = (count + 2 - g) / denominator;
  const vStar = ((2 / count) * (1 + c1 * b)) / ((1 - c2 * b) ** 2 * (1 - c3 * b));
  const rho = vStar / (2 * eStar * eStar);
  const degreesOfFreedom = 4 + (count + 2) / (count * rho - 1);
  return { degreesOfFreedom, scale: degreesOfFreedom / (eStar * (degreesOfFreedom - 2)) };
}

/** A B of square matrices of order n. */
export function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let l = 0; l < n; l++) {
      const value = a[i * n + l]!;
      if (value === 0) continue;
      for (let j = 0; j < n; j++) out[i * n + j]! += value * b[l * n + j]!;
    }
  return out;
}
