import { z } from "zod";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskySolve } from "../../numerics/cholesky.ts";
import { fisherFUpperTail } from "../../numerics/fisher-f.ts";
import { symmetricEigen } from "../../numerics/symmetric-eigen.ts";
import { type EmpiricalCovariance, empiricalCovariance } from "./empirical-covariance.ts";
import { inOriginalBasis, inOrthonormalBasis, type MmrmFit } from "./fit-mmrm.ts";
import { kenwardRogerCovariance, kenwardRogerReference, multiply } from "./kenward-roger.ts";

export const degreesOfFreedomMethodSchema = z.enum([
  "satterthwaite",
  "kenward-roger",
  "kenward-roger-linear",
  "between-within",
  "residual",
]);

export const coefficientCovarianceSchema = z.enum([
  "model-based",
  "empirical",
  "empirical-bias-reduced",
  "empirical-jackknife",
]);

export type DegreesOfFreedomMethod = z.infer<typeof degreesOfFreedomMethodSchema>;
export type CoefficientCovariance = z.infer<typeof coefficientCovarianceSchema>;

export interface InferenceOptions {
  readonly degreesOfFreedom: DegreesOfFreedomMethod;
  readonly covariance: CoefficientCovariance;
  /** Design as it was given, for between-within degrees of freedom: which columns vary within a patient. */
  readonly design: { readonly columnCount: number; readonly values: Float64Array; readonly subject: ArrayLike<number> };
}

/** An estimated linear function of the coefficients. */
export interface ContrastEstimate {
  readonly estimate: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

export interface JointTest {
  readonly statistic: number;
  readonly numeratorDegreesOfFreedom: number;
  readonly denominatorDegreesOfFreedom: number;
  readonly pValue: number;
}

export interface MmrmInference {
  /** Covariance of the independent coefficients by the chosen method, [p · p]. */
  readonly covariance: Float64Array;
  /** @param weights - Over the independent columns of the design, [p]. */
  readonly contrast: (weights: Float64Array) => ContrastEstimate;
  /** F test that all contrasts are zero (METHODS.md eq. (M16)). */
  readonly joint: (contrasts: readonly Float64Array[]) => JointTest;
}

/**
 * Standard errors and degrees of freedom of contrasts of a fit (METHODS.md eq. (M14)–(M19)).
 *
 * @throws DomainError UNSUPPORTED_COMBINATION for Kenward–Roger without REML or with an empirical covariance.
 */
export function mmrmInference(fit: MmrmFit, options: InferenceOptions): MmrmInference {
  const { degreesOfFreedom: method, covariance: kind } = options;
  const kenwardRoger = method === "kenward-roger" || method === "kenward-roger-linear";
  refuseCombination(fit, options, kenwardRoger);
  const { prepared, likelihood } = fit;
  const { rank: p, rowCount } = prepared;
  const { state } = likelihood;
  const empirical: EmpiricalCovariance | null = kind === "model-based" ? null : empiricalCovariance(fit, kind);
  const covariance =
    empirical?.covariance ??
    (kenwardRoger ? kenwardRogerCovariance(fit, method === "kenward-roger-linear") : state.phi.slice());
  const between = method === "between-within" ? betweenWithin(fit, options.design) : null;

  const freedomOf = (weights: Float64Array, direction: Float64Array): number => {
    switch (method) {
      case "residual":
        return rowCount - p;
      case "between-within":
        return between!(weights);
      case "satterthwaite":
      case "kenward-roger":
      case "kenward-roger-linear":
        return empirical === null ? satterthwaite(fit, direction) : empirical.degreesOfFreedom(direction);
    }
  };
  const contrast = (weights: Float64Array): ContrastEstimate => {
    const direction = inOrthonormalBasis(prepared, weights);
    const variance = quadratic(covariance, direction, p);
    if (!(variance > 0))
      throw invalidInput("contrast", variance, "must be a linear function of the coefficients that is not zero");
    const freedom = freedomOf(weights, direction);
    if (!(freedom > 0)) throw noFreedom(method, freedom);
    return {
      estimate: weights.reduce((sum, weight, j) => sum + weight * fit.coefficients[j]!, 0),
      standardError: Math.sqrt(variance),
      degreesOfFreedom: freedom,
    };
  };
  return {
    covariance: inOriginalBasis(prepared, covariance),
    contrast,
    joint: (contrasts) => jointTest(fit, contrasts, covariance, contrast, kenwardRoger),
  };
}

function refuseCombination(fit: MmrmFit, options: InferenceOptions, kenwardRoger: boolean): void {
  if (!kenwardRoger) return;
  if (!fit.restricted)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "degreesOfFreedom",
      received: options.degreesOfFreedom,
      requirement: "is defined for restricted maximum likelihood only",
      hint: "Estimate by REML or choose Satterthwaite degrees of freedom.",
    });
  if (options.covariance !== "model-based")
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "covariance",
      received: options.covariance,
      requirement: "must be model-based with Kenward–Roger degrees of freedom, which bring their own covariance",
      hint: "Choose Satterthwaite, between-within or residual degrees of freedom with an empirical covariance.",
    });
}

