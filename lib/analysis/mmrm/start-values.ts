import { choleskyDecompose } from "../../numerics/cholesky.ts";
import {
  type CovarianceStructure,
  etaOfCorrelation,
  etaOfExchangeable,
  isHeterogeneous,
} from "./covariance-structure.ts";
import type { PreparedMeasures } from "./repeated-measures.ts";

/** Share by which the empirical correlations shrink until they are positive definite. */
const SHRINKAGE = 0.9;
const MAXIMUM_SHRINKAGE_STEPS = 60;

/**
 * Start values of θ from the covariance of the ordinary least-squares residuals, group by group: standard deviations at
 * each visit, correlations from the patients seen at both visits, averaged as the structure demands, shrunk towards zero
 * until the matrix is positive definite (METHODS.md eq. (M12)).
 */
export function empiricalStart(prepared: PreparedMeasures, structure: CovarianceStructure): Float64Array {
  const groups = Array.from({ length: prepared.groupCount }, (_, group) => groupStart(prepared, structure, group));
  const start = new Float64Array(groups.reduce((sum, theta) => sum + theta.length, 0));
  let at = 0;
  for (const theta of groups) {
    start.set(theta, at);
    at += theta.length;
  }
  return start;
}

/** Residual cross-products Σ r_a r_b at each pair of visits. */
function residualMoments(prepared: PreparedMeasures, group: number): Float64Array {
  const { visitCount: m, rank } = prepared;
  const triangle = ((rank + 1) * (rank + 2)) / 2;
  const moments = new Float64Array(m * m);
  for (const pattern of prepared.patterns) {
    if (pattern.group !== group) continue;
    const k = pattern.visits.length;
    for (let a = 0, pair = 0; a < k; a++)
      for (let b = 0; b <= a; b++, pair++) {
        // The outcome is the last element of z.
        const product =
          pattern.rows === null
            ? pattern.crossProducts![(pair + 1) * triangle - 1]!
            : pattern.rows[(a + 1) * (rank + 1) - 1]! * pattern.rows[(b + 1) * (rank + 1) - 1]!;
        moments[pattern.visits[a]! * m + pattern.visits[b]!]! += product;
        if (a !== b) moments[pattern.visits[b]! * m + pattern.visits[a]!]! += product;
      }
  }
  return moments;
}

function groupStart(prepared: PreparedMeasures, structure: CovarianceStructure, group: number): Float64Array {
  const { visitCount: m } = prepared;
  const moments = residualMoments(prepared, group);
  const counts = prepared.pairCounts.subarray(group * m * m, (group + 1) * m * m);
  let pooled = 0;
  let total = 0;
  for (let a = 0; a < m; a++) {
    pooled += moments[a * m + a]!;
    total += counts[a * m + a]!;
  }
  const pooledVariance = pooled > 0 ? pooled / total : 1;
  const deviations = Float64Array.from({ length: m }, (_, a) => {
    const variance = moments[a * m + a]! / Math.max(1, counts[a * m + a]!);
    return Math.sqrt(variance > 1e-6 * pooledVariance ? variance : pooledVariance);
  });
  if (structure === "spatial-exponential") return spatialStart(prepared, pooledVariance);
  const scales = isHeterogeneous(structure)
    ? Array.from(deviations, (sd) => Math.log(sd))
    : [Math.log(pooledVariance) / 2];
  if (m === 1) return Float64Array.from(scales);
  /** Mean correlation over the pairs of visits that are chosen, weighted by the patients behind each. */
  const correlation = (chosen: (a: number, b: number) => boolean): number => {
    let sum = 0;
    let weight = 0;
    for (let a = 0; a < m; a++)
      for (let b = 0; b < a; b++) {
        if (!chosen(a, b) || counts[a * m + b] === 0) continue;
        sum += moments[a * m + b]! / (deviations[a]! * deviations[b]!);
        weight += counts[a * m + b]!;
      }
    return weight === 0 ? 0 : Math.max(-0.95, Math.min(0.95, sum / weight));
  };
  const byLag = Array.from({ length: m - 1 }, (_, lag) => correlation((a, b) => a - b === lag + 1));
  switch (structure) {
    case "unstructured":
      return choleskyStart(m, deviations, (a, b) => correlation((i, j) => i === a && j === b));
    case "toeplitz":
    case "toeplitz-heterogeneous":
      return Float64Array.from([...scales, ...shrunkLags(m, byLag).map(etaOfCorrelation)]);
    case "ar1":
    case "ar1-heterogeneous":
      return Float64Array.from([...scales, etaOfCorrelation(byLag[0]!)]);
    case "compound-symmetry":
    case "compound-symmetry-heterogeneous": {
      const lowest = -0.9 / (m - 1);
      return Float64Array.from([
        ...scales,
        etaOfExchangeable(
          Math.max(
            lowest,
            correlation(() => true),
          ),
          m,
        ),
      ]);
    }
    case "ante-dependence":
    case "ante-dependence-heterogeneous":
      return Float64Array.from([
        ...scales,
        ...byLag.map((_, h) => etaOfCorrelation(correlation((a, b) => a === h + 1 && b === h))),
      ]);
  }
}

