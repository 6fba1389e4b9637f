import type { Diagnostic } from "../errors/diagnostic.ts";
import { DomainError } from "../errors/domain-error.ts";
import type { AdaptivePlan, PreparedPlan } from "./adaptive-test.ts";
import { inverseNormalWeights } from "./combination-test.ts";
import { type RealisedPlan, realisedBounds } from "./realised-bounds.ts";
import { type ErrorSpending, errorSpendingSchema } from "./spending-function.ts";
import type { StageTests } from "./stage-tests.ts";

/** Timing of a trial that did not keep to its plan. */
export interface Timing {
  /** Information of the plan at its final analysis: patients or events of both arms, or 1/SE² for estimates. */
  readonly maximumInformation: number;
  /** The last analysis held is the final one. */
  readonly final: boolean;
}

export interface RealisedPreparation {
  readonly prepared: PreparedPlan;
  /** Share of the planned maximum at which error is spent; shape [K]. */
  readonly spendingFractions: readonly number[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Plan whose bounds follow the information that was there: analyses held at their realised information, later ones as
 * planned.
 *
 * @param plan - Group sequential plan by a spending function, without binding futility.
 * @param tests - Stage tests, which know the information of the analyses held.
 * @param timing - Planned maximum and whether the last analysis is final.
 * @returns Plan with recomputed bounds.
 * @throws DomainError UNSUPPORTED_COMBINATION for other tests or boundary shapes; as `realisedBounds`.
 * @remarks METHODS.md eq. (G44).
 */
export function realisedPlan(plan: AdaptivePlan, tests: StageTests, timing: Timing): RealisedPreparation {
  const { test } = plan;
  if (test.kind !== "group-sequential" || test.bindingFutility?.some((bound) => bound !== null))
    throw refusal("test.kind", test.kind, "must be a group sequential test without binding futility");
  const spending = errorSpendingSchema.safeParse(test.efficacy);
  if (!spending.success) throw refusal("test.efficacy.family", test.efficacy.family, "must be a spending function");
  const held = Array.from({ length: tests.stages }, (_, k) => tests.information(k));
  const { maximumInformation, final } = timing;
  const last = held.at(-1)!;
  const later = final
    ? []
    : plan.informationFractions.map((t) => t * maximumInformation).filter((value) => value > last * (1 + 1e-9));
  if (!final && later.length === 0)
    throw new DomainError("INVALID_INPUT", {
      argument: "timing.final",
      received: false,
      requirement: `must be true: the information ${last} has reached the planned maximum ${maximumInformation}`,
      hint: "No analysis of the plan is left, and no error after this one.",
    });
  const information = [...held, ...later];
  const realise = (oneSidedAlpha: number) =>
    realisedBounds(problem(spending.data, plan, information, timing, oneSidedAlpha));
  const { efficacy, spendingFractions, diagnostics } = realise(plan.oneSidedAlpha);
  const end = information.at(-1)!;
  const informationFractions = information.map((value, k) => (k === information.length - 1 ? 1 : value / end));
  return {
    spendingFractions: spendingFractions.map((fraction, k) => (k === information.length - 1 ? 1 : fraction)),
    diagnostics,
    prepared: {
      plan: { ...plan, informationFractions },
      bounds: efficacy,
      weights: inverseNormalWeights(informationFractions),
      lower: information.map(() => -Infinity),
      boundsAt: (oneSidedAlpha) => realise(oneSidedAlpha).efficacy,
    },
  };
}

function problem(
  spending: ErrorSpending,
  { test }: AdaptivePlan,
  information: readonly number[],
  { maximumInformation }: Timing,
  oneSidedAlpha: number,
): RealisedPlan {
  const sides = test.kind === "fisher" ? "one-sided" : test.sides;
  return { spending, oneSidedAlpha, sides, maximumInformation, information, final: true };
}

function refusal(argument: string, received: string, requirement: string): DomainError {
  return new DomainError("UNSUPPORTED_COMBINATION", {
    argument,
    received,
    requirement: `${requirement} when bounds follow the realised information`,
    hint: "Leave out the timing, or choose a spending function.",
  });
}