function noFreedom(method: DegreesOfFreedomMethod, freedom: number): DomainError {
  return new DomainError("INSUFFICIENT_DATA", {
    argument: "degreesOfFreedom",
    received: Number.isFinite(freedom) ? freedom : null,
    requirement: `must be positive; ${method} leaves none for this model and these patients`,
    hint: "Use fewer covariates or visits, or choose Satterthwaite degrees of freedom.",
  });
}

/** 2v²/gᵀWg with g the derivatives of the variance v of the contrast (METHODS.md eq. (M15)). */
function satterthwaite(fit: MmrmFit, direction: Float64Array): number {
  const { state, prepared, parameterCount } = fit.likelihood;
  const p = prepared.rank;
  const pulled = new Float64Array(p);
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) pulled[i]! += state.phi[i * p + j]! * direction[j]!;
  let variance = 0;
  for (let i = 0; i < p; i++) variance += pulled[i]! * direction[i]!;
  const gradient = Float64Array.from(state.slopes, (slope) => quadratic(slope, pulled, p));
  return (2 * variance * variance) / quadratic(fit.parameterCovariance, gradient, parameterCount);
}

/** Degrees of freedom by whether the columns that a contrast touches vary within patients (METHODS.md eq. (M19)). */
function betweenWithin(fit: MmrmFit, design: InferenceOptions["design"]): (weights: Float64Array) => number {
  const { prepared } = fit;
  const { columnCount, values, subject } = design;
  const { independentColumns, rowCount, subjectCount } = prepared;
  let intercept = 0;
  const within = independentColumns.map((column) => {
    const seen = new Map<number, number>();
    let varies = false;
    let constantOne = true;
    for (let i = 0; i < rowCount; i++) {
      const value = values[i * columnCount + column]!;
      if (value !== 1) constantOne = false;
      const before = seen.get(subject[i]!);
      if (before === undefined) seen.set(subject[i]!, value);
      else if (before !== value) varies = true;
    }
    if (constantOne) intercept = 1;
    return { varies, constantOne };
  });
  const withinCount = within.filter(({ varies }) => varies).length;
  const betweenCount = within.length - withinCount - intercept;
  const betweenFreedom = subjectCount - betweenCount - intercept;
  // With one row a patient nothing is left within patients, and all is between them.
  const withinFreedom = rowCount === subjectCount ? betweenFreedom : rowCount - subjectCount - withinCount;
  // The intercept counts as within, as in SAS; of several degrees of freedom the fewest.
  return (weights) =>
    within.reduce(
      (fewest, { varies, constantOne }, j) =>
        weights[j] === 0 ? fewest : Math.min(fewest, varies || constantOne ? withinFreedom : betweenFreedom),
      Infinity,
    );
}

