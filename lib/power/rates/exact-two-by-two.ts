import { binomialDensity } from "../../numerics/binomial.ts";
import { logGamma } from "../../numerics/log-gamma.ts";
import { normalUpperQuantile } from "../../numerics/normal.ts";

/** Tests of two proportions whose power is summed over all tables. */
export type ExactTest = "fisher" | "z-pooled" | "z-unpooled" | "boschloo" | "z-pooled-exact";

/**
 * For every number of control responders the fewest experimental responders that reject, one-sided for more responders in
 * the experimental arm; n₁ + 1 where none does. Shape [n₀ + 1], not decreasing.
 */
export type RejectionLimits = Int32Array;

/**
 * Rejection region of a test (METHODS.md eq. (P23)).
 *
 * @param n1 - Experimental subjects, whole.
 * @param n0 - Control subjects, whole.
 * @param tail - One-sided error.
 *
 * @remarks
 * fisher: conditional p ≤ tail. z: statistic ≥ z_{1−tail}. boschloo and z-pooled-exact: tables ordered by Fisher's p and by the
 * pooled z, the limit chosen so that the largest rejection probability over the common proportion does not exceed the error
 * (Boschloo 1970; Suissa & Shuster 1985).
 */
export function rejectionLimits(test: ExactTest, n1: number, n0: number, tail: number): RejectionLimits {
  switch (test) {
    case "fisher":
      return limitsOf(n1, n0, (x1, x0) => fisherTail(x1, x0, n1, n0) <= tail * (1 + 1e-12));
    case "z-pooled": {
      const z = normalUpperQuantile(tail);
      return limitsOf(n1, n0, (x1, x0) => pooledZ(x1, x0, n1, n0) >= z);
    }
    case "z-unpooled": {
      const z = normalUpperQuantile(tail);
      return limitsOf(n1, n0, (x1, x0) => unpooledZ(x1, x0, n1, n0) >= z);
    }
    case "boschloo":
      return unconditionalLimits(n1, n0, tail, (x1, x0) => -fisherTail(x1, x0, n1, n0));
    case "z-pooled-exact":
      return unconditionalLimits(n1, n0, tail, (x1, x0) => pooledZ(x1, x0, n1, n0));
  }
}

/**
 * Probability of rejection summed over all pairs of responders (METHODS.md eq. (P23)).
 *
 * @param experimentalRate - True proportion p₁.
 * @param controlRate - True proportion p₀.
 */
export function rejectionProbability(
  limits: RejectionLimits,
  n1: number,
  n0: number,
  experimentalRate: number,
  controlRate: number,
): number {
  // Upper tails of the experimental count, summed from the far end so that small ones keep their digits.
  const upperTail = new Float64Array(n1 + 2);
  for (let x = n1; x >= 0; x--) upperTail[x] = upperTail[x + 1]! + binomialDensity(x, n1, experimentalRate);
  let power = 0;
  for (let x0 = 0; x0 <= n0; x0++) power += binomialDensity(x0, n0, controlRate) * upperTail[limits[x0]!]!;
  return Math.min(1, power);
}

/** P(X₁ ≥ x₁ | X₁ + X₀ = x₁ + x₀) under equal proportions: the one-sided p-value of Fisher's exact test. */
export function fisherTail(x1: number, x0: number, n1: number, n0: number): number {
  const events = x1 + x0;
  const last = Math.min(n1, events);
  const first = Math.max(0, events - n0);
  if (x1 <= first) return 1;
  // The shorter of the two tails is summed, from its largest term outwards.
  const mean = (events * n1) / (n1 + n0);
  return x1 > mean ? tailSum(x1, last, 1, events, n1, n0) : 1 - tailSum(x1 - 1, first, -1, events, n1, n0);
}

function tailSum(from: number, to: number, step: 1 | -1, events: number, n1: number, n0: number): number {
  let term = Math.exp(logChoose(n1, from) + logChoose(n0, events - from) - logChoose(n1 + n0, events));
  let sum = term;
  for (let x = from; x !== to; x += step) {
    term *=
      step === 1
        ? ((n1 - x) * (events - x)) / ((x + 1) * (n0 - events + x + 1))
        : (x * (n0 - events + x)) / ((n1 - x + 1) * (events - x + 1));
    sum += term;
    if (term < sum * 1e-18) break;
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

function pooledZ(x1: number, x0: number, n1: number, n0: number): number {
  const pooled = (x1 + x0) / (n1 + n0);
  const variance = pooled * (1 - pooled) * (1 / n1 + 1 / n0);
  return variance === 0 ? 0 : (x1 / n1 - x0 / n0) / Math.sqrt(variance);
}

function unpooledZ(x1: number, x0: number, n1: number, n0: number): number {
  const [p1, p0] = [x1 / n1, x0 / n0];
  const variance = (p1 * (1 - p1)) / n1 + (p0 * (1 - p0)) / n0;
  if (variance === 0) return p1 > p0 ? Infinity : p1 === p0 ? 0 : -Infinity;
  return (p1 - p0) / Math.sqrt(variance);
}

/** Limits of a test that, once it rejects, rejects for every larger experimental and every smaller control count. */
function limitsOf(n1: number, n0: number, rejects: (x1: number, x0: number) => boolean): RejectionLimits {
  const limits = new Int32Array(n0 + 1);
  let x1 = 0;
  for (let x0 = 0; x0 <= n0; x0++) {
    while (x1 <= n1 && !rejects(x1, x0)) x1++;
    limits[x0] = x1;
  }
  return limits;
}

/** Points at which the size is looked up over the common proportion. */
const NUISANCE_POINTS = 400;

function unconditionalLimits(
  n1: number,
  n0: number,
  tail: number,
  statistic: (x1: number, x0: number) => number,
): RejectionLimits {
  const values = new Float64Array((n1 + 1) * (n0 + 1));
  for (let x1 = 0; x1 <= n1; x1++) for (let x0 = 0; x0 <= n0; x0++) values[x1 * (n0 + 1) + x0] = statistic(x1, x0);
  const levels = [...new Set(values)].sort((a, b) => b - a);
  const limitsAt = (level: number) =>
    limitsOf(n1, n0, (x1, x0) => values[x1 * (n0 + 1) + x0]! >= level - 1e-12 * Math.abs(level));
  // The size grows as the level falls: the last level whose largest size is within the error.
  let inside = -1;
  let outside = levels.length;
  while (outside - inside > 1) {
    const middle = (inside + outside) >> 1;
    if (largestSize(limitsAt(levels[middle]!), n1, n0) <= tail) inside = middle;
    else outside = middle;
  }
  return inside < 0 ? new Int32Array(n0 + 1).fill(n1 + 1) : limitsAt(levels[inside]!);
}

/** Largest rejection probability over the common proportion, on a grid of equal steps in arcsin √p and refined around its top. */
function largestSize(limits: RejectionLimits, n1: number, n0: number): number {
  const at = (angle: number) => {
    const p = Math.sin(angle) ** 2;
    return rejectionProbability(limits, n1, n0, p, p);
  };
  const step = Math.PI / 2 / NUISANCE_POINTS;
  let best = 0;
  let top = step;
  for (let i = 1; i < NUISANCE_POINTS; i++) {
    const size = at(i * step);
    if (size > best) [best, top] = [size, i * step];
  }
  for (let width = step / 2; width > 1e-9; width /= 2)
    for (const angle of [top - width, top + width]) {
      const size = at(angle);
      if (size > best) [best, top] = [size, angle];
    }
  return best;
}
