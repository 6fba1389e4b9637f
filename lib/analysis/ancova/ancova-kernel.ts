import { invalidInput } from "../../errors/domain-error.ts";
import { squaredErrorWeight, type VarianceEstimator } from "./linear-model.ts";

/** A covariate whose part outside the columns before it has a smaller share of its variance than this is left out. */
const DEPENDENCE_TOLERANCE = 1e-12;

/**
 * Treatment effect of outcome on [1, covariates, treatment] from sufficient statistics, for simulations: nothing is
 * allocated after construction, and the numbers are those of `fitAncova` (METHODS.md eq. (A9)–(A11)).
 *
 * Either `reset`, `add` a row at a time and `solve`, or `fit` whole arrays. Results stay in the public fields until the
 * next call. A covariate that is constant or depends on those before it is left out, as in `fitAncova`.
 */
export class AncovaKernel {
  readonly covariateCount: number;
  /** Experimental minus control. */
  estimate = 0;
  /** Model-based, or the robust one after `fit` with a robust estimator. */
  standardError = 0;
  /** n − rank. */
  degreesOfFreedom = 0;
  residualVariance = 0;
  subjects = 0;

  /** Number of variables whose cross-products are kept: covariates, treatment, outcome, in this order. */
  private readonly size: number;
  private readonly shift: Float64Array;
  private readonly sums: Float64Array;
  /** Lower triangle, row-major. */
  private readonly products: Float64Array;
  private readonly factor: Float64Array;
  private readonly row: Float64Array;
  private rank = 0;

  /** @param covariateCount - Number of covariates k, from 0 to 64. */
  constructor(covariateCount: number) {
    if (!Number.isInteger(covariateCount) || covariateCount < 0 || covariateCount > 64) {
      throw invalidInput("covariateCount", covariateCount, "must be a whole number from 0 to 64");
    }
    this.covariateCount = covariateCount;
    this.size = covariateCount + 2;
    this.shift = new Float64Array(this.size);
    this.sums = new Float64Array(this.size);
    this.products = new Float64Array(this.size * this.size);
    this.factor = new Float64Array(this.size * this.size);
    this.row = new Float64Array(this.size);
  }

  /** Forgets all rows. */
  reset(): void {
    this.subjects = 0;
    this.sums.fill(0);
    this.products.fill(0);
  }

  /**
   * Adds one subject.
   *
   * @param outcome - Outcome, finite.
   * @param treatment - 1 for experimental, 0 for control.
   * @param covariates - Array that holds the k covariates of the subject from `offset`.
   */
  add(outcome: number, treatment: number, covariates: Float64Array, offset: number): void {
    const { size, shift, sums, products, row, covariateCount } = this;
    // Values relative to the first subject: cross-products do not lose digits when means are large.
    if (this.subjects === 0) {
      for (let j = 0; j < covariateCount; j++) shift[j] = covariates[offset + j]!;
      shift[covariateCount] = 0;
      shift[covariateCount + 1] = outcome;
    }
    this.subjects += 1;
    for (let j = 0; j < covariateCount; j++) row[j] = covariates[offset + j]! - shift[j]!;
    row[covariateCount] = treatment;
    row[covariateCount + 1] = outcome - shift[covariateCount + 1]!;
    for (let a = 0; a < size; a++) {
      const value = row[a]!;
      sums[a]! += value;
      const start = a * size;
      for (let b = 0; b <= a; b++) products[start + b]! += value * row[b]!;
    }
  }

