import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskyInverse } from "../../numerics/cholesky.ts";
import { findRoot } from "../../numerics/root-finding.ts";
import { fitGlm, type GlmFit } from "./fit-glm.ts";
import { type GlmData, glmBasis } from "./glm-basis.ts";

/** A negative binomial regression. */
export interface NegativeBinomialFit {
  /** The regression at the estimated size; its covariance is the inverse Fisher information. */
  readonly fit: GlmFit;
  /** Maximum-likelihood size (R's theta); Infinity when the counts vary no more than Poisson. */
  readonly size: number;
  /** From the observed information of the size at fixed coefficients; null when the size is infinite. */
  readonly sizeStandardError: number | null;
  /** Inverse of the observed information of coefficients and dispersion together, [rank · rank], as SAS GENMOD. */
  readonly observedCovariance: Float64Array;
  readonly logLikelihood: number;
  /** Rounds of coefficients given size, size given coefficients. */
  readonly rounds: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Relative change of the size below which the rounds end. */
const SETTLED = 1e-12;
const MAXIMUM_ROUNDS = 200;
/** Beyond this size the likelihood is that of a Poisson in double precision. */
const LARGEST_SIZE = 1e10;

/**
 * Negative binomial regression with log link, size by maximum likelihood (METHODS.md eq. (G11)).
 *
 * @param data - Counts, with log exposure as offset.
 * @returns Without overdispersion the Poisson fit, with a diagnostic.
 * @throws DomainError as {@link fitGlm}, and NOT_CONVERGED when the rounds do not settle.
 *
 * Source: Lawless (1987), Can. J. Stat. 15:209–225; same estimates as MASS::glm.nb (Venables & Ripley 2002, §7.4).
 */
export function fitNegativeBinomial(data: GlmData): NegativeBinomialFit {
  const basis = glmBasis(data);
  const poisson = fitGlm(data, { distribution: "poisson", link: "log" }, { basis });
  const score = sizeScore(data.response, poisson.weights);
  let fit = poisson;
  let size = sizeGivenMeans(score, fit.fitted);
  let rounds = 0;
  while (size < Infinity) {
    rounds++;
    fit = fitGlm(data, { distribution: "negative-binomial", link: "log", size }, { start: fit.linearPredictor, basis });
    const next = sizeGivenMeans(score, fit.fitted);
    const settled = Math.abs(next - size) <= SETTLED * size;
    size = next;
    if (settled) break;
    if (rounds >= MAXIMUM_ROUNDS)
      throw new DomainError("NOT_CONVERGED", {
        argument: "distribution",
        received: size,
        requirement: `must have a dispersion that settles within ${MAXIMUM_ROUNDS} rounds`,
        hint: "Use Poisson regression with a robust (HC) variance.",
      });
  }
  if (size === Infinity)
    return {
      fit: poisson,
      size,
      sizeStandardError: null,
      observedCovariance: poisson.covariance,
      logLikelihood: poisson.logLikelihood,
      rounds,
      diagnostics: [
        ...poisson.diagnostics,
        diagnostic(
          "information",
          "no-overdispersion",
          "The counts vary no more than Poisson counts would: the dispersion is estimated as zero and the model is Poisson regression.",
        ),
      ],
    };
  return {
    fit,
    size,
    sizeStandardError: 1 / Math.sqrt(score.information(size, fit.fitted)),
    observedCovariance: observedCovariance(fit, size, score.information(size, fit.fitted)),
    logLikelihood: fit.logLikelihood,
    rounds,
    diagnostics: fit.diagnostics,
  };
}

interface SizeScore {
  /** Derivative of the log-likelihood in the size. */
  readonly at: (size: number, means: Float64Array) => number;
  /** Minus its derivative. */
  readonly information: (size: number, means: Float64Array) => number;
}

/** Sums over j < y of 1/(size + j) are taken over the distribution of the counts, so that no digamma is needed. */
function sizeScore(response: Float64Array, weights: Float64Array): SizeScore {
  let largest = 0;
  for (const y of response) largest = Math.max(largest, y);
  // above[j]: weight of the counts greater than j.
  const above = new Float64Array(largest + 1);
  response.forEach((y, i) => {
    if (y > 0) above[y - 1]! += weights[i]!;
  });
  for (let j = largest - 1; j >= 0; j--) above[j]! += above[j + 1]!;
  return {
    at: (size, means) => {
      let sum = 0;
      for (let j = 0; j < largest; j++) sum += above[j]! / (size + j);
      for (let i = 0; i < means.length; i++) {
        const mu = means[i]!;
        sum += weights[i]! * ((mu - response[i]!) / (size + mu) - Math.log1p(mu / size));
      }
      return sum;
    },
    information: (size, means) => {
      let sum = 0;
      for (let j = 0; j < largest; j++) sum += above[j]! / (size + j) ** 2;
      for (let i = 0; i < means.length; i++) {
        const mu = means[i]!;
        sum += weights[i]! * ((mu - response[i]!) / (size + mu) ** 2 - mu / (size * (size + mu)));
      }
      return sum;
    },
  };
}

/** Size at which the score is zero given the means; Infinity when it is positive at every size tried. */
function sizeGivenMeans(score: SizeScore, means: Float64Array): number {
  const at = (logSize: number) => score.at(Math.exp(logSize), means);
  const step = Math.log(4);
  const start = 0;
  let low = start;
  let high = start;
  if (at(start) > 0) {
    do {
      low = high;
      high += step;
      if (high > Math.log(LARGEST_SIZE)) return Infinity;
    } while (at(high) > 0);
  } else {
    do {
      high = low;
      low -= step;
      if (low < -Math.log(LARGEST_SIZE))
        throw new DomainError("NOT_ESTIMABLE", {
          argument: "outcome",
          received: 0,
          requirement: "must have counts that a negative binomial distribution can describe: the size goes to zero",
        });
    } while (at(low) <= 0);
  }
  return Math.exp(findRoot(at, low, high).value);
}

/** Inverse of the block of the coefficients after the dispersion has been profiled out. */
function observedCovariance(fit: GlmFit, size: number, sizeInformation: number): Float64Array {
  const { rank, rows, design, response, fitted, weights } = fit;
  const information = new Float64Array(rank * rank);
  const mixed = new Float64Array(rank);
  for (let i = 0; i < rows; i++) {
    const mu = fitted[i]!;
    const y = response[i]!;
    const curvature = (weights[i]! * mu * size * (size + y)) / (size + mu) ** 2;
    const cross = (weights[i]! * mu * (y - mu)) / (size + mu) ** 2;
    for (let j = 0; j < rank; j++) {
      const x = design[i * rank + j]!;
      mixed[j]! -= cross * x;
      for (let k = 0; k < rank; k++) information[j * rank + k]! += curvature * x * design[i * rank + k]!;
    }
  }
  for (let j = 0; j < rank; j++)
    for (let k = 0; k < rank; k++) information[j * rank + k]! -= (mixed[j]! * mixed[k]!) / sizeInformation;
  const factor = choleskyDecompose(information, rank);
  if (!factor.ok)
    throw new DomainError("NOT_CONVERGED", {
      argument: "variance",
      received: "observed",
      requirement: "must not be the observed information, which is not positive definite at the maximum",
      hint: "Choose model-based or a robust variance.",
    });
  return choleskyInverse(factor.factor, rank);
}
