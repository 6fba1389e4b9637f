import type { TailPair } from "./incomplete-beta.ts";

/** A continuous distribution on (0, ∞), as the search needs it. */
export interface PositiveDistribution {
  readonly tails: (x: number) => TailPair;
  /** x · density(x), the density of log X. */
  readonly scaledDensity: (x: number) => number;
}

const LOWEST_LOG = -745;
const HIGHEST_LOG = 709;
const MAXIMUM_STEPS = 300;
const LAST_STEP = 1e-10;

/**
 * Quantile of a positive continuous variable, relative accuracy that of its tails.
 *
 * Newton's method for log tail(eᵘ) = log p in u = log x, kept inside a shrinking bracket; always on the smaller tail, so
 * that p = 1e-12 is as accurate as p = 0.5.
 *
 * @param probability - Probability of the tail named, in [0, 1]; NaN outside.
 * @param tail - Which tail has that probability.
 * @param start - First guess; any positive number will do.
 * @returns x in [0, Infinity].
 */
export function quantileOfPositive(
  probability: number,
  tail: "lower" | "upper",
  start: number,
  distribution: PositiveDistribution,
): number {
  if (!(probability >= 0 && probability <= 1)) return Number.NaN;
  if (probability === 0 || probability === 1) return (tail === "lower") === (probability === 0) ? 0 : Infinity;
  if (probability > 0.5) {
    return quantileOfPositive(1 - probability, tail === "lower" ? "upper" : "lower", start, distribution);
  }
  const goal = Math.log(probability);
  const sign = tail === "lower" ? 1 : -1;
  let low = LOWEST_LOG;
  let high = HIGHEST_LOG;
  let u = Math.log(start);
  if (!(u > low && u < high)) u = 0;
  for (let step = 0; step < MAXIMUM_STEPS; step++) {
    const x = Math.exp(u);
    const mass = distribution.tails(x)[tail];
    const excess = Math.log(mass) - goal;
    if (excess * sign > 0) high = u;
    else low = u;
    const move = (-sign * excess * mass) / distribution.scaledDensity(x);
    // Quadratic convergence: after a step this small the error is rounding only.
    if (Math.abs(move) <= LAST_STEP) return Math.exp(u + move);
    const newton = u + move;
    u = newton > low && newton < high ? newton : 0.5 * (low + high);
    if (high - low <= 1e-15 * Math.max(1, Math.abs(u))) break;
  }
  return Math.exp(u);
}

/**
 * Quantile of a count: the smallest k with P(X ≤ k) ≥ p, or with P(X > k) ≤ p for an upper tail.
 *
 * The comparison forgives 64 units in the last place of the smaller tail and the rounding of the larger one, so that a
 * probability computed by the same distribution gives its own count back.
 *
 * @param probability - Probability of the tail named, in (0, 1).
 * @param highest - Largest possible count, or Infinity.
 * @param start - First guess.
 */
export function quantileOfCount(
  probability: number,
  tail: "lower" | "upper",
  highest: number,
  start: number,
  tails: (count: number) => TailPair,
): number {
  const forgiven = 64 * Number.EPSILON;
  const reached = (count: number) => {
    const { lower, upper } = tails(count);
    const [own, other] = tail === "lower" ? [lower, upper] : [upper, lower];
    const sign = tail === "lower" ? 1 : -1;
    if (probability <= 0.5) return sign * (own - probability) >= -forgiven * probability;
    // 1 − p is exact for p above ½, where the other tail still tells apart counts that round to one p.
    const rest = 1 - probability;
    return sign * (rest - other) >= -(forgiven * rest + Number.EPSILON);
  };
  let low = -1;
  let high = Math.min(highest, Math.max(0, Math.round(start)));
  let step = 1;
  while (high < highest && !reached(high)) {
    low = high;
    high = Math.min(highest, high + step);
    step *= 2;
  }
  step = 1;
  while (low === -1 && high - step > -1 && reached(high - step)) {
    high -= step;
    step *= 2;
  }
  if (low === -1) low = Math.max(-1, high - step);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (reached(middle)) high = middle;
    else low = middle;
  }
  return high;
}
