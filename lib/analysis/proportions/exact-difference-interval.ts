import { invalidInput } from "../../errors/domain-error.ts";
import { assertConfidence } from "../two-sample/sample.ts";
import { largestProbability } from "./nuisance-supremum.ts";
import { scoreInterval } from "./score-interval.ts";
import { uncheckedScoreStatistic } from "./score-test.ts";
import { assertTwoByTwo, type EffectInterval, type TwoByTwo } from "./two-by-two.ts";

/** Most pairs of outcomes; the interval is computed by some fifty enumerations. */
const MOST_TABLES = 12_000;
const PRECISION = 1e-7;

/**
 * Exact interval of a difference of proportions: the differences that neither of two one-sided unconditional exact tests, each
 * at half the error and ordered by the score statistic, rejects (METHODS.md eq. (P17)). Covers at least as often as stated.
 *
 * @throws DomainError INVALID_INPUT when the arms are too large to enumerate.
 *
 * Source: Chan & Zhang (1999), Biometrics 55:1202–1209.
 */
export function exactDifferenceInterval(table: TwoByTwo, confidence = 0.95): EffectInterval {
  assertTwoByTwo(table);
  assertConfidence(confidence);
  const { experimentalTotal: m, controlTotal: n } = table;
  if ((m + 1) * (n + 1) > MOST_TABLES)
    throw invalidInput(
      "interval",
      m + n,
      "is too large a number of patients for an exact interval of the difference",
      "Use the Miettinen–Nurminen interval.",
    );
  const tail = (1 - confidence) / 2;
  const score = scoreInterval(table, "risk-difference", "farrington-manning", confidence);
  // The lower limit is where the test of larger values stops rejecting, and the other way round.
  const lower = limit(-1, score.lower, (delta) => exactTail(table, delta, "upper") - tail);
  const upper = limit(1, score.upper, (delta) => exactTail(table, delta, "lower") - tail);
  return { lower, upper };
}

/** From the outer end inwards, the point at which the test no longer rejects. */
function limit(end: -1 | 1, start: number, excess: (delta: number) => number): number {
  const clamp = (delta: number) => Math.max(-1 + 1e-9, Math.min(1 - 1e-9, delta));
  let accepted = clamp(start);
  for (let step = 0.02; excess(accepted) < 0; step *= 2) accepted = clamp(accepted - end * step);
  let rejected = clamp(accepted + end * 0.02);
  for (let step = 0.04; excess(rejected) >= 0; step *= 2) {
    accepted = rejected;
    if (Math.abs(rejected) >= 1 - 1e-8 && Math.sign(rejected) === end) return end;
    rejected = clamp(rejected + end * step);
  }
  while (Math.abs(rejected - accepted) > PRECISION) {
    const middle = (accepted + rejected) / 2;
    if (excess(middle) >= 0) accepted = middle;
    else rejected = middle;
  }
  return rejected;
}

/** Largest probability of a score statistic as extreme as the observed one when the difference is `delta`. */
function exactTail(table: TwoByTwo, delta: number, tail: "lower" | "upper"): number {
  const { experimentalTotal: m, controlTotal: n } = table;
  const sign = tail === "upper" ? 1 : -1;
  const statistic = (experimentalEvents: number, controlEvents: number) =>
    sign *
    uncheckedScoreStatistic(
      { experimentalEvents, experimentalTotal: m, controlEvents, controlTotal: n },
      "risk-difference",
      delta,
      "farrington-manning",
    );
  const observed = statistic(table.experimentalEvents, table.controlEvents);
  const limitValue = observed - 1e-9 * Math.max(1, Math.abs(observed));
  const inside = new Uint8Array((m + 1) * (n + 1));
  for (let i = 0; i <= m; i++)
    for (let j = 0; j <= n; j++) inside[i * (n + 1) + j] = statistic(i, j) >= limitValue ? 1 : 0;
  return largestProbability({ m, n, inside }, (p) => p + delta, Math.max(0, -delta), Math.min(1, 1 - delta))
    .probability;
}
