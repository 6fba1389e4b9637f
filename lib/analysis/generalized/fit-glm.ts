import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import {
  crossProductInverse,
  leastSquaresCoefficients,
  leverages,
  type QrFactorization,
  qrDecompose,
} from "../../numerics/qr.ts";
import { assertResponse, devianceOf, type GlmFamily, logLikelihoodOf, varianceFunction } from "./glm-family.ts";
import { linkOf, meanDerivative, meanOf } from "./link-function.ts";
import { type Separation, separationAlong, separationError } from "./separation.ts";

/** What a generalised linear model is fitted to. */
export interface GlmData {
  /** X, row-major [rows · columns]. */
  readonly design: Float64Array;
  readonly columnNames: readonly string[];
  /** Events (0, 1), proportions of `weights` trials, or counts; shape [rows]. */
  readonly response: Float64Array;
  /** Known part of the linear predictor, such as log exposure; zero when absent. */
  readonly offset?: Float64Array;
  /** Trials behind each proportion, or weights; one when absent. */
  readonly weights?: Float64Array;
}

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
  readonly maximumIterations?: number;
}

/** Squared length of a step, in standard errors, below which the estimate no longer moves. */
const STEP_DONE = 1e-20;
/** Steps this long or shorter count as converged when rounding prevents anything better. */
const STEP_GOOD_ENOUGH = 1e-12;
/** Before this iteration a step is no evidence of separation worth checking. */
const SEPARATION_FROM = 6;

/**
 * Maximum-likelihood fit of a generalised linear model by iteratively reweighted least squares on a QR factorization
 * (METHODS.md eq. (G2) and (G3)).
 *
 * @returns Coefficients of the linearly independent columns; the others are named in a diagnostic.
 * @throws DomainError INVALID_INPUT for a response or offset out of range, INSUFFICIENT_DATA for fewer rows than columns,
 *   NOT_ESTIMABLE when the columns separate the outcomes (it names them), NOT_CONVERGED when the iteration does not settle.
 *
 * Source: McCullagh & Nelder (1989), Generalized Linear Models, §2.5; start values as in R's glm.
 */
export function fitGlm(data: GlmData, family: GlmFamily, options: GlmOptions = {}): GlmFit {
  const { maximumIterations = 100 } = options;
  const { design, columnNames, response } = data;
  const rows = response.length;
  const columns = columnNames.length;
  assertShapes(data, rows, columns);
  assertResponse(family, response);
  const offset = data.offset ?? new Float64Array(rows);
  const weights = data.weights ?? new Float64Array(rows).fill(1);

  let eta: Float64Array =
    options.start?.slice() ?? response.map((y, i) => linkOf(family.link, startMean(family, y, weights[i]!)));
  let mu: Float64Array = eta.map((value) => meanOf(family.link, value));
  let deviance = totalDeviance(family, response, mu, weights);
  let coefficients: Float64Array | null = null;
  let step = Infinity;
  let converged = false;
  let separation: Separation | null = null;
  let qr: QrFactorization | null = null;
  let spread: Float64Array | null = null;
  let iterations = 0;
  const weighted = new Float64Array(rows * columns);
  const working = new Float64Array(rows);
  while (!converged && iterations < maximumIterations) {
    iterations++;
    for (let i = 0; i < rows; i++) {
      const slope = meanDerivative(family.link, eta[i]!);
      const root = slope * Math.sqrt(weights[i]! / varianceFunction(family, mu[i]!));
      // A fitted probability of 0 or 1 in floating point carries no information.
      const w = Number.isFinite(root) ? root : 0;
      working[i] = w === 0 ? 0 : w * (eta[i]! - offset[i]! + (response[i]! - mu[i]!) / slope);
      for (let j = 0; j < columns; j++) weighted[i * columns + j] = w * design[i * columns + j]!;
    }
    const factors = qrDecompose(weighted, rows, columns);
    if (qr !== null && factors.rank < qr.rank) break;
    qr = factors;
    const next = leastSquaresCoefficients(qr, working);
    const nextEta = predictorOf(design, columns, qr.independentColumns, next, offset);
    // Decrement: squared length of the step in the metric of the information.
    step = 0;
    for (let i = 0; i < rows; i++) {
      const slope = meanDerivative(family.link, eta[i]!);
      const w = (weights[i]! * slope * slope) / varianceFunction(family, mu[i]!);
      if (Number.isFinite(w)) step += w * (nextEta[i]! - eta[i]!) ** 2;
    }
    if (iterations >= SEPARATION_FROM && coefficients !== null && coefficients.length === next.length) {
      const previous = coefficients;
      const move = nextEta.map((value, i) => value - eta[i]!);
      // A converging step is far shorter than this; along a separating direction every step is about 1.
      if (move.some((value) => Math.abs(value) > 1e-2)) {
        spread ??= columnSizes(design, rows, columns);
        separation = separationAlong(
          family,
          response,
          move,
          next.map((value, j) => value - previous[j]!),
          qr.independentColumns.map((j) => columnNames[j]!),
          Float64Array.from(qr.independentColumns, (j) => spread![j]!),
        );
        if (separation !== null) break;
      }
    }
    const before = deviance;
    const taken = accepted(
      coefficients,
      next,
      eta,
      nextEta,
      iterations,
      (candidate) => {
        const mean = candidate.map((value) => meanOf(family.link, value));
        return admissible(family, mean) ? totalDeviance(family, response, mean, weights) : Infinity;
      },
      before,
    );
    coefficients = taken.coefficients;
    eta = taken.eta;
    mu = eta.map((value) => meanOf(family.link, value));
    deviance = totalDeviance(family, response, mu, weights);
    converged = step <= STEP_DONE;
  }
  if (separation !== null) throw separationError(family, separation, rows);
  if (qr === null || coefficients === null || !(converged || step <= STEP_GOOD_ENOUGH))
    throw new DomainError("NOT_CONVERGED", {
      argument: "model",
      received: iterations,
      requirement: `must settle within ${maximumIterations} iterations; the last step was ${Math.sqrt(step).toPrecision(2)} standard errors long`,
      hint:
        family.link === "log" && family.distribution === "binomial"
          ? "A log link often fails near a risk of 1: use the logit link with standardised risks instead."
          : "Use fewer covariates, or rescale those of very different size.",
    });
  return summary(data, family, qr, coefficients, eta, mu, deviance, offset, weights, iterations);
}

