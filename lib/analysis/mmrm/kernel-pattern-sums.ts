import { choleskyInPlace, choleskyInverseInto, choleskyLogDeterminant } from "../../numerics/cholesky.ts";

/** Sums of one pattern of visits with the workspace of its covariance. */
interface Pattern {
  count: number;
  /** Visits seen, ascending. */
  readonly visits: Int32Array;
  /** Σ z zᵀ of z = (predictors, outcomes), full square of order k + visits. */
  readonly products: Float64Array;
  readonly inverse: Float64Array;
  /** Σᵢ r rᵀ + XᵢΦXᵢᵀ. */
  readonly scatter: Float64Array;
  /** 2V⁻¹SV⁻¹ − nV⁻¹ (observed) or nV⁻¹ (expected). */
  readonly balance: Float64Array;
  /** V⁻¹SV⁻¹. */
  readonly bent: Float64Array;
}

/** Sums over the patients of a replicate by pattern of visits, and what the likelihood needs of them. */
export interface KernelSums {
  readonly reset: () => void;
  readonly add: (
    predictors: Float64Array,
    predictorOffset: number,
    outcome: Float64Array,
    outcomeOffset: number,
  ) => void;
  /** Number of measurements. */
  readonly rowCount: () => number;
  /** V⁻¹ of every pattern; returns Σ log |V|, NaN where a V is not positive definite. */
  readonly invertCovariances: (sigma: Float64Array) => number;
  /** Writes XᵀV⁻¹X (lower triangle) and XᵀV⁻¹y; returns yᵀV⁻¹y. */
  readonly normalEquations: (information: Float64Array, right: Float64Array) => number;
  /** S of every pattern at given coefficients; with the part of Φ when restricted. */
  readonly scatter: (beta: Float64Array, phi: Float64Array, restricted: boolean) => void;
  /** Mean of the scatter at each pair of visits over the patients seen at both; 0 where there are none. */
  readonly meanResidualProducts: (out: Float64Array) => void;
  /** Σ (nV⁻¹ − V⁻¹SV⁻¹) over all visits, row-major. */
  readonly gradient: (out: Float64Array) => void;
  /** Adds Σ tr(E_hV⁻¹E_kC) to a lower triangle of order t, C as the kind says. */
  readonly addCurvature: (hessian: Float64Array, t: number, kind: "observed" | "expected") => void;
  /** XᵀV⁻¹E_abV⁻¹X and XᵀV⁻¹E_abV⁻¹y of one covariance parameter. */
  readonly slope: (a: number, b: number, out: Float64Array, right: Float64Array) => void;
}

/**
 * @param m - Number of visits.
 * @param k - Number of predictors.
 * @param indexOf - Coefficient of each visit and predictor, [m · k].
 * @param p - Number of coefficients.
 */
