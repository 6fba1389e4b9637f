import { DomainError } from "../../errors/domain-error.ts";
import { chiSquareQuantile } from "../../numerics/chi-square.ts";
import { backSubstitute, choleskyDecompose } from "../../numerics/cholesky.ts";
import type { Rng } from "../../numerics/rng.ts";
import { type RestrictedLikelihood, restrictedLikelihood } from "../mmrm/restricted-likelihood.ts";
import { unstructuredParameters } from "../mmrm/start-values.ts";
import { type ConditionalNormal, conditionalNormal } from "./conditional-normal.ts";
import {
  fitImputationModel,
  type ImputationData,
  type ImputationFit,
  type ImputationParameters,
  imputationParameters,
  prepareImputationModel,
} from "./imputation-model.ts";

/** Share of bootstrap samples in which the model may fail before the whole is refused; failed ones are drawn anew. */
const FAILED_SHARE = 0.01;

/** Parameters from bootstrap samples, with the samples and how many had to be drawn anew. */
export interface BootstrapDraws {
  readonly parameters: readonly ImputationParameters[];
  /** Patients of each sample. */
  readonly samples: readonly Int32Array[];
  readonly failed: number;
}

/**
 * Parameters of the imputation model refitted to bootstrap samples of patients, drawn within each arm
 * (METHODS.md eq. (D10)).
 *
 * @param rng - Sample b uses `rng.fork(b)` only.
 * @throws DomainError NOT_CONVERGED when more than 1 % of the samples (at least 2) allow no fit.
 *
 * Source: Little & Rubin (2002), Statistical Analysis with Missing Data, §10.2.3 (approximately proper imputation).
 */
export function bootstrapParameters(
  data: ImputationData,
  full: ImputationFit,
  count: number,
  rng: Rng,
): BootstrapDraws {
  const byArm = Array.from({ length: data.armCount }, (_, arm) => {
    const members: number[] = [];
    for (let patient = 0; patient < data.patientCount; patient++) if (data.arm[patient] === arm) members.push(patient);
    return members;
  });
  const parameters: ImputationParameters[] = [];
  const samples: Int32Array[] = [];
  let failed = 0;
  for (let attempt = 0; parameters.length < count; attempt++) {
    const own = rng.fork(attempt);
    const sample = Int32Array.from(
      byArm.flatMap((members) => members.map(() => members[own.integer(members.length)]!)),
    );
    try {
      parameters.push(fitImputationModel(data, prepareImputationModel(data, sample), full.fit.theta).parameters);
      samples.push(sample);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      failed++;
      if (failed > Math.max(1, FAILED_SHARE * count)) throw tooManyFailures(failed, attempt + 1, error);
    }
  }
  return { parameters, samples, failed };
}

/** Length of a Markov chain. */
export interface ChainOptions {
  /** Iterations before the first draw. */
  readonly burnIn: number;
  /** Iterations from one draw to the next. */
  readonly thinning: number;
}

/**
 * Draws from the posterior of mean and unstructured covariance under the prior |Σ|^−(m+1)/2, by Gibbs sampling with the
 * coefficients drawn given the observed values alone (METHODS.md eq. (D11)).
 *
 * @param full - REML fit: where the chain starts.
 * @throws DomainError UNSUPPORTED_COMBINATION for another covariance structure; INSUFFICIENT_DATA for fewer patients than
 *   visits in a covariance group.
 *
 * Source: Schafer (1997), Analysis of Incomplete Multivariate Data, ch. 5; Liu (1993), Statistica Sinica 3:1115–1129.
 */
export function posteriorParameters(
  data: ImputationData,
  full: ImputationFit,
  count: number,
  { burnIn, thinning }: ChainOptions,
  rng: Rng,
): ImputationParameters[] {
  if (data.structure !== "unstructured")
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "covariance",
      received: data.structure,
      requirement: "must be unstructured for Bayesian imputation",
      hint: "Choose unstructured, or the approximate Bayesian (bootstrap) or conditional-mean method.",
    });
  const { prepared } = full;
  const { visitCount: m } = data;
  const { patterns, rank: p, groupCount, source, independentColumns: columns } = prepared;
  const width = source.columnCount;
  const sizes = new Int32Array(groupCount);
  for (const { group, subjects } of patterns) sizes[group]! += subjects.length;
  sizes.forEach((size, group) => {
    if (size < m)
      throw new DomainError("INSUFFICIENT_DATA", {
        argument: "covarianceByArm",
        received: size,
        requirement: `must leave at least ${m} patients with values to each covariance (group ${group} given)`,
        hint: "Use one covariance for all arms.",
      });
  });
  const likelihood = restrictedLikelihood(prepared, "unstructured", true);
  const perGroup = likelihood.parametersPerGroup;
  const theta = full.fit.theta.slice();
  let sigmas: readonly Float64Array[] = full.fit.covariances.map((sigma) => sigma.slice());
  const gamma = new Float64Array(p);
  const scatters = sigmas.map(() => new Float64Array(m * m));
  const residual = new Float64Array(m);
  const noise = new Float64Array(m);
  const draws: ImputationParameters[] = [];

  for (let iteration = 1; draws.length < count; iteration++) {
    sigmas.forEach((sigma, group) => {
      theta.set(unstructuredParameters(sigma, m), group * perGroup);
    });
    if (!likelihood.evaluate(theta, 0)) throw degenerate();
    drawCoefficients(likelihood, rng, gamma);
    for (const scatter of scatters) scatter.fill(0);
    const coefficients = coefficientsOf(full, gamma);
    for (const { group, visits, subjects, rowNumbers } of patterns) {
      const conditional = conditionalOf(sigmas[group]!, m, visits);
      const k = visits.length;
      for (let s = 0; s < subjects.length; s++) {
        for (let a = 0; a < k; a++) {
          const row = rowNumbers[s * k + a]!;
          let value = source.outcome[row]!;
          for (let j = 0; j < p; j++) value -= source.design[row * width + columns[j]!]! * coefficients[j]!;
          residual[visits[a]!] = value;
        }
        drawMissing(conditional, rng, residual, noise);
        const scatter = scatters[group]!;
        for (let a = 0; a < m; a++) for (let b = 0; b <= a; b++) scatter[a * m + b]! += residual[a]! * residual[b]!;
      }
    }
    sigmas = scatters.map((scatter, group) => inverseWishart(scatter, m, sizes[group]!, rng));
    if (iteration > burnIn && (iteration - burnIn) % thinning === 0)
      draws.push(imputationParameters(data, prepared, coefficients, sigmas));
  }
  return draws;
}

