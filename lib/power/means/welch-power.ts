import { logBeta } from "../../numerics/log-gamma.ts";
import { noncentralTUpperTail } from "../../numerics/noncentral-t.ts";
import { studentTUpperQuantile } from "../../numerics/student-t.ts";

/** Two groups with their own variances. */
export interface UnequalVariances {
  readonly experimentalSd: number;
  readonly controlSd: number;
}

/**
 * Satterthwaite's degrees of freedom with the true variances in place of the estimates (METHODS.md eq. (P9)).
 *
 * @param n1 - Experimental subjects, > 1.
 * @param n0 - Control subjects, > 1.
 */
export function satterthwaiteDegreesOfFreedom(sd: UnequalVariances, n1: number, n0: number): number {
  const a = sd.experimentalSd ** 2 / n1;
  const b = sd.controlSd ** 2 / n0;
  return (a + b) ** 2 / ((a * a) / (n1 - 1) + (b * b) / (n0 - 1));
}

/**
 * Exact power of Welch's t test with Satterthwaite's estimated degrees of freedom (METHODS.md eq. (P10)).
 *
 * @param distance - Expected difference minus null value; its sign does not matter.
 * @param sd - True SD of each group.
 * @param tail - Error in the direction of the effect, alpha / sides.
 * @param bothTails - Whether rejections in the wrong direction count as well.
 *
 * @remarks
 * Given the ratio F of the standardised sample variances, the statistic is a multiple of a noncentral t with n₁ + n₀ − 2
 * degrees of freedom and its critical value is fixed; the power is the mean over F, here over y = logit of the beta variable
 * (n₁ − 1)F/((n₁ − 1)F + n₀ − 1) by the trapezoidal rule.
 *
 * Source: Moser, Stevens & Watts (1989), Communications in Statistics — Theory and Methods 18:3963–3975.
 */
export function exactWelchPower(
  distance: number,
  sd: UnequalVariances,
  n1: number,
  n0: number,
  tail: number,
  bothTails: boolean,
): number {
  const [df1, df0] = [n1 - 1, n0 - 1];
  if (!(df1 > 0) || !(df0 > 0)) return 0;
  const df = df1 + df0;
  const [v1, v0] = [sd.experimentalSd ** 2 / n1, sd.controlSd ** 2 / n0];
  const noncentrality = Math.abs(distance) / Math.sqrt(v1 + v0);
  const given = (odds: number) => {
    // odds = df1 F / df0
    const f = (odds * df0) / df1;
    const [a, b] = [f * v1, v0];
    const estimated = (a + b) ** 2 / ((a * a) / df1 + (b * b) / df0);
    const scale = Math.sqrt(((v1 + v0) * (df1 * f + df0)) / (df * (a + b)));
    const critical = studentTUpperQuantile(tail, estimated) / scale;
    if (!Number.isFinite(critical)) return 0;
    const power = noncentralTUpperTail(critical, df, noncentrality);
    return bothTails ? power + noncentralTUpperTail(critical, df, -noncentrality) : power;
  };
  return meanOverBetaOdds(df1 / 2, df0 / 2, given);
}

const NEGLIGIBLE = 1e-17;

/** E[g(B/(1 − B))], B ~ Beta(p, q): the trapezoidal rule in the logit, whose density is analytic with exponential tails. */
function meanOverBetaOdds(p: number, q: number, g: (odds: number) => number): number {
  const constant = -logBeta(p, q);
  const density = (y: number) => Math.exp(constant + p * y - (p + q) * softplus(y));
  const mode = Math.log(p / q);
  // The logit of a beta variable has SD of about √(1/p + 1/q); its density has poles at ±iπ.
  const step = Math.min(0.4, 0.45 * Math.sqrt(1 / p + 1 / q));
  let sum = density(mode) * g(p / q);
  let weight = density(mode);
  for (const direction of [1, -1]) {
    for (let j = 1; ; j++) {
      const y = mode + direction * j * step;
      const w = density(y);
      weight += w;
      sum += w * g(Math.exp(y));
      if (w < weight * NEGLIGIBLE) break;
    }
  }
  return sum * step;
}

/** log(1 + eʸ) without overflow. */
function softplus(y: number): number {
  return y > 0 ? y + Math.log1p(Math.exp(-y)) : Math.log1p(Math.exp(y));
}
