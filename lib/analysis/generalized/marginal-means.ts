import { DomainError } from "../../errors/domain-error.ts";
import type { ModelDesign } from "../model-design.ts";
import type { GlmFit } from "./fit-glm.ts";
import { meanDerivative, meanOf } from "./link-function.ts";
import { type GlmCovariance, glmCovariance } from "./robust-covariance.ts";

/**
 * Variance of standardised means:
 * - `ge`: delta method from a covariance of the coefficients (named, or as a matrix), covariates held as observed;
 * - `ye`: for the population from which patients are drawn; with strata, less what permuted blocks within them remove.
 */
export type MarginalVariance =
  | { readonly method: "ge"; readonly covariance: GlmCovariance | Float64Array }
  | {
      readonly method: "ye";
      /**
       * `decomposed` takes the residual variance apart as RobinCar does; `direct` is the formula as first published.
       */
      readonly form: "decomposed" | "direct";
      /** Stratum of each row, for randomisation in permuted blocks within strata; null for simple randomisation. */
      readonly strata: ArrayLike<number> | null;
    };

/** Standardised means of the arms: what would be seen if all patients had each treatment. */
export interface MarginalMeans {
  /** One an arm. */
  readonly means: Float64Array;
  /** [arms · arms] row-major. */
  readonly covariance: Float64Array;
}

/** The design with all patients on one arm: X with the arm's columns replaced, independent columns only. */
export function designOnArm(model: ModelDesign, fit: GlmFit, armVariable: string, arm: number): Float64Array {
  const { rank, rows, independentColumns } = fit;
  const design = new Float64Array(rows * rank);
  independentColumns.forEach((column, j) => {
    const { factors } = model.columns[column]!;
    for (let i = 0; i < rows; i++) {
      let product = 1;
      for (const { variable, level } of factors) {
        const source = model.variables.get(variable)!;
        if (source.kind === "numeric") product *= source.values[i]!;
        else product *= (variable === armVariable ? arm : source.codes[i]!) === level ? 1 : 0;
      }
      design[i * rank + j] = product;
    }
  });
  return design;
}

/**
 * Means of the outcome standardised over the patients analysed (g-computation), with their covariance
 * (METHODS.md eq. (G6) to (G9)).
 *
 * @param designs - X with all patients on each arm, from {@link designOnArm}.
 * @param arm - Arm of each row.
 * @param offset - Known part of the predictor at which means are taken; the fit's own when absent, zero for a rate per unit.
 * @throws DomainError UNSUPPORTED_COMBINATION for the `ye` variance of means at another offset than the observed one.
 *
 * Source: Ge et al. (2011), Drug Inf. J. 45:481–493; Ye, Shao, Yi & Zhao (2023), Stat. Theory Relat. Fields 7:159–163;
 * Ye, Yi & Shao (2022), JASA 118:2370–2382, eq. (18) (strata); Bannick et al. (2023), arXiv 2306.10213.
 */
export function marginalMeans(
  fit: GlmFit,
  designs: readonly Float64Array[],
  arm: ArrayLike<number>,
  variance: MarginalVariance,
  offset: Float64Array | null = null,
): MarginalMeans {
  const { rows, rank, coefficients } = fit;
  const shift = offset ?? fit.offset;
  const arms = designs.length;
  const predicted = designs.map(() => new Float64Array(rows));
  const gradients = new Float64Array(arms * rank);
  const means = new Float64Array(arms);
  designs.forEach((design, a) => {
    const values = predicted[a]!;
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      let eta = shift[i]!;
      for (let j = 0; j < rank; j++) eta += design[i * rank + j]! * coefficients[j]!;
      const slope = meanDerivative(fit.family.link, eta) / rows;
      for (let j = 0; j < rank; j++) gradients[a * rank + j]! += slope * design[i * rank + j]!;
      values[i] = meanOf(fit.family.link, eta);
      sum += values[i]!;
    }
    means[a] = sum / rows;
  });
  if (variance.method === "ge")
    return { means, covariance: quadraticForm(gradients, matrixOf(fit, variance.covariance), arms, rank) };
  if (offset !== null)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "variance",
      received: "ye",
      requirement: "must be a delta-method variance when rates are standardised to one unit of exposure",
      hint: 'Choose "ge" with HC3, or the conditional rate ratio.',
    });
  const corrected = biasCorrected(fit, predicted, means, arm);
  return { means: corrected, covariance: yeCovariance(fit, predicted, arm, variance) };
}

function matrixOf(fit: GlmFit, covariance: GlmCovariance | Float64Array): Float64Array {
  return typeof covariance === "string" ? glmCovariance(fit, covariance) : covariance;
}

/**
 * Prediction means moved by the mean residual of each arm. With a canonical link and the arm in the model that is zero; for
 * others, and for penalised likelihood, it makes the standardised mean consistent whatever the true model.
 */