/** θ of the unstructured covariance from standard deviations and correlations. */
function choleskyStart(
  m: number,
  deviations: Float64Array,
  correlation: (a: number, b: number) => number,
): Float64Array {
  const r = new Float64Array(m * m);
  for (let a = 0; a < m; a++)
    for (let b = 0; b <= a; b++) r[a * m + b] = r[b * m + a] = a === b ? 1 : correlation(a, b);
  for (let step = 0; ; step++) {
    const factored = choleskyDecompose(r, m);
    // A pivot close to zero would start next to the edge of the parameter space.
    if (factored.ok && Array.from({ length: m }, (_, a) => factored.factor[a * m + a]!).every((x) => x > 0.05)) {
      const sigma = r.map((value, at) => value * deviations[Math.floor(at / m)]! * deviations[at % m]!);
      return unstructuredParameters(sigma, m);
    }
    if (step === MAXIMUM_SHRINKAGE_STEPS) return unstructuredParameters(diagonal(deviations), m);
    for (let a = 0; a < m; a++) for (let b = 0; b < m; b++) if (a !== b) r[a * m + b]! *= SHRINKAGE;
  }
}

/**
 * θ of an unstructured covariance matrix: Σ = D L Lᵀ D with unit lower triangle L.
 *
 * @param sigma - Positive definite, row-major.
 */
export function unstructuredParameters(sigma: Float64Array, m: number): Float64Array {
  const factored = choleskyDecompose(sigma, m);
  const theta = new Float64Array((m * (m + 1)) / 2);
  if (!factored.ok) return theta;
  for (let i = 0, at = m; i < m; i++) {
    const scale = factored.factor[i * m + i]!;
    theta[i] = Math.log(scale);
    for (let j = 0; j < i; j++) theta[at++] = factored.factor[i * m + j]! / scale;
  }
  return theta;
}

function diagonal(deviations: Float64Array): Float64Array {
  const m = deviations.length;
  const out = new Float64Array(m * m);
  for (let a = 0; a < m; a++) out[a * m + a] = deviations[a]! ** 2;
  return out;
}

/** Correlations by lag, shrunk until the Toeplitz matrix is positive definite. */
function shrunkLags(m: number, byLag: readonly number[]): number[] {
  let lags = [...byLag];
  for (let step = 0; step < MAXIMUM_SHRINKAGE_STEPS; step++) {
    const r = new Float64Array(m * m);
    for (let a = 0; a < m; a++) for (let b = 0; b < m; b++) r[a * m + b] = a === b ? 1 : lags[Math.abs(a - b) - 1]!;
    const factored = choleskyDecompose(r, m);
    if (factored.ok && Array.from({ length: m }, (_, a) => factored.factor[a * m + a]!).every((x) => x > 0.05))
      return lags;
    lags = lags.map((value) => value * SHRINKAGE);
  }
  return lags.map(() => 0);
}

/** Half of the correlation is left at the median distance between neighbouring times. */
function spatialStart(prepared: PreparedMeasures, variance: number): Float64Array {
  const gaps: number[] = [];
  for (const { rowNumbers } of prepared.patterns)
    for (let a = 1; a < rowNumbers.length; a++) {
      const gap = Math.abs(prepared.times![rowNumbers[a]!]! - prepared.times![rowNumbers[a - 1]!]!);
      if (gap > 0) gaps.push(gap);
    }
  gaps.sort((a, b) => a - b);
  const typical = gaps.length === 0 ? 1 : gaps[Math.floor(gaps.length / 2)]!;
  const rho = 0.5 ** (1 / typical);
  return Float64Array.of(Math.log(variance), Math.log(rho / (1 - rho)));
}
