import { DomainError } from "../errors/domain-error.ts";
import { normalQuantile, normalUpperQuantile } from "../numerics/normal.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { crossingProbability } from "./crossing-probability.ts";
import { type EfficacyBoundProblem, efficacyBounds, isScaledShape, type LowerBoundRule } from "./efficacy-bound.ts";
import { assertFutilityValues, type FutilitySpender, startFutilitySpending } from "./futility-bound.ts";
import { type BoundScale, zOfScale } from "./futility-scale.ts";
import type { GroupSequentialSpec } from "./group-sequential-design.ts";
import { startInnerSpending } from "./inner-bound.ts";
import { pampallonaTsiatisBounds } from "./pampallona-tsiatis.ts";

/** Bounds together with the drift under which they have the power wanted. */
export interface DesignDrift {
  /** E[Z] at full information under the design effect. */
  readonly drift: number;
  /** Efficacy bounds, Z scale; shape [K]. */
  readonly upper: readonly number[];
  /** Lower bounds, Z scale, the last meeting the efficacy bound (one-sided) or mirroring it (two-sided); shape [K]. */
  readonly lower: readonly number[];
  /** Inner bounds of |Z| in a two-sided design with futility, −Infinity where none, the last meeting the efficacy bound. */
  readonly inner?: readonly number[];
}

interface CandidateBounds {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
  readonly inner?: readonly number[];
  readonly typeTwoError: number;
}

/** Information beyond this multiple of the fixed design's is no design any more. */
const LARGEST_DRIFT_RATIO = 8;
/** Binding futility lowers no final efficacy bound by more than this, unless it leaves no error to spend. */
const LARGEST_STEP_DOWN = 40;

/**
 * Drift at which the design has its power, with the bounds that belong to it.
 *
 * @param spec - Group sequential plan.
 * @param fixedDrift - Drift of the single-analysis design, a lower limit for the answer.
 * @returns Drift within 1e-10, and bounds.
 * @throws DomainError INVALID_INPUT for futility values that do not fit, NOT_ESTIMABLE when the power is out of reach.
 *
 * @remarks
 * METHODS.md eq. (G20). The type II error falls as the drift grows; on the probit scale the relation is almost linear,
 * so that Brent's method needs few evaluations. Beta-spending bounds move with the drift and are found anew each time.
 */
export function searchDesignDrift(spec: GroupSequentialSpec, fixedDrift: number): DesignDrift {
  const boundsUnder = candidateBounds(spec);
  const drift = driftWithError(spec, fixedDrift, (at) => boundsUnder(at).typeTwoError);
  const { upper, lower, inner } = boundsUnder(drift);
  assertErrorSpent(upper);
  if (spec.futility.kind === "scale") {
    const values = futilityValuesInZ(spec.futility, spec.informationFractions, upper.at(-1)!, drift);
    assertBelowEfficacy(spec.futility.values, values, upper);
  }
  if (inner === undefined) return { drift, upper, lower };
  // Inner bounds spend P(no rejection); where power is that of benefit alone, the drift for it is a trifle larger.
  const powered = driftWithError(spec, fixedDrift, (at) => missProbability(spec, { upper, lower, inner }, at));
  return { drift: powered, upper, lower, inner };
}

/** Drift at which a decreasing type II error is the one of the design. */
function driftWithError(spec: GroupSequentialSpec, fixedDrift: number, typeTwoError: (drift: number) => number) {
  const target = normalQuantile(1 - spec.power);
  const excess = (drift: number) => probit(typeTwoError(drift)) - target;
  let from = 0.98 * fixedDrift;
  while (excess(from) < 0 && from > 1e-3 * fixedDrift) from *= 0.8;
  let to = 1.1 * fixedDrift;
  while (excess(to) > 0) {
    to *= 1.25;
    if (to > LARGEST_DRIFT_RATIO * fixedDrift) throw powerOutOfReach(spec);
  }
  return findRoot(excess, from, to, { absoluteTolerance: 1e-11 }).value;
}

