import { DomainError } from "../../errors/domain-error.ts";
import { chiSquareQuantile, chiSquareUpperTail } from "../../numerics/chi-square.ts";
import { choleskyDecompose, choleskyInverse, choleskyLogDeterminant } from "../../numerics/cholesky.ts";
import { findRoot } from "../../numerics/root-finding.ts";

/** Logistic regression by Firth's penalised likelihood. */
export interface FirthFit {
  readonly coefficients: Float64Array;
  /** Inverse information at the estimate, [columns · columns]. */
  readonly covariance: Float64Array;
  /** Log-likelihood plus ½ log |information|. */
  readonly penalisedLogLikelihood: number;
  readonly fitted: Float64Array;
  readonly iterations: number;
}

/** Longest change of the linear predictor that a step may make. */
const LONGEST_STEP = 5;
const SETTLED = 1e-12;
const MAXIMUM_ITERATIONS = 200;
/** Smallest share of a step that is taken for steps that go back and forth. */
const LEAST_DAMPING = 1 / 8;

/**
 * Logistic regression with the Jeffreys prior as penalty: finite estimates whatever the separation, less bias in small samples
 * (METHODS.md eq. (G12)).
 *
 * @param design - X of independent columns, row-major [rows · columns].
 * @param response - 0 or 1, one a row.
 * @param held - Column whose coefficient is held at a value (profile likelihood); null for none.
 * @throws DomainError NOT_ESTIMABLE for dependent columns, NOT_CONVERGED when the steps do not end.
 *
 * Source: Firth (1993), Biometrika 80:27–38; Heinze & Schemper (2002), Stat. Med. 21:2409–2419.
 */
export function fitFirthLogistic(
  design: Float64Array,
  columns: number,
  response: Float64Array,
  held: { readonly column: number; readonly value: number } | null = null,
  start: Float64Array | null = null,
): FirthFit {
  const rows = response.length;
  let beta = start?.slice() ?? new Float64Array(columns);
  if (held !== null) beta[held.column] = held.value;
  let state = evaluate(design, columns, response, beta);
  let damping = 1;
  let before: Float64Array | null = null;
  for (let iterations = 1; iterations <= MAXIMUM_ITERATIONS; iterations++) {
    const score = modifiedScore(design, columns, response, state);
    const step = stepOf(state.covariance, state.information, score, columns, held?.column ?? null);
    let move = 0;
    let largest = 0;
    for (let i = 0; i < rows; i++) {
      let change = 0;
      for (let j = 0; j < columns; j++) change += design[i * columns + j]! * step[j]!;
      largest = Math.max(largest, Math.abs(change));
    }
    for (let j = 0; j < columns; j++) move += step[j]! * score[j]! * (j === held?.column ? 0 : 1);
    // The step leaves the curvature of the penalty out: in small samples it can go too far, back and forth.
    if (before !== null && reverses(state.information, step, before, columns))
      damping = Math.max(damping / 2, LEAST_DAMPING);
    before = step;
    let scale = Math.min(damping, LONGEST_STEP / largest);
    let candidate = beta.map((value, j) => value + scale * step[j]!);
    let next = evaluate(design, columns, response, candidate);
    for (
      let halving = 0;
      halving < 30 && !(next.penalised >= state.penalised - 1e-12 * Math.abs(state.penalised));
      halving++
    ) {
      scale /= 2;
      candidate = beta.map((value, j) => value + scale * step[j]!);
      next = evaluate(design, columns, response, candidate);
    }
    beta = candidate;
    state = next;
    if (largest * scale <= SETTLED * 10 || move <= SETTLED * SETTLED)
      return {
        coefficients: beta,
        covariance: state.covariance,
        penalisedLogLikelihood: state.penalised,
        fitted: state.fitted,
        iterations,
      };
  }
  throw new DomainError("NOT_CONVERGED", {
    argument: "covariates",
    received: MAXIMUM_ITERATIONS,
    requirement: `must let the penalised likelihood settle within ${MAXIMUM_ITERATIONS} steps`,
    hint: "Use fewer covariates, or rescale those of very different size.",
  });
}

/** Whether a step takes back more than half of the one before, in the metric of the information. */
function reverses(information: Float64Array, step: Float64Array, before: Float64Array, columns: number): boolean {
  let product = 0;
  let size = 0;
  for (let j = 0; j < columns; j++)
    for (let k = 0; k < columns; k++) {
      product += step[j]! * information[j * columns + k]! * before[k]!;
      size += before[j]! * information[j * columns + k]! * before[k]!;
    }
  return product < -size / 2;
}

/**
 * Penalised likelihood-ratio test and profile interval of one coefficient (METHODS.md eq. (G13)).
 *
 * @param nullValue - Value tested.
 * @returns A limit is infinite when the profile never falls that far.
 *
 * Source: Heinze & Schemper (2002), Stat. Med. 21:2409–2419.
 */
