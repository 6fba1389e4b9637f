import { DomainError } from "../../errors/domain-error.ts";
import { normalCdf, normalQuantile, normalUpperTail } from "../../numerics/normal.ts";
import { midranks } from "./midranks.ts";
import { median } from "./quantile.ts";
import { stepWhereBelow } from "./rank-inversion.ts";
import { EXACT_BELOW, type RankTest, type RankTestOptions } from "./rank-test-result.ts";
import { assertConfidence, assertSample } from "./sample.ts";
import { lowerTailOfSum, quantileOfSum, subsetSumDistribution, upperTailOfSum } from "./score-sum-distribution.ts";

/**
 * Wilcoxon's rank sum test (Mann–Whitney) of a shift between two samples, with the Hodges–Lehmann estimate and the
 * interval that inverts the same test (METHODS.md eq. (W6) and (W7)).
 *
 * @param experimental - Observed values, at least 1.
 * @param control - Observed values, at least 1.
 * @returns `statistic` counts the pairs in which the experimental value is the larger one, ties as one half.
 * @throws DomainError INSUFFICIENT_DATA for an empty sample; NOT_ESTIMABLE when all values are tied.
 *
 * Source: Hollander & Wolfe (1999), Nonparametric Statistical Methods, §4.1–4.3; choice of distribution as R's wilcox.test.
 */
export function rankSumTest(
  experimental: ArrayLike<number>,
  control: ArrayLike<number>,
  options: RankTestOptions = {},
): RankTest {
  const { nullShift = 0, confidence = 0.95 } = options;
  assertSample(experimental, "experimental", 1);
  assertSample(control, "control", 1);
  assertConfidence(confidence);
  const m = experimental.length;
  const n = control.length;
  const { ranks, tieSum } = midranks(pooled(experimental, control, nullShift));
  const statistic = mannWhitney(ranks, m);
  const ties = tieSum > 0;
  const asked = options.distribution ?? "automatic";
  const distribution =
    asked === "automatic" ? (m < EXACT_BELOW && n < EXACT_BELOW && !ties ? "exact" : "normal-continuity") : asked;
  const steps = pairwiseDifferences(experimental, control);
  const shared = { statistic, distribution, shift: median(steps), ties, zeroes: 0 };
  const alpha = 1 - confidence;

  if (distribution === "exact") {
    const scale = ties ? 2 : 1;
    const fewer = m <= n;
    const sums = subsetSumDistribution(
      Array.from(ranks, (rank) => rank * scale),
      Math.min(m, n),
    );
    let rankSum = 0;
    for (let i = fewer ? 0 : m; i < (fewer ? m : m + n); i++) rankSum += ranks[i]! * scale;
    const [below, above] = [lowerTailOfSum(sums, rankSum), upperTailOfSum(sums, rankSum)];
    const [lowerPValue, upperPValue] = fewer ? [below, above] : [above, below];
    // The interval inverts the distribution without ties, as R's does.
    const free = ties ? subsetSumDistribution(firstRanks(m + n), Math.min(m, n)) : sums;
    const lowest = (Math.min(m, n) * (Math.min(m, n) + 1)) / 2;
    const count = Math.max(1, quantileOfSum(free, alpha / 2) - lowest);
    return {
      ...shared,
      z: null,
      lowerPValue,
      upperPValue,
      twoSidedPValue: Math.min(1, 2 * Math.min(lowerPValue, upperPValue)),
      interval: { lower: steps[count - 1]!, upper: steps[m * n - count]!, confidence },
      achievedConfidence: 1 - 2 * lowerTailOfSum(free, count - 1 + lowest),
    };
  }

  const correct = distribution === "normal-continuity";
  const sd = rankSumDeviation(m, n, tieSum);
  if (!(sd > 0))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "outcome",
      received: m + n,
      requirement: "must not be the same for every patient: all ranks are tied",
    });
  const centred = statistic - (m * n) / 2;
  const half = correct ? 0.5 : 0;
  const z = (centred - Math.sign(centred) * half) / sd;
  const standardised = (shift: number): number => {
    const moved = midranks(pooled(experimental, control, shift));
    const difference = mannWhitney(moved.ranks, m) - (m * n) / 2;
    return (difference - Math.sign(difference) * half) / rankSumDeviation(m, n, moved.tieSum);
  };
  const critical = -normalQuantile(alpha / 2);
  return {
    ...shared,
    z,
    lowerPValue: normalCdf((centred + half) / sd),
    upperPValue: normalUpperTail((centred - half) / sd),
    twoSidedPValue: Math.min(1, 2 * Math.min(normalCdf(z), normalUpperTail(z))),
    interval: {
      lower: stepWhereBelow(steps, standardised, critical),
      upper: stepWhereBelow(steps, standardised, -critical),
      confidence,
    },
    achievedConfidence: null,
  };
}

function pooled(x: ArrayLike<number>, y: ArrayLike<number>, shift: number): Float64Array {
  const all = new Float64Array(x.length + y.length);
  for (let i = 0; i < x.length; i++) all[i] = x[i]! - shift;
  for (let j = 0; j < y.length; j++) all[x.length + j] = y[j]!;
  return all;
}

function mannWhitney(ranks: Float64Array, m: number): number {
  let sum = 0;
  for (let i = 0; i < m; i++) sum += ranks[i]!;
  return sum - (m * (m + 1)) / 2;
}

/** Standard deviation of W given the ties (METHODS.md eq. (W6)). */
export function rankSumDeviation(m: number, n: number, tieSum: number): number {
  const total = m + n;
  return Math.sqrt(((m * n) / 12) * (total + 1 - tieSum / (total * (total - 1))));
}

function firstRanks(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => i + 1);
}

function pairwiseDifferences(x: ArrayLike<number>, y: ArrayLike<number>): Float64Array {
  const differences = new Float64Array(x.length * y.length);
  for (let i = 0; i < x.length; i++) for (let j = 0; j < y.length; j++) differences[i * y.length + j] = x[i]! - y[j]!;
  return differences.sort();
}
