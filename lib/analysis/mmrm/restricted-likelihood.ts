import {
  backSubstitute,
  choleskyInPlace,
  choleskyInverseInto,
  choleskyLogDeterminant,
  forwardSubstitute,
} from "../../numerics/cholesky.ts";
import { type CovarianceModel, type CovarianceStructure, covarianceModel } from "./covariance-structure.ts";
import { createPatternSums } from "./pattern-sums.ts";
import type { MissingnessPattern, PreparedMeasures } from "./repeated-measures.ts";
import { createWhitener, innerProduct } from "./whitened-matrix.ts";

/**
 * What is computed besides −2 log likelihood: nothing (0), the gradient (1), also the Hessian without the terms that stem
 * from estimating the coefficients (2), also the exact Hessian with the slopes (3).
 */
export type LikelihoodOrder = 0 | 1 | 2 | 3;

/** −2 log likelihood of the covariance parameters, coefficients profiled out; a workspace overwritten by `evaluate`. */
export interface RestrictedLikelihood {
  readonly prepared: PreparedMeasures;
  readonly structure: CovarianceStructure;
  readonly restricted: boolean;
  /** θ of all groups, group after group. */
  readonly parameterCount: number;
  readonly parametersPerGroup: number;
  /**
   * Computes −2 log likelihood at θ, and its derivatives as the order says.
   *
   * @returns False where Σ or XᵀV⁻¹X is not positive definite; the other fields then hold nothing of use.
   */
  readonly evaluate: (theta: Float64Array, order: LikelihoodOrder) => boolean;
  readonly state: LikelihoodState;
  /** Covariance model and its offset in θ for each pattern. */
  readonly patternModels: readonly { readonly model: CovarianceModel; readonly offset: number }[];
}

export interface LikelihoodState {
  /** −2 log (restricted) likelihood. */
  deviance: number;
  /** Coefficients in the orthonormal basis, relative to least squares, [p]. */
  readonly gamma: Float64Array;
  /** (XᵀV⁻¹X)⁻¹ in the orthonormal basis, [p · p]. */
  readonly phi: Float64Array;
  /** Cholesky factor of XᵀV⁻¹X, lower triangle. */
  readonly factor: Float64Array;
  /** V⁻¹ of each pattern, [k · k]. */
  readonly inverses: readonly Float64Array[];
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  /** Information n·tr(V⁻¹V̇_hV⁻¹V̇_h) about each parameter if the coefficients were known; the scale of the Hessian. */
  readonly knownMeanInformation: Float64Array;
  /** XᵀV⁻¹(∂V/∂θ_h)V⁻¹X of every parameter, [p · p]; after order 3. */
  readonly slopes: readonly Float64Array[];
}

