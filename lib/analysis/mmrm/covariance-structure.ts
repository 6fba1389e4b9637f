import { z } from "zod";

/** Covariance of the measurements of one patient, in the field's terms. */
export const covarianceStructureSchema = z.enum([
  "unstructured",
  "toeplitz",
  "toeplitz-heterogeneous",
  "ar1",
  "ar1-heterogeneous",
  "compound-symmetry",
  "compound-symmetry-heterogeneous",
  "ante-dependence",
  "ante-dependence-heterogeneous",
  "spatial-exponential",
]);

export type CovarianceStructure = z.infer<typeof covarianceStructureSchema>;

/** Σ(θ) of one covariance group with its derivatives; a workspace that is overwritten by `at`. */
export interface CovarianceModel {
  /** Order of Σ. */
  readonly order: number;
  readonly parameterCount: number;
  /** Σ, row-major, as of the last call of `at`. */
  readonly sigma: Float64Array;
  /** ∂Σ/∂θ_h, row-major, as of the last call of `at`. */
  readonly first: readonly Float64Array[];
  /** Sets θ (from `offset`) and computes Σ and its first derivatives. */
  readonly at: (theta: Float64Array, offset: number) => void;
  /** Writes ∂²Σ/∂θ_h∂θ_k at the last θ; returns false when it is zero (nothing is written). */
  readonly second: (h: number, k: number, out: Float64Array) => boolean;
}

/** c(η) with Σ_ab = d_a d_b c_ab: correlations, or L Lᵀ for the unstructured covariance. */
interface Shape {
  readonly parameterCount: number;
  readonly c: Float64Array;
  readonly first: readonly Float64Array[];
  readonly at: (eta: Float64Array, offset: number) => void;
  readonly second: (h: number, k: number, out: Float64Array) => boolean;
}

/**
 * Covariance of one structure over given visits or times (METHODS.md eq. (M4)–(M7)). The parameters are those of the R
 * package mmrm: logarithms of standard deviations, then η with ρ = η/√(1 + η²), for compound symmetry the logit of ρ
 * between its bounds; for the unstructured covariance the unit lower triangle L of Σ = D L Lᵀ D; for the spatial one the
 * log variance and logit ρ.
 *
 * @param visits - Number of visits, or the times of one patient for the spatial structure.
 */
export function covarianceModel(structure: CovarianceStructure, visits: number | Float64Array): CovarianceModel {
  if (typeof visits !== "number") return spatialModel(visits);
  switch (structure) {
    case "unstructured":
      return scaledModel(visits, true, choleskyShape(visits));
    case "toeplitz":
      return scaledModel(visits, false, toeplitzShape(visits));
    case "toeplitz-heterogeneous":
      return scaledModel(visits, true, toeplitzShape(visits));
    case "ar1":
      return scaledModel(visits, false, autoregressiveShape(visits));
    case "ar1-heterogeneous":
      return scaledModel(visits, true, autoregressiveShape(visits));
    case "compound-symmetry":
      return scaledModel(visits, false, exchangeableShape(visits));
    case "compound-symmetry-heterogeneous":
      return scaledModel(visits, true, exchangeableShape(visits));
    case "ante-dependence":
      return scaledModel(visits, false, anteDependenceShape(visits));
    case "ante-dependence-heterogeneous":
      return scaledModel(visits, true, anteDependenceShape(visits));
    case "spatial-exponential":
      return spatialModel(new Float64Array(visits));
  }
}

/** Whether each visit has its own variance. */
export function isHeterogeneous(structure: CovarianceStructure): boolean {
  return structure === "unstructured" || structure.endsWith("-heterogeneous");
}

