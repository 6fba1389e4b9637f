import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { choleskyDecompose } from "./cholesky.ts";
import { normalCdf, normalDensity, normalQuantile } from "./normal.ts";
import { gaussLegendre, type IntegrationResult } from "./quadrature.ts";

/** Beyond this the density of a standard normal adds less than 1e-16. */
const FAR = 8.3;
const MARKOV_TOLERANCE = 1e-10;
/** Square roots of primes generate the Richtmyer lattice. */
const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71];
const LATTICE_SHIFTS = 12;

/**
 * Probability that a multivariate normal vector falls into a rectangle.
 *
 * When each variable depends on its predecessors through the last one only (test statistics of successive analyses do), the
 * probability is a chain of one-dimensional integrals, exact to about 1e-12. Otherwise it is estimated by a lattice rule,
 * with the spread of twelve shifted lattices as error.
 *
 * @param mean - Shape [k], k from 1 to 20.
 * @param covariance - Shape [k · k] row-major, positive definite.
 * @param lower - Shape [k]; may hold −Infinity.
 * @param upper - Shape [k]; may hold Infinity.
 * @param absoluteTolerance - Error at which the lattice rule stops; 1e-7 by default.
 * @throws DomainError INVALID_INPUT when shapes differ or the covariance is not positive definite.
 *
 * Source: Armitage, McPherson & Rowe (1969), JRSS A 132:235–244 (recursion); Genz (1992), J. Comput. Graph. Stat. 1:141–149
 * (separation of variables). Reference values: tests/reference/distributions.json.
 */
export function multivariateNormalRectangle(
  mean: Float64Array,
  covariance: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  absoluteTolerance = 1e-7,
): IntegrationResult {
  const k = mean.length;
  if (k < 1 || k > PRIMES.length) throw invalidInput("mean", k, `must have 1 to ${PRIMES.length} elements`);
  if (covariance.length !== k * k || lower.length !== k || upper.length !== k) {
    throw invalidInput("covariance", covariance.length, `must be ${k} × ${k}, with ${k} lower and upper limits`);
  }
  const sd = mean.map((_, i) => Math.sqrt(covariance[i * k + i]!));
  const correlation = covariance.map((value, index) => value / (sd[Math.floor(index / k)]! * sd[index % k]!));
  const cholesky = choleskyDecompose(correlation, k);
  if (!cholesky.ok) {
    throw new DomainError("INVALID_INPUT", {
      argument: "covariance",
      received: cholesky.pivot,
      requirement: "must be positive definite; the row received is a combination of those before it",
    });
  }
  const a = lower.map((value, i) => (value - mean[i]!) / sd[i]!);
  const b = upper.map((value, i) => (value - mean[i]!) / sd[i]!);
  if (a.some((value, i) => !(value < b[i]!))) return { value: 0, errorEstimate: 0, evaluations: 0, converged: true };
  return isMarkov(correlation, k) ? chain(correlation, a, b) : lattice(cholesky.factor, a, b, absoluteTolerance);
}

/** r(i, j) = r(i, j−1) · r(j−1, j) for all i < j. */
function isMarkov(r: Float64Array, k: number): boolean {
  for (let j = 2; j < k; j++) {
    for (let i = 0; i < j - 1; i++) {
      if (Math.abs(r[i * k + j]! - r[i * k + j - 1]! * r[(j - 1) * k + j]!) > MARKOV_TOLERANCE) return false;
    }
  }
  return true;
}

