import type { SequentialBounds } from "../design/crossing-probability.ts";
import { type EfficacyBoundary, efficacyBounds } from "../design/efficacy-bound.ts";
import type { FutilityRule } from "../design/futility-bound.ts";
import { boundsOfDesign, designGroupSequential, type GroupSequentialSpec } from "../design/group-sequential-design.ts";
import { invalidInput } from "../errors/domain-error.ts";
import { normalUpperQuantile } from "../numerics/normal.ts";
import { lookCohorts, plannedInformationFractions } from "./look-schedule.ts";
import type { TrialDesign } from "./simulation-document.ts";

/** Beta spending searches for its drift; every chunk and every summary of a simulation asks for the same few designs. */
const REMEMBERED_DESIGNS = 200;
const knownBounds = new Map<string, SequentialBounds>();

/**
 * Bounds of a design on the Z scale, in the direction of benefit.
 *
 * @param design - Error, looks, efficacy and futility rule.
 * @returns Upper bounds (Infinity where no trial can stop for efficacy) and lower bounds (−Infinity without futility;
 *   equal to the upper bound at the final look).
 * @throws DomainError INVALID_INPUT for inadmissible looks or futility bounds, NOT_ESTIMABLE when no effect reaches the power
 *   that a futility rule is built for.
 *
 * @remarks METHODS.md eq. (M7). With non-binding futility the upper bounds are computed as if there were none.
 */
export function stoppingBounds(design: TrialDesign): SequentialBounds {
  const { experimental, control, oneSidedAlpha, lookFractions, efficacy, efficacyLooks, futility } = design;
  const key = JSON.stringify([
    experimental,
    control,
    oneSidedAlpha,
    lookFractions,
    efficacy,
    efficacyLooks ?? null,
    futility,
  ]);
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
  const listed = futility.kind === "z-scale" || futility.kind === "scale";
  if (listed && futility.bounds.length !== informationFractions.length - 1)
    throw invalidInput(
      `designs.${design.id}.futility.bounds`,
      futility.bounds.map((bound) => bound ?? Number.NaN),
      `must hold one bound (or none) for each of the ${informationFractions.length - 1} interim looks`,
    );
  const rule = poweredFutility(design);
  if (rule !== null && informationFractions.length > 1)
    return boundsOfDesign(designGroupSequential(planOfTrialDesign(design, informationFractions)));
  if (design.efficacy.kind === "fixed") return fixedBounds(design, informationFractions);
  return givenFutilityBounds(design, informationFractions);
}

/** Efficacy rule of a design as a boundary of lib/design; a fixed design tests at the end only. */
export function efficacyBoundary({ efficacy }: TrialDesign): EfficacyBoundary {
  switch (efficacy.kind) {
    case "fixed":
      return { family: "final-only" };
    case "spending":
      return efficacy.spending;
    case "boundary":
      return efficacy.boundary;
  }
}

/** Futility rules that are built for a power, with it; null for the others. */
export function poweredFutility({
  futility,
}: TrialDesign): { readonly power: number; readonly futility: FutilityRule } | null {
  switch (futility.kind) {
    case "none":
    case "z-scale":
      return null;
    case "beta-spending": {
      const { spending, binding, power, looks } = futility;
      return {
        power,
        futility: { kind: "beta-spending", spending, binding, ...(looks === undefined ? {} : { looks }) },
      };
    }
    case "pampallona-tsiatis": {
      const { shape, binding, power } = futility;
      return { power, futility: { kind: "pampallona-tsiatis", shape, binding } };
    }
    case "scale": {
      const { scale, bounds, binding, power } = futility;
      return { power, futility: { kind: "scale", scale, values: bounds, binding } };
    }
  }
}

/** Power that a plan states where its bounds depend on none. */
const UNUSED_POWER = 0.9;

/**
 * A design with interim looks as a group sequential plan that has the same bounds.
 *
 * @param design - Protocol variant.
 * @param informationFractions - Of its looks; shape [K].
 */
export function planOfTrialDesign(design: TrialDesign, informationFractions: readonly number[]): GroupSequentialSpec {
  const rule = poweredFutility(design);
  const { futility } = design;
  const given: FutilityRule =
    futility.kind === "z-scale"
      ? { kind: "z-scale", values: futility.bounds, binding: futility.binding && design.efficacy.kind !== "fixed" }
      : { kind: "none" };
  return {
    oneSidedAlpha: design.oneSidedAlpha,
    power: rule?.power ?? UNUSED_POWER,
    informationFractions: [...informationFractions],
    efficacy: efficacyBoundary(design),
    futility: rule?.futility ?? given,
    ...(design.efficacyLooks === undefined ? {} : { efficacyLooks: design.efficacyLooks }),
  };
}

/** One test at the end; interim looks can only stop for futility. */
function fixedBounds(design: TrialDesign, informationFractions: number[]): SequentialBounds {
  const last = informationFractions.length - 1;
  const critical = normalUpperQuantile(design.oneSidedAlpha);
  const upper = informationFractions.map((_, k) => (k === last ? critical : Infinity));
  const lower = informationFractions.map((_, k) => (k === last ? critical : (givenFutility(design, k) ?? -Infinity)));
  return { informationFractions, upper, lower };
}

function givenFutilityBounds(design: TrialDesign, informationFractions: number[]): SequentialBounds {
  const { futility } = design;
  const lowerAt = (k: number, upper: number) => Math.min(upper, givenFutility(design, k) ?? -Infinity);
  const upper = efficacyBounds({
    boundary: efficacyBoundary(design),
    oneSidedAlpha: design.oneSidedAlpha,
    informationFractions,
    ...(design.efficacyLooks === undefined ? {} : { tested: design.efficacyLooks }),
    ...(futility.kind === "z-scale" && futility.binding ? { startBindingFutility: () => lowerAt } : {}),
  });
  const last = upper.length - 1;
  return { informationFractions, upper, lower: upper.map((bound, k) => (k === last ? bound : lowerAt(k, bound))) };
}

function givenFutility(design: TrialDesign, look: number): number | null {
  return design.futility.kind === "z-scale" ? (design.futility.bounds[look] ?? null) : null;
}
