import { stirlingError } from "./log-gamma.ts";
import { normalCdf, normalDensity } from "./normal.ts";
import { findRoot } from "./root-finding.ts";

const NEGLIGIBLE = 1e-18;

/**
 * Cumulative distribution of the studentized range: largest minus smallest of `means` independent standard normals, divided
 * by an independent √(χ²/df).
 *
 * @param q - Argument; 0 below 0.
 * @param means - Number of means compared, at least 2.
 * @param degreesOfFreedom - Positive; Infinity for a known variance.
 * @returns P(Q ≤ q) in [0, 1], absolute accuracy about 1e-12.
 *
 * @remarks ∫ f(s) W(q s) ds with W(w) = k ∫ φ(z) [Φ(z) − Φ(z − w)]^{k−1} dz, both by the trapezoidal rule.
 *
 * Source: Copenhaver & Holland (1988), J. Stat. Comput. Simul. 30:1–15 (the integrals).
 * Reference values: tests/reference/distributions.json.
 */
export function studentizedRangeCdf(q: number, means: number, degreesOfFreedom: number): number {
  if (q <= 0) return 0;
  if (q === Infinity) return 1;
  if (degreesOfFreedom === Infinity) return Math.min(1, rangeCdf(q, means));
  return Math.min(
    1,
    averageOverScale(degreesOfFreedom, (s) => rangeCdf(q * s, means)),
  );
}

/** Upper tail of the studentized range: Tukey's adjusted p-value of |difference|·√2/SE. */
export function studentizedRangeUpperTail(q: number, means: number, degreesOfFreedom: number): number {
  return Math.max(0, 1 - studentizedRangeCdf(q, means, degreesOfFreedom));
}

/** Quantile of the studentized range: q with P(Q ≤ q) = probability, in (0, 1). */
export function studentizedRangeQuantile(probability: number, means: number, degreesOfFreedom: number): number {
  if (!(probability > 0 && probability < 1)) return probability === 0 ? 0 : probability === 1 ? Infinity : Number.NaN;
  let high = 4;
  while (studentizedRangeCdf(high, means, degreesOfFreedom) < probability) high *= 2;
  return findRoot((q) => studentizedRangeCdf(q, means, degreesOfFreedom) - probability, 0, high, {
    relativeTolerance: 1e-12,
  }).value;
}

/** P(range of k standard normals ≤ w). */
function rangeCdf(w: number, means: number): number {
  const step = 0.125;
  let sum = 0;
  for (let z = -8.5; z <= 8.5 + w; z += step) {
    const density = normalDensity(z);
    if (density === 0) break;
    const inside = z > 0 ? normalCdf(w - z) - normalCdf(-z) : normalCdf(z) - normalCdf(z - w);
    sum += density * inside ** (means - 1);
  }
  return sum * step * means;
}

/** Mean of a bounded function over the distribution of s = √(χ²/df), by the trapezoidal rule in log s. */
function averageOverScale(df: number, f: (s: number) => number): number {
  const k = df / 2;
  const step = Math.min(0.08, 0.4 / Math.sqrt(2 * df));
  const constant = 2 * Math.sqrt(k / (2 * Math.PI)) * Math.exp(-stirlingError(k));
  const weight = (u: number) => Math.exp(-k * (Math.expm1(2 * u) - 2 * u));
  let sum = f(1);
  for (const direction of [step, -step]) {
    for (let u = direction; ; u += direction) {
      const w = weight(u);
      sum += w * f(Math.exp(u));
      if (w < NEGLIGIBLE) break;
    }
  }
  return sum * step * constant;
}