function scaledModel(m: number, heterogeneous: boolean, shape: Shape): CovarianceModel {
  const scales = heterogeneous ? m : 1;
  const parameterCount = scales + shape.parameterCount;
  const sigma = new Float64Array(m * m);
  const first = Array.from({ length: parameterCount }, () => new Float64Array(m * m));
  const d = new Float64Array(m);
  /** Power of d_h (or of the common scale) in Σ_ab. */
  const power = (h: number, a: number, b: number) => (heterogeneous ? Number(a === h) + Number(b === h) : 2);
  return {
    order: m,
    parameterCount,
    sigma,
    first,
    at: (theta, offset) => {
      for (let a = 0; a < m; a++) d[a] = Math.exp(theta[offset + (heterogeneous ? a : 0)]!);
      shape.at(theta, offset + scales);
      for (let a = 0; a < m; a++)
        for (let b = 0; b < m; b++) {
          const at = a * m + b;
          const scale = d[a]! * d[b]!;
          sigma[at] = scale * shape.c[at]!;
          for (let h = 0; h < scales; h++) first[h]![at] = power(h, a, b) * sigma[at]!;
          for (let h = 0; h < shape.parameterCount; h++) first[scales + h]![at] = scale * shape.first[h]![at]!;
        }
    },
    second: (h, k, out) => {
      if (h >= scales && k >= scales) {
        if (!shape.second(h - scales, k - scales, out)) return false;
        for (let a = 0; a < m; a++) for (let b = 0; b < m; b++) out[a * m + b]! *= d[a]! * d[b]!;
        return true;
      }
      const scale = Math.min(h, k);
      const other = first[Math.max(h, k)]!;
      for (let a = 0; a < m; a++) for (let b = 0; b < m; b++) out[a * m + b] = power(scale, a, b) * other[a * m + b]!;
      return true;
    },
  };
}

/** c = L Lᵀ with unit lower triangle L, its elements row by row. */
function choleskyShape(m: number): Shape {
  const parameterCount = (m * (m - 1)) / 2;
  const rowOf = new Int32Array(parameterCount);
  const columnOf = new Int32Array(parameterCount);
  for (let i = 0, h = 0; i < m; i++)
    for (let j = 0; j < i; j++, h++) {
      rowOf[h] = i;
      columnOf[h] = j;
    }
  const lower = new Float64Array(m * m);
  const c = new Float64Array(m * m);
  const first = Array.from({ length: parameterCount }, () => new Float64Array(m * m));
  return {
    parameterCount,
    c,
    first,
    at: (eta, offset) => {
      for (let i = 0; i < m; i++) lower[i * m + i] = 1;
      for (let h = 0; h < parameterCount; h++) lower[rowOf[h]! * m + columnOf[h]!] = eta[offset + h]!;
      for (let a = 0; a < m; a++)
        for (let b = 0; b <= a; b++) {
          let sum = 0;
          for (let k = 0; k <= b; k++) sum += lower[a * m + k]! * lower[b * m + k]!;
          c[a * m + b] = sum;
          c[b * m + a] = sum;
        }
      for (let h = 0; h < parameterCount; h++) {
        const derivative = first[h]!.fill(0);
        const i = rowOf[h]!;
        for (let b = 0; b < m; b++) {
          derivative[i * m + b]! += lower[b * m + columnOf[h]!]!;
          derivative[b * m + i]! += lower[b * m + columnOf[h]!]!;
        }
      }
    },
    second: (h, k, out) => {
      if (columnOf[h] !== columnOf[k]) return false;
      out.fill(0);
      out[rowOf[h]! * m + rowOf[k]!]! += 1;
      out[rowOf[k]! * m + rowOf[h]!]! += 1;
      return true;
    },
  };
}

/** ρ = η/√(1 + η²) with its derivatives. */
export const correlationOf = (eta: number): number => eta / Math.sqrt(1 + eta * eta);
/** η of a correlation. */
export const etaOfCorrelation = (rho: number): number => rho / Math.sqrt(1 - rho * rho);

/** ρ of a parameter η with its first two derivatives. */
type CorrelationLink = (eta: number) => readonly [rho: number, slope: number, curvature: number];

const rootLink: CorrelationLink = (eta) => [
  correlationOf(eta),
  (1 + eta * eta) ** -1.5,
  -3 * eta * (1 + eta * eta) ** -2.5,
];

/** Logistic between the bounds of an exchangeable correlation of m visits, −1/(m − 1) and 1. */
function exchangeableLink(m: number): CorrelationLink {
  const width = m / (m - 1);
  return (eta) => {
    const share = 1 / (1 + Math.exp(-eta));
    const slope = width * share * (1 - share);
    return [1 - width * (1 - share), slope, slope * (1 - 2 * share)];
  };
}

/** η of an exchangeable correlation between −1/(m − 1) and 1. */
export const etaOfExchangeable = (rho: number, m: number): number => Math.log((rho + 1 / (m - 1)) / (1 - rho));

