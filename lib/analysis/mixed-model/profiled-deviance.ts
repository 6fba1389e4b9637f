import { choleskyInPlace, choleskyInverseInto } from "../../numerics/cholesky.ts";
import { type PatternStatistics, triangleSize } from "./pattern-statistics.ts";
import { factorInto, type RelativeFactor } from "./relative-factor.ts";

/** Restricted or full maximum likelihood. */
export type Criterion = "REML" | "ML";

/** Work arrays and last results of {@link profiledDeviance}; one is made a fit and used for every evaluation. */
export interface DevianceWork {
  readonly structure: RelativeFactor;
  readonly statistics: PatternStatistics;
  readonly criterion: Criterion;
  readonly observations: number;
  /** 2 log |det R| of the orthonormalisation of the fixed design. */
  readonly designLogDeterminant: number;
  /** Λ at the last evaluation, shape [q · q]. */
  readonly lambda: Float64Array;
  /** K = Λ (I + ΛᵀNΛ)⁻¹ Λᵀ of each pattern, shape [patterns · q · q]. */
  readonly shrinkage: Float64Array;
  /** Cholesky factor of Qᵀ V⁻¹ Q (relative V), shape [p · p]. */
  readonly fixedFactor: Float64Array;
  /** Coefficients of the basis, shape [p]; they are added to the least-squares ones. */
  readonly coefficients: Float64Array;
  /** r² at 0: penalized residual sum of squares. */
  readonly residual: Float64Array;
  readonly moment: Float64Array;
  readonly weight: Float64Array;
  readonly small: Float64Array;
}

export function devianceWork(
  structure: RelativeFactor,
  statistics: PatternStatistics,
  criterion: Criterion,
  observations: number,
  designLogDeterminant: number,
): DevianceWork {
  const q = structure.size;
  const p = statistics.width - 1;
  return {
    structure,
    statistics,
    criterion,
    observations,
    designLogDeterminant,
    lambda: new Float64Array(q * q),
    shrinkage: new Float64Array(statistics.patternCount * q * q),
    fixedFactor: new Float64Array(p * p),
    coefficients: new Float64Array(p),
    residual: new Float64Array(1),
    moment: new Float64Array(triangleSize(p + 1)),
    weight: new Float64Array(triangleSize(p + 1)),
    small: new Float64Array(5 * q * q + 2 * p * p),
  };
}

/** Degrees of freedom by which the residual sum of squares is divided: n − p for REML, n for ML. */
export function varianceDivisor({ criterion, observations, statistics }: DevianceWork): number {
  return criterion === "REML" ? observations - (statistics.width - 1) : observations;
}

/**
 * Minus twice the log-likelihood at its maximum over fixed effects and residual variance, as a function of the relative
 * covariance factor (METHODS.md eq. (L6), (L7)).
 *
 * @param theta - Elements of Λ.
 * @returns The deviance; Infinity where it cannot be computed.
 *
 * Source: Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), eqs. (30)–(42).
 */
export function profiledDeviance(work: DevianceWork, theta: ArrayLike<number>): number {
  const { structure, statistics, lambda, shrinkage, moment, fixedFactor, coefficients, small, criterion } = work;
  const q = structure.size;
  const { width, patternCount, gram, products, counts } = statistics;
  const p = width - 1;
  const step = triangleSize(width);
  factorInto(structure, theta, lambda);
  moment.set(statistics.total);
  let logDeterminant = statistics.logDeterminant[0]!;
  for (let g = 0; g < patternCount; g++) {
    const half = shrinkageInto(lambda, q, gram, g * q * q, small, shrinkage);
    if (!Number.isFinite(half)) return Infinity;
    logDeterminant += 2 * half * counts[g]!;
    let base = g * triangleSize(q) * step;
    for (let a = 0; a < q; a++) {
      for (let b = 0; b <= a; b++) {
        const weight = (a === b ? 1 : 2) * shrinkage[(g * q + a) * q + b]!;
        for (let k = 0; k < step; k++) moment[k]! -= weight * products[base + k]!;
        base += step;
      }
    }
  }
  let at = 0;
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++) fixedFactor[j * p + i] = moment[at++]!;
    coefficients[i] = moment[at++]!;
  }
  if (choleskyInPlace(fixedFactor, p) !== -1) return Infinity;
  let residual = moment[at]!;
  let fixedHalf = 0;
  for (let i = 0; i < p; i++) {
    let sum = coefficients[i]!;
    for (let k = 0; k < i; k++) sum -= fixedFactor[i * p + k]! * coefficients[k]!;
    const value = sum / fixedFactor[i * p + i]!;
    coefficients[i] = value;
    residual -= value * value;
    fixedHalf += Math.log(fixedFactor[i * p + i]!);
  }
  for (let i = p - 1; i >= 0; i--) {
    let sum = coefficients[i]!;
    for (let k = i + 1; k < p; k++) sum -= fixedFactor[k * p + i]! * coefficients[k]!;
    coefficients[i] = sum / fixedFactor[i * p + i]!;
  }
  work.residual[0] = residual;
  if (!(residual > 0)) return Infinity;
  const divisor = varianceDivisor(work);
  const restricted = criterion === "REML" ? 2 * fixedHalf + work.designLogDeterminant : 0;
  return logDeterminant + restricted + divisor * (1 + Math.log((2 * Math.PI * residual) / divisor));
}

