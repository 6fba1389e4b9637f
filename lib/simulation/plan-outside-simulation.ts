import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { DomainError } from "../errors/domain-error.ts";
import type { SizingResult } from "../sizing/sizing-document.ts";

/**
 * What a sizing plans and no simulated trial has: simulated patients are randomised at baseline, and the simulated test is
 * that of no difference.
 *
 * @param sizing - The sizing that the study quotes.
 * @returns One warning for a run-in and one for a margin; none for a plan that the simulation follows.
 */
export function planOutsideSimulation({ spec }: Pick<SizingResult, "spec">): Diagnostic[] {
  const found: Diagnostic[] = [];
  const { runIn } = spec;
  if (runIn !== undefined && runIn.visits > 0)
    found.push(
      diagnostic(
        "warning",
        "run-in-not-simulated",
        `The sizing plans a run-in to ${runIn.lastVisit}, and simulated trials randomise at baseline: their power, size and duration are not those of the plan. Simulate a sizing without run-in, or read the power of this plan from its sizing.`,
        "runIn",
      ),
    );
  if (spec.margin.value !== 0)
    found.push(
      diagnostic(
        "warning",
        "margin-not-simulated",
        `The sizing plans a margin of ${spec.margin.value}, and simulated trials test the hypothesis of no difference: their power is not that of the plan. Simulate a sizing without margin, with the distance to show as the effect.`,
        "margin",
      ),
    );
  return found;
}

/**
 * Refuses a sizing whose sizes would be simulated with a power that is not theirs.
 *
 * @throws DomainError UNSUPPORTED_COMBINATION for a sizing with a margin or a run-in.
 */
export function refusePlanOutsideSimulation({ spec }: Pick<SizingResult, "spec">): void {
  if (spec.margin.value !== 0)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "sizing.margin",
      received: spec.margin.value,
      requirement: "must be 0 for a simulation, which tests the hypothesis of no difference",
      hint: "Simulate a sizing without margin; for a trial with one, enter the distance to show as the effect.",
    });
  const { runIn } = spec;
  if (runIn !== undefined && runIn.visits > 0)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "sizing.runIn",
      received: `${runIn.visits} ${runIn.visits === 1 ? "visit" : "visits"}, to ${runIn.lastVisit}`,
      requirement: "must be absent for a simulation, whose patients are randomised at baseline",
      hint: "Simulate a sizing without run-in; the power of a plan with one stands in its sizing.",
    });
}