  /**
   * Computes estimate, model-based standard error and degrees of freedom from the rows added.
   *
   * @returns false when the effect cannot be estimated: an arm is empty, the arm depends on the covariates, or no
   *   residual degree of freedom is left.
   */
  solve(): boolean {
    const { size, sums, products, factor, subjects } = this;
    const treatment = size - 2;
    const outcome = size - 1;
    let rank = 1;
    for (let i = 0; i < size; i++) {
      const rowI = i * size;
      const meanI = sums[i]! / subjects;
      const total = products[rowI + i]! - meanI * sums[i]!;
      let pivot = total;
      for (let j = 0; j < i; j++) {
        const rowJ = j * size;
        const diagonal = factor[rowJ + j]!;
        if (diagonal === 0) {
          factor[rowI + j] = 0;
          continue;
        }
        let sum = products[rowI + j]! - meanI * sums[j]!;
        for (let k = 0; k < j; k++) sum -= factor[rowI + k]! * factor[rowJ + k]!;
        const value = sum / diagonal;
        factor[rowI + j] = value;
        pivot -= value * value;
      }
      if (i === outcome) {
        factor[rowI + i] = pivot > 0 ? Math.sqrt(pivot) : 0;
      } else if (pivot > DEPENDENCE_TOLERANCE * total && pivot > 0) {
        factor[rowI + i] = Math.sqrt(pivot);
        rank += 1;
      } else {
        if (i === treatment) return false;
        factor[rowI + i] = 0;
      }
    }
    this.rank = rank;
    this.degreesOfFreedom = subjects - rank;
    if (this.degreesOfFreedom < 1) return false;
    const own = factor[treatment * size + treatment]!;
    this.residualVariance = factor[outcome * size + outcome]! ** 2 / this.degreesOfFreedom;
    this.estimate = factor[outcome * size + treatment]! / own;
    this.standardError = Math.sqrt(this.residualVariance) / own;
    return true;
  }

  /**
   * Fits whole arrays.
   *
   * @param subjects - Number of rows n to use.
   * @param outcome - Shape [≥ n].
   * @param treatment - 1 or 0, shape [≥ n].
   * @param covariates - Row-major, shape [≥ n · k].
   * @param estimator - Variance estimator; robust ones take a second pass over the rows.
   * @returns As {@link solve}.
   */
  fit(
    subjects: number,
    outcome: Float64Array,
    treatment: ArrayLike<number>,
    covariates: Float64Array,
    estimator: VarianceEstimator = "model",
  ): boolean {
    this.reset();
    const k = this.covariateCount;
    for (let i = 0; i < subjects; i++) this.add(outcome[i]!, treatment[i]!, covariates, i * k);
    if (!this.solve()) return false;
    if (estimator !== "model") this.standardError = this.robustStandardError(outcome, treatment, covariates, estimator);
    return true;
  }

  /** Σ cᵢ² wᵢ eᵢ², where one forward substitution a row gives cᵢ, the leverage and the residual eᵢ. */
  private robustStandardError(
    outcome: Float64Array,
    treatment: ArrayLike<number>,
    covariates: Float64Array,
    estimator: Exclude<VarianceEstimator, "model">,
  ): number {
    const { size, sums, shift, factor, row, covariateCount, subjects, rank } = this;
    const own = factor[(size - 2) * size + size - 2]!;
    let sum = 0;
    for (let i = 0; i < subjects; i++) {
      for (let j = 0; j < covariateCount; j++) {
        row[j] = covariates[i * covariateCount + j]! - shift[j]! - sums[j]! / subjects;
      }
      row[size - 2] = treatment[i]! - sums[size - 2]! / subjects;
      row[size - 1] = outcome[i]! - shift[size - 1]! - sums[size - 1]! / subjects;
      let leverage = 1 / subjects;
      for (let a = 0; a < size; a++) {
        let value = row[a]!;
        for (let b = 0; b < a; b++) value -= factor[a * size + b]! * row[b]!;
        if (a === size - 1) {
          row[a] = value;
        } else {
          const diagonal = factor[a * size + a]!;
          row[a] = diagonal === 0 ? 0 : value / diagonal;
          leverage += row[a]! * row[a]!;
        }
      }
      const influence = row[size - 2]! / own;
      const residual = row[size - 1]!;
      sum += influence * influence * residual * residual * squaredErrorWeight(estimator, leverage, subjects, rank);
    }
    return Math.sqrt(sum);
  }
}
