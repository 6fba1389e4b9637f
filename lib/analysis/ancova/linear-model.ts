import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskySolve } from "../../numerics/cholesky.ts";
import { fisherFUpperTail } from "../../numerics/fisher-f.ts";
import { inverseOfTriangle, leastSquaresCoefficients, leverages, qrDecompose } from "../../numerics/qr.ts";
import { studentTTwoSidedTail } from "../../numerics/student-t.ts";

/** One column of a design matrix. */
export interface DesignColumn {
  readonly name: string;
  /** One value a subject, shape [n]. */
  readonly values: Float64Array;
}

/** How the variance of the coefficients is estimated (METHODS.md eq. (A2)–(A4)). */
export type VarianceEstimator = "model" | "HC0" | "HC1" | "HC2" | "HC3" | "HC4";

/** A linear combination of coefficients with its standard error. */
export interface LinearContrast {
  readonly estimate: number;
  readonly standardError: number;
}

/** An F test that several coefficients are zero. */
export interface JointTest {
  readonly statistic: number;
  readonly numeratorDf: number;
  readonly denominatorDf: number;
  readonly pValue: number;
}

/** Ordinary least squares fit; matrices are row-major over `columnNames`. */
export interface LinearModelFit {
  /** Columns kept, in the order given. */
  readonly columnNames: readonly string[];
  /** Columns left out because they depend linearly on columns before them. */
  readonly aliasedNames: readonly string[];
  readonly coefficients: Float64Array;
  readonly residuals: Float64Array;
  readonly leverages: Float64Array;
  /** n − rank. */
  readonly residualDf: number;
  readonly residualSumOfSquares: number;
  /** √(RSS / residual df). */
  readonly residualStandardDeviation: number;
  /** Share of the variance about the mean that is explained; meaningful when the design has an intercept. */
  readonly rSquared: number;
  readonly logLikelihood: number;
  /** Variance matrix of the coefficients, shape [rank · rank]. */
  readonly variance: (estimator: VarianceEstimator) => Float64Array;
  /** Σ weightⱼ βⱼ; weights over `columnNames`. */
  readonly contrast: (weights: Float64Array, estimator: VarianceEstimator) => LinearContrast;
  /**
   * Whether a subject that is fitted exactly (leverage 1) bears on Σ weightⱼ βⱼ. Such a subject has no residual, so that a
   * robust variance leaves its part out.
   */
  readonly restsOnExactFit: (weights: Float64Array) => boolean;
  /** Wald F test that the coefficients at these positions of `columnNames` are zero. */
  readonly jointTest: (positions: readonly number[], estimator: VarianceEstimator) => JointTest;
}

/** 1 − leverage below which a subject is fitted exactly and says nothing about the variance. */
const EXACT_FIT = 1e-10;
/** Share of a contrast below which a subject does not bear on it. */
const NO_INFLUENCE = 1e-7;

/**
 * Ordinary least squares with model-based and heteroscedasticity-consistent variances (METHODS.md eq. (A1)–(A4)).
 *
 * @param outcome - y, shape [n], finite.
 * @param columns - Design columns of length n, finite; include a column of ones for an intercept.
 * @returns Coefficients, residuals, and functions for variances, contrasts and joint tests. A column that depends on
 *   columns before it is left out and named in `aliasedNames`.
 * @throws DomainError INVALID_INPUT for lengths that differ or values that are not finite; INSUFFICIENT_DATA when no
 *   degree of freedom is left for the residual.
 *
 * Source: Householder QR; White (1980), Econometrica 48:817–838 (HC0); MacKinnon & White (1985), J. Econometrics
 * 29:305–325 (HC1–HC3); Cribari-Neto (2004), CSDA 45:215–233 (HC4). Reference values: tests/reference/ancova.json.
 */
