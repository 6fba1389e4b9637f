import { symmetricEigen } from "../../numerics/symmetric-eigen.ts";
import { quadratic } from "./degrees-of-freedom.ts";
import { backTransform, contrastInBasis, type MixedModelFit } from "./fit-mixed-model.ts";
import { triangleSize } from "./pattern-statistics.ts";
import { multiply, productTrace, unpackFixed, weightedTrace } from "./variance-information.ts";
import { pairIndex } from "./variance-moments.ts";

/** Kenward and Roger's adjusted covariance with what the degrees of freedom need. */
export interface KenwardRoger {
  /** Adjusted covariance of the fixed effects, shape [p · p]. */
  readonly adjustedCovariance: Float64Array;
  /** Covariance of the variance parameters from the expected information, shape [m · m]. */
  readonly parameterCovariance: Float64Array;
  /** The adjusted covariance in the orthonormal basis. */
  readonly adjustedBasis: Float64Array;
}

/**
 * Kenward and Roger's small-sample covariance of the fixed effects (METHODS.md eq. (L16)) from the expected information.
 * Second derivatives of V are left out, as in SAS's KR(LINEAR): they vanish for independent residuals, and for correlated
 * ones they would make the standard errors depend on how the correlation is written, even on the unit of time.
 *
 * Source: Kenward & Roger (1997), Biometrics 53:983–997; Halekoh & Højsgaard (2014), J. Stat. Softw. 59(9).
 */
export function kenwardRoger(fit: MixedModelFit): KenwardRoger {
  const { likelihood, maximum } = fit;
  const { phi, moments, natural } = maximum;
  const { m, pairs, tracePairs, width } = moments;
  const p = width - 1;
  const square = p * p;
  const step = triangleSize(width);
  const P = natural.fixedDerivatives;
  const phiP = new Float64Array(m * square);
  for (let k = 0; k < m; k++)
    multiply(phi, P.subarray(k * square, (k + 1) * square), p, phiP.subarray(k * square, (k + 1) * square));
  const information = new Float64Array(m * m);
  for (let k = 0; k < m; k++) {
    for (let l = 0; l <= k; l++) {
      const pair = pairIndex(k, l);
      const value =
        tracePairs[pair]! -
        2 * weightedTrace(phi, pairs, pair * step, width) +
        productTrace(phiP, k * square, l * square, p);
      information[k * m + l] = value;
      information[l * m + k] = value;
    }
  }
  const parameterCovariance = twiceInverse(information, m);

  const middle = new Float64Array(square);
  const block = new Float64Array(square);
  const product = new Float64Array(square);
  for (let k = 0; k < m; k++) {
    for (let l = 0; l <= k; l++) {
      const pair = pairIndex(k, l);
      const weight = (k === l ? 1 : 2) * parameterCovariance[k * m + l]!;
      unpackFixed(pairs, pair * step, width, block);
      for (let i = 0; i < square; i++) middle[i]! += weight * block[i]!;
      // P_k Φ P_l, symmetrized.
      multiply(P.subarray(k * square, (k + 1) * square), phiP.subarray(l * square, (l + 1) * square), p, product);
      for (let i = 0; i < p; i++)
        for (let j = 0; j < p; j++) middle[i * p + j]! -= 0.5 * weight * (product[i * p + j]! + product[j * p + i]!);
    }
  }
  multiply(phi, middle, p, block);
  multiply(block, phi, p, product);
  const adjustedBasis = phi.map((value, i) => value + 2 * product[i]!);
  return {
    adjustedCovariance: backTransform(likelihood.layout.triangle, p, adjustedBasis),
    parameterCovariance,
    adjustedBasis,
  };
}

/** Test of several contrasts at once, or of one. */
export interface ContrastTest {
  readonly numeratorDf: number;
  readonly denominatorDf: number;
  /** Scale factor λ of the F statistic; 1 for one contrast. */
  readonly scale: number;
}

/**
 * Kenward and Roger's denominator degrees of freedom and scale for rows of contrasts (METHODS.md eq. (L17)); for one
 * contrast it is Satterthwaite's formula with the expected information.
 *
 * @param contrasts - Linearly independent rows l over the estimated fixed effects.
 */
