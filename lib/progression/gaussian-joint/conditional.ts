import { DomainError } from "../../errors/domain-error.ts";
import { sweep } from "./sweep.ts";

/** Conditional law of some items of a multivariate normal given others. */
export interface ConditionalLaw {
  /** [g] positions conditioned on. */
  readonly given: Int32Array;
  /** [t] positions predicted. */
  readonly target: Int32Array;
  /** [t × g] B = Σ_tg Σ_gg⁻¹. */
  readonly coefficients: Float64Array;
  /** [t × t] Σ_tt − B Σ_gt, symmetric. */
  readonly covariance: Float64Array;
  /** [g × g] Σ_gg⁻¹, symmetric. */
  readonly precision: Float64Array;
}

/**
 * Exact conditioning of a multivariate normal on any subset of its items.
 *
 * mean(t | g) = μ_t + B (z_g − μ_g), B = Σ_tg Σ_gg⁻¹, cov(t | g) = Σ_tt − B Σ_gt. METHODS.md, equation (P3).
 *
 * @param covariance - [D × D] row-major, symmetric positive definite.
 * @param dimension - D.
 * @param given - Positions conditioned on; may be empty.
 * @param target - Positions predicted, disjoint from `given`.
 * @returns Coefficients, residual covariance and precision of the given items.
 * @throws DomainError NOT_ESTIMABLE when the given items determine one another.
 */
export function conditionalLaw(
  covariance: Float64Array,
  dimension: number,
  given: Int32Array,
  target: Int32Array,
): ConditionalLaw {
  const D = dimension;
  const g = given.length;
  const t = target.length;
  const work = Float64Array.from(covariance);
  const column = new Float64Array(D);
  for (const k of given) {
    if (!(sweep(work, D, k, column) > 0)) {
      throw new DomainError("NOT_ESTIMABLE", {
        argument: "covariance",
        received: `${D} × ${D} matrix`,
        requirement: "must be positive definite over the items conditioned on",
        hint: "Use parameters from a fit, unchanged.",
      });
    }
  }
  const at = (i: number, j: number) => (i >= j ? work[i * D + j]! : work[j * D + i]!);
  const coefficients = new Float64Array(t * g);
  const residual = new Float64Array(t * t);
  const precision = new Float64Array(g * g);
  for (let a = 0; a < t; a++) {
    for (let b = 0; b < g; b++) coefficients[a * g + b] = at(target[a]!, given[b]!);
    for (let b = 0; b < t; b++) residual[a * t + b] = at(target[a]!, target[b]!);
  }
  for (let a = 0; a < g; a++) for (let b = 0; b < g; b++) precision[a * g + b] = -at(given[a]!, given[b]!);
  return { given, target, coefficients, covariance: residual, precision };
}

/**
 * Conditional mean of the target items for one patient.
 *
 * @param law - From {@link conditionalLaw}.
 * @param mean - [D] μ.
 * @param values - [D] z; only the given positions are read.
 * @param into - [t] receives the mean.
 */
export function conditionalMean(
  law: ConditionalLaw,
  mean: Float64Array,
  values: Float64Array,
  into: Float64Array,
): void {
  const { given, target, coefficients } = law;
  const g = given.length;
  for (let a = 0; a < target.length; a++) {
    let sum = mean[target[a]!]!;
    for (let b = 0; b < g; b++) sum += coefficients[a * g + b]! * (values[given[b]!]! - mean[given[b]!]!);
    into[a] = sum;
  }
}

/**
 * Squared Mahalanobis distance (z_g − μ_g)ᵀ Σ_gg⁻¹ (z_g − μ_g) of the given items.
 *
 * @param law - From {@link conditionalLaw}.
 * @param mean - [D] μ.
 * @param values - [D] z; only the given positions are read.
 * @returns Distance ≥ 0, dimensionless; 0 when nothing is given.
 */
export function squaredDistance(law: ConditionalLaw, mean: Float64Array, values: Float64Array): number {
  const { given, precision } = law;
  const g = given.length;
  let sum = 0;
  for (let a = 0; a < g; a++) {
    const x = values[given[a]!]! - mean[given[a]!]!;
    let inner = 0;
    for (let b = 0; b < g; b++) inner += precision[a * g + b]! * (values[given[b]!]! - mean[given[b]!]!);
    sum += x * inner;
  }
  return sum;
}
