import { betaOddsQuantile, incompleteBeta, logIncompleteBeta } from "./incomplete-beta.ts";
import { binomialKernel, logBeta } from "./log-gamma.ts";

/**
 * Density of the beta distribution.
 *
 * @param x - Argument; 0 outside [0, 1].
 * @param a - First shape, positive.
 * @param b - Second shape, positive.
 */
export function betaDensity(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1)) return 0;
  if (x === 0) return a > 1 ? 0 : a < 1 ? Infinity : b;
  if (x === 1) return b > 1 ? 0 : b < 1 ? Infinity : a;
  const y = 1 - x;
  return (((a * b) / (a + b)) * binomialKernel(a, b, x, y)) / (x * y);
}

/** Natural logarithm of the beta density for x in (0, 1), finite where the density underflows. */
export function betaLogDensity(x: number, a: number, b: number): number {
  return (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta(a, b);
}

/**
 * Cumulative distribution of the beta distribution: P(X ≤ x) = I_x(a, b).
 *
 * @param x - Argument; clipped to [0, 1].
 * @param a - First shape, positive.
 * @param b - Second shape, positive.
 *
 * Source: see incomplete-beta.ts. Reference values: tests/reference/distributions.json.
 */
export function betaCdf(x: number, a: number, b: number): number {
  return incompleteBeta(a, b, x).lower;
}

/** Logarithm of P(X ≤ x), finite where the probability underflows. Arguments as {@link betaCdf}. */
export function betaLogCdf(x: number, a: number, b: number): number {
  return logIncompleteBeta(a, b, x);
}

/** Upper tail P(X > x) of the beta distribution, without cancellation. Arguments as {@link betaCdf}. */
export function betaUpperTail(x: number, a: number, b: number): number {
  return incompleteBeta(a, b, x).upper;
}

/**
 * Quantile of the beta distribution.
 *
 * @param probability - P(X ≤ x) in [0, 1]; NaN outside.
 * @returns x in [0, 1].
 */
export function betaQuantile(probability: number, a: number, b: number): number {
  return fromOdds(betaOddsQuantile(a, b, probability, "lower"));
}

/** Upper-tail quantile: x with P(X > x) = p. Arguments as {@link betaQuantile}. */
export function betaUpperQuantile(probability: number, a: number, b: number): number {
  return fromOdds(betaOddsQuantile(a, b, probability, "upper"));
}

function fromOdds(odds: number): number {
  return odds === Infinity ? 1 : odds / (1 + odds);
}
