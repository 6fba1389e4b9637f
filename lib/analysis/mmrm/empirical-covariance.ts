import { DomainError } from "../../errors/domain-error.ts";
import { choleskyInPlace, forwardSubstitute } from "../../numerics/cholesky.ts";
import { symmetricEigen } from "../../numerics/symmetric-eigen.ts";
import type { MmrmFit } from "./fit-mmrm.ts";
import { multiply } from "./kenward-roger.ts";
import { subjectRows } from "./repeated-measures.ts";
import { select } from "./restricted-likelihood.ts";

/** Robust ("sandwich") covariance: as it is (CR0), bias-reduced (CR2), jackknife (CR3). */
export type EmpiricalKind = "empirical" | "empirical-bias-reduced" | "empirical-jackknife";

export interface EmpiricalCovariance {
  /** Over the orthonormal basis, [p · p]. */
  readonly covariance: Float64Array;
  /**
   * Degrees of freedom of a contrast by the working model (Bell & McCaffrey; METHODS.md eq. (M18)).
   *
   * @param weights - Contrast in the orthonormal basis, [p].
   */
  readonly degreesOfFreedom: (weights: Float64Array) => number;
}

/** An eigenvalue of I − H below this is zero: the patient determines a coefficient alone. */
const ZERO_EIGENVALUE = 1e-10;

/**
 * Empirical covariance of the coefficients from the residuals of each patient (METHODS.md eq. (M17)).
 *
 * @throws DomainError NOT_ESTIMABLE for the jackknife when leaving out a patient leaves a coefficient without data.
 *
 * Source: Bell & McCaffrey (2002), Survey Methodology 28:169–181; Pustejovsky & Tipton (2018), JBES 36:672–683.
 */
export function empiricalCovariance(fit: MmrmFit, kind: EmpiricalKind): EmpiricalCovariance {
  const { likelihood } = fit;
  const { prepared, patternModels, state, structure } = likelihood;
  const p = prepared.rank;
  const { phi, gamma } = state;
  /** A_iX̃_i of every patient, [k · p], with the score of the patient. */
  const subjects: { readonly adjusted: Float64Array; readonly plain: Float64Array; readonly k: number }[] = [];
  const meat = new Float64Array(p * p);
  prepared.patterns.forEach((pattern, s) => {
    const k = pattern.visits.length;
    const visits = structure === "spatial-exponential" ? pattern.visits.map((_, a) => a) : pattern.visits;
    const factor = new Float64Array(k * k);
    select(patternModels[s]!.model.sigma, patternModels[s]!.model.order, visits, factor);
    choleskyInPlace(factor, k);
    const rows = new Float64Array(k * (p + 1));
    for (let i = 0; i < pattern.subjects.length; i++) {
      subjectRows(prepared, pattern, i, rows);
      const plain = new Float64Array(k * p);
      const residual = new Float64Array(k);
      const column = new Float64Array(k);
      for (let j = 0; j <= p; j++) {
        for (let a = 0; a < k; a++) column[a] = rows[a * (p + 1) + j]!;
        forwardSubstitute(factor, k, column);
        if (j === p) residual.set(column);
        else for (let a = 0; a < k; a++) plain[a * p + j] = column[a]!;
      }
      for (let a = 0; a < k; a++) for (let j = 0; j < p; j++) residual[a]! -= plain[a * p + j]! * gamma[j]!;
      const adjusted = kind === "empirical" ? plain : adjust(plain, phi, k, p, kind);
      const score = new Float64Array(p);
      for (let a = 0; a < k; a++) for (let j = 0; j < p; j++) score[j]! += adjusted[a * p + j]! * residual[a]!;
      for (let j = 0; j < p; j++) for (let l = 0; l < p; l++) meat[j * p + l]! += score[j]! * score[l]!;
      subjects.push({ adjusted, plain, k });
    }
  });
  const covariance = multiply(multiply(phi, meat, p), phi, p);
  return { covariance, degreesOfFreedom: (weights) => workingModelFreedom(subjects, phi, p, weights) };
}

/** A X̃ with A = (I − H)⁻¹ or its symmetric root, H = X̃ΦX̃ᵀ. */
function adjust(
  plain: Float64Array,
  phi: Float64Array,
  k: number,
  p: number,
  kind: "empirical-bias-reduced" | "empirical-jackknife",
): Float64Array {
  const rest = new Float64Array(k * k);
  for (let a = 0; a < k; a++)
    for (let b = 0; b <= a; b++) {
      let h = 0;
      for (let i = 0; i < p; i++) {
        let inner = 0;
        for (let j = 0; j < p; j++) inner += phi[i * p + j]! * plain[b * p + j]!;
        h += plain[a * p + i]! * inner;
      }
      rest[a * k + b] = rest[b * k + a] = (a === b ? 1 : 0) - h;
    }
  const { values, vectors } = symmetricEigen(rest, k);
  const power = Array.from(values, (value) => {
    if (value > ZERO_EIGENVALUE) return kind === "empirical-jackknife" ? 1 / value : 1 / Math.sqrt(value);
    if (kind === "empirical-bias-reduced") return 0;
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "covariance",
      received: kind,
      requirement: "must have no patient who alone determines a coefficient",
      hint: "Use the bias-reduced or the model-based covariance, or merge rare categories.",
    });
  });
  const adjusted = new Float64Array(k * p);
  for (let l = 0; l < k; l++)
    for (let j = 0; j < p; j++) {
      let along = 0;
      for (let a = 0; a < k; a++) along += vectors[a * k + l]! * plain[a * p + j]!;
      for (let a = 0; a < k; a++) adjusted[a * p + j]! += vectors[a * k + l]! * power[l]! * along;
    }
  return adjusted;
}

/** tr(G)²/tr(G²), G_ij = δ_ij u_iᵀu_i − z_iᵀΦz_j with u_i = A_iX̃_iΦl and z_i = X̃_iᵀu_i. */
function workingModelFreedom(
  subjects: readonly { readonly adjusted: Float64Array; readonly plain: Float64Array; readonly k: number }[],
  phi: Float64Array,
  p: number,
  weights: Float64Array,
): number {
  const direction = new Float64Array(p);
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) direction[i]! += phi[i * p + j]! * weights[j]!;
  let trace = 0;
  let squares = 0;
  const outer = new Float64Array(p * p);
  for (const { adjusted, plain, k } of subjects) {
    const z = new Float64Array(p);
    let own = 0;
    for (let a = 0; a < k; a++) {
      let u = 0;
      for (let j = 0; j < p; j++) u += adjusted[a * p + j]! * direction[j]!;
      own += u * u;
      for (let j = 0; j < p; j++) z[j]! += plain[a * p + j]! * u;
    }
    let pulled = 0;
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++) {
        pulled += z[i]! * phi[i * p + j]! * z[j]!;
        outer[i * p + j]! += z[i]! * z[j]!;
      }
    trace += own - pulled;
    squares += own * own - 2 * own * pulled;
  }
  // Σ_ij (z_iᵀΦz_j)² = tr((ΦZ)²), Z = Σ z_iz_iᵀ.
  const product = multiply(phi, outer, p);
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) squares += product[i * p + j]! * product[j * p + i]!;
  return (trace * trace) / squares;
}
