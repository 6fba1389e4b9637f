import { DomainError } from "../../errors/domain-error.ts";
import { inverseOfTriangle, qrDecompose } from "../../numerics/qr.ts";

/**
 * Analysis of covariance of completed data at one visit as linear maps of the outcome: prepared once, applied to many
 * imputations.
 */
export interface VisitComparison {
  /** Arms minus control, then mean of every arm. */
  readonly contrastCount: number;
  /** Estimates are these weights times the outcome, [contrast · patient]. */
  readonly weights: Float64Array;
  /** lᵀ(XᵀX)⁻¹l of each contrast. */
  readonly unitVariance: Float64Array;
  /** n − rank. */
  readonly residualDf: number;
  /** Orthonormal columns that span the design, [patient · rank]. */
  readonly basis: Float64Array;
  readonly rank: number;
}

/**
 * Prepares the comparison of arms at a visit: outcome on arm and covariates, means at the observed covariates
 * (METHODS.md eq. (D8)).
 *
 * @param arm - [patient]; 0 is the control.
 * @param covariates - Columns of covariates, each [patient].
 * @param patients - Patients analysed, by index, possibly several times; positions in this list are the "patients" of the
 *   result.
 * @throws DomainError INSUFFICIENT_DATA without residual degrees of freedom or for an empty arm; NOT_ESTIMABLE when
 *   covariates determine the arm.
 */
export function visitComparison(
  arm: ArrayLike<number>,
  armCount: number,
  covariates: readonly Float64Array[],
  patients: ArrayLike<number>,
): VisitComparison {
  const n = patients.length;
  const width = armCount + covariates.length;
  const design = new Float64Array(n * width);
  const means = new Float64Array(width);
  const counts = new Int32Array(armCount);
  for (let i = 0; i < n; i++) {
    const patient = patients[i]!;
    const row = i * width;
    design[row] = 1;
    counts[arm[patient]!]!++;
    if (arm[patient]! > 0) design[row + arm[patient]!] = 1;
    for (let c = 0; c < covariates.length; c++) {
      const value = covariates[c]![patient]!;
      design[row + armCount + c] = value;
      means[armCount + c]! += value / n;
    }
  }
  const empty = counts.indexOf(0);
  if (empty !== -1)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "arm",
      received: empty,
      requirement: "must have patients with known covariates in every arm (index of the arm given)",
    });
  const qr = qrDecompose(design, n, width);
  if (n <= qr.rank)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "covariates",
      received: n,
      requirement: `must leave residual degrees of freedom: there are ${qr.rank} coefficients; the number of patients is that received`,
      hint: "Use fewer covariates.",
    });
  if (qr.dependentColumns.some((column) => column < armCount))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "covariates",
      received: covariates.length,
      requirement: "must not determine the arm of a patient",
      hint: "Leave out the covariate that is confounded with the arm.",
    });
  const { rank, q } = qr;
  const inverse = inverseOfTriangle(qr);
  const contrastCount = 2 * armCount - 1;
  const weights = new Float64Array(contrastCount * n);
  const unitVariance = new Float64Array(contrastCount);
  const coordinates = new Float64Array(rank);
  for (let c = 0; c < contrastCount; c++) {
    const target = c < armCount - 1 ? c + 1 : c - (armCount - 1);
    const entry = (column: number) => {
      if (c < armCount - 1) return column === target ? 1 : 0;
      return column === 0 || column === target ? 1 : column < armCount ? 0 : means[column]!;
    };
    // R⁻ᵀ l
    for (let j = 0; j < rank; j++) {
      let sum = 0;
      for (let i = 0; i <= j; i++) sum += inverse[i * rank + j]! * entry(qr.independentColumns[i]!);
      coordinates[j] = sum;
      unitVariance[c]! += sum * sum;
    }
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < rank; j++) sum += q[i * rank + j]! * coordinates[j]!;
      weights[c * n + i] = sum;
    }
  }
  return { contrastCount, weights, unitVariance, residualDf: n - rank, basis: q, rank };
}

/** Estimate of a contrast for an outcome, [patient]. */
export function contrastOf({ weights }: VisitComparison, contrast: number, outcome: Float64Array): number {
  const n = outcome.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += weights[contrast * n + i]! * outcome[i]!;
  return sum;
}

/** Residuals of an outcome, into `out`, [patient]. */
export function residualsOf({ basis, rank }: VisitComparison, outcome: Float64Array, out: Float64Array): void {
  const n = outcome.length;
  out.set(outcome);
  for (let j = 0; j < rank; j++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += basis[i * rank + j]! * out[i]!;
    for (let i = 0; i < n; i++) out[i]! -= basis[i * rank + j]! * sum;
  }
}