/** Correlations that are products of powers of ρ₁ … ρ_q: c_ab = Π_h ρ_h^e_h(a, b). */
function productShape(
  m: number,
  count: number,
  exponent: (h: number, a: number, b: number) => number,
  link: CorrelationLink = rootLink,
): Shape {
  const parameterCount = m > 1 ? count : 0;
  const rho = new Float64Array(parameterCount);
  const slope = new Float64Array(parameterCount);
  const curvature = new Float64Array(parameterCount);
  const c = new Float64Array(m * m);
  const first = Array.from({ length: parameterCount }, () => new Float64Array(m * m));
  /** Factor of ρ_h in c_ab, differentiated 0, 1 or 2 times by η_h. */
  const factor = (h: number, a: number, b: number, times: number): number => {
    const e = exponent(h, Math.max(a, b), Math.min(a, b));
    const r = rho[h]!;
    if (times === 0) return r ** e;
    const d1 = e === 0 ? 0 : e * r ** (e - 1);
    if (times === 1) return d1 * slope[h]!;
    const d2 = e < 2 ? 0 : e * (e - 1) * r ** (e - 2);
    return d2 * slope[h]! ** 2 + d1 * curvature[h]!;
  };
  const product = (a: number, b: number, h: number, k: number): number => {
    let value = 1;
    for (let j = 0; j < parameterCount; j++) value *= factor(j, a, b, Number(j === h) + Number(j === k));
    return value;
  };
  return {
    parameterCount,
    c,
    first,
    at: (eta, offset) => {
      for (let h = 0; h < parameterCount; h++) {
        const [value, d1, d2] = link(eta[offset + h]!);
        rho[h] = value;
        slope[h] = d1;
        curvature[h] = d2;
      }
      for (let a = 0; a < m; a++)
        for (let b = 0; b < m; b++) {
          c[a * m + b] = product(a, b, -1, -1);
          for (let h = 0; h < parameterCount; h++) first[h]![a * m + b] = product(a, b, h, -1);
        }
    },
    second: (h, k, out) => {
      for (let a = 0; a < m; a++) for (let b = 0; b < m; b++) out[a * m + b] = product(a, b, h, k);
      return true;
    },
  };
}

const toeplitzShape = (m: number): Shape => productShape(m, m - 1, (h, a, b) => Number(a - b === h + 1));
const autoregressiveShape = (m: number): Shape => productShape(m, 1, (_, a, b) => a - b);
const exchangeableShape = (m: number): Shape => productShape(m, 1, (_, a, b) => Number(a !== b), exchangeableLink(m));
const anteDependenceShape = (m: number): Shape => productShape(m, m - 1, (h, a, b) => Number(h >= b && h < a));

/** σ² ρ^|t_a − t_b| with θ = (log σ², logit ρ). */
function spatialModel(times: Float64Array): CovarianceModel {
  const m = times.length;
  const sigma = new Float64Array(m * m);
  const first = [new Float64Array(m * m), new Float64Array(m * m)];
  let rho = 0.5;
  const distance = (at: number) => Math.abs(times[Math.floor(at / m)]! - times[at % m]!);
  return {
    order: m,
    parameterCount: 2,
    sigma,
    first,
    at: (theta, offset) => {
      const variance = Math.exp(theta[offset]!);
      const logit = theta[offset + 1]!;
      rho = 1 / (1 + Math.exp(-logit));
      // log ρ of the logistic function without loss at either end.
      const logRho = logit > 0 ? -Math.log1p(Math.exp(-logit)) : logit - Math.log1p(Math.exp(logit));
      for (let at = 0; at < m * m; at++) {
        sigma[at] = variance * Math.exp(distance(at) * logRho);
        first[0]![at] = sigma[at]!;
        // d log ρ / d logit ρ = 1 − ρ.
        first[1]![at] = distance(at) * (1 - rho) * sigma[at]!;
      }
    },
    second: (h, k, out) => {
      for (let at = 0; at < m * m; at++) {
        const slope = distance(at) * (1 - rho);
        out[at] = h + k === 0 ? sigma[at]! : h + k === 1 ? slope * sigma[at]! : slope * (slope - rho) * sigma[at]!;
      }
      return true;
    },
  };
}
