import { gammaCdf, gammaDensity, gammaQuantile, gammaUpperQuantile, gammaUpperTail } from "./gamma.ts";

/**
 * Density of the chi-square distribution.
 *
 * @param x - Argument; 0 below 0.
 * @param degreesOfFreedom - Positive, not necessarily whole.
 */
export function chiSquareDensity(x: number, degreesOfFreedom: number): number {
  return gammaDensity(x, degreesOfFreedom / 2, 0.5);
}

/**
 * Cumulative distribution P(X ≤ x) of chi-square: gamma with shape df/2 and rate ½.
 *
 * Source: see incomplete-gamma.ts. Reference values: tests/reference/distributions.json.
 */
export function chiSquareCdf(x: number, degreesOfFreedom: number): number {
  return gammaCdf(x, degreesOfFreedom / 2, 0.5);
}

/** Upper tail P(X > x) of chi-square, without cancellation. */
export function chiSquareUpperTail(x: number, degreesOfFreedom: number): number {
  return gammaUpperTail(x, degreesOfFreedom / 2, 0.5);
}

/** Quantile of chi-square: x with P(X ≤ x) = probability, in [0, 1]. */
export function chiSquareQuantile(probability: number, degreesOfFreedom: number): number {
  return gammaQuantile(probability, degreesOfFreedom / 2, 0.5);
}

/** Upper-tail quantile of chi-square: x with P(X > x) = probability, in [0, 1]. */
export function chiSquareUpperQuantile(probability: number, degreesOfFreedom: number): number {
  return gammaUpperQuantile(probability, degreesOfFreedom / 2, 0.5);
}
