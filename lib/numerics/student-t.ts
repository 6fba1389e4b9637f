import { betaOddsQuantile, incompleteBeta, logIncompleteBeta } from "./incomplete-beta.ts";
import { devianceTerm, stirlingError } from "./log-gamma.ts";
import { normalCdf, normalDensity, normalLogCdf, normalUpperQuantile } from "./normal.ts";

/**
 * Density of Student's t distribution.
 *
 * @param t - Any real number.
 * @param degreesOfFreedom - Positive, not necessarily whole; Infinity gives the standard normal.
 *
 * Source: saddle-point form of Loader (2000).
 */
export function studentTDensity(t: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Infinity) return normalDensity(t);
  const half = degreesOfFreedom / 2;
  const constant = stirlingError(half + 0.5) - stirlingError(half) - devianceTerm(half, half + 0.5);
  const ratio = (t / degreesOfFreedom) * t;
  return Math.exp(constant - half * Math.log1p(ratio)) / Math.sqrt(2 * Math.PI * (1 + ratio));
}

/**
 * Cumulative distribution of Student's t, full relative accuracy in the lower tail.
 *
 * @param t - Any real number; ±Infinity allowed.
 * @param degreesOfFreedom - Positive, not necessarily whole; Infinity gives the standard normal.
 * @returns P(T ≤ t) in [0, 1].
 *
 * Source: P(T > t) = ½ I_x(df/2, ½) with x = df/(df + t²) (DLMF 8.17; Johnson, Kotz & Balakrishnan 1995, ch. 28).
 * Reference values: tests/reference/distributions.json.
 */
export function studentTCdf(t: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Infinity) return normalCdf(t);
  const beyond = 0.5 * tailsOfSize(Math.abs(t), degreesOfFreedom).upper;
  return t < 0 ? beyond : 0.5 + 0.5 * tailsOfSize(Math.abs(t), degreesOfFreedom).lower;
}

/**
 * Upper tail P(T > t) of Student's t, without cancellation. Arguments and source as {@link studentTCdf}.
 */
export function studentTUpperTail(t: number, degreesOfFreedom: number): number {
  return studentTCdf(-t, degreesOfFreedom);
}

/**
 * Logarithm of P(T ≤ t), finite where the probability underflows. Arguments and source as {@link studentTCdf}.
 */
export function studentTLogCdf(t: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Infinity) return normalLogCdf(t);
  if (t >= 0) return Math.log1p(-studentTUpperTail(t, degreesOfFreedom));
  const square = t * t;
  if (square === Infinity) return logTailFarOut(-t, degreesOfFreedom) - Math.LN2;
  const total = degreesOfFreedom + square;
  return logIncompleteBeta(degreesOfFreedom / 2, 0.5, degreesOfFreedom / total, square / total) - Math.LN2;
}

/**
 * Two-sided tail P(|T| > |t|) of Student's t: the usual two-sided p-value. Arguments and source as {@link studentTCdf}.
 */
export function studentTTwoSidedTail(t: number, degreesOfFreedom: number): number {
  return 2 * studentTCdf(-Math.abs(t), degreesOfFreedom);
}

/** P(|T| ≤ size) and P(|T| > size). */
function tailsOfSize(size: number, degreesOfFreedom: number) {
  const square = size * size;
  if (square === Infinity) {
    // t² overflows long before the tail vanishes when degrees of freedom are few.
    const logUpper = logTailFarOut(size, degreesOfFreedom);
    return { lower: 1, upper: Math.exp(logUpper) };
  }
  const total = degreesOfFreedom + square;
  return incompleteBeta(0.5, degreesOfFreedom / 2, square / total, degreesOfFreedom / total);
}

/** Leading term of log P(|T| > size): the density's power law integrated. */
function logTailFarOut(size: number, degreesOfFreedom: number): number {
  if (size === Infinity) return -Infinity;
  const density = studentTDensity(1e100, degreesOfFreedom);
  return Math.log(2 * density * (1e100 / degreesOfFreedom)) - degreesOfFreedom * Math.log(size / 1e100);
}

/**
 * Quantile of Student's t.
 *
 * @param probability - P(T ≤ t) in [0, 1]; NaN outside.
 * @param degreesOfFreedom - Positive, not necessarily whole; Infinity gives the standard normal.
 * @returns t, relative accuracy about 1e-13, also for p near 0 and near ½.
 *
 * Source: quantile of the odds t²/df of a beta(½, df/2) variable. Reference values: tests/reference/distributions.json.
 */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  if (probability > 0.5) return studentTUpperQuantile(1 - probability, degreesOfFreedom);
  return -studentTUpperQuantile(probability, degreesOfFreedom);
}

/**
 * Upper-tail quantile of Student's t: t with P(T > t) = p; keeps its accuracy for tiny p.
 *
 * @param probability - Upper-tail probability in [0, 1]. Otherwise as {@link studentTQuantile}.
 */
export function studentTUpperQuantile(probability: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Infinity) return normalUpperQuantile(probability);
  if (probability === 0.5) return 0;
  if (probability > 0.5) return -studentTUpperQuantile(1 - probability, degreesOfFreedom);
  const odds =
    probability > 0.25
      ? betaOddsQuantile(0.5, degreesOfFreedom / 2, 1 - 2 * probability, "lower")
      : betaOddsQuantile(0.5, degreesOfFreedom / 2, 2 * probability, "upper");
  // The odds t²/df overflow long before t does when degrees of freedom are few.
  if (odds > 1e200) return farOutQuantile(probability, degreesOfFreedom);
  return Math.sqrt(degreesOfFreedom) * Math.sqrt(odds);
}

/** Inverse of {@link logTailFarOut}: Infinity only where t itself is beyond the doubles. */
function farOutQuantile(probability: number, degreesOfFreedom: number): number {
  const logTailAt = logTailFarOut(1e100, degreesOfFreedom);
  return 1e100 * Math.exp((logTailAt - Math.log(2 * probability)) / degreesOfFreedom);
}
