import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { LARGEST_EFFICACY_BOUND } from "./efficacy-bound.ts";
import { startSequentialDensity } from "./sequential-density.ts";
import { lowerBoundSpending, upperBoundSpending } from "./spend-bound.ts";
import { cumulativeSpend, type ErrorSpending } from "./spending-function.ts";

/** A trial in progress whose analyses were not held exactly at the planned information. */
export interface RealisedPlan {
  readonly spending: ErrorSpending;
  readonly oneSidedAlpha: number;
  readonly sides: "one-sided" | "symmetric-two-sided";
  /** Information of the plan at its final analysis, in the unit of `information`. */
  readonly maximumInformation: number;
  /** Information at the analyses held so far, increasing; shape [k]. */
  readonly information: readonly number[];
  /** The last of these analyses is the final one: all error that is left is spent there. */
  readonly final: boolean;
  /** Beta spending, if the plan has it; never binding here. */
  readonly futility?: {
    readonly spending: ErrorSpending;
    readonly total: number;
    /** E[Z] at the planned maximum information under the design effect. */
    readonly drift: number;
  };
}

export interface RealisedBounds {
  /** Information over the planned maximum, at which error is spent; shape [k]. */
  readonly spendingFractions: readonly number[];
  /** Efficacy bounds, Z scale; Infinity where none; shape [k]. */
  readonly efficacy: readonly number[];
  /** Futility bounds, Z scale; −Infinity where none; at a final analysis the efficacy bound; shape [k]. */
  readonly futility: readonly number[];
  /** Error spent by each analysis on the benefit side; shape [k]. */
  readonly alphaSpent: readonly number[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Bounds recomputed at the information that was really there, so that the error is kept whatever the timing.
 *
 * @param plan - Spending, error, planned maximum and realised information.
 * @returns Bounds of the analyses held. Under-running: the final analysis comes before the planned maximum and spends what
 *   is left. Over-running: more information than planned at the final analysis; its bound allows for the larger share.
 * @throws DomainError INVALID_INPUT when information does not increase, UNSUPPORTED_COMBINATION for an interim analysis at
 *   or beyond the planned maximum.
 *
 * @remarks METHODS.md eq. (G44). The correlation of the statistics uses realised information, the error spent its share of
 * the planned maximum. Timing must not depend on the observed effect.
 * Source: Lan & DeMets (1983), Biometrika 70:659–663; Jennison & Turnbull (2000), ch. 7; Proschan, Lan & Wittes (2006).
 */
export function realisedBounds(plan: RealisedPlan): RealisedBounds {
  const { information, maximumInformation, final, oneSidedAlpha } = plan;
  if (!(maximumInformation > 0)) throw invalidInput("maximumInformation", maximumInformation, "must be positive");
  if (information.length === 0) throw invalidInput("information", information, "must hold one analysis or more");
  information.forEach((value, k) => {
    if (!(value > (information[k - 1] ?? 0)))
      throw invalidInput(`information.${k}`, value, "must be positive and exceed that of the analysis before");
  });
  const last = information.length - 1;
  const spendingFractions = information.map((value) => value / maximumInformation);
  const early = spendingFractions.findIndex((fraction, k) => fraction >= 1 && (k < last || !final));
  if (early !== -1)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: `information.${early}`,
      received: information[early]!,
      requirement: `must stay below the planned maximum ${maximumInformation} at an interim analysis`,
      hint: "Declare this analysis the final one: no error is left to spend after it.",
    });
  const spendAt = (spending: ErrorSpending, total: number) =>
    spendingFractions.map((fraction, k) =>
      final && k === last ? total : cumulativeSpend(spending, total, [fraction])[0]!,
    );
  const alphaSpent = spendAt(plan.spending, oneSidedAlpha);
  const scale = information[last]!;
  const fractions = information.map((value, k) => (k === last ? 1 : value / scale));
  const density = startSequentialDensity(fractions, 0);
  const efficacy = alphaSpent.map((spent, k) => {
    const bound = upperBoundSpending(density, spent - (alphaSpent[k - 1] ?? 0), 0);
    if (k < last) density.continueWithin(plan.sides === "symmetric-two-sided" ? -bound : -Infinity, bound);
    return bound;
  });
  return {
    spendingFractions,
    efficacy: efficacy.map((bound) => (bound >= LARGEST_EFFICACY_BOUND ? Infinity : bound)),
    futility: futilityBounds(plan, fractions, efficacy, spendAt),
    alphaSpent,
    diagnostics: timingDiagnostics(plan, spendingFractions),
  };
}

function futilityBounds(
  { futility, maximumInformation, information, final }: RealisedPlan,
  fractions: readonly number[],
  efficacy: readonly number[],
  spendAt: (spending: ErrorSpending, total: number) => number[],
): number[] {
  const last = fractions.length - 1;
  if (futility === undefined) return efficacy.map((bound, k) => (final && k === last ? bound : -Infinity));
  const drift = futility.drift * Math.sqrt(information[last]! / maximumInformation);
  const density = startSequentialDensity(fractions, drift);
  const spent = spendAt(futility.spending, futility.total);
  return efficacy.map((upper, k) => {
    if (final && k === last) return upper;
    const expectedZ = drift * Math.sqrt(fractions[k]!);
    const bound = Math.min(upper, lowerBoundSpending(density, spent[k]! - (spent[k - 1] ?? 0), expectedZ));
    if (k < last) density.continueWithin(bound, upper);
    return bound;
  });
}

function timingDiagnostics({ final, information }: RealisedPlan, fractions: readonly number[]): Diagnostic[] {
  const reached = fractions.at(-1)!;
  if (!final || Math.abs(reached - 1) < 1e-9) return [];
  const percent = (100 * reached).toFixed(1);
  const analysis = `analysis ${information.length}`;
  return [
    reached < 1
      ? diagnostic(
          "warning",
          "under-running",
          `The final analysis has ${percent} % of the planned information: the error that is left is spent there, and the power is lower than planned.`,
          analysis,
        )
      : diagnostic(
          "information",
          "over-running",
          `The final analysis has ${percent} % of the planned information: its bound uses the real correlation with the earlier analyses.`,
          analysis,
        ),
  ];
}
