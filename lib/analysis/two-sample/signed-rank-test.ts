import { DomainError } from "../../errors/domain-error.ts";
import { normalCdf, normalQuantile, normalUpperTail } from "../../numerics/normal.ts";
import { midranks } from "./midranks.ts";
import { median } from "./quantile.ts";
import { stepWhereBelow } from "./rank-inversion.ts";
import { EXACT_BELOW, type RankTest, type RankTestOptions } from "./rank-test-result.ts";
import { assertConfidence, assertSample } from "./sample.ts";
import { lowerTailOfSum, quantileOfSum, signedSumDistribution, upperTailOfSum } from "./score-sum-distribution.ts";

/**
 * Wilcoxon's signed rank test that a sample, or paired differences, are symmetric about a value, with the pseudomedian
 * and the interval that inverts the same test (METHODS.md eq. (W8)).
 *
 * @param values - Observed values or differences; those equal to the null value are left out and counted.
 * @throws DomainError INSUFFICIENT_DATA for an empty sample; NOT_ESTIMABLE when every value equals the null value.
 *
 * Source: Hollander & Wolfe (1999), §3.1–3.3; choice of distribution as R's wilcox.test.
 */
export function signedRankTest(values: ArrayLike<number>, options: RankTestOptions = {}): RankTest {
  const { nullShift = 0, confidence = 0.95 } = options;
  assertSample(values, "values", 1);
  assertConfidence(confidence);
  const kept = Array.from(values).filter((value) => value !== nullShift);
  const zeroes = values.length - kept.length;
  const n = kept.length;
  if (n === 0)
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "values",
      received: zeroes,
      requirement: "must not all equal the null value",
    });
  const { ranks, tieSum } = midranks(kept.map((value) => Math.abs(value - nullShift)));
  let statistic = 0;
  for (let i = 0; i < n; i++) if (kept[i]! > nullShift) statistic += ranks[i]!;
  const ties = tieSum > 0;
  const asked = options.distribution ?? "automatic";
  const distribution =
    asked === "automatic" ? (n < EXACT_BELOW && !ties && zeroes === 0 ? "exact" : "normal-continuity") : asked;
  const steps = walshAverages(kept);
  const shared = { statistic, distribution, shift: median(steps), ties, zeroes };
  const alpha = 1 - confidence;

  if (distribution === "exact") {
    const scale = ties ? 2 : 1;
    const sums = signedSumDistribution(Array.from(ranks, (rank) => rank * scale));
    const lowerPValue = lowerTailOfSum(sums, statistic * scale);
    const upperPValue = upperTailOfSum(sums, statistic * scale);
    const free = ties ? signedSumDistribution(kept.map((_, i) => i + 1)) : sums;
    const count = Math.max(1, quantileOfSum(free, alpha / 2));
    return {
      ...shared,
      z: null,
      lowerPValue,
      upperPValue,
      twoSidedPValue: Math.min(1, 2 * Math.min(lowerPValue, upperPValue)),
      interval: { lower: steps[count - 1]!, upper: steps[steps.length - count]!, confidence },
      achievedConfidence: 1 - 2 * lowerTailOfSum(free, count - 1),
    };
  }

  const half = distribution === "normal-continuity" ? 0.5 : 0;
  const sd = signedRankDeviation(n, tieSum);
  const centred = statistic - (n * (n + 1)) / 4;
  const z = (centred - Math.sign(centred) * half) / sd;
  const standardised = (shift: number): number => {
    const moved = midranks(kept.map((value) => Math.abs(value - shift)));
    let sum = 0;
    for (let i = 0; i < n; i++) if (kept[i]! > shift) sum += moved.ranks[i]!;
    const difference = sum - (n * (n + 1)) / 4;
    return (difference - Math.sign(difference) * half) / signedRankDeviation(n, moved.tieSum);
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

function signedRankDeviation(n: number, tieSum: number): number {
  return Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - tieSum / 48);
}

/** Means of all pairs, each value with itself too, ascending. */
function walshAverages(values: readonly number[]): Float64Array {
  const averages = new Float64Array((values.length * (values.length + 1)) / 2);
  let at = 0;
  for (let i = 0; i < values.length; i++)
    for (let j = i; j < values.length; j++) averages[at++] = (values[i]! + values[j]!) / 2;
  return averages.sort();
}
