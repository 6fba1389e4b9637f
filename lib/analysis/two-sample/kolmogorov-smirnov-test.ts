import { assertSample } from "./sample.ts";

/** Two-sample Kolmogorov–Smirnov test. */
export interface KolmogorovSmirnovTest {
  /** Largest distance of the two empirical distribution functions. */
  readonly statistic: number;
  readonly twoSidedPValue: number;
  readonly distribution: "exact" | "asymptotic";
}

/** Below this product of the sample sizes the exact distribution is computed (the rule of R's ks.test). */
const EXACT_BELOW = 10_000;

/**
 * Kolmogorov–Smirnov test that two samples have the same distribution (METHODS.md eq. (W9)).
 *
 * @param distribution - `automatic` is exact when n₁n₂ < 10,000, conditional on ties.
 * @throws DomainError INSUFFICIENT_DATA for an empty sample.
 *
 * Source: Schröer & Trenkler (1995), CSDA 20:185–202 (exact, with ties); Feller (1948), Ann. Math. Stat. 19:177–189.
 */
export function kolmogorovSmirnovTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  distribution: "automatic" | "exact" | "asymptotic" = "automatic",
): KolmogorovSmirnovTest {
  assertSample(first, "first", 1);
  assertSample(second, "second", 1);
  const m = first.length;
  const n = second.length;
  const values = Float64Array.from([...Array.from(first), ...Array.from(second)]);
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  // The distance counts only where the next value differs, so that ties are taken together.
  const counts = new Uint8Array(m + n);
  let statistic = 0;
  let inFirst = 0;
  for (let k = 0; k < m + n; k++) {
    if (order[k]! < m) inFirst++;
    const last = k === m + n - 1 || values[order[k]!]! !== values[order[k + 1]!]!;
    counts[k] = last ? 1 : 0;
    if (last) statistic = Math.max(statistic, Math.abs(inFirst / m - (k + 1 - inFirst) / n));
  }
  const exact = distribution === "exact" || (distribution === "automatic" && m * n < EXACT_BELOW);
  return {
    statistic,
    twoSidedPValue: exact
      ? pathsReaching(statistic, m, n, counts)
      : limitingUpperTail(statistic * Math.sqrt((m * n) / (m + n))),
    distribution: exact ? "exact" : "asymptotic",
  };
}

/** P(a random path from (0, 0) to (m, n) is at least that far from the diagonal at some counted step). */
function pathsReaching(statistic: number, m: number, n: number, counts: Uint8Array): number {
  const limit = (0.5 + Math.floor(statistic * m * n - 1e-7)) / (m * n);
  // reached[u]: share of the paths through (u, v) that have reached the limit; kept[u]: share that have not.
  let kept = new Float64Array(m + 1);
  let reached = new Float64Array(m + 1);
  kept[0] = 1;
  for (let k = 1; k <= m + n; k++) {
    const nextKept = new Float64Array(m + 1);
    const nextReached = new Float64Array(m + 1);
    const low = Math.max(0, k - n);
    const high = Math.min(m, k);
    for (let u = low; u <= high; u++) {
      const v = k - u;
      // Chance to come from the left: a random ordering of m and n symbols, walked backwards.
      const fromFirst = u === 0 ? 0 : u / k;
      const fromSecond = v === 0 ? 0 : v / k;
      let stay = 0;
      let gone = 0;
      if (u > 0) {
        stay += fromFirst * kept[u - 1]!;
        gone += fromFirst * reached[u - 1]!;
      }
      if (v > 0) {
        stay += fromSecond * kept[u]!;
        gone += fromSecond * reached[u]!;
      }
      if (counts[k - 1] === 1 && Math.abs(u / m - v / n) >= limit) {
        gone += stay;
        stay = 0;
      }
      nextKept[u] = stay;
      nextReached[u] = gone;
    }
    kept = nextKept;
    reached = nextReached;
  }
  return Math.min(1, reached[m]!);
}

/** 2 Σ (−1)^{k−1} exp(−2k²x²), or its theta transform for small x. */
function limitingUpperTail(x: number): number {
  if (x <= 0) return 1;
  if (x < 1) {
    let sum = 0;
    for (let k = 1; k < 40; k += 2) sum += Math.exp((-(k * k) * Math.PI ** 2) / (8 * x * x));
    return Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / x) * sum);
  }
  let sum = 0;
  for (let k = 1; k < 40; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-18) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