/** F test of several contrasts. */
function jointTest(
  fit: MmrmFit,
  contrasts: readonly Float64Array[],
  covariance: Float64Array,
  contrast: (weights: Float64Array) => ContrastEstimate,
  kenwardRoger: boolean,
): JointTest {
  const { rank: p } = fit.prepared;
  const count = contrasts.length;
  const directions = contrasts.map((weights) => inOrthonormalBasis(fit.prepared, weights));
  const spread = new Float64Array(count * count);
  for (let a = 0; a < count; a++)
    for (let b = 0; b < count; b++) spread[a * count + b] = bilinear(covariance, directions[a]!, directions[b]!, p);
  const { values, vectors } = symmetricEigen(spread, count);
  const rank = Array.from(values).filter((value) => value > 1e-8 * values[0]!).length;
  /** Independent contrasts along the axes of the covariance of the contrasts. */
  const axes = Array.from({ length: rank }, (_, l) =>
    new Float64Array(contrasts[0]!.length).map((_, j) =>
      contrasts.reduce((sum, weights, a) => sum + vectors[a * count + l]! * weights[j]!, 0),
    ),
  );
  const along = axes.map(contrast);
  const statistic = along.reduce((sum, each) => sum + (each.estimate / each.standardError) ** 2, 0) / rank;
  const { denominator, scale } = kenwardRoger
    ? kenwardRogerOf(fit, axes)
    : { denominator: combinedFreedom(along.map((each) => each.degreesOfFreedom)), scale: 1 };
  return {
    statistic: statistic * scale,
    numeratorDegreesOfFreedom: rank,
    denominatorDegreesOfFreedom: denominator,
    pValue: fisherFUpperTail(statistic * scale, rank, denominator),
  };
}

/** Fai & Cornelius (1996): degrees of freedom whose F has the expectation of the mean of the squared t statistics. */
function combinedFreedom(freedoms: readonly number[]): number {
  const [first = Infinity] = freedoms;
  if (freedoms.every((value) => Math.abs(value - first) < 1e-8)) return first;
  if (freedoms.some((value) => value <= 2)) return 2;
  const expectation = freedoms.reduce((sum, value) => sum + value / (value - 2), 0);
  return (2 * expectation) / (expectation - freedoms.length);
}

function kenwardRogerOf(fit: MmrmFit, axes: readonly Float64Array[]): { denominator: number; scale: number } {
  const { state, prepared, parameterCount } = fit.likelihood;
  const p = prepared.rank;
  const count = axes.length;
  // Φl of every axis; Θ = L(LᵀΦL)⁻¹Lᵀ enters through the model-based covariance of the axes.
  const pulled = axes.map((weights) => {
    const direction = inOrthonormalBasis(prepared, weights);
    const out = new Float64Array(p);
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) out[i]! += state.phi[i * p + j]! * direction[j]!;
    return { direction, out };
  });
  const inner = new Float64Array(count * count);
  for (let a = 0; a < count; a++)
    for (let b = 0; b < count; b++)
      inner[a * count + b] = pulled[a]!.direction.reduce((sum, value, j) => sum + value * pulled[b]!.out[j]!, 0);
  const factored = choleskyDecompose(inner, count);
  if (!factored.ok) throw invalidInput("contrasts", count, "must be linearly independent");
  const parts = state.slopes.map((slope) => {
    const raw = new Float64Array(count * count);
    for (let a = 0; a < count; a++)
      for (let b = 0; b < count; b++) raw[a * count + b] = bilinear(slope, pulled[a]!.out, pulled[b]!.out, p);
    // (LᵀΦL)⁻¹ LᵀΦP_hΦL, column by column.
    const out = new Float64Array(count * count);
    for (let b = 0; b < count; b++) {
      const column = choleskySolve(
        factored.factor,
        count,
        Float64Array.from({ length: count }, (_, a) => raw[a * count + b]!),
      );
      for (let a = 0; a < count; a++) out[a * count + b] = column[a]!;
    }
    return out;
  });
  const traces = parts.map((part) => {
    let sum = 0;
    for (let a = 0; a < count; a++) sum += part[a * count + a]!;
    return sum;
  });
  let a1 = 0;
  let a2 = 0;
  for (let h = 0; h < parameterCount; h++)
    for (let k = 0; k < parameterCount; k++) {
      const w = fit.parameterCovariance[h * parameterCount + k]!;
      a1 += w * traces[h]! * traces[k]!;
      const product = multiply(parts[h]!, parts[k]!, count);
      for (let a = 0; a < count; a++) a2 += w * product[a * count + a]!;
    }
  const { degreesOfFreedom, scale } = kenwardRogerReference(a1, a2, count);
  return { denominator: degreesOfFreedom, scale };
}

function quadratic(matrix: Float64Array, vector: Float64Array, n: number): number {
  return bilinear(matrix, vector, vector, n);
}

function bilinear(matrix: Float64Array, left: Float64Array, right: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let row = 0;
    for (let j = 0; j < n; j++) row += matrix[i * n + j]! * right[j]!;
    sum += left[i]! * row;
  }
  return sum;
}
