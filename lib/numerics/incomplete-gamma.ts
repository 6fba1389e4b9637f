import type { TailPair } from "./incomplete-beta.ts";
import { logGamma, logPoissonKernel, poissonKernel } from "./log-gamma.ts";
import { normalUpperQuantile } from "./normal.ts";
import { quantileOfPositive } from "./quantile-search.ts";

const TINY = 1e-300;
const MAXIMUM_TERMS = 10_000_000;

/**
 * Regularized incomplete gamma functions P(a, x) and Q(a, x) = 1 − P(a, x).
 *
 * @param a - Shape, positive.
 * @param x - Argument, not negative.
 * @returns lower = P, upper = Q; relative accuracy about 1e-13 in both tails.
 *
 * Source: series DLMF 8.11.4 below x = a + 1, continued fraction DLMF 8.9.2 (modified Lentz) above; prefix in
 * saddle-point form (Loader 2000). Reference values: tests/reference/distributions.json.
 */
export function incompleteGamma(a: number, x: number): TailPair {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  // xᵃ e⁻ˣ / Γ(a + 1)
  const prefix = poissonKernel(a, x);
  if (x < a + 1) {
    const lower = prefix === 0 ? 0 : Math.min(1, prefix * gammaSeries(a, x));
    return { lower, upper: 1 - lower };
  }
  const upper = prefix === 0 ? 0 : Math.min(1, prefix * a * gammaContinuedFraction(a, x));
  return { lower: 1 - upper, upper };
}

/**
 * Logarithm of P(a, x), finite where P(a, x) itself underflows.
 *
 * @param a - Shape, positive.
 * @param x - Argument, not negative.
 * @returns log P(a, x); −Infinity at x = 0.
 *
 * Source and accuracy: as {@link incompleteGamma}.
 */
export function logIncompleteGamma(a: number, x: number): number {
  if (x <= 0) return -Infinity;
  if (x < a + 1) return Math.min(0, logPoissonKernel(a, x) + Math.log(gammaSeries(a, x)));
  return Math.log1p(-incompleteGamma(a, x).upper);
}

/** Σ xⁿ / ((a+1)…(a+n)). */
function gammaSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < MAXIMUM_TERMS; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

function gammaContinuedFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < MAXIMUM_TERMS; n++) {
    const an = -n * (n - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < TINY) d = TINY;
    c = b + an / c;
    if (Math.abs(c) < TINY) c = TINY;
    d = 1 / d;
    const factor = d * c;
    fraction *= factor;
    if (Math.abs(factor - 1) < 2e-16) break;
  }
  return fraction;
}

/**
 * Quantile of the gamma distribution with shape a and rate 1.
 *
 * @param a - Shape, positive.
 * @param probability - Probability of the tail asked for, in [0, 1].
 * @param tail - Which tail has that probability.
 */
export function standardGammaQuantile(a: number, probability: number, tail: "lower" | "upper"): number {
  return quantileOfPositive(probability, tail, startingQuantile(a, probability, tail), {
    tails: (x) => incompleteGamma(a, x),
    scaledDensity: (x) => a * poissonKernel(a, x),
  });
}

/** Wilson & Hilferty (1931) for large shapes, else the leading term of the lower tail. */
function startingQuantile(a: number, probability: number, tail: "lower" | "upper"): number {
  const lowerProbability = tail === "lower" ? probability : 1 - probability;
  const leading = Math.exp((Math.log(lowerProbability) + logGamma(a + 1)) / a);
  if (a < 1) return Math.min(leading, a + 40);
  const z = tail === "lower" ? -normalUpperQuantile(probability) : normalUpperQuantile(probability);
  const cubeRoot = 1 - 1 / (9 * a) + z / (3 * Math.sqrt(a));
  return cubeRoot > 0.2 ? a * cubeRoot ** 3 : leading;
}
