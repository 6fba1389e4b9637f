import { choleskyInPlace, choleskySolveInPlace } from "../../numerics/cholesky.ts";
import { devianceOf, type GlmFamily, varianceFunction } from "./glm-family.ts";
import { linkOf, meanDerivative, meanOf } from "./link-function.ts";

/** Where the iteration of a generalised linear model ended. */
export interface GlmIteration {
  readonly eta: Float64Array;
  readonly mu: Float64Array;
  /** Coefficients of the orthonormal basis, [rank]. */
  readonly gamma: Float64Array;
  readonly iterations: number;
  /** Squared length of the last step, in standard errors. */
  readonly decrement: number;
  readonly deviance: number;
}

/** Squared length of a step, in standard errors, below which the estimate no longer moves. */
const STEP_DONE = 1e-20;
/** Before this iteration a step is no evidence of separation worth checking. */
const WATCH_FROM = 6;
/** A converging step is far shorter than this; along a separating direction every step is about 1. */
const LONG_MOVE = 1e-2;
const MOST_HALVINGS = 30;
/** From here on observed information replaces the expected one where the two differ and scoring can go back and forth. */
const NEWTON_FROM = 8;

/**
 * Fisher scoring, then Newton's method, in an orthonormal basis with halved steps (METHODS.md eq. (G2) and (G3)).
 *
 * @param q - Q, row-major [rows · rank].
 * @param start - Linear predictor to start from; R's start values when null.
 * @param onLongStep - Told of late long steps (change of predictor, change of basis coefficients); true ends the iteration.
 */
export function iterateGlm(
  family: GlmFamily,
  q: Float64Array,
  rank: number,
  response: Float64Array,
  offset: Float64Array,
  weights: Float64Array,
  start: Float64Array | null,
  maximumIterations: number,
  onLongStep: (move: Float64Array, gammaMove: Float64Array) => boolean,
): GlmIteration {
  const rows = response.length;
  const { link } = family;
  const eta = new Float64Array(rows);
  const mu = new Float64Array(rows);
  const move = new Float64Array(rows);
  const tried = new Float64Array(rows);
  const gamma = new Float64Array(rank);
  const step = new Float64Array(rank);
  const information = new Float64Array(rank * rank);
  for (let i = 0; i < rows; i++) {
    eta[i] = start === null ? linkOf(link, startMean(family, response[i]!, weights[i]!)) : start[i]!;
    mu[i] = meanOf(link, eta[i]!);
  }
  let deviance = totalDeviance(family, response, mu, weights);
  let decrement = Infinity;
  let iterations = 0;
  while (iterations < maximumIterations && decrement > STEP_DONE) {
    iterations++;
    const first = iterations === 1;
    step.fill(0);
    information.fill(0);
    for (let i = 0; i < rows; i++) {
      const slope = meanDerivative(link, eta[i]!);
      const unit = (weights[i]! * slope) / varianceFunction(family, mu[i]!);
      const w = unit * slope;
      // A fitted probability of 0 or 1 in floating point carries no information.
      if (!(w > 0 && w < Infinity)) continue;
      // The first step lands in the column space; later ones are differences, which keep their digits.
      const r = unit * (response[i]! - mu[i]!) + (first ? w * (eta[i]! - offset[i]!) : 0);
      const curvature = iterations > NEWTON_FROM ? observedWeight(family, response[i]!, mu[i]!, weights[i]!, w) : w;
      const at = i * rank;
      for (let j = 0; j < rank; j++) {
        const qj = q[at + j]!;
        step[j]! += r * qj;
        const wq = curvature * qj;
        for (let k = 0; k <= j; k++) information[j * rank + k]! += wq * q[at + k]!;
      }
    }
    const score = first ? null : step.slice();
    if (choleskyInPlace(information, rank) !== -1) break;
    choleskySolveInPlace(information, rank, step);
    for (let i = 0; i < rows; i++) {
      let sum = first ? offset[i]! - eta[i]! : 0;
      for (let j = 0; j < rank; j++) sum += q[i * rank + j]! * step[j]!;
      move[i] = sum;
    }
    decrement = score === null ? Infinity : score.reduce((sum, value, j) => sum + value * step[j]!, 0);
    if (iterations >= WATCH_FROM && move.some((value) => Math.abs(value) > LONG_MOVE) && onLongStep(move, step)) break;
    const scale = stepScale(family, response, weights, eta, move, tried, deviance, first);
    // The first step must land in the column space as a whole.
    if (first && scale < 1) break;
    for (let j = 0; j < rank; j++) gamma[j]! += scale * step[j]!;
    for (let i = 0; i < rows; i++) {
      eta[i]! += scale * move[i]!;
      mu[i] = meanOf(link, eta[i]!);
    }
    deviance = totalDeviance(family, response, mu, weights);
  }
  return { eta, mu, gamma, iterations, decrement, deviance };
}

/** Minus the second derivative of a row's log-likelihood in its linear predictor; `expected` where that is the same. */
function observedWeight(family: GlmFamily, response: number, mean: number, weight: number, expected: number): number {
  if (family.distribution !== "negative-binomial") return expected;
  const { size } = family;
  return (weight * mean * size * (size + response)) / (size + mean) ** 2;
}

/** Information matrix QᵀWQ at the end of an iteration, [rank · rank]. */
export function basisInformation(
  family: GlmFamily,
  q: Float64Array,
  rank: number,
  { eta, mu }: GlmIteration,
  weights: Float64Array,
): { readonly information: Float64Array; readonly rowWeights: Float64Array } {
  const information = new Float64Array(rank * rank);
  const rowWeights = eta.map((value, i) => {
    const slope = meanDerivative(family.link, value);
    const w = (weights[i]! * slope * slope) / varianceFunction(family, mu[i]!);
    return w > 0 && w < Infinity ? w : 0;
  });
  for (let i = 0; i < eta.length; i++)
    for (let j = 0; j < rank; j++) {
      const wq = rowWeights[i]! * q[i * rank + j]!;
      for (let k = 0; k < rank; k++) information[j * rank + k]! += wq * q[i * rank + k]!;
    }
  return { information, rowWeights };
}

/** 1, or the first of ½, ¼ … at which the deviance is finite and not worse. */
function stepScale(
  family: GlmFamily,
  response: Float64Array,
  weights: Float64Array,
  eta: Float64Array,
  move: Float64Array,
  tried: Float64Array,
  deviance: number,
  first: boolean,
): number {
  const allowed = first ? Infinity : deviance + 1e-8 * (Math.abs(deviance) + 0.1);
  let scale = 1;
  for (let halving = 0; halving < MOST_HALVINGS; halving++, scale /= 2) {
    let admissible = true;
    for (let i = 0; i < eta.length; i++) {
      const mean = meanOf(family.link, eta[i]! + scale * move[i]!);
      tried[i] = mean;
      if (!(mean >= 0 && mean < Infinity)) admissible = false;
    }
    if (!admissible) continue;
    const value = totalDeviance(family, response, tried, weights);
    if (value <= allowed && value < Infinity) return scale;
  }
  return scale;
}

function totalDeviance(family: GlmFamily, response: Float64Array, mu: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < mu.length; i++) sum += devianceOf(family, response[i]!, mu[i]!, weights[i]!);
  return sum;
}

/** Start values of R's glm. */
function startMean(family: GlmFamily, y: number, weight: number): number {
  switch (family.distribution) {
    case "binomial":
      return (weight * y + 0.5) / (weight + 1);
    case "poisson":
      return y + 0.1;
    case "negative-binomial":
      return y === 0 ? 1 / 6 : y;
  }
}
