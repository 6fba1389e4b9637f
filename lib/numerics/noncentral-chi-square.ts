import { chiSquareDensity } from "./chi-square.ts";
import { incompleteBeta, type TailPair } from "./incomplete-beta.ts";
import { incompleteGamma } from "./incomplete-gamma.ts";
import { poissonDensity } from "./poisson.ts";

/** Poisson weights below this share of the sum are left out, beyond the mean of the weights. */
const NEGLIGIBLE = 1e-18;

/**
 * Cumulative distribution of the noncentral chi-square.
 *
 * @param x - Argument.
 * @param degreesOfFreedom - Positive, not necessarily whole.
 * @param noncentrality - λ ≥ 0, the sum of squared means.
 * @returns P(X ≤ x) in [0, 1].
 *
 * @remarks Σⱼ Poisson(j; λ/2) · P(χ²_{df+2j} ≤ x): all terms positive, so both tails keep their relative accuracy.
 *
 * Source: Johnson, Kotz & Balakrishnan (1995), ch. 29. Reference values: tests/reference/distributions.json.
 */
export function noncentralChiSquareCdf(x: number, degreesOfFreedom: number, noncentrality: number): number {
  return poissonMixture(noncentrality, (j) => incompleteGamma(degreesOfFreedom / 2 + j, x / 2)).lower;
}

/** Upper tail P(X > x) of the noncentral chi-square: the power of a chi-square test whose critical value is x. */
export function noncentralChiSquareUpperTail(x: number, degreesOfFreedom: number, noncentrality: number): number {
  return poissonMixture(noncentrality, (j) => incompleteGamma(degreesOfFreedom / 2 + j, x / 2)).upper;
}

/** Density of the noncentral chi-square. Arguments as {@link noncentralChiSquareCdf}. */
export function noncentralChiSquareDensity(x: number, degreesOfFreedom: number, noncentrality: number): number {
  return poissonMixture(noncentrality, (j) => {
    const density = chiSquareDensity(x, degreesOfFreedom + 2 * j);
    return { lower: density, upper: density };
  }).lower;
}

/**
 * Cumulative distribution of the noncentral F: numerator noncentral chi-square with λ, denominator central.
 *
 * @remarks Σⱼ Poisson(j; λ/2) · I_y(df1/2 + j, df2/2), y = df1 x/(df1 x + df2).
 */
export function noncentralFCdf(x: number, numeratorDf: number, denominatorDf: number, noncentrality: number): number {
  return noncentralFTails(x, numeratorDf, denominatorDf, noncentrality).lower;
}

/** Upper tail P(X > x) of the noncentral F: the power of an F test whose critical value is x. */
export function noncentralFUpperTail(
  x: number,
  numeratorDf: number,
  denominatorDf: number,
  noncentrality: number,
): number {
  return noncentralFTails(x, numeratorDf, denominatorDf, noncentrality).upper;
}

function noncentralFTails(x: number, numeratorDf: number, denominatorDf: number, noncentrality: number): TailPair {
  const total = numeratorDf * x + denominatorDf;
  const y = (numeratorDf * x) / total;
  return poissonMixture(noncentrality, (j) =>
    incompleteBeta(numeratorDf / 2 + j, denominatorDf / 2, y, denominatorDf / total),
  );
}

function poissonMixture(noncentrality: number, component: (j: number) => TailPair): TailPair {
  const mean = noncentrality / 2;
  let lower = 0;
  let upper = 0;
  for (let j = 0; ; j++) {
    const weight = poissonDensity(j, mean);
    const tails = component(j);
    lower += weight * tails.lower;
    upper += weight * tails.upper;
    // Lower tails shrink with j and weights beyond the mean shrink: what is left is below the last weight.
    if (
      j > mean &&
      weight <= NEGLIGIBLE * Math.max(upper, Number.MIN_VALUE) &&
      weight * tails.lower <= NEGLIGIBLE * lower
    ) {
      break;
    }
  }
  return { lower: Math.min(1, lower), upper: Math.min(1, upper) };
}
