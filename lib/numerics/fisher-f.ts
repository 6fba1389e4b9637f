import { chiSquareCdf, chiSquareQuantile, chiSquareUpperQuantile, chiSquareUpperTail } from "./chi-square.ts";
import { betaOddsQuantile, incompleteBeta, type TailPair } from "./incomplete-beta.ts";
import { binomialKernel } from "./log-gamma.ts";

/**
 * Density of Fisher's F distribution.
 *
 * @param x - Argument; 0 below 0.
 * @param numeratorDf - Degrees of freedom of the numerator, positive.
 * @param denominatorDf - Degrees of freedom of the denominator, positive and finite.
 */
export function fisherFDensity(x: number, numeratorDf: number, denominatorDf: number): number {
  if (x < 0) return 0;
  if (x === 0) return numeratorDf > 2 ? 0 : numeratorDf < 2 ? Infinity : 1;
  const a = numeratorDf / 2;
  const b = denominatorDf / 2;
  const total = numeratorDf * x + denominatorDf;
  return (((a * b) / (a + b)) * binomialKernel(a, b, (numeratorDf * x) / total, denominatorDf / total)) / x;
}

/**
 * Cumulative distribution P(X ≤ x) of Fisher's F.
 *
 * @param x - Argument.
 * @param numeratorDf - Degrees of freedom of the numerator, positive.
 * @param denominatorDf - Degrees of freedom of the denominator, positive; Infinity gives chi-square / numeratorDf.
 *
 * Source: I_y(df1/2, df2/2) with y = df1 x/(df1 x + df2). Reference values: tests/reference/distributions.json.
 */
export function fisherFCdf(x: number, numeratorDf: number, denominatorDf: number): number {
  if (denominatorDf === Infinity) return chiSquareCdf(x * numeratorDf, numeratorDf);
  return tails(x, numeratorDf, denominatorDf).lower;
}

/** Upper tail P(X > x) of Fisher's F, without cancellation. Arguments as {@link fisherFCdf}. */
export function fisherFUpperTail(x: number, numeratorDf: number, denominatorDf: number): number {
  if (denominatorDf === Infinity) return chiSquareUpperTail(x * numeratorDf, numeratorDf);
  return tails(x, numeratorDf, denominatorDf).upper;
}

function tails(x: number, numeratorDf: number, denominatorDf: number): TailPair {
  if (x === Infinity) return { lower: 1, upper: 0 };
  const total = numeratorDf * x + denominatorDf;
  return incompleteBeta(numeratorDf / 2, denominatorDf / 2, (numeratorDf * x) / total, denominatorDf / total);
}

/** Quantile of Fisher's F: x with P(X ≤ x) = probability, in [0, 1]. */
export function fisherFQuantile(probability: number, numeratorDf: number, denominatorDf: number): number {
  if (denominatorDf === Infinity) return chiSquareQuantile(probability, numeratorDf) / numeratorDf;
  return (betaOddsQuantile(numeratorDf / 2, denominatorDf / 2, probability, "lower") * denominatorDf) / numeratorDf;
}

/** Upper-tail quantile of Fisher's F: x with P(X > x) = probability, in [0, 1]. */
export function fisherFUpperQuantile(probability: number, numeratorDf: number, denominatorDf: number): number {
  if (denominatorDf === Infinity) return chiSquareUpperQuantile(probability, numeratorDf) / numeratorDf;
  return (betaOddsQuantile(numeratorDf / 2, denominatorDf / 2, probability, "upper") * denominatorDf) / numeratorDf;
}