function biasCorrected(
  fit: GlmFit,
  predicted: readonly Float64Array[],
  means: Float64Array,
  arm: ArrayLike<number>,
): Float64Array {
  return means.map((mean, a) => {
    let residual = 0;
    let count = 0;
    for (let i = 0; i < fit.rows; i++) {
      if (arm[i] !== a) continue;
      residual += fit.response[i]! - predicted[a]![i]!;
      count++;
    }
    return mean + residual / count;
  });
}

/** Σ over arms as in eq. (G8), less the stratified part of eq. (G9). */
function yeCovariance(
  fit: GlmFit,
  predicted: readonly Float64Array[],
  arm: ArrayLike<number>,
  { form, strata }: Extract<MarginalVariance, { method: "ye" }>,
): Float64Array {
  const { rows, response } = fit;
  const arms = predicted.length;
  const members = predicted.map((_, a) => {
    const rowsOfArm: number[] = [];
    for (let i = 0; i < rows; i++) if (arm[i] === a) rowsOfArm.push(i);
    if (rowsOfArm.length < 2)
      throw new DomainError("INSUFFICIENT_DATA", {
        argument: "arm",
        received: rowsOfArm.length,
        requirement: "must have at least 2 patients in each arm",
      });
    return rowsOfArm;
  });
  const everybody = Array.from({ length: rows }, (_, i) => i);
  const shares = members.map((list) => list.length / rows);
  const covariance = new Float64Array(arms * arms);
  for (let a = 0; a < arms; a++) {
    const own = members[a]!;
    const p = predicted[a]!;
    const cross = covarianceOver(own, response, p);
    const spread = covarianceOver(everybody, p, p);
    const residual =
      form === "direct"
        ? covarianceOver(
            own,
            response.map((y, i) => y - p[i]!),
            response.map((y, i) => y - p[i]!),
          )
        : covarianceOver(own, response, response) - 2 * cross + spread;
    covariance[a * arms + a] = residual / shares[a]! + 2 * cross - spread;
    for (let b = 0; b < a; b++) {
      const q = predicted[b]!;
      const value =
        covarianceOver(own, response, q) + covarianceOver(members[b]!, response, p) - covarianceOver(everybody, p, q);
      covariance[a * arms + b] = value;
      covariance[b * arms + a] = value;
    }
  }
  if (strata !== null) subtractStrata(covariance, fit, arm, strata, shares);
  return covariance.map((value) => value / rows);
}

/** Randomisation in permuted blocks removes the variation between strata of the arms' mean residuals. */
function subtractStrata(
  covariance: Float64Array,
  fit: GlmFit,
  arm: ArrayLike<number>,
  strata: ArrayLike<number>,
  shares: readonly number[],
): void {
  const arms = shares.length;
  const levels = [...new Set(Array.from(strata))];
  for (const level of levels) {
    const sums = new Float64Array(arms);
    const counts = new Float64Array(arms);
    for (let i = 0; i < fit.rows; i++) {
      if (strata[i] !== level) continue;
      sums[arm[i]!]! += fit.response[i]! - fit.fitted[i]!;
      counts[arm[i]!]! += 1;
    }
    const size = counts.reduce((total, count) => total + count, 0);
    const missing = counts.indexOf(0);
    if (missing >= 0)
      throw new DomainError("NOT_ESTIMABLE", {
        argument: "strata",
        received: level,
        requirement: "must each hold patients of every arm for the variance that credits stratified randomisation",
        hint: "Merge small strata, or use the variance without strata.",
      });
    const scaled = sums.map((sum, a) => sum / counts[a]! / shares[a]!);
    for (let a = 0; a < arms; a++)
      for (let b = 0; b < arms; b++) {
        const omega = (a === b ? shares[a]! : 0) - shares[a]! * shares[b]!;
        covariance[a * arms + b]! -= (size / fit.rows) * scaled[a]! * omega * scaled[b]!;
      }
  }
}

/** Sample covariance over some rows, divisor n − 1. */
function covarianceOver(rows: readonly number[], x: Float64Array, y: Float64Array): number {
  let mx = 0;
  let my = 0;
  for (const i of rows) {
    mx += x[i]!;
    my += y[i]!;
  }
  mx /= rows.length;
  my /= rows.length;
  let sum = 0;
  for (const i of rows) sum += (x[i]! - mx) * (y[i]! - my);
  return sum / (rows.length - 1);
}

/** D V Dᵀ. */
function quadraticForm(d: Float64Array, v: Float64Array, arms: number, rank: number): Float64Array {
  const out = new Float64Array(arms * arms);
  for (let a = 0; a < arms; a++)
    for (let b = 0; b < arms; b++) {
      let sum = 0;
      for (let j = 0; j < rank; j++)
        for (let k = 0; k < rank; k++) sum += d[a * rank + j]! * v[j * rank + k]! * d[b * rank + k]!;
      out[a * arms + b] = sum;
    }
  return out;
}