export function fitLinearModel(outcome: Float64Array, columns: readonly DesignColumn[]): LinearModelFit {
  const n = outcome.length;
  assertFinite("outcome", outcome, n);
  for (const column of columns) assertFinite(`columns.${column.name}`, column.values, n);
  const width = columns.length;
  const design = new Float64Array(n * width);
  columns.forEach((column, j) => {
    for (let i = 0; i < n; i++) design[i * width + j] = column.values[i]!;
  });
  const qr = qrDecompose(design, n, width);
  const { rank } = qr;
  const residualDf = n - rank;
  if (residualDf < 1) {
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "outcome",
      received: n,
      requirement: `must have more subjects than the ${rank} coefficients of the model`,
      hint: "Use fewer covariates, or more subjects.",
    });
  }
  const coefficients = leastSquaresCoefficients(qr, outcome);
  const residuals = outcome.slice();
  let mean = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < rank; j++) residuals[i]! -= design[i * width + qr.independentColumns[j]!]! * coefficients[j]!;
    mean += outcome[i]! / n;
  }
  const residualSumOfSquares = residuals.reduce((sum, e) => sum + e * e, 0);
  const totalSumOfSquares = outcome.reduce((sum, y) => sum + (y - mean) ** 2, 0);
  const sigma2 = residualSumOfSquares / residualDf;
  const h = leverages(qr);
  const triangle = inverseOfTriangle(qr);

  const variance = (estimator: VarianceEstimator): Float64Array => {
    const meat = new Float64Array(rank * rank);
    for (let i = 0; i < n; i++) {
      const weight =
        estimator === "model" ? sigma2 : squaredErrorWeight(estimator, h[i]!, n, rank) * residuals[i]! ** 2;
      const row = i * rank;
      for (let a = 0; a < rank; a++) {
        const left = weight * qr.q[row + a]!;
        for (let b = 0; b <= a; b++) meat[a * rank + b]! += left * qr.q[row + b]!;
      }
    }
    for (let a = 0; a < rank; a++) for (let b = 0; b < a; b++) meat[b * rank + a] = meat[a * rank + b]!;
    return sandwich(triangle, meat, rank);
  };
  const cache = new Map<VarianceEstimator, Float64Array>();
  const cachedVariance = (estimator: VarianceEstimator): Float64Array => {
    const known = cache.get(estimator) ?? variance(estimator);
    cache.set(estimator, known);
    return known;
  };

  return {
    columnNames: qr.independentColumns.map((j) => columns[j]!.name),
    aliasedNames: qr.dependentColumns.map((j) => columns[j]!.name),
    coefficients,
    residuals,
    leverages: h,
    residualDf,
    residualSumOfSquares,
    residualStandardDeviation: Math.sqrt(sigma2),
    rSquared: totalSumOfSquares === 0 ? 0 : 1 - residualSumOfSquares / totalSumOfSquares,
    logLikelihood: -0.5 * n * (Math.log(2 * Math.PI * (residualSumOfSquares / n)) + 1),
    variance: cachedVariance,
    contrast: (weights, estimator) => {
      const matrix = cachedVariance(estimator);
      let estimate = 0;
      let square = 0;
      for (let a = 0; a < rank; a++) {
        estimate += weights[a]! * coefficients[a]!;
        for (let b = 0; b < rank; b++) square += weights[a]! * matrix[a * rank + b]! * weights[b]!;
      }
      return { estimate, standardError: Math.sqrt(Math.max(0, square)) };
    },
    restsOnExactFit: (weights) => {
      const direction = Float64Array.from({ length: rank }, (_, j) => {
        let sum = 0;
        for (let a = 0; a <= j; a++) sum += triangle[a * rank + j]! * weights[a]!;
        return sum;
      });
      const size = Math.hypot(...direction);
      return h.some((leverage, i) => {
        if (1 - leverage >= EXACT_FIT) return false;
        const influence = direction.reduce((sum, value, j) => sum + value * qr.q[i * rank + j]!, 0);
        return Math.abs(influence) > NO_INFLUENCE * size;
      });
    },
    jointTest: (positions, estimator) => jointTest(positions, cachedVariance(estimator), coefficients, residualDf),
  };
}

/** Whether a variance divides by 1 − leverage, so that it is undefined where a subject is fitted exactly. */
export function needsLeverage(estimator: VarianceEstimator): boolean {
  return estimator === "HC2" || estimator === "HC3" || estimator === "HC4";
}

/** Factor by which a squared residual is multiplied (METHODS.md eq. (A3)); a subject fitted exactly gets 0. */
export function squaredErrorWeight(
  estimator: Exclude<VarianceEstimator, "model">,
  leverage: number,
  n: number,
  rank: number,
): number {
  const rest = 1 - leverage;
  switch (estimator) {
    case "HC0":
      return 1;
    case "HC1":
      return n / (n - rank);
    case "HC2":
      return rest < EXACT_FIT ? 0 : 1 / rest;
    case "HC3":
      return rest < EXACT_FIT ? 0 : 1 / (rest * rest);
    case "HC4":
      return rest < EXACT_FIT ? 0 : rest ** -Math.min(4, (n * leverage) / rank);
  }
}

/** R⁻¹ M R⁻ᵀ for an upper-triangular R⁻¹. */
function sandwich(triangle: Float64Array, meat: Float64Array, rank: number): Float64Array {
  const half = new Float64Array(rank * rank);
  for (let a = 0; a < rank; a++)
    for (let b = 0; b < rank; b++)
      for (let k = a; k < rank; k++) half[a * rank + b]! += triangle[a * rank + k]! * meat[k * rank + b]!;
  const out = new Float64Array(rank * rank);
  for (let a = 0; a < rank; a++)
    for (let b = 0; b < rank; b++)
      for (let k = b; k < rank; k++) out[a * rank + b]! += half[a * rank + k]! * triangle[b * rank + k]!;
  return out;
}

function jointTest(
  positions: readonly number[],
  variance: Float64Array,
  coefficients: Float64Array,
  denominatorDf: number,
): JointTest {
  const q = positions.length;
  const rank = coefficients.length;
  const block = new Float64Array(q * q);
  const values = new Float64Array(q);
  positions.forEach((a, i) => {
    values[i] = coefficients[a]!;
    positions.forEach((b, j) => {
      block[i * q + j] = variance[a * rank + b]!;
    });
  });
  const cholesky = choleskyDecompose(block, q);
  if (!cholesky.ok) {
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "positions",
      received: [...positions],
      requirement: "must name coefficients whose variance matrix is not singular",
    });
  }
  const solved = choleskySolve(cholesky.factor, q, values);
  const statistic = values.reduce((sum, value, i) => sum + value * solved[i]!, 0) / q;
  return { statistic, numeratorDf: q, denominatorDf, pValue: fisherFUpperTail(statistic, q, denominatorDf) };
}

/** Two-sided p-value of a single coefficient. */
export function coefficientPValue(fit: LinearModelFit, position: number, estimator: VarianceEstimator): number {
  const rank = fit.coefficients.length;
  const standardError = Math.sqrt(fit.variance(estimator)[position * rank + position]!);
  return studentTTwoSidedTail(fit.coefficients[position]! / standardError, fit.residualDf);
}

function assertFinite(argument: string, values: Float64Array, length: number): void {
  if (values.length !== length) {
    throw invalidInput(argument, values.length, `must have one value for each of the ${length} subjects`);
  }
  for (const value of values) {
    if (!Number.isFinite(value)) {
      throw invalidInput(
        argument,
        String(value),
        "must have a finite value for every subject",
        "Leave out subjects with missing values first.",
      );
    }
  }
}
