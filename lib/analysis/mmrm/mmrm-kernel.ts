import { invalidInput } from "../../errors/domain-error.ts";
import {
  backSubstitute,
  choleskyInPlace,
  choleskyInverseInto,
  choleskyLogDeterminant,
  choleskySolveInPlace,
  forwardSubstitute,
} from "../../numerics/cholesky.ts";
import { createKernelSums } from "./kernel-pattern-sums.ts";
import { createWhitener, innerProduct } from "./whitened-matrix.ts";

/** Predictors of a trial simulated many times: each has one coefficient at every visit, or one for all visits. */
export interface MmrmKernelLayout {
  readonly visitCount: number;
  /** One entry a predictor of a patient (intercept, arm indicators, covariates). */
  readonly predictors: readonly ("by-visit" | "common")[];
}

/** Unstructured REML fit with Satterthwaite degrees of freedom; a workspace that is used again for every replicate. */
export interface MmrmKernel {
  readonly coefficientCount: number;
  /** Position of the coefficient of a predictor at a visit. */
  readonly coefficientIndex: (visit: number, predictor: number) => number;
  /** Forgets the patients. */
  readonly reset: () => void;
  /**
   * @param predictors - Values of one patient from `predictorOffset`.
   * @param outcome - Values at the visits from `outcomeOffset`; NaN where missing.
   */
  readonly addPatient: (
    predictors: Float64Array,
    predictorOffset: number,
    outcome: Float64Array,
    outcomeOffset: number,
  ) => void;
  /** True when converged with a positive definite Hessian; only then the contrasts may be read. */
  readonly fit: () => boolean;
  /** −2 restricted log likelihood of the last fit. */
  readonly deviance: () => number;
  readonly iterations: () => number;
  readonly coefficients: Float64Array;
  /** Σ, row-major. */
  readonly covariance: Float64Array;
  /**
   * Estimate, standard error and degrees of freedom of a contrast, written to out[offset …].
   *
   * @param weights - Over the coefficients.
   */
  readonly contrast: (weights: Float64Array, out: Float64Array, offset?: number) => void;
}

const MAXIMUM_ITERATIONS = 100;
/** Share of the information about a parameter of Σ that must be left after estimating the coefficients. */
const SMALLEST_SHARE = 1e-8;
/** gᵀH⁻¹g at which the search ends: θ̂ is then known to 10⁻⁷ of its standard error. */
const DECREMENT_TOLERANCE = 1e-14;

/**
 * Kernel for simulations (METHODS.md eq. (M20)–(M22)): sums by pattern of visits, no allocation once every pattern has
 * been seen.
 *
 * @throws DomainError INVALID_INPUT for no visit, more than 30, or no predictor.
 */
