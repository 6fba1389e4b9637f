import { wilsonInterval } from "../../numerics/binomial-interval.ts";
import { normalUpperQuantile } from "../../numerics/normal.ts";
import { assertConfidence } from "../two-sample/sample.ts";
import { assertTwoByTwo, type EffectInterval, proportionsOf, type TwoByTwo } from "./two-by-two.ts";

/**
 * Wald interval of a difference of proportions (METHODS.md eq. (P5)).
 *
 * @param continuity - Widen by ½(1/n₁ + 1/n₀), Yates.
 * @returns Limits cut at −1 and 1.
 */
export function waldDifferenceInterval(table: TwoByTwo, confidence = 0.95, continuity = false): EffectInterval {
  assertTwoByTwo(table);
  assertConfidence(confidence);
  const { experimentalTotal: m, controlTotal: n } = table;
  const [p1, p0] = proportionsOf(table);
  const difference = p1 - p0;
  // As in R's prop.test: the correction never exceeds the difference itself.
  const correction = continuity ? Math.min(0.5 * (1 / m + 1 / n), Math.abs(difference)) : 0;
  const half = normalUpperQuantile((1 - confidence) / 2) * unpooledError(p1, m, p0, n) + correction;
  return { lower: Math.max(-1, difference - half), upper: Math.min(1, difference + half) };
}

/**
 * Agresti–Caffo interval of a difference: Wald's after one success and one failure were added to each arm
 * (METHODS.md eq. (P6)).
 *
 * Source: Agresti & Caffo (2000), Am. Stat. 54:280–288.
 */
export function agrestiCaffoInterval(table: TwoByTwo, confidence = 0.95): EffectInterval {
  assertTwoByTwo(table);
  return waldDifferenceInterval(
    {
      experimentalEvents: table.experimentalEvents + 1,
      experimentalTotal: table.experimentalTotal + 2,
      controlEvents: table.controlEvents + 1,
      controlTotal: table.controlTotal + 2,
    },
    confidence,
  );
}

/**
 * Newcombe's hybrid score interval of a difference (METHODS.md eq. (P7)).
 *
 * Source: Newcombe (1998), Stat. Med. 17:873–890, method 10.
 */
export function newcombeInterval(table: TwoByTwo, confidence = 0.95): EffectInterval {
  assertTwoByTwo(table);
  const [p1, p0] = proportionsOf(table);
  const one = wilsonInterval(table.experimentalEvents, table.experimentalTotal, confidence);
  const zero = wilsonInterval(table.controlEvents, table.controlTotal, confidence);
  return {
    lower: p1 - p0 - Math.hypot(p1 - one.lower, zero.upper - p0),
    upper: p1 - p0 + Math.hypot(one.upper - p1, p0 - zero.lower),
  };
}

/**
 * Interval of a ratio of proportions or odds from the normal distribution of its logarithm (METHODS.md eq. (P8)).
 *
 * @returns 0 and Infinity when a cell that the standard error needs is empty.
 *
 * Source: Katz et al. (1978), Biometrics 34:469–474; Woolf (1955), Ann. Hum. Genet. 19:251–253.
 */
export function logRatioInterval(
  table: TwoByTwo,
  scale: "risk-ratio" | "odds-ratio",
  confidence = 0.95,
): EffectInterval {
  assertTwoByTwo(table);
  assertConfidence(confidence);
  const { estimate, standardError } = logRatio(table, scale);
  if (!Number.isFinite(estimate) || !Number.isFinite(standardError)) return { lower: 0, upper: Infinity };
  const half = normalUpperQuantile((1 - confidence) / 2) * standardError;
  return { lower: Math.exp(estimate - half), upper: Math.exp(estimate + half) };
}

/** Logarithm of the observed ratio with its standard error; infinite where a cell is empty. */
export function logRatio(
  table: TwoByTwo,
  scale: "risk-ratio" | "odds-ratio",
): { readonly estimate: number; readonly standardError: number } {
  const { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n } = table;
  return scale === "risk-ratio"
    ? { estimate: Math.log((a * n) / (c * m)), standardError: Math.sqrt(1 / a - 1 / m + 1 / c - 1 / n) }
    : {
        estimate: Math.log((a * (n - c)) / (c * (m - a))),
        standardError: Math.sqrt(1 / a + 1 / (m - a) + 1 / c + 1 / (n - c)),
      };
}

/** √(p₁(1 − p₁)/n₁ + p₀(1 − p₀)/n₀) */
export function unpooledError(p1: number, m: number, p0: number, n: number): number {
  return Math.sqrt((p1 * (1 - p1)) / m + (p0 * (1 - p0)) / n);
}
