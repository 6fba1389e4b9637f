import type { SequentialBounds } from "../design/crossing-probability.ts";
import { efficacyBounds } from "../design/efficacy-bound.ts";
import { boundsOfDesign, designGroupSequential } from "../design/group-sequential-design.ts";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { normalUpperQuantile } from "../numerics/normal.ts";
import { lookCohorts, plannedInformationFractions } from "./look-schedule.ts";
import type { TrialDesign } from "./simulation-document.ts";

type SpendingDesign = TrialDesign & { readonly efficacy: Extract<TrialDesign["efficacy"], { kind: "spending" }> };

/** Beta spending searches for its drift; every chunk and every summary of a simulation asks for the same few designs. */
const REMEMBERED_DESIGNS = 200;
const knownBounds = new Map<string, SequentialBounds>();

/**
 * Bounds of a design on the Z scale, in the direction of benefit.
 *
 * @param design - Error, looks, efficacy and futility rule.
 * @returns Upper bounds (Infinity where no trial can stop for efficacy) and lower bounds (−Infinity without futility;
 *   equal to the upper bound at the final look).
 * @throws DomainError INVALID_INPUT for inadmissible looks or futility bounds, UNSUPPORTED_COMBINATION for beta spending
 *   without alpha spending.
 *
 * @remarks METHODS.md eq. (M7). With non-binding futility the upper bounds are computed as if there were none.
 */
export function stoppingBounds(design: TrialDesign): SequentialBounds {
  const { experimental, control, oneSidedAlpha, lookFractions, efficacy, futility } = design;
  const key = JSON.stringify([experimental, control, oneSidedAlpha, lookFractions, efficacy, futility]);
  const known = knownBounds.get(key);
  if (known !== undefined) return known;
  const bounds = computeBounds(design);
  if (knownBounds.size >= REMEMBERED_DESIGNS) knownBounds.clear();
  knownBounds.set(key, bounds);
  return bounds;
}

function computeBounds(design: TrialDesign): SequentialBounds {
  const informationFractions = plannedInformationFractions(lookCohorts(design));
  const { futility } = design;
  if (futility.kind === "z-scale" && futility.bounds.length !== informationFractions.length - 1)
    throw invalidInput(
      `designs.${design.id}.futility.bounds`,
      futility.bounds.map((bound) => bound ?? Number.NaN),
      `must hold one bound (or none) for each of the ${informationFractions.length - 1} interim looks`,
    );
  if (design.efficacy.kind === "fixed") return fixedBounds(design, informationFractions);
  const spending = design as SpendingDesign;
  if (futility.kind === "beta-spending" && informationFractions.length > 1)
    return betaSpendingBounds(spending, informationFractions);
  return givenFutilityBounds(spending, informationFractions);
}

/** One test at the end; interim looks can only stop for futility. */
function fixedBounds(design: TrialDesign, informationFractions: number[]): SequentialBounds {
  if (design.futility.kind === "beta-spending" && informationFractions.length > 1)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: `designs.${design.id}.futility`,
      received: "beta-spending",
      requirement: "needs an alpha-spending efficacy rule",
      hint: "Choose a spending function for efficacy, or give futility bounds on the Z scale.",
    });
  const last = informationFractions.length - 1;
  const critical = normalUpperQuantile(design.oneSidedAlpha);
  const upper = informationFractions.map((_, k) => (k === last ? critical : Infinity));
  const lower = informationFractions.map((_, k) => (k === last ? critical : (givenFutility(design, k) ?? -Infinity)));
  return { informationFractions, upper, lower };
}

function betaSpendingBounds(design: SpendingDesign, informationFractions: number[]): SequentialBounds {
  const { futility } = design;
  if (futility.kind !== "beta-spending") throw invalidInput("futility", futility.kind, "must be beta-spending");
  return boundsOfDesign(
    designGroupSequential({
      oneSidedAlpha: design.oneSidedAlpha,
      power: futility.power,
      informationFractions,
      efficacy: design.efficacy.spending,
      futility: { kind: "beta-spending", spending: futility.spending, binding: futility.binding },
    }),
  );
}

function givenFutilityBounds(design: SpendingDesign, informationFractions: number[]): SequentialBounds {
  const { futility } = design;
  const lowerAt = (k: number, upper: number) => Math.min(upper, givenFutility(design, k) ?? -Infinity);
  const upper = efficacyBounds({
    boundary: design.efficacy.spending,
    oneSidedAlpha: design.oneSidedAlpha,
    informationFractions,
    ...(futility.kind === "z-scale" && futility.binding ? { startBindingFutility: () => lowerAt } : {}),
  });
  const last = upper.length - 1;
  return { informationFractions, upper, lower: upper.map((bound, k) => (k === last ? bound : lowerAt(k, bound))) };
}

function givenFutility(design: TrialDesign, look: number): number | null {
  return design.futility.kind === "z-scale" ? (design.futility.bounds[look] ?? null) : null;
}
