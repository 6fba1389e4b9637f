import { incompleteGamma, logIncompleteGamma, standardGammaQuantile } from "./incomplete-gamma.ts";
import { poissonKernel } from "./log-gamma.ts";

/**
 * Density of the gamma distribution with mean shape/rate.
 *
 * @param x - Argument; 0 below 0.
 * @param shape - Positive.
 * @param rate - Positive, per unit of x.
 */
export function gammaDensity(x: number, shape: number, rate: number): number {
  if (x < 0) return 0;
  if (x === 0) return shape > 1 ? 0 : shape < 1 ? Infinity : rate;
  return (shape * poissonKernel(shape, x * rate)) / x;
}

/**
 * Cumulative distribution P(X ≤ x) of the gamma distribution. Arguments as {@link gammaDensity}.
 *
 * Source: see incomplete-gamma.ts. Reference values: tests/reference/distributions.json.
 */
export function gammaCdf(x: number, shape: number, rate: number): number {
  return incompleteGamma(shape, x * rate).lower;
}

/** Logarithm of P(X ≤ x), finite where the probability underflows. Arguments as {@link gammaDensity}. */
export function gammaLogCdf(x: number, shape: number, rate: number): number {
  return logIncompleteGamma(shape, x * rate);
}

/** Upper tail P(X > x) of the gamma distribution, without cancellation. Arguments as {@link gammaDensity}. */
export function gammaUpperTail(x: number, shape: number, rate: number): number {
  return incompleteGamma(shape, x * rate).upper;
}

/** Quantile of the gamma distribution: x with P(X ≤ x) = probability, in [0, 1]. */
export function gammaQuantile(probability: number, shape: number, rate: number): number {
  return standardGammaQuantile(shape, probability, "lower") / rate;
}

/** Upper-tail quantile of the gamma distribution: x with P(X > x) = probability, in [0, 1]. */
export function gammaUpperQuantile(probability: number, shape: number, rate: number): number {
  return standardGammaQuantile(shape, probability, "upper") / rate;
}