/** Density of the last variable within the rectangle so far, carried from one variable to the next on Gauss nodes. */
function chain(r: Float64Array, a: Float64Array, b: Float64Array): IntegrationResult {
  const k = a.length;
  let nodes: number[] = [];
  let masses: number[] = [];
  let evaluations = 0;
  for (let j = 0; j < k; j++) {
    const rho = j === 0 ? 0 : r[(j - 1) * k + j]!;
    const spread = Math.sqrt(1 - rho * rho);
    if (j === k - 1) {
      if (k === 1) return { value: between(a[0]!, b[0]!), errorEstimate: 1e-16, evaluations: 1, converged: true };
      let value = 0;
      nodes.forEach((x, i) => {
        value += masses[i]! * between((a[j]! - rho * x) / spread, (b[j]! - rho * x) / spread);
      });
      return { value, errorEstimate: 1e-12, evaluations, converged: true };
    }
    // The density has features as narrow as the conditional spread before and after.
    const after = r[j * k + j + 1]!;
    const width = Math.min(j === 0 ? 1 : spread, Math.max(1e-3, Math.sqrt(1 - after * after)));
    const grid = panelNodes(Math.max(a[j]!, -FAR), Math.min(b[j]!, FAR), width);
    const next = grid.nodes.map((y, m) => {
      if (j === 0) return grid.weights[m]! * normalDensity(y);
      let density = 0;
      nodes.forEach((x, i) => {
        density += masses[i]! * normalDensity((y - rho * x) / spread);
      });
      return (grid.weights[m]! * density) / spread;
    });
    evaluations += grid.nodes.length * Math.max(1, nodes.length);
    nodes = grid.nodes;
    masses = next;
  }
  return { value: 0, errorEstimate: 0, evaluations, converged: false };
}

/** Twelve Gauss nodes for every stretch of one and a half widths. */
function panelNodes(lower: number, upper: number, width: number): { nodes: number[]; weights: number[] } {
  const rule = gaussLegendre(12);
  const panels = Math.max(1, Math.ceil((upper - lower) / (1.5 * width)));
  const half = (upper - lower) / (2 * panels);
  const nodes: number[] = [];
  const weights: number[] = [];
  if (!(upper > lower)) return { nodes, weights };
  for (let panel = 0; panel < panels; panel++) {
    const centre = lower + (2 * panel + 1) * half;
    rule.nodes.forEach((node, i) => {
      nodes.push(centre + half * node);
      weights.push(half * rule.weights[i]!);
    });
  }
  return { nodes, weights };
}

/** Φ(b) − Φ(a) without cancellation in the upper tail. */
function between(a: number, b: number): number {
  return a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a);
}

function lattice(factor: Float64Array, a: Float64Array, b: Float64Array, tolerance: number): IntegrationResult {
  let evaluations = 0;
  let points = 1021;
  for (;;) {
    let mean = 0;
    let square = 0;
    for (let shift = 0; shift < LATTICE_SHIFTS; shift++) {
      const value = latticeMean(factor, a, b, points, (shift + 0.5) / LATTICE_SHIFTS);
      mean += value / LATTICE_SHIFTS;
      square += (value * value) / LATTICE_SHIFTS;
    }
    evaluations += points * LATTICE_SHIFTS;
    const errorEstimate = 3 * Math.sqrt(Math.max(0, square - mean * mean) / (LATTICE_SHIFTS - 1));
    if (errorEstimate <= tolerance || points > 2e5) {
      return { value: mean, errorEstimate, evaluations, converged: errorEstimate <= tolerance };
    }
    points *= 3;
  }
}

/** Mean of Genz's integrand over one shifted lattice with the baker's transformation. */
function latticeMean(factor: Float64Array, a: Float64Array, b: Float64Array, points: number, shift: number): number {
  const k = a.length;
  const y = new Float64Array(k);
  let total = 0;
  for (let point = 1; point <= points; point++) {
    let product = 1;
    for (let i = 0; i < k; i++) {
      let centre = 0;
      for (let j = 0; j < i; j++) centre += factor[i * k + j]! * y[j]!;
      const diagonal = factor[i * k + i]!;
      const low = normalCdf((a[i]! - centre) / diagonal);
      const size = normalCdf((b[i]! - centre) / diagonal) - low;
      product *= size;
      if (!(product > 0)) break;
      const position = point * Math.sqrt(PRIMES[i]!) + shift * (i + 1) * 0.6180339887498949;
      const u = Math.abs(2 * (position - Math.floor(position)) - 1);
      y[i] = Math.max(-FAR, Math.min(FAR, normalQuantile(low + u * size)));
    }
    total += Math.max(0, product);
  }
  return total / points;
}
