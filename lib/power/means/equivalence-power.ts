import { chiSquareQuantile, chiSquareUpperQuantile } from "../../numerics/chi-square.ts";
import { stirlingError } from "../../numerics/log-gamma.ts";
import { noncentralTCdf, noncentralTUpperTail } from "../../numerics/noncentral-t.ts";
import { normalCdf, normalUpperQuantile } from "../../numerics/normal.ts";
import { integrateGaussLegendre } from "../../numerics/quadrature.ts";
import { studentTUpperQuantile } from "../../numerics/student-t.ts";

/** Distances of the true effect from both margins in standard errors: (effect − lower)/SE and (upper − effect)/SE. */
export interface MarginDistances {
  readonly lower: number;
  readonly upper: number;
}

const PANELS = 4;
const POINTS = 48;
/** Probability left out at each end of the distribution of the estimated SD. */
const LEFT_OUT = 1e-17;

/**
 * Exact power of two one-sided t tests (METHODS.md eq. (P11)): P(T_L > t and T_U < −t), the difference of two values of
 * Owen's Q.
 *
 * @param distances - In standard errors.
 * @param degreesOfFreedom - Of the variance estimate, > 0.
 * @param alpha - Error of each of the two tests, in (0, 0.5).
 * @returns Power in [0, 1], absolute error below 1e-12.
 *
 * @remarks
 * Both statistics share the estimated SD s (in units of σ): the trial succeeds when t s − δ_L < Z < δ_U − t s, so that the
 * power is ∫ [Φ(δ_U − t s) − Φ(t s − δ_L)] f(s) ds up to s = (δ_L + δ_U)/(2t).
 *
 * Source: Phillips (1990), Journal of Pharmacokinetics and Biopharmaceutics 18:137–144; Owen (1965), Biometrika 52:437–446.
 */
export function exactEquivalencePower(distances: MarginDistances, degreesOfFreedom: number, alpha: number): number {
  const df = degreesOfFreedom;
  if (!(df > 0)) return 0;
  const critical = studentTUpperQuantile(alpha, df);
  const last = (distances.lower + distances.upper) / (2 * critical);
  if (!(last > 0)) return 0;
  const from = Math.sqrt(chiSquareQuantile(LEFT_OUT, df) / df);
  const to = Math.min(last, Math.sqrt(chiSquareUpperQuantile(LEFT_OUT, df) / df));
  if (!(to > from)) return 0;
  const k = df / 2;
  // Density of s: 2 √(k/2π) e^{−δ(k)} s^{−1} exp(−k (s² − 1 − 2 log s)).
  const constant = 2 * Math.sqrt(k / (2 * Math.PI)) * Math.exp(-stirlingError(k));
  const integrand = (logS: number) => {
    const s = Math.exp(logS);
    const density = Math.exp(-k * (Math.expm1(2 * logS) - 2 * logS));
    return density * (normalCdf(distances.upper - critical * s) - normalCdf(critical * s - distances.lower));
  };
  const width = (Math.log(to) - Math.log(from)) / PANELS;
  let power = 0;
  for (let panel = 0; panel < PANELS; panel++) {
    const start = Math.log(from) + panel * width;
    power += integrateGaussLegendre(integrand, start, start + width, POINTS);
  }
  return Math.min(1, Math.max(0, constant * power));
}

/**
 * Approximation by two noncentral t probabilities, treating the tests as if they excluded each other (METHODS.md eq. (P12)).
 *
 * @returns max(0, P(T_L > t) + P(T_U < −t) − 1); below the exact power, by nothing worth mention once it exceeds 1/2.
 */
export function noncentralTEquivalencePower(distances: MarginDistances, degreesOfFreedom: number, alpha: number) {
  if (!(degreesOfFreedom > 0)) return 0;
  const critical = studentTUpperQuantile(alpha, degreesOfFreedom);
  if (!Number.isFinite(critical)) return 0;
  const aboveLower = noncentralTUpperTail(critical, degreesOfFreedom, distances.lower);
  const belowUpper = noncentralTCdf(-critical, degreesOfFreedom, -distances.upper);
  return Math.max(0, aboveLower + belowUpper - 1);
}

/** The same with the variance taken as known: max(0, Φ(δ_L − z) + Φ(δ_U − z) − 1). */
export function normalEquivalencePower({ lower, upper }: MarginDistances, alpha: number): number {
  const z = normalUpperQuantile(alpha);
  return Math.max(0, normalCdf(lower - z) - normalCdf(z - upper));
}
