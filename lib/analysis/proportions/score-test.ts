import { invalidInput } from "../../errors/domain-error.ts";
import { restrictedProportions } from "./restricted-proportions.ts";
import { assertTwoByTwo, type ProportionScale, proportionsOf, type TwoByTwo } from "./two-by-two.ts";

/**
 * Variance of the score statistic: with the factor N/(N − 1) (Miettinen–Nurminen) or without it (Mee for a difference,
 * Koopman for a ratio, Farrington–Manning).
 */
export type ScoreVariance = "miettinen-nurminen" | "farrington-manning";

/**
 * Score statistic that an effect of two proportions has a given value (METHODS.md eq. (P3)).
 *
 * @param nullEffect - Difference in (−1, 1), or positive ratio.
 * @param continuity - Amount by which |p̂₁ − p̂₀ − δ| is shrunk (difference only).
 * @returns z, standard normal in large samples; positive when the experimental arm has more events than the null says.
 *   0 when the data and the null leave no variance.
 * @throws DomainError INVALID_INPUT for impossible counts or a null effect out of range.
 *
 * Source: Miettinen & Nurminen (1985); Farrington & Manning (1990).
 */
export function scoreStatistic(
  table: TwoByTwo,
  scale: ProportionScale,
  nullEffect: number,
  variance: ScoreVariance,
): number {
  assertTwoByTwo(table);
  assertNullEffect(scale, nullEffect);
  return uncheckedScoreStatistic(table, scale, nullEffect, variance);
}

/** {@link scoreStatistic} without checks, for searches. */
export function uncheckedScoreStatistic(
  table: TwoByTwo,
  scale: ProportionScale,
  effect: number,
  variance: ScoreVariance,
): number {
  const { experimentalTotal: m, controlTotal: n } = table;
  const [p1, p0] = proportionsOf(table);
  const restricted = restrictedProportions(table, scale, effect);
  const { experimental: r1, control: r0 } = restricted;
  const v1 = (r1 * restricted.experimentalComplement) / m;
  const v0 = (r0 * restricted.controlComplement) / n;
  const factor = variance === "miettinen-nurminen" ? (m + n) / (m + n - 1) : 1;
  const [difference, spread] = ((): [number, number] => {
    switch (scale) {
      case "risk-difference":
        return [p1 - p0 - effect, v1 + v0];
      case "risk-ratio":
        return [p1 - effect * p0, v1 + effect * effect * v0];
      case "odds-ratio":
        return [
          p1 < 0.5 ? p1 - r1 : restricted.experimentalComplement - (m - table.experimentalEvents) / m,
          v1 === 0 || v0 === 0 ? 0 : 1 / (1 / (m * m * v1) + 1 / (n * n * v0)) / (m * m),
        ];
    }
  })();
  if (difference === 0) return 0;
  // Without variance only rounding separates a difference from zero.
  if (!(spread > 0)) return Math.abs(difference) < 1e-14 ? 0 : Math.sign(difference) * Infinity;
  return difference / Math.sqrt(factor * spread);
}

/** Refuses a null effect that the scale does not have. */
export function assertNullEffect(scale: ProportionScale, nullEffect: number): void {
  if (scale === "risk-difference") {
    if (!(nullEffect > -1 && nullEffect < 1))
      throw invalidInput("nullValue", nullEffect, "must be a difference of proportions between −1 and 1");
  } else if (!(nullEffect > 0 && Number.isFinite(nullEffect)))
    throw invalidInput("nullValue", nullEffect, "must be a positive ratio");
}
