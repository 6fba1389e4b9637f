import { DomainError } from "../../errors/domain-error.ts";
import { fisherFCdf, fisherFQuantile, fisherFUpperQuantile, fisherFUpperTail } from "../../numerics/fisher-f.ts";
import { assertConfidence, assertSample, sampleMoments } from "./sample.ts";

/** Ratio of two variances. */
export interface VarianceRatioTest {
  /** Variance of the first sample over that of the second. */
  readonly ratio: number;
  readonly numeratorDf: number;
  readonly denominatorDf: number;
  readonly twoSidedPValue: number;
  readonly interval: { readonly lower: number; readonly upper: number; readonly confidence: number };
}

/**
 * F test that two normal samples have equal variances (METHODS.md eq. (W5)).
 *
 * @param first - At least 2 values.
 * @param second - At least 2 values, not all equal.
 * @throws DomainError INSUFFICIENT_DATA, or NOT_ESTIMABLE when the second sample does not vary.
 *
 * Source: Snedecor & Cochran (1989), Statistical Methods, §6.12.
 */
export function varianceRatioTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  confidence = 0.95,
): VarianceRatioTest {
  assertSample(first, "first", 2);
  assertSample(second, "second", 2);
  assertConfidence(confidence);
  const a = sampleMoments(first);
  const b = sampleMoments(second);
  if (!(b.variance > 0))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "second",
      received: b.variance,
      requirement: "must vary: a ratio to a variance of zero does not exist",
    });
  const ratio = a.variance / b.variance;
  const [m, n] = [a.n - 1, b.n - 1];
  const tail = (1 - confidence) / 2;
  return {
    ratio,
    numeratorDf: m,
    denominatorDf: n,
    twoSidedPValue: Math.min(1, 2 * Math.min(fisherFCdf(ratio, m, n), fisherFUpperTail(ratio, m, n))),
    interval: {
      lower: ratio / fisherFUpperQuantile(tail, m, n),
      upper: ratio / fisherFQuantile(tail, m, n),
      confidence,
    },
  };
}
