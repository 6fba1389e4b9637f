import { normalQuantile } from "../../numerics/normal.ts";
import { symmetricEigen } from "../../numerics/symmetric-eigen.ts";

/** Nodes and weights by which expectations under N(0, I) are computed. */
export interface StandardNodes {
  readonly count: number;
  /** [count × d]. */
  readonly nodes: Float64Array;
  /** [count], sum 1. */
  readonly weights: Float64Array;
}

/** Points per dimension of the product rules, fine and coarse, for d = 1 … 4; more dimensions take lattice points. */
const PRODUCT_POINTS: readonly (readonly [number, number])[] = [
  [31, 25],
  [35, 29],
  [17, 14],
  [9, 7],
];
/** Pairs ±z of lattice points for more dimensions. */
const LATTICE_PAIRS = [4096, 2048] as const;
/** Nodes with less than this share of the largest weight are left out. */
const NEGLIGIBLE = 1e-11;

const kept = new Map<string, StandardNodes>();

/**
 * Nodes of a deterministic rule for N(0, I) in d dimensions: a Gauss–Hermite product rule up to four dimensions, beyond
 * that symmetrised points of an additive recurrence. METHODS.md, equation (DC6).
 *
 * @param accuracy - The coarse rule serves only to judge the error of the fine one.
 */
export function standardNodes(dimension: number, accuracy: "fine" | "coarse"): StandardNodes {
  const key = `${dimension}-${accuracy}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const index = accuracy === "fine" ? 0 : 1;
  const points = PRODUCT_POINTS[dimension - 1];
  const made =
    points === undefined ? latticeNodes(dimension, LATTICE_PAIRS[index]) : productNodes(dimension, points[index]);
  kept.set(key, made);
  return made;
}

function productNodes(d: number, points: number): StandardNodes {
  const rule = gaussHermite(points);
  const total = points ** d;
  const heaviest = Math.max(...rule.weights) ** d;
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let k = 0; k < total; k++) {
    let weight = 1;
    for (let a = 0, rest = k; a < d; a++, rest = Math.floor(rest / points)) weight *= rule.weights[rest % points]!;
    if (weight < NEGLIGIBLE * heaviest) continue;
    for (let a = 0, rest = k; a < d; a++, rest = Math.floor(rest / points)) nodes.push(rule.nodes[rest % points]!);
    weights.push(weight);
  }
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return {
    count: weights.length,
    nodes: Float64Array.from(nodes),
    weights: Float64Array.from(weights, (weight) => weight / sum),
  };
}

/**
 * Gauss–Hermite rule for N(0, 1): eigenvalues of the Jacobi matrix of the Hermite polynomials, weights from the first
 * components of its eigenvectors.
 *
 * Source: Golub & Welsch (1969), Math. Comp. 23:221–230.
 */
export function gaussHermite(points: number): { nodes: Float64Array; weights: Float64Array } {
  const jacobi = new Float64Array(points * points);
  for (let k = 1; k < points; k++) jacobi[k * points + k - 1] = jacobi[(k - 1) * points + k] = Math.sqrt(k);
  const { values, vectors } = symmetricEigen(jacobi, points);
  return { nodes: values, weights: Float64Array.from(values, (_, k) => vectors[k]! * vectors[k]!) };
}

/** Points u_k = frac(½ + kα), α the powers of the root of x^(d+1) = x + 1, mapped to normals and mirrored. */
function latticeNodes(d: number, pairs: number): StandardNodes {
  let root = 2;
  for (let k = 0; k < 60; k++) root = (1 + root) ** (1 / (d + 1));
  const count = 2 * pairs;
  const nodes = new Float64Array(count * d);
  for (let k = 0; k < pairs; k++) {
    for (let a = 0; a < d; a++) {
      const u = (0.5 + (k + 1) * root ** -(a + 1)) % 1;
      const z = normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, u)));
      nodes[2 * k * d + a] = z;
      nodes[(2 * k + 1) * d + a] = -z;
    }
  }
  return { count, nodes, weights: new Float64Array(count).fill(1 / count) };
}