export function firthProfile(
  design: Float64Array,
  columns: number,
  response: Float64Array,
  fit: FirthFit,
  column: number,
  confidence: number,
  nullValue = 0,
): { readonly statistic: number; readonly twoSidedPValue: number; readonly lower: number; readonly upper: number } {
  const best = fit.coefficients[column]!;
  const loss = (value: number) =>
    2 *
    (fit.penalisedLogLikelihood -
      fitFirthLogistic(design, columns, response, { column, value }, fit.coefficients).penalisedLogLikelihood);
  const statistic = Math.max(0, loss(nullValue));
  const critical = chiSquareQuantile(confidence, 1);
  const standardError = Math.sqrt(fit.covariance[column * columns + column]!);
  const limit = (direction: -1 | 1): number => {
    let near = best;
    let far = best + direction * 2 * standardError;
    for (let widening = 0; loss(far) < critical; widening++) {
      if (widening >= 30) return direction * Infinity;
      near = far;
      far = best + (far - best) * 1.5;
    }
    return findRoot((value) => loss(value) - critical, near, far, { relativeTolerance: 1e-11 }).value;
  };
  return { statistic, twoSidedPValue: chiSquareUpperTail(statistic, 1), lower: limit(-1), upper: limit(1) };
}

interface State {
  readonly fitted: Float64Array;
  readonly information: Float64Array;
  readonly covariance: Float64Array;
  readonly penalised: number;
}

function evaluate(design: Float64Array, columns: number, response: Float64Array, beta: Float64Array): State {
  const rows = response.length;
  const fitted = new Float64Array(rows);
  const information = new Float64Array(columns * columns);
  let logLikelihood = 0;
  for (let i = 0; i < rows; i++) {
    let eta = 0;
    for (let j = 0; j < columns; j++) eta += design[i * columns + j]! * beta[j]!;
    const e = Math.exp(-Math.abs(eta));
    fitted[i] = eta >= 0 ? 1 / (1 + e) : e / (1 + e);
    const signed = response[i]! === 1 ? eta : -eta;
    logLikelihood -= signed > 0 ? Math.log1p(e) : -signed + Math.log1p(e);
    const w = e / (1 + e) ** 2;
    for (let j = 0; j < columns; j++)
      for (let k = 0; k <= j; k++)
        information[j * columns + k]! += w * design[i * columns + j]! * design[i * columns + k]!;
  }
  for (let j = 0; j < columns; j++)
    for (let k = 0; k < j; k++) information[k * columns + j] = information[j * columns + k]!;
  const factor = choleskyDecompose(information, columns);
  if (!factor.ok)
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "covariates",
      received: columns,
      requirement: "must not depend on each other: the information matrix is singular",
      hint: "Leave out a covariate.",
    });
  return {
    fitted,
    information,
    covariance: choleskyInverse(factor.factor, columns),
    penalised: logLikelihood + choleskyLogDeterminant(factor.factor, columns) / 2,
  };
}

/** Xᵀ(y − μ + h(½ − μ)). */
function modifiedScore(design: Float64Array, columns: number, response: Float64Array, state: State): Float64Array {
  const score = new Float64Array(columns);
  for (let i = 0; i < response.length; i++) {
    const mu = state.fitted[i]!;
    let leverage = 0;
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += state.covariance[j * columns + k]! * design[i * columns + k]!;
      leverage += design[i * columns + j]! * sum;
    }
    const residual = response[i]! - mu + leverage * mu * (1 - mu) * (0.5 - mu);
    for (let j = 0; j < columns; j++) score[j]! += design[i * columns + j]! * residual;
  }
  return score;
}

/** Information⁻¹ score over the columns that are free. */
function stepOf(
  covariance: Float64Array,
  information: Float64Array,
  score: Float64Array,
  columns: number,
  held: number | null,
): Float64Array {
  const step = new Float64Array(columns);
  if (held === null) {
    for (let j = 0; j < columns; j++)
      for (let k = 0; k < columns; k++) step[j]! += covariance[j * columns + k]! * score[k]!;
    return step;
  }
  const free = Array.from({ length: columns }, (_, j) => j).filter((j) => j !== held);
  if (free.length === 0) return step;
  const block = Float64Array.from(free.flatMap((j) => free.map((k) => information[j * columns + k]!)));
  const factor = choleskyDecompose(block, free.length);
  if (!factor.ok) return step;
  const inverse = choleskyInverse(factor.factor, free.length);
  free.forEach((j, a) => {
    free.forEach((k, b) => {
      step[j]! += inverse[a * free.length + b]! * score[k]!;
    });
  });
  return step;
}
