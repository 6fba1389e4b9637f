import { DomainError } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskyInverse } from "../../numerics/cholesky.ts";
import type { Rng } from "../../numerics/rng.ts";
import {
  type CourseFamily,
  type IndividualObservations,
  type IndividualPrior,
  individualMode,
  logPosterior,
} from "./individual-mode.ts";
import { type StandardNodes, standardNodes } from "./standard-nodes.ts";

/** A discrete law that stands for the law of the individual parameters in expectations. */
export interface WeightedNodes {
  readonly count: number;
  /** [count × d]. */
  readonly nodes: Float64Array;
  /** [count], sum 1. */
  readonly weights: Float64Array;
}

/** A normal law N(centre, L Lᵀ). */
interface NormalLaw {
  readonly centre: Float64Array;
  readonly root: Float64Array;
}

/** Law of the individual parameters of one patient given what was observed: for expectations and for draws. */
export interface IndividualPosterior {
  nodes(accuracy: "fine" | "coarse"): WeightedNodes;
  /** One draw into `into`. */
  draw(rng: Rng, into: Float64Array): void;
}

/** Degrees of freedom of the proposals for draws: heavier tails than the posterior, which falls like the prior. */
const PROPOSAL_FREEDOM = 4;
const MARGIN = Math.log(1.25);
/** Nodes are placed by a normal law whose SDs are so many times those of the posterior; fewer points a dimension allow less. */
const WIDENING = { twoDimensions: { fine: 1.4, coarse: 1.6 }, more: { fine: 1, coarse: 1.15 } };
const MOST_PROPOSALS = 2000;

/**
 * Law before any observation: normal, so nodes and draws are those of a normal law.
 *
 * @param covariance - [d × d].
 */
export function priorLaw(mean: Float64Array, covariance: Float64Array): IndividualPosterior {
  const law = { centre: mean, root: rootOf(covariance, mean.length) };
  return {
    nodes: (accuracy) => placed(standardNodes(mean.length, accuracy), law),
    draw: (rng, into) => drawNormal(law, rng, into),
  };
}

/**
 * Law given observations. Expectations: nodes placed by the posterior mode and its Laplace covariance, then by the mean
 * and covariance found with them, weighted by posterior over normal density (adaptive quadrature). Draws: rejection from
 * a multivariate t. METHODS.md, equations (DC4) and (DC6).
 */
export function posteriorLaw(
  family: CourseFamily,
  observations: IndividualObservations,
  prior: IndividualPrior,
): IndividualPosterior {
  const d = prior.mean.length;
  const { mode, curvature } = individualMode(family, observations, prior, prior.mean);
  const density = (z: Float64Array, offset = 0) => logPosterior(family, observations, prior, z, offset);
  const atMode = { centre: mode, root: rootOf(choleskyInverse(rootOf(curvature, d), d), d) };
  const weigh = (accuracy: "fine" | "coarse", law: NormalLaw) =>
    reweighted(standardNodes(d, accuracy), placed(standardNodes(d, accuracy), law), density);
  const law = momentsOf(weigh("coarse", atMode), d) ?? atMode;
  // Posteriors near a bound have a longer tail than the normal; the coarse rule stands elsewhere than the fine one, so
  // that both do not miss the same part.
  const widened = (factor: number) => ({ centre: law.centre, root: law.root.map((value) => factor * value) });
  const { fine, coarse } = d === 2 ? WIDENING.twoDimensions : WIDENING.more;
  const at = { fine: widened(fine), coarse: widened(coarse) };
  return {
    nodes: (accuracy) => weigh(accuracy, at[accuracy]),
    draw: rejectionSampler(law, density, d),
  };
}

function placed({ count, nodes, weights }: StandardNodes, { centre, root }: NormalLaw): WeightedNodes {
  const d = centre.length;
  const out = new Float64Array(count * d);
  for (let k = 0; k < count; k++)
    for (let a = 0; a < d; a++) {
      let sum = centre[a]!;
      for (let b = 0; b <= a; b++) sum += root[a * d + b]! * nodes[k * d + b]!;
      out[k * d + a] = sum;
    }
  return { count, nodes: out, weights };
}