/** How bounds and type II error depend on the drift, for each kind of futility rule. */
function candidateBounds(spec: GroupSequentialSpec): (drift: number) => CandidateBounds {
  const { futility, informationFractions } = spec;
  const last = informationFractions.length - 1;
  const twoSided = spec.sides === "symmetric-two-sided";
  const problem: EfficacyBoundProblem = {
    boundary: spec.efficacy,
    oneSidedAlpha: spec.oneSidedAlpha,
    informationFractions,
    sides: spec.sides ?? ("one-sided" as const),
    ...(spec.efficacyLooks === undefined ? {} : { tested: spec.efficacyLooks }),
  };
  switch (futility.kind) {
    case "scale": {
      assertFutilityValues(futility.values, informationFractions.length);
      return givenFinalBound(spec, problem, futility.binding, (final, drift) =>
        futilityValuesInZ(futility, informationFractions, final, drift),
      );
    }
    case "pampallona-tsiatis":
      return givenFinalBound(spec, problem, futility.binding, (final, drift) =>
        pampallonaTsiatisBounds(informationFractions, futility.shape, final, drift),
      );
    case "none": {
      const upper = efficacyBounds(problem);
      const bounds = twoSided
        ? { upper, lower: upper.map((bound) => -bound) }
        : withFutility(spec, upper, () => -Infinity);
      return (drift) => ({ ...bounds, typeTwoError: missProbability(spec, bounds, drift) });
    }
    case "z-scale": {
      assertFutilityValues(futility.values, informationFractions.length);
      const rule: LowerBoundRule = (k, upper) => Math.min(upper, futility.values[k] ?? -Infinity);
      const upper = efficacyBounds(futility.binding ? { ...problem, startBindingFutility: () => rule } : problem);
      assertBelowEfficacy(futility.values, futility.values, upper);
      const bounds = withFutility(spec, upper, rule);
      return (drift) => ({ ...bounds, typeTwoError: missProbability(spec, bounds, drift) });
    }
    case "null-spending": {
      const { spending, total, looks } = futility;
      const start = () => startFutilitySpending(informationFractions, spending, total, 0, looks).lowerBound;
      const upper = efficacyBounds(futility.binding ? { ...problem, startBindingFutility: start } : problem);
      const bounds = withFutility(spec, upper, start());
      return (drift) => ({ ...bounds, typeTwoError: missProbability(spec, bounds, drift) });
    }
    case "beta-spending": {
      const { spending, overlap = "adjust", looks } = futility;
      const overlapping = twoSided ? overlappingAnalyses(spec) : [];
      const start = (drift: number): FutilitySpender =>
        twoSided
          ? startInnerSpending(
              informationFractions,
              { spending, total: 1 - spec.power, overlap, looks, overlapping },
              drift,
            )
          : startFutilitySpending(informationFractions, spending, 1 - spec.power, drift, looks);
      const fixed = futility.binding ? null : efficacyBounds(problem);
      return (drift) => {
        const upper = fixed ?? efficacyBounds({ ...problem, startBindingFutility: () => start(drift).lowerBound });
        const spender = start(drift);
        const bounds = withFutility(spec, upper, spender.lowerBound);
        return { ...bounds, typeTwoError: spender.typeTwoError(upper[last]!) };
      };
    }
  }
}

/**
 * Interim analyses at which the futility regions of the two directions overlap: those whose bound is not below 0 in the
 * one-sided design with the error of one side and the same type II error (METHODS.md eq. (G48)).
 */
function overlappingAnalyses({ powerCounts: _, futility, ...plan }: GroupSequentialSpec): boolean[] {
  if (futility.kind !== "beta-spending") return [];
  const { overlap: __, ...oneSided } = futility;
  const spec: GroupSequentialSpec = { ...plan, futility: oneSided, sides: "one-sided" };
  const fixedDrift = normalUpperQuantile(spec.oneSidedAlpha) + normalQuantile(spec.power);
  return searchDesignDrift(spec, fixedDrift)
    .lower.slice(0, -1)
    .map((bound) => bound >= 0);
}

/** Both bounds with a futility rule: lower bounds of a one-sided design, inner bounds of a two-sided one. */
function withFutility(spec: GroupSequentialSpec, upper: readonly number[], rule: LowerBoundRule) {
  const last = upper.length - 1;
  const futility = upper.map((bound, k) => (k === last ? bound : rule(k, bound)));
  if (spec.sides !== "symmetric-two-sided") return { upper, lower: futility };
  return { upper, lower: upper.map((bound) => -bound), inner: futility };
}

