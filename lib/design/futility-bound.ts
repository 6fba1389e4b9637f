import { z } from "zod";
import { DomainError } from "../errors/domain-error.ts";
import { normalUpperTail } from "../numerics/normal.ts";
import { conditionalPowerAtFinal, driftOfTrend } from "./conditional-power.ts";
import type { LowerBoundRule } from "./efficacy-bound.ts";
import { predictivePowerAtFinal } from "./predictive-power.ts";
import { type SequentialDensity, startSequentialDensity } from "./sequential-density.ts";
import { lowerBoundSpending } from "./spend-bound.ts";
import { cumulativeSpend, type SpendingFunction, spendingFunctionSchema } from "./spending-function.ts";

/** When the trial stops early because success has become unlikely. */
export const futilityRuleSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  /** Spend 1 − power under the design effect. `binding` false: the type I error holds even when the rule is ignored. */
  z.object({ kind: z.literal("beta-spending"), spending: spendingFunctionSchema, binding: z.boolean().default(false) }),
  /** Spend `total` under no effect: P(futility stop | H0) by the end if the trial ran to it; at most 1 − alpha. */
  z.object({
    kind: z.literal("null-spending"),
    spending: spendingFunctionSchema,
    total: z.number().gt(0).lt(1),
    binding: z.boolean().default(false),
  }),
  /** Z at each interim analysis (K − 1 values); null = no futility stop at that analysis. */
  z.object({
    kind: z.literal("z-scale"),
    values: z.array(z.number().min(-10).max(10).nullable()),
    binding: z.boolean().default(false),
  }),
]);

export type FutilityRule = z.infer<typeof futilityRuleSchema>;

/** A futility spending rule in the course of being applied. */
export interface FutilitySpender {
  /** Futility bound of the interim analysis just reached, never above the efficacy bound; asked in order. */
  readonly lowerBound: LowerBoundRule;
  /** P(no success) under the drift once every interim bound has been asked, for a given final efficacy bound. */
  typeTwoError(finalUpper: number): number;
}

/**
 * Start spending an error on futility stops under a given drift: the design drift for beta spending, 0 for spending
 * under no effect.
 *
 * @param informationFractions - Information at each analysis divided by final information; shape [K].
 * @param spending - Spending function.
 * @param total - Total to spend by the final analysis (1 − power for beta spending); in (0, 1).
 * @param drift - Expected Z at information fraction 1; dimensionless.
 * @returns A rule that hands out one bound per interim analysis, in order.
 * @throws DomainError INVALID_INPUT for inadmissible fractions or error.
 *
 * @remarks METHODS.md eq. (G12), (G27). The bound a_k spends β(t_k) − β(t_{k−1}) exactly under the drift. Where that would lie
 * above the efficacy bound the two meet, and every trial stops there.
 * Source: Pampallona, Tsiatis & Kim (2001), Drug Inf J 35:1113–1121.
 * Reference values: `betaspend_…` cases of tests/reference/gs_characteristics.json.
 */
export function startFutilitySpending(
  informationFractions: readonly number[],
  spending: SpendingFunction,
  total: number,
  drift: number,
): FutilitySpender {
  const spend = cumulativeSpend(spending, total, informationFractions);
  const density: SequentialDensity = startSequentialDensity(informationFractions, drift);
  let missed = 0;
  return {
    lowerBound(k, upper) {
      const expectedZ = drift * Math.sqrt(informationFractions[k]!);
      const lower = Math.min(upper, lowerBoundSpending(density, spend[k]! - (spend[k - 1] ?? 0), expectedZ));
      missed += density.lowerTail(lower);
      density.continueWithin(lower, upper);
      return lower;
    },
    typeTwoError: (finalUpper) => missed + density.lowerTail(finalUpper),
  };
}

/** What the same bound says on the scales people discuss it on. */
export interface FutilityScales {
  readonly z: number;
  /** One-sided p-value at the bound. */
  readonly oneSidedPValue: number;
  /** Estimated effect at the bound divided by the design effect. */
  readonly shareOfDesignEffect: number;
  /** P(success at the final analysis | z) if the design effect holds. */
  readonly conditionalPowerDesignEffect: number;
  /** The same if the observed trend continues. */
  readonly conditionalPowerTrend: number;
  /** The same averaged over the posterior under a flat prior. */
  readonly predictivePowerFlatPrior: number;
}

/**
 * A bound on the Z scale, said on the p-value, effect and conditional-power scales.
 *
 * @param z - Bound on the Z scale.
 * @param informationFraction - Information fraction t of its analysis; in (0, 1).
 * @param finalBound - Efficacy bound of the final analysis.
 * @param drift - E[Z] at full information under the design effect; dimensionless, not 0.
 * @returns The same bound on each scale. The estimated effect itself is `shareOfDesignEffect` times the design effect.
 * @throws DomainError INVALID_INPUT unless 0 < t < 1.
 * @remarks METHODS.md eq. (G13), (G19), (G22). The inverse maps are `zOfConditionalPower`, `zOfPredictivePower` and
 * `zOfEffectShare`.
 */
export function futilityScales(
  z: number,
  informationFraction: number,
  finalBound: number,
  drift: number,
): FutilityScales {
  const interim = { z, informationFraction };
  return {
    z,
    oneSidedPValue: normalUpperTail(z),
    shareOfDesignEffect: driftOfTrend(interim) / drift,
    conditionalPowerDesignEffect: conditionalPowerAtFinal(interim, finalBound, drift),
    conditionalPowerTrend: conditionalPowerAtFinal(interim, finalBound, driftOfTrend(interim)),
    predictivePowerFlatPrior: predictivePowerAtFinal(interim, finalBound, { kind: "flat" }),
  };
}

/**
 * Z at which the estimated effect is a given share of the design effect.
 *
 * @param share - Estimated effect divided by design effect.
 * @param informationFraction - Information fraction t of the analysis.
 * @param drift - E[Z] at full information under the design effect.
 * @returns share · drift · √t. METHODS.md eq. (G22).
 */
export function zOfEffectShare(share: number, informationFraction: number, drift: number): number {
  return share * drift * Math.sqrt(informationFraction);
}

/** Refuse a list of futility values that does not fit the plan. */
export function assertFutilityValues(values: readonly (number | null)[], analyses: number): void {
  if (values.length === analyses - 1) return;
  throw new DomainError("INVALID_INPUT", {
    argument: "futility.values",
    received: values.map((value) => value ?? Number.NaN),
    requirement: `must hold one value (or none) for each of the ${analyses - 1} interim analyses`,
    hint: "The final analysis needs no futility value: there not rejecting is the outcome.",
  });
}
