import { DomainError } from "../../errors/domain-error.ts";
import type { CovarianceStructure } from "./covariance-structure.ts";
import { type Convergence, fitCovariance } from "./fit-covariance.ts";
import { type PreparedMeasures, prepareRepeatedMeasures, type RepeatedMeasures } from "./repeated-measures.ts";
import { type RestrictedLikelihood, restrictedLikelihood } from "./restricted-likelihood.ts";
import { empiricalStart } from "./start-values.ts";

export interface MmrmOptions {
  readonly structure: CovarianceStructure;
  /** Restricted maximum likelihood; maximum likelihood when false. */
  readonly restricted: boolean;
  /** Start values of θ, e.g. of a fit to nearly the same data; empirical when left out. */
  readonly start?: Float64Array;
  readonly maximumIterations?: number;
}

/** A fitted mixed model for repeated measures. */
export interface MmrmFit {
  readonly structure: CovarianceStructure;
  readonly restricted: boolean;
  readonly prepared: PreparedMeasures;
  /** Likelihood with its state at θ̂. */
  readonly likelihood: RestrictedLikelihood;
  /** Covariance parameters, group after group. */
  readonly theta: Float64Array;
  /** Σ of each group over the visits, row-major; for the spatial structure at distances 0 and 1, [2 · 2]. */
  readonly covariances: readonly Float64Array[];
  readonly logLikelihood: number;
  /** Coefficients of the independent columns. */
  readonly coefficients: Float64Array;
  /** Model-based covariance (XᵀV⁻¹X)⁻¹ of the coefficients, [p · p]. */
  readonly coefficientCovariance: Float64Array;
  /** Covariance of θ̂ by the observed information. */
  readonly parameterCovariance: Float64Array;
  readonly convergence: Convergence;
}

/** What a fit came to: a model, or the reason why there is none. */
export type MmrmOutcome =
  | { readonly ok: true; readonly fit: MmrmFit }
  | { readonly ok: false; readonly convergence: Convergence };

/**
 * Fits one covariance structure (METHODS.md eq. (M1), (M8), (M13)); never throws for a failed search.
 *
 * @param data - Rows, or rows already prepared (for refits, e.g. without a subject).
 */
export function tryMmrm(data: RepeatedMeasures | PreparedMeasures, options: MmrmOptions): MmrmOutcome {
  const prepared = "patterns" in data ? data : prepareRepeatedMeasures(data);
  const likelihood = restrictedLikelihood(prepared, options.structure, options.restricted);
  const start = options.start ?? empiricalStart(prepared, options.structure);
  const { maximumIterations } = options;
  const search = (from: Float64Array) =>
    fitCovariance(likelihood, from, maximumIterations === undefined ? {} : { maximumIterations });
  let result = search(start);
  // Given start values that lead nowhere are no reason to fail.
  if (!result.convergence.converged && options.start !== undefined)
    result = search(empiricalStart(prepared, options.structure));
  if (result.parameterCovariance === null) return { ok: false, convergence: result.convergence };
  return {
    ok: true,
    fit: {
      structure: options.structure,
      restricted: options.restricted,
      prepared,
      likelihood,
      theta: result.theta,
      covariances: groupCovariances(likelihood, result.theta),
      logLikelihood: -result.deviance / 2,
      coefficients: coefficientsOf(likelihood),
      coefficientCovariance: inOriginalBasis(prepared, likelihood.state.phi),
      parameterCovariance: result.parameterCovariance,
      convergence: result.convergence,
    },
  };
}

/**
 * {@link tryMmrm} that refuses a fit without convergence.
 *
 * @throws DomainError NOT_CONVERGED with the numbers that decided.
 */
export function fitMmrm(data: RepeatedMeasures | PreparedMeasures, options: MmrmOptions): MmrmFit {
  const outcome = tryMmrm(data, options);
  if (outcome.ok) return outcome.fit;
  throw new DomainError("NOT_CONVERGED", {
    argument: "structure",
    received: options.structure,
    requirement: `must be estimable from the data, but ${outcome.convergence.reason}`,
    hint: "Choose a structure with fewer parameters or leave out visits with few patients.",
  });
}

/** A symmetric matrix over the orthonormal basis, over the independent columns of the design: R⁻¹ A R⁻ᵀ. */
export function inOriginalBasis(prepared: PreparedMeasures, matrix: Float64Array): Float64Array {
  const { rank: p, inverseTriangle: inverse } = prepared;
  const half = new Float64Array(p * p);
  const out = new Float64Array(p * p);
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++) {
      let sum = 0;
      for (let k = i; k < p; k++) sum += inverse[i * p + k]! * matrix[k * p + j]!;
      half[i * p + j] = sum;
    }
  for (let i = 0; i < p; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = j; k < p; k++) sum += half[i * p + k]! * inverse[j * p + k]!;
      out[i * p + j] = sum;
      out[j * p + i] = sum;
    }
  return out;
}

/** Weights of a linear function of the coefficients, in the orthonormal basis: R⁻ᵀ l. */
export function inOrthonormalBasis(prepared: PreparedMeasures, weights: Float64Array): Float64Array {
  const { rank: p, inverseTriangle: inverse } = prepared;
  const out = new Float64Array(p);
  for (let j = 0; j < p; j++) for (let i = 0; i <= j; i++) out[j]! += inverse[i * p + j]! * weights[i]!;
  return out;
}

function coefficientsOf({ prepared, state }: RestrictedLikelihood): Float64Array {
  const { rank: p, inverseTriangle: inverse, leastSquares } = prepared;
  return leastSquares.map((value, i) => {
    let sum = value;
    for (let j = i; j < p; j++) sum += inverse[i * p + j]! * state.gamma[j]!;
    return sum;
  });
}

function groupCovariances(likelihood: RestrictedLikelihood, theta: Float64Array): Float64Array[] {
  const { prepared, structure, parametersPerGroup, patternModels } = likelihood;
  return Array.from({ length: prepared.groupCount }, (_, group) => {
    const offset = group * parametersPerGroup;
    if (structure === "spatial-exponential") {
      const variance = Math.exp(theta[offset]!);
      const rho = 1 / (1 + Math.exp(-theta[offset + 1]!));
      return Float64Array.of(variance, variance * rho, variance * rho, variance);
    }
    const at = prepared.patterns.findIndex((pattern) => pattern.group === group);
    const model = patternModels[at]?.model;
    return model === undefined ? new Float64Array(0) : model.sigma.slice();
  });
}