/** Bounds of a futility rule that needs the final efficacy bound and the drift. */
function givenFinalBound(
  spec: GroupSequentialSpec,
  problem: EfficacyBoundProblem,
  binding: boolean,
  valuesAt: (final: number, drift: number) => readonly (number | null)[],
): (drift: number) => CandidateBounds {
  const last = problem.informationFractions.length - 1;
  const fixed = efficacyBounds(problem);
  const largest = fixed[last]!;
  return (drift) => {
    const ruleFor = (known: number): LowerBoundRule => {
      const values = valuesAt(known, drift);
      return (k, bound) => Math.min(bound, values[k] ?? -Infinity);
    };
    const under = (known: number) =>
      efficacyBounds({ ...problem, startBindingFutility: (scaled = known) => ruleFor(scaled) });
    const upper = binding ? (isScaledShape(problem.boundary) ? under(largest) : agreeing(under, largest)) : fixed;
    const final = upper[last]!;
    const bounds = withFutility(spec, upper, ruleFor(final));
    const typeTwoError =
      bounds.inner === undefined ? missProbability(spec, bounds, drift) : acceptProbability(spec, bounds, drift);
    return { ...bounds, typeTwoError };
  };
}

/**
 * Efficacy bounds whose final one is the one that the futility rule was made with. A larger final bound raises the futility
 * bounds, which lowers the final bound that keeps the error: the difference of the two falls, so that there is one root.
 */
function agreeing(under: (known: number) => number[], largest: number): number[] {
  const gap = (known: number) => Math.max(under(known).at(-1)!, -LARGEST_STEP_DOWN) - known;
  let step = 0.1;
  while (gap(largest - step) < 0 && step < LARGEST_STEP_DOWN) step *= 3;
  if (!(gap(largest) < 0)) return under(largest);
  return under(findRoot(gap, largest - step, largest, { absoluteTolerance: 1e-13 }).value);
}

type Bounds = Pick<CandidateBounds, "upper" | "lower" | "inner">;

/** P(no rejection that counts): in the direction of benefit, or in either where the plan says so. */
function missProbability({ informationFractions, powerCounts }: GroupSequentialSpec, bounds: Bounds, drift: number) {
  const crossing = crossingProbability({ informationFractions, ...bounds }, drift);
  const benefit = crossing.upper.reduce((a, b) => a + b, 0);
  return powerCounts === "either-direction" ? 1 - benefit - crossing.lower.reduce((a, b) => a + b, 0) : 1 - benefit;
}

/** P(the trial ends between the inner bounds), of which there is one at the final analysis. */
function acceptProbability({ informationFractions }: GroupSequentialSpec, bounds: Bounds, drift: number): number {
  return crossingProbability({ informationFractions, ...bounds }, drift).inner.reduce((a, b) => a + b, 0);
}

/** Normal quantile that stays finite for probabilities that rounding has pushed to 0 or 1. */
function probit(probability: number): number {
  return normalQuantile(Math.min(Math.max(probability, 1e-300), 1 - 1e-16));
}

/** Futility values of any scale as Z; null where there is none. */
function futilityValuesInZ(
  { scale, values }: { readonly scale: BoundScale; readonly values: readonly (number | null)[] },
  informationFractions: readonly number[],
  finalBound: number,
  drift: number,
): (number | null)[] {
  return values.map((value, k) => {
    const informationFraction = informationFractions[k]!;
    return value === null
      ? null
      : zOfScale(scale, value, { informationFraction, finalBound, drift }, `futility.values.${k}`);
  });
}

function assertBelowEfficacy(
  given: readonly (number | null)[],
  values: readonly (number | null)[],
  upper: readonly number[],
): void {
  const clash = values.findIndex((value, k) => value !== null && value >= upper[k]!);
  if (clash === -1) return;
  throw new DomainError("INVALID_INPUT", {
    argument: `futility.values.${clash}`,
    received: given[clash] ?? null,
    requirement: `must lie below the efficacy bound ${upper[clash]!.toFixed(4)} of analysis ${clash + 1}`,
  });
}

/** Binding futility can leave fewer trials under H0 than there is error to spend: the bound has then run off to −∞. */
function assertErrorSpent(upper: readonly number[]): void {
  const exhausted = upper.indexOf(-Infinity);
  if (exhausted === -1) return;
  throw new DomainError("NOT_ESTIMABLE", {
    argument: "futility",
    received: "binding",
    requirement: `must leave enough trials to spend the type I error at analysis ${exhausted + 1}`,
    hint: "Spend the type II error later, or make futility non-binding.",
  });
}

function powerOutOfReach(spec: GroupSequentialSpec): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "power",
    received: spec.power,
    requirement: "must be attainable under the futility rule; no effect reaches it",
    hint: "Lower the futility bounds or the power.",
  });
}
