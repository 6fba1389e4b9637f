import { normalUpperQuantile } from "../../numerics/normal.ts";
import { findRoot } from "../../numerics/root-finding.ts";
import { assertConfidence } from "../two-sample/sample.ts";
import { type ScoreVariance, uncheckedScoreStatistic } from "./score-test.ts";
import {
  assertTwoByTwo,
  type EffectInterval,
  observedEffect,
  type ProportionScale,
  type TwoByTwo,
} from "./two-by-two.ts";

/** |log ratio| beyond which a limit counts as 0 or infinite. */
const LOG_RATIO_END = 25;

/**
 * Score interval of a difference, ratio or odds ratio: the null values that the score test does not reject
 * (METHODS.md eq. (P4)).
 *
 * @param variance - `miettinen-nurminen` with N/(N − 1), `farrington-manning` without.
 * @param confidence - Two-sided confidence; 0.95 by default.
 * @returns Limits on the natural scale; 0 and Infinity where the data do not bound a ratio.
 *
 * Source: Miettinen & Nurminen (1985), Stat. Med. 4:213–226.
 */
export function scoreInterval(
  table: TwoByTwo,
  scale: ProportionScale,
  variance: ScoreVariance,
  confidence = 0.95,
): EffectInterval {
  assertTwoByTwo(table);
  assertConfidence(confidence);
  const z = normalUpperQuantile((1 - confidence) / 2);
  return scale === "risk-difference"
    ? differenceInterval(table, variance, z)
    : ratioInterval(table, scale, variance, z);
}

function differenceInterval(table: TwoByTwo, variance: ScoreVariance, z: number): EffectInterval {
  const estimate = observedEffect(table, "risk-difference");
  const statistic = (delta: number) => uncheckedScoreStatistic(table, "risk-difference", delta, variance);
  const end = 1 - 1e-12;
  const lower =
    estimate <= -end || statistic(-end) <= z ? -1 : findRoot((delta) => statistic(delta) - z, -end, estimate).value;
  const upper =
    estimate >= end || statistic(end) >= -z ? 1 : findRoot((delta) => statistic(delta) + z, estimate, end).value;
  return { lower, upper };
}

function ratioInterval(
  table: TwoByTwo,
  scale: "risk-ratio" | "odds-ratio",
  variance: ScoreVariance,
  z: number,
): EffectInterval {
  const { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n } = table;
  const odds = scale === "odds-ratio";
  const statistic = (logEffect: number) => uncheckedScoreStatistic(table, scale, Math.exp(logEffect), variance);
  const solve = (target: number) =>
    Math.exp(findRoot((x) => statistic(x) - target, -LOG_RATIO_END, LOG_RATIO_END).value);
  const none = a + c === 0 || (odds && a + c === m + n);
  const noLower = none || a === 0 || (odds && c === n);
  const noUpper = none || c === 0 || (odds && a === m);
  return { lower: noLower ? 0 : solve(z), upper: noUpper ? Infinity : solve(-z) };
}