function reweighted(
  standard: StandardNodes,
  at: WeightedNodes,
  density: (z: Float64Array, offset: number) => number,
): WeightedNodes {
  const d = at.nodes.length / at.count;
  const logs = new Float64Array(at.count);
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < at.count; k++) {
    let square = 0;
    for (let a = 0; a < d; a++) square += standard.nodes[k * d + a]! ** 2;
    logs[k] = density(at.nodes, k * d) + 0.5 * square + Math.log(at.weights[k]!);
    largest = Math.max(largest, logs[k]!);
  }
  let sum = 0;
  const weights = logs.map((value) => {
    const weight = Math.exp(value - largest);
    sum += weight;
    return weight;
  });
  return { ...at, weights: weights.map((weight) => weight / sum) };
}

/** Normal law with the mean and covariance of weighted nodes; null when they are degenerate. */
function momentsOf({ count, nodes, weights }: WeightedNodes, d: number): NormalLaw | null {
  const centre = new Float64Array(d);
  for (let k = 0; k < count; k++) for (let a = 0; a < d; a++) centre[a]! += weights[k]! * nodes[k * d + a]!;
  const covariance = new Float64Array(d * d);
  for (let k = 0; k < count; k++)
    for (let a = 0; a < d; a++)
      for (let b = 0; b <= a; b++)
        covariance[a * d + b]! += weights[k]! * (nodes[k * d + a]! - centre[a]!) * (nodes[k * d + b]! - centre[b]!);
  const factored = choleskyDecompose(covariance, d);
  return factored.ok ? { centre, root: factored.factor } : null;
}

/**
 * Draws from a density by rejection from a multivariate t with the location and spread of `law`. The bound is the largest
 * ratio found on shells around the centre, with a margin; a ratio above it is accepted as if it met the bound.
 */
function rejectionSampler(law: NormalLaw, density: (z: Float64Array) => number, d: number) {
  const z = new Float64Array(d);
  const standard = new Float64Array(d);
  const place = (length: number) => {
    for (let a = 0; a < d; a++) {
      let sum = law.centre[a]!;
      for (let b = 0; b <= a; b++) sum += law.root[a * d + b]! * standard[b]! * length;
      z[a] = sum;
    }
  };
  const logRatio = (length: number) => {
    let square = 0;
    for (let a = 0; a < d; a++) square += (standard[a]! * length) ** 2;
    return density(z) + 0.5 * (PROPOSAL_FREEDOM + d) * Math.log1p(square / PROPOSAL_FREEDOM);
  };
  let bound: number | null = null;
  const findBound = () => {
    const { count, nodes } = standardNodes(d, "coarse");
    let largest = Number.NEGATIVE_INFINITY;
    const every = Math.max(1, Math.floor(count / 600));
    for (const length of [0.6, 1, 1.6, 2.5])
      for (let k = 0; k < count; k += every) {
        standard.set(nodes.subarray(k * d, (k + 1) * d));
        place(length);
        largest = Math.max(largest, logRatio(length));
      }
    return largest + MARGIN;
  };
  return (rng: Rng, into: Float64Array): void => {
    bound ??= findBound();
    for (let attempt = 0; attempt < MOST_PROPOSALS; attempt++) {
      let chiSquare = 0;
      for (let k = 0; k < PROPOSAL_FREEDOM; k++) chiSquare += rng.normal() ** 2;
      for (let a = 0; a < d; a++) standard[a] = rng.normal();
      const length = Math.sqrt(PROPOSAL_FREEDOM / chiSquare);
      place(length);
      if (Math.log(rng.uniform()) <= logRatio(length) - bound) break;
    }
    into.set(z);
  };
}

function drawNormal({ centre, root }: NormalLaw, rng: Rng, into: Float64Array): void {
  const d = centre.length;
  for (let a = 0; a < d; a++) into[a] = rng.normal();
  for (let a = d - 1; a >= 0; a--) {
    let sum = centre[a]!;
    for (let b = 0; b <= a; b++) sum += root[a * d + b]! * into[b]!;
    into[a] = sum;
  }
}

/** Cholesky factor of a covariance. */
function rootOf(covariance: Float64Array, d: number): Float64Array {
  const factored = choleskyDecompose(covariance, d);
  if (factored.ok) return factored.factor;
  throw new DomainError("INVALID_INPUT", {
    argument: "parameters.individualCovariance",
    received: `pivot ${factored.pivot} of ${d} is not positive`,
    requirement: "must be positive definite",
    hint: "Use the model file as it was written; check its hash.",
  });
}