/** γ from its normal distribution given Σ and the observed values. */
function drawCoefficients({ state, prepared }: RestrictedLikelihood, rng: Rng, gamma: Float64Array): void {
  for (let j = 0; j < prepared.rank; j++) gamma[j] = rng.normal();
  backSubstitute(state.factor, prepared.rank, gamma);
  for (let j = 0; j < prepared.rank; j++) gamma[j]! += state.gamma[j]!;
}

/** Coefficients of the independent columns from those in the orthonormal basis. */
function coefficientsOf({ prepared }: ImputationFit, gamma: Float64Array): Float64Array {
  const { rank: p, inverseTriangle, leastSquares } = prepared;
  return leastSquares.map((value, i) => {
    let sum = value;
    for (let j = i; j < p; j++) sum += inverseTriangle[i * p + j]! * gamma[j]!;
    return sum;
  });
}

function conditionalOf(sigma: Float64Array, m: number, visits: Int32Array): ConditionalNormal {
  const missing = Int32Array.from(Array.from({ length: m }, (_, visit) => visit).filter((v) => !visits.includes(v)));
  return conditionalNormal(sigma, m, visits, missing);
}

/** Completes a vector of residuals by a draw of the missing ones given the others. */
function drawMissing(conditional: ConditionalNormal, rng: Rng, residual: Float64Array, noise: Float64Array): void {
  const { observed, missing, slopes, factor } = conditional;
  const seen = observed.length;
  const gone = missing.length;
  for (let t = 0; t < gone; t++) noise[t] = rng.normal();
  for (let t = 0; t < gone; t++) {
    let value = 0;
    for (let a = 0; a < seen; a++) value += slopes[t * seen + a]! * residual[observed[a]!]!;
    for (let s = 0; s <= t; s++) value += factor[t * gone + s]! * noise[s]!;
    residual[missing[t]!] = value;
  }
}

/** Σ with Σ⁻¹ ~ Wishart(ν, S⁻¹), by Bartlett's decomposition; S in its lower triangle. */
function inverseWishart(scatter: Float64Array, m: number, freedom: number, rng: Rng): Float64Array {
  const factored = choleskyDecompose(scatter, m);
  if (!factored.ok) throw degenerate();
  const bartlett = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < i; j++) bartlett[i * m + j] = rng.normal();
    bartlett[i * m + i] = Math.sqrt(chiSquareQuantile(rng.uniform(), freedom - i));
  }
  // Rows of L A⁻ᵀ solve A x = (row of L).
  const half = new Float64Array(m * m);
  for (let r = 0; r < m; r++)
    for (let i = 0; i < m; i++) {
      let sum = factored.factor[r * m + i]!;
      for (let j = 0; j < i; j++) sum -= bartlett[i * m + j]! * half[r * m + j]!;
      half[r * m + i] = sum / bartlett[i * m + i]!;
    }
  const out = new Float64Array(m * m);
  for (let r = 0; r < m; r++)
    for (let c = 0; c <= r; c++) {
      let sum = 0;
      for (let i = 0; i < m; i++) sum += half[r * m + i]! * half[c * m + i]!;
      out[r * m + c] = sum;
      out[c * m + r] = sum;
    }
  return out;
}

function degenerate(): DomainError {
  return new DomainError("NOT_CONVERGED", {
    argument: "inference",
    received: "bayes",
    requirement: "must keep the covariance positive definite, but a draw of the chain did not",
    hint: "Leave out visits with few patients, or use the conditional-mean method.",
  });
}

function tooManyFailures(failed: number, attempts: number, cause: DomainError): DomainError {
  return new DomainError("NOT_CONVERGED", {
    argument: "covariance",
    received: failed,
    requirement: `must be estimable in bootstrap samples; it was not in the number received of ${attempts}: ${cause.message}`,
    hint: "Choose a covariance structure with fewer parameters, or the jackknife.",
  });
}