export function createKernelSums(m: number, k: number, indexOf: Int32Array, p: number): KernelSums {
  const byMask = new Map<number, Pattern>();
  const patterns: Pattern[] = [];
  const z = new Float64Array(k + m);
  const work = new Float64Array(m * m);
  const left = new Float64Array(m);
  const right = new Float64Array(m);
  const pairCounts = new Float64Array(m * m);
  let rows = 0;

  function newPattern(mask: number): Pattern {
    const visits = Int32Array.from(Array.from({ length: m }, (_, a) => a).filter((a) => (mask >> a) & 1));
    const o = visits.length;
    const square = () => new Float64Array(o * o);
    const pattern: Pattern = {
      count: 0,
      visits,
      products: new Float64Array((k + o) ** 2),
      inverse: square(),
      scatter: square(),
      balance: square(),
      bent: square(),
    };
    byMask.set(mask, pattern);
    patterns.push(pattern);
    return pattern;
  }

  function add(predictors: Float64Array, predictorOffset: number, outcome: Float64Array, outcomeOffset: number): void {
    let mask = 0;
    let size = k;
    for (let l = 0; l < k; l++) z[l] = predictors[predictorOffset + l]!;
    for (let a = 0; a < m; a++) {
      const value = outcome[outcomeOffset + a]!;
      if (Number.isNaN(value)) continue;
      mask |= 1 << a;
      z[size++] = value;
    }
    if (mask === 0) return;
    const pattern = byMask.get(mask) ?? newPattern(mask);
    pattern.count++;
    rows += size - k;
    const { products } = pattern;
    for (let i = 0; i < size; i++) {
      const zi = z[i]!;
      for (let j = 0; j <= i; j++) products[i * size + j]! += zi * z[j]!;
    }
  }

  function invertCovariances(sigma: Float64Array): number {
    let logDeterminant = 0;
    for (const { count, visits, inverse } of patterns) {
      if (count === 0) continue;
      const o = visits.length;
      for (let a = 0; a < o; a++) for (let b = 0; b <= a; b++) work[a * o + b] = sigma[visits[a]! * m + visits[b]!]!;
      if (choleskyInPlace(work, o) !== -1) return NaN;
      logDeterminant += count * choleskyLogDeterminant(work, o);
      choleskyInverseInto(work, o, inverse);
    }
    return logDeterminant;
  }

  /** Adds Σ_ab M_ab times the sums of predictors (and outcomes) to the coefficients' equations, lower triangle. */
  function addEquations(
    { visits, products }: Pattern,
    matrix: Float64Array,
    information: Float64Array,
    rightSide: Float64Array,
  ): number {
    const o = visits.length;
    const size = k + o;
    let squares = 0;
    for (let a = 0; a < o; a++) {
      const rowA = visits[a]! * k;
      for (let b = 0; b < o; b++) {
        const value = matrix[a * o + b]!;
        const rowB = visits[b]! * k;
        for (let l = 0; l < k; l++) {
          const i = indexOf[rowA + l]!;
          rightSide[i]! += value * products[(k + b) * size + l]!;
          for (let q = 0; q < k; q++) {
            const j = indexOf[rowB + q]!;
            if (j <= i) information[i * p + j]! += value * products[l >= q ? l * size + q : q * size + l]!;
          }
        }
        squares += value * products[a >= b ? (k + a) * size + k + b : (k + b) * size + k + a]!;
      }
    }
    return squares;
  }

  function normalEquations(information: Float64Array, rightSide: Float64Array): number {
    information.fill(0);
    rightSide.fill(0);
    let squares = 0;
    for (const pattern of patterns)
      if (pattern.count > 0) squares += addEquations(pattern, pattern.inverse, information, rightSide);
    return squares;
  }

  function scatter(beta: Float64Array, phi: Float64Array, restricted: boolean): void {
    for (const { count, visits, products, scatter: out } of patterns) {
      if (count === 0) continue;
      const o = visits.length;
      const size = k + o;
      for (let a = 0; a < o; a++)
        for (let b = 0; b <= a; b++) {
          let value = products[(k + a) * size + k + b]!;
          for (let l = 0; l < k; l++) {
            const i = indexOf[visits[a]! * k + l]!;
            const j = indexOf[visits[b]! * k + l]!;
            value -= beta[i]! * products[(k + b) * size + l]! + beta[j]! * products[(k + a) * size + l]!;
            for (let q = 0; q < k; q++) {
              const other = indexOf[visits[b]! * k + q]!;
              const weight = beta[i]! * beta[other]! + (restricted ? phi[i * p + other]! : 0);
              value += weight * products[l >= q ? l * size + q : q * size + l]!;
            }
          }
          out[a * o + b] = value;
          out[b * o + a] = value;
        }
    }
  }

  function meanResidualProducts(out: Float64Array): void {
    out.fill(0);
    pairCounts.fill(0);
    for (const { count, visits, scatter: own } of patterns) {
      if (count === 0) continue;
      const o = visits.length;
      for (let a = 0; a < o; a++)
        for (let b = 0; b < o; b++) {
          const at = visits[a]! * m + visits[b]!;
          out[at]! += own[a * o + b]!;
          pairCounts[at]! += count;
        }
    }
    for (let at = 0; at < m * m; at++) if (pairCounts[at]! > 0) out[at]! /= pairCounts[at]!;
  }

  function gradient(out: Float64Array): void {
    out.fill(0);
    for (const { count, visits, inverse, scatter: own, bent } of patterns) {
      if (count === 0) continue;
      const o = visits.length;
      multiply(inverse, own, o, work);
      multiply(work, inverse, o, bent);
      for (let a = 0; a < o; a++)
        for (let b = 0; b < o; b++) out[visits[a]! * m + visits[b]!]! += count * inverse[a * o + b]! - bent[a * o + b]!;
    }
  }

  function addCurvature(hessian: Float64Array, t: number, kind: "observed" | "expected"): void {
    for (const { count, visits, inverse, balance, bent } of patterns) {
      if (count === 0) continue;
      const o = visits.length;
      for (let at = 0; at < o * o; at++)
        balance[at] = kind === "observed" ? 2 * bent[at]! - count * inverse[at]! : count * inverse[at]!;
      for (let a = 0; a < o; a++)
        for (let b = 0; b <= a; b++) {
          const h = (visits[a]! * (visits[a]! + 1)) / 2 + visits[b]!;
          for (let c = 0; c <= a; c++)
            for (let d = 0; d <= c; d++) {
              const j = (visits[c]! * (visits[c]! + 1)) / 2 + visits[d]!;
              if (j > h) continue;
              let value =
                inverse[b * o + c]! * balance[a * o + d]! +
                inverse[b * o + d]! * balance[a * o + c]! +
                inverse[a * o + c]! * balance[b * o + d]! +
                inverse[a * o + d]! * balance[b * o + c]!;
              if (a === b) value /= 2;
              if (c === d) value /= 2;
              hessian[h * t + j]! += value;
            }
        }
    }
  }

  function slope(a: number, b: number, out: Float64Array, rightSide: Float64Array): void {
    out.fill(0);
    rightSide.fill(0);
    for (const pattern of patterns) {
      if (pattern.count === 0) continue;
      const { visits, inverse } = pattern;
      const o = visits.length;
      const atA = visits.indexOf(a);
      const atB = visits.indexOf(b);
      if (atA === -1 || atB === -1) continue;
      for (let i = 0; i < o; i++) {
        left[i] = inverse[atA * o + i]!;
        right[i] = inverse[atB * o + i]!;
      }
      for (let i = 0; i < o; i++)
        for (let j = 0; j < o; j++) work[i * o + j] = left[i]! * right[j]! + (a === b ? 0 : right[i]! * left[j]!);
      addEquations(pattern, work, out, rightSide);
    }
    for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) out[j * p + i] = out[i * p + j]!;
  }

  return {
    reset: () => {
      rows = 0;
      for (const pattern of patterns) {
        pattern.count = 0;
        pattern.products.fill(0);
      }
    },
    add,
    rowCount: () => rows,
    invertCovariances,
    normalEquations,
    scatter,
    meanResidualProducts,
    gradient,
    addCurvature,
    slope,
  };
}

function multiply(a: Float64Array, b: Float64Array, n: number, out: Float64Array): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < n; l++) sum += a[i * n + l]! * b[l * n + j]!;
      out[i * n + j] = sum;
    }
}
