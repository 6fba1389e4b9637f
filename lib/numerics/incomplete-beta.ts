import { binomialKernel, logBeta, logBinomialKernel } from "./log-gamma.ts";
import { normalUpperQuantile } from "./normal.ts";
import { quantileOfPositive } from "./quantile-search.ts";

/** Both tails of a regularized integral, each computed without cancellation where it is the smaller one. */
export interface TailPair {
  readonly lower: number;
  readonly upper: number;
}

/** Guard of Lentz's algorithm against division by zero. */
const TINY = 1e-300;
const MAXIMUM_TERMS = 1_000_000;

/**
 * Regularized incomplete beta function I_x(a, b) and its complement.
 *
 * @param a - First shape, positive.
 * @param b - Second shape, positive.
 * @param x - Argument in [0, 1].
 * @param y - 1 − x; pass it when it is known more accurately than by subtraction.
 * @returns lower = I_x(a, b), upper = 1 − lower; relative accuracy about 1e-13 in both tails.
 *
 * Source: continued fraction of DiDonato & Morris (1992), ACM TOMS 18:360–373, eq. (9), by the modified Lentz algorithm;
 * prefix in saddle-point form (Loader 2000).
 * Reference values: tests/reference/distributions.json.
 */
export function incompleteBeta(a: number, b: number, x: number, y = 1 - x): TailPair {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (y <= 0) return { lower: 1, upper: 0 };
  if (x * (a + b + 2) <= a + 1) {
    const lower = smallerTail(a, b, x, y);
    return { lower, upper: 1 - lower };
  }
  const upper = smallerTail(b, a, y, x);
  return { lower: 1 - upper, upper };
}

/**
 * Logarithm of I_x(a, b), finite where I_x(a, b) itself underflows.
 *
 * @param a - First shape, positive.
 * @param b - Second shape, positive.
 * @param x - Argument in [0, 1].
 * @param y - 1 − x; pass it when it is known more accurately than by subtraction.
 * @returns log I_x(a, b); −Infinity at x = 0.
 *
 * Source and accuracy: as {@link incompleteBeta}.
 */
export function logIncompleteBeta(a: number, b: number, x: number, y = 1 - x): number {
  if (x <= 0) return -Infinity;
  if (y > 0 && x * (a + b + 2) <= a + 1) {
    const logPrefix = Math.log((a * b) / (a + b)) + logBinomialKernel(a, b, x, y);
    return Math.min(0, logPrefix - Math.log(betaContinuedFraction(a, b, x, y)));
  }
  return Math.log1p(-incompleteBeta(a, b, x, y).upper);
}

function smallerTail(a: number, b: number, x: number, y: number): number {
  const prefix = ((a * b) / (a + b)) * binomialKernel(a, b, x, y);
  return prefix === 0 ? 0 : Math.min(1, prefix / betaContinuedFraction(a, b, x, y));
}

/** β₀ + α₁/(β₁ + α₂/(β₂ + …)); λ = a − (a + b) x is formed as a y − b x, which does not cancel for large shapes. */
function betaContinuedFraction(a: number, b: number, x: number, y: number): number {
  const lambda = a * y - b * x;
  let fraction = (a * (lambda + 1)) / (a + 1);
  let c = fraction;
  let d = 0;
  for (let n = 1; n <= MAXIMUM_TERMS; n++) {
    const s = a + 2 * n - 1;
    const alpha = ((a + n - 1) / s) * ((a + b + n - 1) / s) * n * (b - n) * x * x;
    const beta = n + (n * (b - n) * x) / s + ((a + n) / (s + 2)) * (lambda + 1 + n * (1 + y));
    d = beta + alpha * d;
    if (Math.abs(d) < TINY) d = TINY;
    c = beta + alpha / c;
    if (Math.abs(c) < TINY) c = TINY;
    d = 1 / d;
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < 2e-16) break;
  }
  return fraction;
}

/**
 * Quantile of the odds W = X / (1 − X) of a beta variable X.
 *
 * Beta, F and Student's t quantiles are this one, rescaled: X = W/(1+W), F = W·df2/df1, t² = W·df.
 *
 * @param a - First shape, positive.
 * @param b - Second shape, positive.
 * @param probability - Probability of the tail asked for, in [0, 1].
 * @param tail - Which tail of W has that probability.
 * @returns Odds in [0, Infinity].
 */
export function betaOddsQuantile(a: number, b: number, probability: number, tail: "lower" | "upper"): number {
  return quantileOfPositive(probability, tail, startingOdds(a, b, probability, tail), {
    tails: (w) => incompleteBeta(a, b, w / (1 + w), 1 / (1 + w)),
    // w · density(w) = xᵃ yᵇ / B(a, b).
    scaledDensity: (w) => ((a * b) / (a + b)) * binomialKernel(a, b, w / (1 + w), 1 / (1 + w)),
  });
}

/**
 * Wallace (1959) for t² (first shape ½), Abramowitz & Stegun 26.5.22 when both shapes exceed 1, else the leading term of
 * the tail.
 */
function startingOdds(a: number, b: number, probability: number, tail: "lower" | "upper"): number {
  if (a === 0.5 && b >= 1) {
    const z = normalUpperQuantile((tail === "upper" ? probability : 1 - probability) / 2);
    const df = 2 * b;
    return Math.expm1((z * z * (df - 5 / 6)) / (df - 2 / 3 + 0.1 / df) ** 2);
  }
  if (a > 1 && b > 1) {
    const z = tail === "lower" ? normalUpperQuantile(probability) : -normalUpperQuantile(probability);
    const lambda = (z * z - 3) / 6;
    const s = 1 / (2 * a - 1);
    const t = 1 / (2 * b - 1);
    const h = 2 / (s + t);
    const w = (z * Math.sqrt(Math.max(0, h + lambda))) / h - (t - s) * (lambda + 5 / 6 - 2 / (3 * h));
    return (a / b) * Math.exp(-2 * w);
  }
  if (tail === "lower") return Math.exp((Math.log(probability * a) + logBeta(a, b)) / a);
  return Math.exp(-(Math.log(probability * b) + logBeta(a, b)) / b);
}