/**
 * Gradient of the profiled deviance by θ at the point last evaluated (METHODS.md eq. (L8)).
 *
 * @param out - Receives one value an element of θ.
 */
export function profiledGradient(work: DevianceWork, out: Float64Array): void {
  const { structure, statistics, lambda, shrinkage, fixedFactor, coefficients, weight, small, criterion } = work;
  const q = structure.size;
  const { width, patternCount, gram, products, counts } = statistics;
  const p = width - 1;
  const step = triangleSize(width);
  const scale = varianceDivisor(work) / work.residual[0]!;
  const inverse = small.subarray(5 * q * q, 5 * q * q + p * p);
  if (criterion === "REML") choleskyInverseInto(fixedFactor, p, inverse);
  // ⟨C, weight⟩ over upper triangles: off-diagonal elements count twice.
  let at = 0;
  for (let i = 0; i < width; i++) {
    const si = i < p ? -coefficients[i]! : 1;
    for (let j = i; j < width; j++) {
      const sj = j < p ? -coefficients[j]! : 1;
      const restricted = criterion === "REML" && j < p ? inverse[i * p + j]! : 0;
      weight[at++] = (i === j ? 1 : 2) * (scale * si * sj + restricted);
    }
  }
  const gamma = small.subarray(0, q * q);
  const left = small.subarray(q * q, 2 * q * q);
  const inner = small.subarray(2 * q * q, 3 * q * q);
  gamma.fill(0);
  for (let g = 0; g < patternCount; g++) {
    const block = g * q * q;
    // left = I − N K
    for (let i = 0; i < q; i++) {
      for (let j = 0; j < q; j++) {
        let sum = i === j ? 1 : 0;
        for (let k = 0; k < q; k++) sum -= gram[block + i * q + k]! * shrinkage[block + k * q + j]!;
        left[i * q + j] = sum;
      }
    }
    let base = g * triangleSize(q) * step;
    for (let a = 0; a < q; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let k = 0; k < step; k++) sum += weight[k]! * products[base + k]!;
        inner[a * q + b] = sum;
        inner[b * q + a] = sum;
        base += step;
      }
    }
    // Γ += c (I − N K) N − (I − N K) F (I − K N)
    for (let i = 0; i < q; i++) {
      for (let j = 0; j < q; j++) {
        let sum = 0;
        for (let k = 0; k < q; k++) {
          sum += counts[g]! * left[i * q + k]! * gram[block + k * q + j]!;
          let row = 0;
          for (let l = 0; l < q; l++) row += inner[k * q + l]! * left[j * q + l]!;
          sum -= left[i * q + k]! * row;
        }
        gamma[i * q + j]! += sum;
      }
    }
  }
  const { entries } = structure;
  for (let k = 0; k < entries.length; k++) {
    const { row, column } = entries[k]!;
    let sum = 0;
    for (let l = 0; l < q; l++) sum += gamma[row * q + l]! * lambda[l * q + column]!;
    out[k] = 2 * sum;
  }
}

/**
 * K of one pattern from Λ and N, written at the same offset.
 *
 * @returns ½ log |I + Λᵀ N Λ|; NaN when it is not positive definite.
 */
function shrinkageInto(
  lambda: Float64Array,
  q: number,
  gram: Float64Array,
  offset: number,
  small: Float64Array,
  out: Float64Array,
): number {
  // small: [0) NΛ, [1) I + ΛᵀNΛ → its Cholesky factor L, [2) L⁻¹ Λᵀ.
  const one = q * q;
  for (let i = 0; i < q; i++) {
    for (let j = 0; j < q; j++) {
      let sum = 0;
      for (let k = j; k < q; k++) sum += gram[offset + i * q + k]! * lambda[k * q + j]!;
      small[i * q + j] = sum;
    }
  }
  let half = 0;
  for (let i = 0; i < q; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? 1 : 0;
      for (let k = i; k < q; k++) sum += lambda[k * q + i]! * small[k * q + j]!;
      for (let k = 0; k < j; k++) sum -= small[one + i * q + k]! * small[one + j * q + k]!;
      if (i === j) {
        if (!(sum > 0)) return Number.NaN;
        const root = Math.sqrt(sum);
        small[one + i * q + i] = root;
        half += Math.log(root);
      } else small[one + i * q + j] = sum / small[one + j * q + j]!;
    }
  }
  for (let column = 0; column < q; column++) {
    for (let i = 0; i < q; i++) {
      let sum = lambda[column * q + i]!;
      for (let k = 0; k < i; k++) sum -= small[one + i * q + k]! * small[2 * one + k * q + column]!;
      small[2 * one + i * q + column] = sum / small[one + i * q + i]!;
    }
  }
  for (let i = 0; i < q; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < q; k++) sum += small[2 * one + k * q + i]! * small[2 * one + k * q + j]!;
      out[offset + i * q + j] = sum;
      out[offset + j * q + i] = sum;
    }
  }
  return half;
}