/** Takes the full step, or halves it until the deviance is finite and not worse. */
function accepted(
  previous: Float64Array | null,
  next: Float64Array,
  eta: Float64Array,
  nextEta: Float64Array,
  iteration: number,
  devianceAt: (eta: Float64Array) => number,
  before: number,
): { readonly coefficients: Float64Array; readonly eta: Float64Array } {
  let value = devianceAt(nextEta);
  const allowed = before + 1e-8 * (Math.abs(before) + 0.1);
  if (previous === null || previous.length !== next.length || iteration === 1)
    if (Number.isFinite(value)) return { coefficients: next, eta: nextEta };
  let candidate = nextEta;
  let coefficients = next;
  for (let halving = 0; halving < 30 && !(value <= allowed); halving++) {
    candidate = candidate.map((x, i) => (x + eta[i]!) / 2);
    if (previous !== null) coefficients = coefficients.map((x, j) => (x + previous[j]!) / 2);
    value = devianceAt(candidate);
  }
  return { coefficients, eta: candidate };
}

function admissible(family: GlmFamily, mean: Float64Array): boolean {
  return mean.every((value) => value >= 0 && (family.distribution !== "binomial" || value <= 1) && value < Infinity);
}

function summary(
  data: GlmData,
  family: GlmFamily,
  qr: QrFactorization,
  coefficients: Float64Array,
  eta: Float64Array,
  mu: Float64Array,
  deviance: number,
  offset: Float64Array,
  weights: Float64Array,
  iterations: number,
): GlmFit {
  const { design, columnNames, response } = data;
  const rows = response.length;
  const columns = columnNames.length;
  const kept = qr.independentColumns;
  const reduced = new Float64Array(rows * qr.rank);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < qr.rank; j++) reduced[i * qr.rank + j] = design[i * columns + kept[j]!]!;
  let logLikelihood = 0;
  for (let i = 0; i < rows; i++) logLikelihood += logLikelihoodOf(family, response[i]!, mu[i]!, weights[i]!);
  const dropped = qr.dependentColumns.map((j) => columnNames[j]!);
  return {
    family,
    rows,
    rank: qr.rank,
    columnNames: kept.map((j) => columnNames[j]!),
    independentColumns: kept,
    dependentColumns: qr.dependentColumns,
    design: reduced,
    response,
    offset,
    weights,
    coefficients,
    covariance: crossProductInverse(qr),
    linearPredictor: eta,
    fitted: mu,
    leverages: leverages(qr),
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

function predictorOf(
  design: Float64Array,
  columns: number,
  kept: readonly number[],
  coefficients: Float64Array,
  offset: Float64Array,
): Float64Array {
  return offset.map((start, i) => {
    let sum = start;
    for (let j = 0; j < kept.length; j++) sum += design[i * columns + kept[j]!]! * coefficients[j]!;
    return sum;
  });
}

function columnSizes(design: Float64Array, rows: number, columns: number): Float64Array {
  const sizes = new Float64Array(columns);
  for (let j = 0; j < columns; j++)
    for (let i = 0; i < rows; i++) sizes[j] = Math.max(sizes[j]!, Math.abs(design[i * columns + j]!));
  return sizes;
}

function totalDeviance(family: GlmFamily, response: Float64Array, mu: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < mu.length; i++) sum += devianceOf(family, response[i]!, mu[i]!, weights[i]!);
  return sum;
}

function startMean(family: GlmFamily, y: number, weight: number): number {
  switch (family.distribution) {
    case "binomial":
      return (weight * y + 0.5) / (weight + 1);
    case "poisson":
      return y + 0.1;
    case "negative-binomial":
      return y === 0 ? 1 / 6 : y;
  }
}

function assertShapes(data: GlmData, rows: number, columns: number): void {
  if (data.design.length !== rows * columns)
    throw invalidInput("design", data.design.length, `must have ${rows} × ${columns} values`);
  if (columns === 0) throw invalidInput("terms", 0, "must give the model at least one column");
  for (const value of data.design)
    if (!Number.isFinite(value))
      throw invalidInput(
        "covariates",
        value,
        "must be known for every patient analysed",
        "Leave out incomplete patients.",
      );
  if (rows <= columns)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "patients",
      received: rows,
      requirement: `must be more than the ${columns} columns of the model`,
      hint: "Use fewer covariates.",
    });
  data.offset?.forEach((value) => {
    if (!Number.isFinite(value))
      throw invalidInput("exposure", Math.exp(value), "must be positive for every patient analysed");
  });
  data.weights?.forEach((value) => {
    if (!(value > 0 && value < Infinity)) throw invalidInput("weights", value, "must be positive");
  });
}
