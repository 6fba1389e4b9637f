import { z } from "zod";
import { DomainError } from "../errors/domain-error.ts";
import type { LowerBoundRule } from "./efficacy-bound.ts";
import { boundScaleSchema } from "./futility-scale.ts";
import { type SequentialDensity, startSequentialDensity } from "./sequential-density.ts";
import { lowerBoundSpending } from "./spend-bound.ts";
import { cumulativeSpend, type ErrorSpending, errorSpendingSchema } from "./spending-function.ts";

/** Whether each interim analysis stops for futility (K − 1 values); absent: all do. A skipped one spends nothing. */
const futilityLooksSchema = z.array(z.boolean()).optional();

/** When the trial stops early because success has become unlikely. */
export const futilityRuleSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  /** Spend 1 − power under the design effect. `binding` false: the type I error holds even when the rule is ignored. */
  z.object({
    kind: z.literal("beta-spending"),
    spending: errorSpendingSchema,
    binding: z.boolean().default(false),
    looks: futilityLooksSchema,
    /**
     * Two-sided designs only: what becomes of error at an analysis that is too early to stop for futility. "adjust" (the
     * default, as in rpact and SAS) stretches the rest of the spending function; "carry" spends it at the next analysis.
     */
    overlap: z.enum(["adjust", "carry"]).optional(),
  }),
  /**
   * Bounds that meet the efficacy bound at the end: δ√t − c·t^(shape − ½), δ the design drift (Pampallona & Tsiatis);
   * shape 0 as O'Brien–Fleming, ½ as Pocock.
   */
  z.object({
    kind: z.literal("pampallona-tsiatis"),
    shape: z.number().min(-0.5).max(1),
    binding: z.boolean().default(false),
  }),
  /** Spend `total` under no effect: P(futility stop | H0) by the end if the trial ran to it; at most 1 − alpha. */
  z.object({
    kind: z.literal("null-spending"),
    spending: errorSpendingSchema,
    total: z.number().gt(0).lt(1),
    binding: z.boolean().default(false),
    looks: futilityLooksSchema,
  }),
  /** Z at each interim analysis (K − 1 values), |Z| in two-sided designs; null = no futility stop at that analysis. */
  z.object({
    kind: z.literal("z-scale"),
    values: z.array(z.number().min(-10).max(10).nullable()),
    binding: z.boolean().default(false),
  }),
  /** The same list on another scale; scales of power mean success at the final analysis. */
  z.object({
    kind: z.literal("scale"),
    scale: boundScaleSchema,
    values: z.array(z.number().nullable()),
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
 * @param looks - Whether each interim analysis stops for futility; all do when absent. The share of a skipped one is
 *   spent at the next.
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
  spending: ErrorSpending,
  total: number,
  drift: number,
  looks?: readonly boolean[],
): FutilitySpender {
  assertFutilityLooks(looks, informationFractions.length);
  const spend = cumulativeSpend(spending, total, informationFractions);
  const density: SequentialDensity = startSequentialDensity(informationFractions, drift);
  let missed = 0;
  let spent = 0;
  return {
    lowerBound(k, upper) {
      const expectedZ = drift * Math.sqrt(informationFractions[k]!);
      const skipped = looks?.[k] === false;
      const lower = skipped ? -Infinity : Math.min(upper, lowerBoundSpending(density, spend[k]! - spent, expectedZ));
      if (!skipped) spent = spend[k]!;
      missed += density.lowerTail(lower);
      density.continueWithin(lower, upper);
      return lower;
    },
    typeTwoError: (finalUpper) => missed + density.lowerTail(finalUpper),
  };
}

/** Refuse a list of stopping analyses that does not fit the plan. */
export function assertFutilityLooks(looks: readonly boolean[] | undefined, analyses: number): void {
  if (looks === undefined || looks.length === analyses - 1) return;
  throw new DomainError("INVALID_INPUT", {
    argument: "futility.looks",
    received: looks.map(Number),
    requirement: `must say for each of the ${analyses - 1} interim analyses whether it stops for futility`,
    hint: "Leave the list out if every interim analysis does.",
  });
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
