import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { normalUpperQuantile } from "../../numerics/normal.ts";
import { studentTTwoSidedTail } from "../../numerics/student-t.ts";
import { midranks } from "./midranks.ts";
import { assertConfidence, assertSample, sampleMoments } from "./sample.ts";

/** Correlation of two variables with its test. */
export interface CorrelationTest {
  readonly correlation: number;
  /** t on n − 2 degrees of freedom. */
  readonly testStatistic: number;
  readonly degreesOfFreedom: number;
  readonly twoSidedPValue: number;
  /** Fisher's z interval; null for ranks and below 4 pairs. */
  readonly interval: { readonly lower: number; readonly upper: number; readonly confidence: number } | null;
}

/**
 * Pearson's correlation, or Spearman's (Pearson's of midranks, with the t approximation), and the test that it is zero
 * (METHODS.md eq. (W13)).
 *
 * @param x - At least 3 values.
 * @param y - As many values.
 * @throws DomainError INSUFFICIENT_DATA, INVALID_INPUT for unequal lengths, NOT_ESTIMABLE when one does not vary.
 *
 * Source: Fisher (1921), Metron 1:3–32; Spearman (1904).
 */
export function correlationTest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  kind: "pearson" | "spearman" = "pearson",
  confidence = 0.95,
): CorrelationTest {
  assertSample(x, "x", 3);
  assertSample(y, "y", 3);
  assertConfidence(confidence);
  if (x.length !== y.length) throw invalidInput("y", y.length, `must have as many values as x: ${x.length}`);
  const [a, b] = kind === "pearson" ? [x, y] : [midranks(x).ranks, midranks(y).ranks];
  const [ma, mb] = [sampleMoments(a), sampleMoments(b)];
  const n = x.length;
  let cross = 0;
  for (let i = 0; i < n; i++) cross += (a[i]! - ma.mean) * (b[i]! - mb.mean);
  const spread = (n - 1) * Math.sqrt(ma.variance * mb.variance);
  if (!(spread > 0))
    throw new DomainError("NOT_ESTIMABLE", { argument: "x", received: spread, requirement: "and y must both vary" });
  const correlation = Math.max(-1, Math.min(1, cross / spread));
  const degreesOfFreedom = n - 2;
  const testStatistic = correlation * Math.sqrt(degreesOfFreedom / ((1 - correlation) * (1 + correlation)));
  const half = normalUpperQuantile((1 - confidence) / 2) / Math.sqrt(n - 3);
  return {
    correlation,
    testStatistic,
    degreesOfFreedom,
    twoSidedPValue: studentTTwoSidedTail(Math.abs(testStatistic), degreesOfFreedom),
    interval:
      kind === "spearman" || n < 4
        ? null
        : {
            lower: Math.tanh(Math.atanh(correlation) - half),
            upper: Math.tanh(Math.atanh(correlation) + half),
            confidence,
          },
  };
}
