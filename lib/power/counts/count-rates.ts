import { normalCdf, normalUpperQuantile } from "../../numerics/normal.ts";

/** How the variance under the null hypothesis is taken (Zhu & Lakkis methods 1, 2 and 3). */
export type NullRates = "control-rate" | "true-rates" | "restricted";

/** Two arms with negative binomial (dispersion > 0) or Poisson (0) counts. */
export interface CountRates {
  /** Events per unit time. */
  readonly experimental: number;
  readonly control: number;
  /** k of Var = μ + kμ², μ the mean count of a subject. */
  readonly dispersion: number;
  /** Time every subject is followed. */
  readonly exposure: number;
  /** Ratio experimental/control under the null hypothesis. */
  readonly nullRatio: number;
}

/** Variance of the log rate ratio with given rates: Σ (1/(tλ) + k)/n (METHODS.md eq. (P24)). */
export function logRatioVariance(
  experimental: number,
  control: number,
  { dispersion, exposure }: CountRates,
  n1: number,
  n0: number,
): number {
  return (1 / (exposure * experimental) + dispersion) / n1 + (1 / (exposure * control) + dispersion) / n0;
}

/**
 * Control rate of maximum likelihood when the ratio is held at its null value, with the counts at their expectation
 * (METHODS.md eq. (P25)).
 *
 * @remarks The score n₀(λ₀ − x)/(1 + ktx) + n₁(λ₁ − ρx)/(1 + ktρx) = 0 is a quadratic in x.
 * Source: Zhu & Lakkis (2014), Stat Med 33:376–387; Zhu (2017), Stat Biopharm Res 9:107–115.
 */
export function restrictedControlRate(rates: CountRates, n1: number, n0: number): number {
  const { experimental, control, nullRatio: ratio, dispersion, exposure } = rates;
  const kt = dispersion * exposure;
  const a = kt * ratio * (n0 + n1);
  const b = n0 * (1 - kt * ratio * control) + n1 * (ratio - kt * experimental);
  const c = -(n0 * control + n1 * experimental);
  // The positive root of a x² + b x + c, written without cancellation for either sign of b.
  const root = Math.sqrt(b * b - 4 * a * c);
  return b >= 0 ? (-2 * c) / (b + root) : (root - b) / (2 * a);
}

/**
 * Power of the Wald test of the log rate ratio (METHODS.md eq. (P26)).
 *
 * @param tail - Error in the direction of the effect, alpha / sides.
 */
export function powerOfCounts(nullRates: NullRates, rates: CountRates, n1: number, n0: number, tail: number): number {
  const distance = Math.abs(Math.log(rates.experimental / rates.control / rates.nullRatio));
  const trueVariance = logRatioVariance(rates.experimental, rates.control, rates, n1, n0);
  let nullVariance = trueVariance;
  if (nullRates === "control-rate")
    nullVariance = logRatioVariance(rates.nullRatio * rates.control, rates.control, rates, n1, n0);
  else if (nullRates === "restricted") {
    const control = restrictedControlRate(rates, n1, n0);
    nullVariance = logRatioVariance(rates.nullRatio * control, control, rates, n1, n0);
  }
  return normalCdf((distance - normalUpperQuantile(tail) * Math.sqrt(nullVariance)) / Math.sqrt(trueVariance));
}
