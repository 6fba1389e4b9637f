import { triangleSize } from "./pattern-statistics.ts";
import type { Criterion } from "./profiled-deviance.ts";
import { factorInto, type RelativeFactor } from "./relative-factor.ts";
import { pairIndex, type VarianceMoments } from "./variance-moments.ts";

/**
 * Derivatives of the deviance and of the covariance of the fixed effects by the variance parameters. Parameters are
 * either (G, σ², residual correlation) or, after {@link factorScale}, (θ, σ, residual correlation).
 */
export interface VarianceInformation {
  /** Number of parameters. */
  readonly m: number;
  /** Number of fixed effects. */
  readonly p: number;
  /** Derivatives of the deviance, shape [m]. */
  readonly gradient: Float64Array;
  /** Second derivatives of the deviance, shape [m · m]. */
  readonly hessian: Float64Array;
  /** Xᵀ V⁻¹ V_k V⁻¹ X in the orthonormal basis, shape [m · p · p]; the derivative of Φ by parameter k is Φ P_k Φ. */
  readonly fixedDerivatives: Float64Array;
}

/**
 * Gradient and Hessian of the deviance by (G, σ², residual correlation), fixed effects at their maximum (METHODS.md
 * eq. (L11)).
 *
 * @param moments - Sums over groups.
 * @param coefficients - Fixed effects in the orthonormal basis, without the least-squares part, shape [p].
 * @param phi - Φ = (Xᵀ V⁻¹ X)⁻¹ in the basis, shape [p · p].
 */
export function varianceInformation(
  moments: VarianceMoments,
  coefficients: Float64Array,
  phi: Float64Array,
  criterion: Criterion,
): VarianceInformation {
  const { m, width, first, pairs, second, traces, tracePairs, traceSecond } = moments;
  const p = width - 1;
  const restricted = criterion === "REML";
  const step = triangleSize(width);
  const square = p * p;
  const gradient = new Float64Array(m);
  const hessian = new Float64Array(m * m);
  const fixedDerivatives = new Float64Array(m * square);
  const scores = new Float64Array(m * p);
  const phiP = new Float64Array(m * square);
  for (let k = 0; k < m; k++) {
    const form = residualForm(first, k * step, width, coefficients, scores, k * p);
    const block = fixedDerivatives.subarray(k * square, (k + 1) * square);
    unpackFixed(first, k * step, width, block);
    multiply(phi, block, p, phiP.subarray(k * square, (k + 1) * square));
    gradient[k] = traces[k]! - form - (restricted ? trace(phiP, k * square, p) : 0);
  }
  const unused = new Float64Array(p);
  for (let k = 0; k < m; k++) {
    for (let l = 0; l <= k; l++) {
      const pair = pairIndex(k, l);
      let value = -tracePairs[pair]!;
      value += 2 * residualForm(pairs, pair * step, width, coefficients, unused, 0);
      value -= 2 * bilinear(phi, scores, k * p, scores, l * p, p);
      if (restricted) {
        value += 2 * weightedTrace(phi, pairs, pair * step, width);
        value -= productTrace(phiP, k * square, l * square, p);
      }
      if (second !== null && traceSecond !== null) {
        value += traceSecond[pair]! - residualForm(second, pair * step, width, coefficients, unused, 0);
        if (restricted) value -= weightedTrace(phi, second, pair * step, width);
      }
      hessian[k * m + l] = value;
      hessian[l * m + k] = value;
    }
  }
  return { m, p, gradient, hessian, fixedDerivatives };
}

/**
 * The same by (θ, σ, residual correlation), G = σ² Λ Λᵀ: the scale on which the deviance is smooth up to the boundary
 * (METHODS.md eq. (L12)).
 */