export function kenwardRogerDf(
  fit: MixedModelFit,
  contrasts: readonly ArrayLike<number>[],
  adjustment: KenwardRoger = kenwardRoger(fit),
): ContrastTest {
  const { phi, natural } = fit.maximum;
  const { m, p, fixedDerivatives } = natural;
  const { triangle } = fit.likelihood.layout;
  const rank = contrasts.length;
  const rows = contrasts.map((l) => contrastInBasis(triangle, p, l));
  // Whitened contrasts: Θ = Σ w wᵀ with wᵀ Φ w' = δ.
  const whitened = whiten(rows, phi, p);
  const images = whitened.map((w) => Float64Array.from({ length: p }, (_, i) => quadraticRow(phi, i, w, p)));
  // t_k[a, b] = w_aᵀ Φ P_k Φ w_b
  const forms = Array.from({ length: m }, (_, k) =>
    Float64Array.from({ length: rank * rank }, (_, e) =>
      quadratic(fixedDerivatives, k * p * p, images[Math.floor(e / rank)]!, images[e % rank]!, p),
    ),
  );
  let a1 = 0;
  let a2 = 0;
  for (let k = 0; k < m; k++) {
    for (let l = 0; l < m; l++) {
      const w = adjustment.parameterCovariance[k * m + l]!;
      let traceK = 0;
      let traceL = 0;
      let both = 0;
      for (let a = 0; a < rank; a++) {
        traceK += forms[k]![a * rank + a]!;
        traceL += forms[l]![a * rank + a]!;
        for (let b = 0; b < rank; b++) both += forms[k]![a * rank + b]! * forms[l]![b * rank + a]!;
      }
      a1 += w * traceK * traceL;
      a2 += w * both;
    }
  }
  if (rank === 1) return { numeratorDf: 1, denominatorDf: 2 / a2, scale: 1 };
  const b = (a1 + 6 * a2) / (2 * rank);
  const g = ((rank + 1) * a1 - (rank + 4) * a2) / ((rank + 2) * a2);
  const divisor = 3 * rank + 2 * (1 - g);
  const c1 = g / divisor;
  const c2 = (rank - g) / divisor;
  const c3 = (rank + 2 - g) / divisor;
  const mean = 1 / (1 - a2 / rank);
  const variance = ((2 / rank) * (1 + c1 * b)) / ((1 - c2 * b) ** 2 * (1 - c3 * b));
  const rho = variance / (2 * mean * mean);
  const denominatorDf = 4 + (rank + 2) / (rank * rho - 1);
  return { numeratorDf: rank, denominatorDf, scale: denominatorDf / (mean * (denominatorDf - 2)) };
}

function quadraticRow(matrix: Float64Array, i: number, w: Float64Array, p: number): number {
  let sum = 0;
  for (let j = 0; j < p; j++) sum += matrix[i * p + j]! * w[j]!;
  return sum;
}

/** Gram–Schmidt in the inner product of Φ. */
function whiten(rows: readonly Float64Array[], phi: Float64Array, p: number): Float64Array[] {
  const done: Float64Array[] = [];
  for (const row of rows) {
    const w = row.slice();
    for (const before of done) {
      const share = quadratic(phi, 0, before, w, p);
      for (let i = 0; i < p; i++) w[i]! -= share * before[i]!;
    }
    const length = Math.sqrt(quadratic(phi, 0, w, w, p));
    done.push(w.map((value) => value / length));
  }
  return done;
}

/** 2 · inverse; generalized where the information is singular (pbkrtest's rule). */
function twiceInverse(information: Float64Array, m: number): Float64Array {
  // Equilibrated, since variances may differ by many orders of magnitude.
  const scale = Float64Array.from({ length: m }, (_, k) => 1 / Math.sqrt(Math.abs(information[k * m + k]!) || 1));
  const balanced = information.map((value, e) => value * scale[Math.floor(e / m)]! * scale[e % m]!);
  const { values, vectors } = symmetricEigen(balanced, m);
  const out = new Float64Array(m * m);
  for (let e = 0; e < m; e++) {
    if (!(values[e]! > 1e-13 * values[0]!)) continue;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < m; j++)
        out[i * m + j]! += (2 * scale[i]! * scale[j]! * vectors[i * m + e]! * vectors[j * m + e]!) / values[e]!;
  }
  return out;
}