export function createMmrmKernel(layout: MmrmKernelLayout): MmrmKernel {
  const { visitCount: m, predictors } = layout;
  const k = predictors.length;
  if (!(m >= 1 && m <= 30)) throw invalidInput("visitCount", m, "must be between 1 and 30");
  if (k === 0) throw invalidInput("predictors", k, "must name at least one predictor");
  const indexOf = new Int32Array(m * k);
  let p = 0;
  predictors.forEach((kind, l) => {
    for (let a = 0; a < m; a++) indexOf[a * k + l] = kind === "by-visit" ? p++ : p;
    if (kind === "common") p++;
  });
  const t = (m * (m + 1)) / 2;
  const sums = createKernelSums(m, k, indexOf, p);
  const sigma = new Float64Array(m * m);
  const previous = new Float64Array(m * m);
  const pull = new Float64Array(m * m);
  const gradient = new Float64Array(t);
  const step = new Float64Array(t);
  const hessian = new Float64Array(t * t);
  const information = new Float64Array(p * p);
  const phi = new Float64Array(p * p);
  const beta = new Float64Array(p);
  const slopes = Array.from({ length: t }, () => new Float64Array(p * p));
  const whitener = createWhitener(p);
  const whitened = Array.from({ length: t }, () => new Float64Array(whitener.length));
  const residualSlopes = Array.from({ length: t }, () => new Float64Array(p));
  const pulled = new Float64Array(p);
  const work = new Float64Array(m * m);
  let deviance = NaN;
  let iterations = 0;

  /** Coefficients and −2 log likelihood at Σ; false where something is not positive definite. */
  function evaluate(): boolean {
    const logDeterminant = sums.invertCovariances(sigma);
    if (!Number.isFinite(logDeterminant)) return false;
    const outcomeSquares = sums.normalEquations(information, beta);
    if (choleskyInPlace(information, p) !== -1) return false;
    forwardSubstitute(information, p, beta);
    let explained = 0;
    for (let j = 0; j < p; j++) explained += beta[j]! * beta[j]!;
    backSubstitute(information, p, beta);
    deviance =
      (sums.rowCount() - p) * Math.log(2 * Math.PI) +
      logDeterminant +
      choleskyLogDeterminant(information, p) +
      outcomeSquares -
      explained;
    return Number.isFinite(deviance);
  }

  /** Least squares, then the covariance of its residuals from the patients seen at both visits. */
  function start(): boolean {
    sigma.fill(0);
    for (let a = 0; a < m; a++) sigma[a * m + a] = 1;
    if (!evaluate()) return false;
    phi.fill(0);
    sums.scatter(beta, phi, false);
    sums.meanResidualProducts(sigma);
    for (let a = 0; a < m; a++) if (!(sigma[a * m + a]! > 0)) return false;
    for (let shrink = 0; shrink < 60; shrink++) {
      work.set(sigma);
      if (choleskyInPlace(work, m) === -1) return true;
      for (let a = 0; a < m; a++) for (let b = 0; b < m; b++) if (a !== b) sigma[a * m + b]! *= 0.9;
    }
    return false;
  }

  function fit(): boolean {
    iterations = 0;
    if (sums.rowCount() <= p || !start() || !evaluate()) return false;
    for (; iterations < MAXIMUM_ITERATIONS; iterations++) {
      choleskyInverseInto(information, p, phi);
      sums.scatter(beta, phi, true);
      sums.gradient(pull);
      for (let a = 0, h = 0; a < m; a++)
        for (let b = 0; b <= a; b++, h++) gradient[h] = (a === b ? 1 : 2) * pull[a * m + b]!;
      hessian.fill(0);
      sums.addCurvature(hessian, t, "observed");
      if (choleskyInPlace(hessian, t) !== -1) {
        hessian.fill(0);
        sums.addCurvature(hessian, t, "expected");
        if (choleskyInPlace(hessian, t) !== -1) return false;
      }
      step.set(gradient);
      choleskySolveInPlace(hessian, t, step);
      let decrement = 0;
      for (let h = 0; h < t; h++) decrement += step[h]! * gradient[h]!;
      if (decrement < DECREMENT_TOLERANCE) return finish();
      const before = deviance;
      previous.set(sigma);
      let length = 1;
      for (let halvings = 0; ; halvings++, length /= 2) {
        if (halvings > 40) return false;
        for (let a = 0, h = 0; a < m; a++)
          for (let b = 0; b <= a; b++, h++) {
            const value = previous[a * m + b]! - length * step[h]!;
            sigma[a * m + b] = value;
            sigma[b * m + a] = value;
          }
        const slack = decrement < 1e-7 ? 1e-9 + 1e-12 * Math.abs(before) : 0;
        if (evaluate() && deviance <= before + slack) break;
      }
    }
    return false;
  }

  /** Exact observed information at the optimum; leaves the Cholesky factor of half the Hessian in `hessian`. */
  function finish(): boolean {
    hessian.fill(0);
    sums.addCurvature(hessian, t, "observed");
    whitener.setFactor(information);
    for (let a = 0, h = 0; a < m; a++)
      for (let b = 0; b <= a; b++, h++) {
        const slope = slopes[h]!;
        const onMean = residualSlopes[h]!;
        sums.slope(a, b, slope, onMean);
        for (let i = 0; i < p; i++) {
          let value = onMean[i]!;
          for (let j = 0; j < p; j++) value -= slope[i * p + j]! * beta[j]!;
          onMean[i] = value;
        }
        forwardSubstitute(information, p, onMean);
        whitener.whiten(slope, whitened[h]!);
      }
    for (let h = 0; h < t; h++)
      for (let j = 0; j <= h; j++) {
        const traces = innerProduct(whitened[h]!, whitened[j]!, whitener.length);
        const means = innerProduct(residualSlopes[h]!, residualSlopes[j]!, p);
        const leading = hessian[h * t + j]!;
        hessian[h * t + j] = (leading - traces - 2 * means) / 2;
        // Nothing is left of the information about a variance or covariance: the coefficients take it all.
        if (h === j && !(2 * hessian[h * t + j]! > SMALLEST_SHARE * leading)) return false;
      }
    return choleskyInPlace(hessian, t) === -1;
  }

  function contrast(weights: Float64Array, out: Float64Array, offset = 0): void {
    let estimate = 0;
    let variance = 0;
    for (let i = 0; i < p; i++) {
      let sum = 0;
      for (let j = 0; j < p; j++) sum += phi[i * p + j]! * weights[j]!;
      pulled[i] = sum;
      variance += sum * weights[i]!;
      estimate += weights[i]! * beta[i]!;
    }
    for (let h = 0; h < t; h++) {
      const slope = slopes[h]!;
      let value = 0;
      for (let i = 0; i < p; i++) {
        let row = 0;
        for (let j = 0; j < p; j++) row += slope[i * p + j]! * pulled[j]!;
        value += row * pulled[i]!;
      }
      step[h] = value;
    }
    // gᵀWg with W = (LLᵀ)⁻¹ is the squared length of L⁻¹g.
    forwardSubstitute(hessian, t, step);
    let spread = 0;
    for (let h = 0; h < t; h++) spread += step[h]! * step[h]!;
    out[offset] = estimate;
    out[offset + 1] = Math.sqrt(variance);
    out[offset + 2] = (2 * variance * variance) / spread;
  }

  return {
    coefficientCount: p,
    coefficientIndex: (visit, predictor) => indexOf[visit * k + predictor]!,
    reset: sums.reset,
    addPatient: sums.add,
    fit,
    deviance: () => deviance,
    iterations: () => iterations,
    coefficients: beta,
    covariance: sigma,
    contrast,
  };
}
