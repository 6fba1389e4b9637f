import { DomainError } from "../../errors/domain-error.ts";
import { extrapolate } from "./acceleration.ts";
import { createExpectation, type Expectation, expectation } from "./expectation.ts";
import type { PatternedData } from "./missing-patterns.ts";

/** Mean and covariance of a multivariate normal. */
export interface NormalParameters {
  /** [D]. */
  readonly mean: Float64Array;
  /** [D × D] row-major, symmetric. */
  readonly covariance: Float64Array;
}

/** Inverse-Wishart prior on the covariance: `weight` pseudo-patients with covariance `target`. Weight 0: maximum likelihood. */
export interface CovariancePrior {
  readonly weight: number;
  /** [D × D] row-major; ignored when the weight is 0. */
  readonly target: Float64Array;
}

export interface EmSettings {
  readonly maximumIterations: number;
  /** Largest increase of the penalised log-likelihood over one step that counts as none. */
  readonly logLikelihoodTolerance: number;
  /** Largest change of a parameter, in SDs of its column (means) or SD products (covariances). */
  readonly parameterTolerance: number;
}

/** For the model that is kept. */
export const FINAL_SETTINGS: EmSettings = {
  maximumIterations: 5000,
  logLikelihoodTolerance: 1e-8,
  parameterTolerance: 1e-7,
};

/** For fits that are only compared with one another. */
export const COMPARISON_SETTINGS: EmSettings = {
  maximumIterations: 500,
  logLikelihoodTolerance: 1e-3,
  parameterTolerance: 1e-3,
};

export interface EmResult extends NormalParameters {
  /** Observed-data log-likelihood at the returned parameters. */
  readonly logLikelihood: number;
  /** Log-likelihood plus log-prior (P4), after every accepted step; never decreases. */
  readonly course: readonly number[];
  /** Number of E-steps. */
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * Mean and covariance of a multivariate normal from data with any pattern of missing items, by EM with squared
 * extrapolation: maximum likelihood, or the posterior mode under an inverse-Wishart prior.
 *
 * Each step maximises ℓ(μ, Σ) − ν/2 [log|Σ| + tr(Λ Σ⁻¹)] given the expected sufficient statistics:
 * μ = mean(ẑ), Σ = (Σᵢ[(ẑᵢ − μ)(ẑᵢ − μ)ᵀ + Cᵢ] + νΛ) / (n + ν). METHODS.md, equations (P2)–(P6).
 *
 * @param data - Patients grouped by missingness; columns should be of comparable scale.
 * @param prior - ν and Λ; a weight of 0 gives maximum likelihood.
 * @param start - Starting values; the covariance must be positive definite.
 * @param settings - When to stop: both the likelihood and every parameter must have settled.
 * @returns Parameters, observed-data log-likelihood, the course of the objective.
 * @throws DomainError NOT_ESTIMABLE when the covariance becomes singular (with ν = 0, or next to 0).
 *
 * Source: Dempster, Laird & Rubin (1977); Little & Rubin (2002), chapter 11; Varadhan & Roland (2008), Scand. J. Statist.
 * 35:335–353 (acceleration).
 */
export function fitNormalByEm(
  data: PatternedData,
  prior: CovariancePrior,
  start: NormalParameters,
  settings: EmSettings,
): EmResult {
  const D = data.dimension;
  const step = createExpectation(D);
  let current = copyOf(start);
  let next = copyOf(start);
  const beyond = copyOf(start);
  const course: number[] = [];
  let iterations = 0;
  let objective = evaluate(data, prior, current, step);
  iterations++;
  if (!Number.isFinite(objective)) throw singularCovariance(D, data.count, prior.weight);
  course.push(objective);
  let logLikelihood = step.logLikelihood;
  let converged = false;
  while (iterations < settings.maximumIterations) {
    // `step` holds the expectation at `current`: two plain EM steps, then an extrapolation that must not lower the objective.
    maximise(step, data.count, prior, current, next);
    const nextObjective = evaluate(data, prior, next, step);
    iterations++;
    if (!Number.isFinite(nextObjective)) throw singularCovariance(D, data.count, prior.weight);
    const moved = largestChange(current, next, D);
    const gained = nextObjective - objective;
    course.push(nextObjective);
    logLikelihood = step.logLikelihood;
    if (gained < settings.logLikelihoodTolerance && moved < settings.parameterTolerance) {
      [current, next] = [next, current];
      converged = true;
      break;
    }
    maximise(step, data.count, prior, next, beyond);
    const candidate = extrapolate(current, next, beyond);
    let candidateObjective = evaluate(data, prior, candidate, step);
    iterations++;
    if (candidateObjective >= nextObjective) {
      copyInto(candidate, current);
    } else {
      copyInto(beyond, current);
      candidateObjective = evaluate(data, prior, current, step);
      iterations++;
      if (!Number.isFinite(candidateObjective)) throw singularCovariance(D, data.count, prior.weight);
    }
    objective = candidateObjective;
    course.push(objective);
    logLikelihood = step.logLikelihood;
  }
  return { mean: current.mean, covariance: current.covariance, logLikelihood, course, iterations, converged };
}

/** E-step at the parameters; returns the penalised log-likelihood, NaN when the covariance is not positive definite. */
function evaluate(data: PatternedData, prior: CovariancePrior, at: NormalParameters, step: Expectation): number {
  return expectation(data, at, prior, step) ? step.logLikelihood + step.logPrior : Number.NaN;
}

function maximise(
  step: Expectation,
  count: number,
  prior: CovariancePrior,
  from: NormalParameters,
  into: NormalParameters,
): void {
  const D = from.mean.length;
  const { first, second } = step;
  for (let j = 0; j < D; j++) into.mean[j] = from.mean[j]! + first[j]! / count;
  const total = count + prior.weight;
  for (let i = 0; i < D; i++) {
    for (let j = 0; j <= i; j++) {
      const scatter = second[i * D + j]! - (first[i]! * first[j]!) / count;
      const pulled = prior.weight === 0 ? scatter : scatter + prior.weight * prior.target[i * D + j]!;
      const value = pulled / total;
      into.covariance[i * D + j] = value;
      into.covariance[j * D + i] = value;
    }
  }
}

function largestChange(a: NormalParameters, b: NormalParameters, D: number): number {
  let largest = 0;
  for (let i = 0; i < D; i++) {
    const scale = Math.sqrt(b.covariance[i * D + i]!);
    largest = Math.max(largest, Math.abs(a.mean[i]! - b.mean[i]!) / scale);
    for (let j = 0; j <= i; j++) {
      const product = scale * Math.sqrt(b.covariance[j * D + j]!);
      largest = Math.max(largest, Math.abs(a.covariance[i * D + j]! - b.covariance[i * D + j]!) / product);
    }
  }
  return largest;
}

function copyOf(parameters: NormalParameters): NormalParameters {
  return { mean: parameters.mean.slice(), covariance: parameters.covariance.slice() };
}

function copyInto(from: NormalParameters, into: NormalParameters): void {
  into.mean.set(from.mean);
  into.covariance.set(from.covariance);
}

function singularCovariance(dimension: number, patients: number, weight: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "shrinkage.priorWeight",
    received: weight,
    requirement:
      `must be larger here: with so little shrinkage the covariance of ${dimension} items from ${patients} patients ` +
      "is singular (some items determine one another)",
    hint: "Let the prior weight be chosen, or leave out covariates that repeat one another.",
  });
}