export function factorScale(
  information: VarianceInformation,
  structure: RelativeFactor,
  theta: ArrayLike<number>,
  residualVariance: number,
): VarianceInformation {
  const { m, p, gradient, hessian, fixedDerivatives } = information;
  const { entries, size: q } = structure;
  const v = entries.length;
  const sigma = Math.sqrt(residualVariance);
  const lambda = new Float64Array(q * q);
  factorInto(structure, theta, lambda);
  // jacobian[k · m + l] = ∂ω_k/∂ψ_l, ω = (G, σ², …), ψ = (θ, σ, …).
  const jacobian = new Float64Array(m * m);
  const curvature = new Float64Array(m * m);
  entries.forEach(({ row: a, column: b }, k) => {
    let value = 0;
    for (let c = 0; c < q; c++) value += lambda[a * q + c]! * lambda[b * q + c]!;
    jacobian[k * m + v] = 2 * sigma * value;
    curvature[v * m + v]! += 2 * value * gradient[k]!;
    entries.forEach(({ row: c, column: d }, l) => {
      const change = (a === c ? lambda[b * q + d]! : 0) + (b === c ? lambda[a * q + d]! : 0);
      jacobian[k * m + l] = residualVariance * change;
      curvature[l * m + v]! += 2 * sigma * change * gradient[k]!;
      curvature[v * m + l]! += 2 * sigma * change * gradient[k]!;
      entries.forEach(({ row: e, column: f }, h) => {
        if (d !== f) return;
        const both = (a === c && b === e ? 1 : 0) + (a === e && b === c ? 1 : 0);
        curvature[l * m + h]! += residualVariance * both * gradient[k]!;
      });
    });
  });
  jacobian[v * m + v] = 2 * sigma;
  curvature[v * m + v]! += 2 * gradient[v]!;
  for (let k = v + 1; k < m; k++) jacobian[k * m + k] = 1;

  const newGradient = new Float64Array(m);
  const newHessian = curvature;
  const newFixed = new Float64Array(m * p * p);
  const half = new Float64Array(m * m);
  multiply(hessian, jacobian, m, half);
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < m; k++) {
      const change = jacobian[k * m + i]!;
      if (change === 0) continue;
      newGradient[i]! += change * gradient[k]!;
      for (let j = 0; j < m; j++) newHessian[i * m + j]! += change * half[k * m + j]!;
      for (let e = 0; e < p * p; e++) newFixed[i * p * p + e]! += change * fixedDerivatives[k * p * p + e]!;
    }
  }
  return { m, p, gradient: newGradient, hessian: newHessian, fixedDerivatives: newFixed };
}

/**
 * sᵀ F s for s = (−β, 1) and F packed; writes Xᵀ … r of the same matrix.
 */
function residualForm(
  packed: Float64Array,
  offset: number,
  width: number,
  coefficients: Float64Array,
  scores: Float64Array,
  scoreOffset: number,
): number {
  const p = width - 1;
  for (let i = 0; i < p; i++) scores[scoreOffset + i] = 0;
  let value = 0;
  let at = offset;
  for (let i = 0; i < width; i++) {
    const si = i < p ? -coefficients[i]! : 1;
    for (let j = i; j < width; j++) {
      const sj = j < p ? -coefficients[j]! : 1;
      const f = packed[at++]!;
      value += (i === j ? 1 : 2) * si * sj * f;
      if (i < p) scores[scoreOffset + i]! += f * sj;
      if (i !== j && j < p) scores[scoreOffset + j]! += f * si;
    }
  }
  return value;
}

/** The fixed-effects block of a packed matrix, shape [p · p]. */
export function unpackFixed(packed: Float64Array, offset: number, width: number, out: Float64Array): void {
  const p = width - 1;
  let at = offset;
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++) {
      out[i * p + j] = packed[at]!;
      out[j * p + i] = packed[at++]!;
    }
    at++;
  }
}

/** tr Φ F for the fixed-effects block of a packed matrix. */
export function weightedTrace(phi: Float64Array, packed: Float64Array, offset: number, width: number): number {
  const p = width - 1;
  let sum = 0;
  let at = offset;
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++) sum += (i === j ? 1 : 2) * phi[i * p + j]! * packed[at++]!;
    at++;
  }
  return sum;
}

function bilinear(
  matrix: Float64Array,
  a: Float64Array,
  aOffset: number,
  b: Float64Array,
  bOffset: number,
  p: number,
): number {
  let sum = 0;
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) sum += a[aOffset + i]! * matrix[i * p + j]! * b[bOffset + j]!;
  return sum;
}

function trace(matrix: Float64Array, offset: number, p: number): number {
  let sum = 0;
  for (let i = 0; i < p; i++) sum += matrix[offset + i * p + i]!;
  return sum;
}

/** tr A B for two blocks of one array. */
export function productTrace(matrix: Float64Array, aOffset: number, bOffset: number, p: number): number {
  let sum = 0;
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++) sum += matrix[aOffset + i * p + j]! * matrix[bOffset + j * p + i]!;
  return sum;
}

/** out = A B, all [n · n]. */
export function multiply(a: Float64Array, b: Float64Array, n: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[k * n + j]!;
      out[i * n + j] = sum;
    }
  }
}
