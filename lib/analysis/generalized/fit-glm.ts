import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskyInverse } from "../../numerics/cholesky.ts";
import { type GlmBasis, type GlmData, glmBasis } from "./glm-basis.ts";
import { assertResponse, type GlmFamily, logLikelihoodOf } from "./glm-family.ts";
import { basisInformation, type GlmIteration, iterateGlm } from "./glm-iteration.ts";
import { type Separation, separationAlong, separationError } from "./separation.ts";

/** A fitted generalised linear model; arrays over columns have the independent columns only. */
export interface GlmFit {
  readonly family: GlmFamily;
  readonly rows: number;
  readonly rank: number;
  readonly columnNames: readonly string[];
  /** Original indices of the columns kept, and of those that depend on columns before them. */
  readonly independentColumns: readonly number[];
  readonly dependentColumns: readonly number[];
  /** X of the independent columns, row-major [rows · rank]. */
  readonly design: Float64Array;
  readonly response: Float64Array;
  readonly offset: Float64Array;
  readonly weights: Float64Array;
  readonly coefficients: Float64Array;
  /** Inverse Fisher information, [rank · rank]. */
  readonly covariance: Float64Array;
  readonly linearPredictor: Float64Array;
  readonly fitted: Float64Array;
  /** Diagonal of the hat matrix of the weighted design. */
  readonly leverages: Float64Array;
  readonly deviance: number;
  readonly logLikelihood: number;
  readonly iterations: number;
  readonly diagnostics: readonly Diagnostic[];
}

export interface GlmOptions {
  /** Start of the linear predictor, e.g. from a similar fit. */
  readonly start?: Float64Array;
  /** Basis of the same design, from `glmBasis`, when several models are fitted to it. */
  readonly basis?: GlmBasis;
  readonly maximumIterations?: number;
}

/** Squared steps this short count as converged when rounding prevents anything better. */
const STEP_GOOD_ENOUGH = 1e-12;

/**
 * Maximum-likelihood fit of a generalised linear model by iteratively reweighted least squares in an orthonormal basis of the
 * design (METHODS.md eq. (G2) and (G3)).
 *
 * @returns Coefficients of the linearly independent columns; the others are named in a diagnostic.
 * @throws DomainError INVALID_INPUT for a response or offset out of range, INSUFFICIENT_DATA for fewer rows than columns,
 *   NOT_ESTIMABLE when the columns separate the outcomes (it names them), NOT_CONVERGED when the iteration does not settle.
 *
 * Source: McCullagh & Nelder (1989), Generalized Linear Models, §2.5; start values as in R's glm.
 */
export function fitGlm(data: GlmData, family: GlmFamily, options: GlmOptions = {}): GlmFit {
  const { maximumIterations = 100 } = options;
  const { response } = data;
  assertResponse(family, response);
  const basis = options.basis ?? glmBasis(data);
  const rows = response.length;
  const offset = data.offset ?? new Float64Array(rows);
  const weights = data.weights ?? new Float64Array(rows).fill(1);
  let separation: Separation | null = null;
  const end = iterateGlm(
    family,
    basis.q,
    basis.rank,
    response,
    offset,
    weights,
    options.start ?? null,
    maximumIterations,
    (move, gammaMove) => {
      separation = separationOf(data, basis, family, move, gammaMove);
      return separation !== null;
    },
  );
  if (separation !== null) throw separationError(family, separation, rows);
  const { information, rowWeights } = basisInformation(family, basis.q, basis.rank, end, weights);
  const factor = choleskyDecompose(information, basis.rank);
  if (!factor.ok || !(end.decrement <= STEP_GOOD_ENOUGH)) throw notConverged(end);
  return summary(data, family, basis, end, choleskyInverse(factor.factor, basis.rank), rowWeights, offset, weights);
}

function separationOf(
  data: GlmData,
  basis: GlmBasis,
  family: GlmFamily,
  move: Float64Array,
  gammaMove: Float64Array,
): Separation | null {
  const { rank, independentColumns, design } = basis;
  const spread = new Float64Array(rank);
  for (let k = 0; k < design.length; k++) spread[k % rank] = Math.max(spread[k % rank]!, Math.abs(design[k]!));
  return separationAlong(
    family,
    data.response,
    move,
    columnCoefficients(basis, gammaMove),
    independentColumns.map((j) => data.columnNames[j]!),
    spread,
  );
}

/** R⁻¹γ. */
function columnCoefficients({ rank, toColumns }: GlmBasis, gamma: Float64Array): Float64Array {
  return Float64Array.from({ length: rank }, (_, i) => {
    let sum = 0;
    for (let k = i; k < rank; k++) sum += toColumns[i * rank + k]! * gamma[k]!;
    return sum;
  });
}

function summary(
  data: GlmData,
  family: GlmFamily,
  basis: GlmBasis,
  { eta, mu, gamma, iterations, deviance }: GlmIteration,
  basisCovariance: Float64Array,
  rowWeights: Float64Array,
  offset: Float64Array,
  weights: Float64Array,
): GlmFit {
  const { response, columnNames } = data;
  const { rank, q, independentColumns, dependentColumns } = basis;
  const rows = response.length;
  let logLikelihood = 0;
  for (let i = 0; i < rows; i++) logLikelihood += logLikelihoodOf(family, response[i]!, mu[i]!, weights[i]!);
  const leverages = rowWeights.map((w, i) => {
    let sum = 0;
    for (let j = 0; j < rank; j++)
      for (let k = 0; k < rank; k++) sum += q[i * rank + j]! * basisCovariance[j * rank + k]! * q[i * rank + k]!;
    return w * sum;
  });
  const dropped = dependentColumns.map((j) => columnNames[j]!);
  return {
    family,
    rows,
    rank,
    columnNames: independentColumns.map((j) => columnNames[j]!),
    independentColumns,
    dependentColumns,
    design: basis.design,
    response,
    offset,
    weights,
    coefficients: columnCoefficients(basis, gamma),
    covariance: columnCovariance(basis, basisCovariance),
    linearPredictor: eta,
    fitted: mu,
    leverages,
    deviance,
    logLikelihood,
    iterations,
    diagnostics:
      dropped.length === 0
        ? []
        : [
            diagnostic(
              "warning",
              "column-dropped",
              `Left out because they depend on columns before them: ${dropped.join(", ")}.`,
            ),
          ],
  };
}

/** R⁻¹ V R⁻ᵀ. */
function columnCovariance({ rank, toColumns }: GlmBasis, v: Float64Array): Float64Array {
  const half = new Float64Array(rank * rank);
  for (let i = 0; i < rank; i++)
    for (let k = i; k < rank; k++)
      for (let j = 0; j < rank; j++) half[i * rank + j]! += toColumns[i * rank + k]! * v[k * rank + j]!;
  const out = new Float64Array(rank * rank);
  for (let i = 0; i < rank; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = j; k < rank; k++) sum += half[i * rank + k]! * toColumns[j * rank + k]!;
      out[i * rank + j] = sum;
      out[j * rank + i] = sum;
    }
  return out;
}

function notConverged({ iterations, decrement }: GlmIteration): DomainError {
  return new DomainError("NOT_CONVERGED", {
    argument: "covariates",
    received: iterations,
    requirement: `must let the likelihood settle; after ${iterations} iterations the last step was ${Math.sqrt(Math.max(0, decrement)).toPrecision(2)} standard errors long`,
    hint: "Use fewer covariates, or rescale those of very different size.",
  });
}
