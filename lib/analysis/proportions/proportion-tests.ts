import { chiSquareUpperTail } from "../../numerics/chi-square.ts";
import { assertTwoByTwo, proportionsOf, type TwoByTwo } from "./two-by-two.ts";
import { unpooledError } from "./wald-interval.ts";

/** Standard error under which two proportions are compared. */
export type ProportionError = "pooled" | "unpooled";

/**
 * Normal test that two proportions are equal (METHODS.md eq. (P1)).
 *
 * @param error - Standard error from the pooled proportion, or from each arm's own.
 * @param continuity - Shrink the difference by ½(1/n₁ + 1/n₀) (Yates), at most to zero.
 * @returns z; 0 when no variance is left, as when nobody or everybody responds.
 *
 * Source: Fleiss, Levin & Paik (2003), §3.1; the pooled square is Pearson's chi-square.
 */
export function proportionZ(table: TwoByTwo, error: ProportionError, continuity = false, nullDifference = 0): number {
  assertTwoByTwo(table);
  const { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n } = table;
  const [p1, p0] = proportionsOf(table);
  // From whole numbers, so that equal proportions give exactly zero.
  const difference = nullDifference === 0 ? (a * n - c * m) / (m * n) : p1 - p0 - nullDifference;
  const pooled = (a + c) / (m + n);
  const standardError =
    error === "pooled" ? Math.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n)) : unpooledError(p1, m, p0, n);
  const correction = continuity ? Math.min(0.5 * (1 / m + 1 / n), Math.abs(difference)) : 0;
  const numerator = Math.sign(difference) * (Math.abs(difference) - correction);
  if (numerator === 0) return 0;
  return standardError > 0 ? numerator / standardError : Math.sign(numerator) * Infinity;
}

/** Pearson's chi-square test of a 2 × 2 table, with Yates' correction on request: the square of {@link proportionZ}. */
export function chiSquareTwoByTwo(
  table: TwoByTwo,
  continuity: boolean,
): { readonly statistic: number; readonly pValue: number } {
  const statistic = proportionZ(table, "pooled", continuity) ** 2;
  return { statistic, pValue: chiSquareUpperTail(statistic, 1) };
}