/** Likelihood of a structure on prepared data (METHODS.md eq. (M8)–(M11)). */
export function restrictedLikelihood(
  prepared: PreparedMeasures,
  structure: CovarianceStructure,
  restricted: boolean,
): RestrictedLikelihood {
  const { patterns, rank: p, groupCount } = prepared;
  const q = p + 1;
  const triangle = (q * (q + 1)) / 2;
  const spatial = structure === "spatial-exponential";
  const groupModels = spatial
    ? []
    : Array.from({ length: groupCount }, () => covarianceModel(structure, prepared.visitCount));
  const perGroup = spatial ? 2 : groupModels[0]!.parameterCount;
  const parameterCount = perGroup * groupCount;
  const patternModels = patterns.map((pattern) => ({
    model: spatial ? covarianceModel(structure, timesOf(prepared, pattern)) : groupModels[pattern.group]!,
    offset: pattern.group * perGroup,
  }));
  const visitsOf = patterns.map(({ visits }) => (spatial ? visits.map((_, a) => a) : visits));
  const largest = Math.max(...patterns.map(({ visits }) => visits.length));

  const state: LikelihoodState = {
    deviance: NaN,
    gamma: new Float64Array(p),
    phi: new Float64Array(p * p),
    factor: new Float64Array(p * p),
    inverses: patterns.map(({ visits }) => new Float64Array(visits.length ** 2)),
    gradient: new Float64Array(parameterCount),
    hessian: new Float64Array(parameterCount * parameterCount),
    knownMeanInformation: new Float64Array(parameterCount),
    slopes: Array.from({ length: parameterCount }, () => new Float64Array(p * p)),
  };
  const sums = createPatternSums(q, largest);
  const sum = new Float64Array(triangle);
  const weight = new Float64Array(triangle);
  const work = new Float64Array(largest * largest);
  const scatters = patterns.map(({ visits }) => new Float64Array(visits.length ** 2));
  const pulls = patterns.map(({ visits }) => new Float64Array(visits.length ** 2));
  const transformed = Array.from({ length: perGroup }, () => new Float64Array(largest * largest));
  const balance = new Float64Array(largest * largest);
  const packedSlopes = Array.from({ length: parameterCount }, () => new Float64Array(triangle));
  const whitener = createWhitener(p);
  const whitened = Array.from({ length: parameterCount }, () => new Float64Array(whitener.length));
  const residualSlopes = Array.from({ length: parameterCount }, () => new Float64Array(p));
  const largestOrder = Math.max(...patternModels.map(({ model }) => model.order));
  const curvature = new Float64Array(largestOrder * largestOrder);
  const groupPulls = groupModels.map((model) => new Float64Array(model.order ** 2));

  function setCovariances(theta: Float64Array): void {
    if (spatial) for (const { model, offset } of patternModels) model.at(theta, offset);
    else for (let group = 0; group < groupCount; group++) groupModels[group]!.at(theta, group * perGroup);
  }

  function evaluate(theta: Float64Array, order: LikelihoodOrder): boolean {
    setCovariances(theta);
    sum.fill(0);
    let logDeterminant = -prepared.sumOfLogWeights;
    for (let s = 0; s < patterns.length; s++) {
      const { subjects } = patterns[s]!;
      const visits = visitsOf[s]!;
      const k = visits.length;
      select(patternModels[s]!.model.sigma, patternModels[s]!.model.order, visits, work);
      if (choleskyInPlace(work, k) !== -1) return false;
      logDeterminant += subjects.length * choleskyLogDeterminant(work, k);
      choleskyInverseInto(work, k, state.inverses[s]!);
      sums.addWeighted(patterns[s]!, state.inverses[s]!, sum);
    }
    // Normal equations of the coefficients in the orthonormal basis.
    const { factor, gamma, phi } = state;
    for (let i = 0, at = 0; i < p; i++) for (let j = 0; j <= i; j++, at++) factor[i * p + j] = sum[at]!;
    const last = (p * q) / 2;
    for (let j = 0; j < p; j++) gamma[j] = sum[last + j]!;
    if (choleskyInPlace(factor, p) !== -1) return false;
    forwardSubstitute(factor, p, gamma);
    let explained = 0;
    for (let j = 0; j < p; j++) explained += gamma[j]! * gamma[j]!;
    backSubstitute(factor, p, gamma);
    const residual = sum[last + p]! - explained;
    const freedom = prepared.rowCount - (restricted ? p : 0);
    state.deviance = freedom * Math.log(2 * Math.PI) + logDeterminant + residual;
    if (restricted) state.deviance += choleskyLogDeterminant(factor, p) + prepared.logDeterminantOfBasis;
    if (!Number.isFinite(state.deviance)) return false;
    if (order === 0) return true;
    choleskyInverseInto(factor, p, phi);
    computeGradient();
    if (order >= 2) computeHessian(order === 3);
    return true;
  }

  /** Gradient ⟨M, ∂Σ⟩ with M = nV⁻¹ − V⁻¹(R + B)V⁻¹ of each pattern. */
  function computeGradient(): void {
    const { gamma, phi, gradient } = state;
    // ⟨weight, Σ z_a z_bᵀ⟩ = residual cross-product R_ab, plus B_ab = tr(Φ Σ x_a x_bᵀ) under REML.
    for (let i = 0, at = 0; i < q; i++)
      for (let j = 0; j <= i; j++, at++) {
        const gi = i === p ? -1 : gamma[i]!;
        const gj = j === p ? -1 : gamma[j]!;
        weight[at] = (i === j ? 1 : 2) * (gi * gj + (restricted && i < p ? phi[i * p + j]! : 0));
      }
    gradient.fill(0);
    for (const pull of groupPulls) pull.fill(0);
    for (let s = 0; s < patterns.length; s++) {
      const { subjects, group } = patterns[s]!;
      const visits = visitsOf[s]!;
      const k = visits.length;
      const inverse = state.inverses[s]!;
      const scatter = scatters[s]!;
      sums.scatter(patterns[s]!, weight, scatter);
      const pull = pulls[s]!;
      sandwich(inverse, scatter, k, work, pull);
      for (let at = 0; at < k * k; at++) pull[at] = subjects.length * inverse[at]! - pull[at]!;
      const { model, offset } = patternModels[s]!;
      if (spatial) {
        for (let h = 0; h < perGroup; h++) gradient[offset + h]! += innerProduct(pull, model.first[h]!, k * k);
      } else {
        const target = groupPulls[group]!;
        for (let a = 0; a < k; a++)
          for (let b = 0; b < k; b++) target[visits[a]! * model.order + visits[b]!]! += pull[a * k + b]!;
      }
    }
    groupPulls.forEach((pull, group) => {
      const { first } = groupModels[group]!;
      for (let h = 0; h < perGroup; h++) gradient[group * perGroup + h] = innerProduct(pull, first[h]!, pull.length);
    });
  }

  function computeHessian(exact: boolean): void {
    const { hessian, gamma, factor } = state;
    hessian.fill(0);
    state.knownMeanInformation.fill(0);
    if (exact) for (const packed of packedSlopes) packed.fill(0);
    for (let s = 0; s < patterns.length; s++) addPatternHessian(s, exact);
    if (!spatial) {
      groupModels.forEach((model, group) => {
        addSecond(model, groupPulls[group]!, group * perGroup);
      });
    }
    if (!exact) {
      for (let h = 0; h < parameterCount; h++)
        for (let k = 0; k < h; k++) hessian[k * parameterCount + h] = hessian[h * parameterCount + k]!;
      return;
    }
    if (restricted) whitener.setFactor(factor);
    for (let h = 0; h < parameterCount; h++) {
      const packed = packedSlopes[h]!;
      const slope = state.slopes[h]!;
      for (let i = 0, at = 0; i < p; i++)
        for (let j = 0; j <= i; j++, at++) {
          slope[i * p + j] = packed[at]!;
          slope[j * p + i] = packed[at]!;
        }
      if (restricted) whitener.whiten(slope, whitened[h]!);
      // XᵀV⁻¹(∂V)V⁻¹r = (X, y)-part applied to (−γ, 1).
      const pullOnMean = residualSlopes[h]!;
      for (let i = 0; i < p; i++) {
        let value = packed[(p * q) / 2 + i]!;
        for (let j = 0; j < p; j++) value -= slope[i * p + j]! * gamma[j]!;
        pullOnMean[i] = value;
      }
      forwardSubstitute(factor, p, pullOnMean);
    }
    for (let h = 0; h < parameterCount; h++)
      for (let k = 0; k <= h; k++) {
        let value = hessian[h * parameterCount + k]!;
        value -= 2 * innerProduct(residualSlopes[h]!, residualSlopes[k]!, p);
        if (restricted) value -= innerProduct(whitened[h]!, whitened[k]!, whitener.length);
        hessian[h * parameterCount + k] = value;
        hessian[k * parameterCount + h] = value;
      }
  }

  /** tr(V⁻¹V̇_hV⁻¹V̇_k(2V⁻¹(R + B) − n)) of one pattern, and its share of XᵀV⁻¹V̇_hV⁻¹(X, y). */
  function addPatternHessian(s: number, exact: boolean): void {
    const { subjects } = patterns[s]!;
    const visits = visitsOf[s]!;
    const k = visits.length;
    const inverse = state.inverses[s]!;
    const { model, offset } = patternModels[s]!;
    multiply(inverse, scatters[s]!, k, balance);
    for (let at = 0; at < k * k; at++) balance[at]! *= 2;
    for (let a = 0; a < k; a++) balance[a * k + a]! -= subjects.length;
    for (let h = 0; h < perGroup; h++) {
      select(model.first[h]!, model.order, visits, work);
      multiply(inverse, work, k, transformed[h]!);
      const own = transformed[h]!;
      let information = 0;
      for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) information += own[a * k + b]! * own[b * k + a]!;
      state.knownMeanInformation[offset + h]! += subjects.length * information;
      if (!exact) continue;
      multiply(transformed[h]!, inverse, k, work);
      sums.addWeighted(patterns[s]!, work, packedSlopes[offset + h]!);
    }
    for (let h = 0; h < perGroup; h++) {
      multiply(balance, transformed[h]!, k, work);
      for (let j = 0; j <= h; j++) {
        const other = transformed[j]!;
        let value = 0;
        for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) value += work[a * k + b]! * other[b * k + a]!;
        state.hessian[(offset + h) * parameterCount + offset + j]! += value;
      }
    }
    if (spatial) addSecond(model, pulls[s]!, offset);
  }

  function addSecond(model: CovarianceModel, pull: Float64Array, offset: number): void {
    for (let h = 0; h < perGroup; h++)
      for (let j = 0; j <= h; j++)
        if (model.second(h, j, curvature))
          state.hessian[(offset + h) * parameterCount + offset + j]! += innerProduct(curvature, pull, pull.length);
  }

  return {
    prepared,
    structure,
    restricted,
    parameterCount,
    parametersPerGroup: perGroup,
    evaluate,
    state,
    patternModels,
  };
}

/** Times of the one subject of a pattern. */
function timesOf(prepared: PreparedMeasures, pattern: MissingnessPattern): Float64Array {
  return Float64Array.from(pattern.rowNumbers, (row) => prepared.times![row]!);
}

/** The rows and columns of a square matrix at given visits. */
export function select(matrix: Float64Array, order: number, visits: Int32Array, out: Float64Array): void {
  const k = visits.length;
  for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) out[a * k + b] = matrix[visits[a]! * order + visits[b]!]!;
}

function multiply(a: Float64Array, b: Float64Array, k: number, out: Float64Array): void {
  for (let i = 0; i < k; i++)
    for (let j = 0; j < k; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += a[i * k + l]! * b[l * k + j]!;
      out[i * k + j] = sum;
    }
}

/** out = A B A. */
function sandwich(a: Float64Array, b: Float64Array, k: number, work: Float64Array, out: Float64Array): void {
  multiply(a, b, k, work);
  multiply(work, a, k, out);
}
