import { findRoot } from "../numerics/root-finding.ts";
import { insideProbability } from "./crossing-probability.ts";
import { assertFutilityLooks, type FutilitySpender } from "./futility-bound.ts";
import { startSequentialDensity } from "./sequential-density.ts";
import { cumulativeSpend, type ErrorSpending } from "./spending-function.ts";

/**
 * What becomes of the type II error of an analysis at which the futility regions of the two directions do not meet:
 * "adjust" takes it out and stretches the rest of the spending function to the whole error (rpact's betaAdjustment, SAS's
 * BETAOVERLAP=ADJUST), "carry" spends it at the next analysis that can stop.
 */
export type InnerOverlap = "adjust" | "carry";

export interface InnerSpending {
  readonly spending: ErrorSpending;
  /** Probability to spend in all, under `drift`. */
  readonly total: number;
  readonly overlap: InnerOverlap;
  /** Whether each interim analysis stops for futility; absent: all that can do. */
  readonly looks?: readonly boolean[] | undefined;
  /** Whether the one-sided design of the same errors has its futility bound at 0 or above; shape [K − 1]. */
  readonly overlapping: readonly boolean[];
}

/**
 * Start spending an error on the inner bounds of a symmetric two-sided design: a trial stops for futility when |Z| is
 * below the inner bound.
 *
 * @param informationFractions - Information at each analysis divided by final information; shape [K].
 * @param rule - Spending function, total, and what happens to error that cannot be spent.
 * @param drift - Expected Z at information fraction 1; dimensionless.
 * @returns A rule that hands out one inner bound per interim analysis, in order; −Infinity where there is none.
 * @throws DomainError INVALID_INPUT for inadmissible fractions or error.
 *
 * @remarks METHODS.md eq. (G48). P(reach k, |Z_k| < a_k) is the error of the analysis. A bound exists where the futility bound
 * of the corresponding one-sided design is not below 0: only there do the regions overlap in which each direction has
 * become unlikely.
 * Source: rpact 3.3.4; SAS/STAT, PROC SEQDESIGN, BETAOVERLAP= option.
 */
export function startInnerSpending(
  informationFractions: readonly number[],
  { spending, total, overlap, looks, overlapping }: InnerSpending,
  drift: number,
): FutilitySpender {
  assertFutilityLooks(looks, informationFractions.length);
  const spend = cumulativeSpend(spending, total, informationFractions);
  const density = startSequentialDensity(informationFractions, drift);
  let missed = 0;
  let spent = 0;
  /** Part of the spending function before any stop was possible, taken out of it. */
  let unspendable = 0;
  const spendAt = (k: number) => ((spend[k]! - unspendable) * total) / (total - unspendable);
  return {
    lowerBound(k, upper) {
      let inner = -Infinity;
      if (looks?.[k] !== false) {
        const error = spendAt(k) - spent;
        if (overlapping[k] === true) {
          inner = boundInside((bound) => insideProbability(density, bound), error, upper);
          spent = spendAt(k);
        } else if (overlap === "adjust" && spent === 0) unspendable = spend[k]!;
      }
      missed += insideProbability(density, inner);
      density.continueWithin(-upper, upper, inner);
      return inner;
    },
    typeTwoError: (finalUpper) => missed + insideProbability(density, finalUpper),
  };
}

/** Bound with the given probability inside; the efficacy bound where even that holds less. */
function boundInside(inside: (bound: number) => number, error: number, upper: number): number {
  // Almost no trial lies beyond |Z| = 40 under any drift of a design.
  const widest = Math.min(upper, 40);
  if (inside(widest) <= error) return upper;
  return findRoot((bound) => inside(bound) - error, 0, widest, { absoluteTolerance: 1e-13 }).value;
}
