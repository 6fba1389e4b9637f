import { DomainError } from "../../errors/domain-error.ts";
import { chiSquareUpperTail } from "../../numerics/chi-square.ts";
import { midranks } from "./midranks.ts";
import { assertSample } from "./sample.ts";

/**
 * Kruskal–Wallis test that several samples have the same distribution (METHODS.md eq. (W12)).
 *
 * @param samples - At least two samples of at least one value.
 * @returns H, corrected for ties, with its degrees of freedom and chi-square p-value.
 * @throws DomainError INSUFFICIENT_DATA, or NOT_ESTIMABLE when all values are equal.
 *
 * Source: Kruskal & Wallis (1952), JASA 47:583–621.
 */
export function kruskalWallisTest(samples: readonly ArrayLike<number>[]): {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
} {
  if (samples.length < 2)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "samples",
      received: samples.length,
      requirement: "must be at least 2",
    });
  samples.forEach((sample, g) => {
    assertSample(sample, `samples.${g}`, 1);
  });
  const all = samples.flatMap((sample) => Array.from(sample));
  const n = all.length;
  const { ranks, tieSum } = midranks(all);
  const correction = 1 - tieSum / (n ** 3 - n);
  if (!(correction > 0))
    throw new DomainError("NOT_ESTIMABLE", { argument: "samples", received: n, requirement: "must not all be equal" });
  let at = 0;
  let sum = 0;
  for (const sample of samples) {
    let rankSum = 0;
    for (let i = 0; i < sample.length; i++) rankSum += ranks[at++]!;
    sum += rankSum ** 2 / sample.length;
  }
  const statistic = ((12 * sum) / (n * (n + 1)) - 3 * (n + 1)) / correction;
  const degreesOfFreedom = samples.length - 1;
  return { statistic, degreesOfFreedom, pValue: chiSquareUpperTail(Math.max(0, statistic), degreesOfFreedom) };
}
