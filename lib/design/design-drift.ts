import { DomainError } from "../errors/domain-error.ts";
import { normalQuantile } from "../numerics/normal.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { crossingProbability } from "./crossing-probability.ts";
import { efficacyBounds, type LowerBoundRule } from "./efficacy-bound.ts";
import { assertFutilityValues, startFutilitySpending } from "./futility-bound.ts";
import { type BoundScale, zOfScale } from "./futility-scale.ts";
import type { GroupSequentialSpec } from "./group-sequential-design.ts";

/** Bounds together with the drift under which they have the power wanted. */
export interface DesignDrift {
  /** E[Z] at full information under the design effect. */
  readonly drift: number;
  /** Efficacy bounds, Z scale; shape [K]. */
  readonly upper: readonly number[];
  /** Lower bounds, Z scale, the last meeting the efficacy bound (one-sided) or mirroring it (two-sided); shape [K]. */
  readonly lower: readonly number[];
}

interface CandidateBounds {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
  readonly typeTwoError: number;
}

/** Information beyond this multiple of the fixed design's is no design any more. */
const LARGEST_DRIFT_RATIO = 8;
const LARGEST_FIXED_POINT_STEPS = 60;

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
  const target = normalQuantile(1 - spec.power);
  const excess = (drift: number) => probit(boundsUnder(drift).typeTwoError) - target;
  const from = 0.98 * fixedDrift;
  let to = 1.1 * fixedDrift;
  while (excess(to) > 0) {
    to *= 1.25;
    if (to > LARGEST_DRIFT_RATIO * fixedDrift) throw powerOutOfReach(spec);
  }
  const drift = findRoot(excess, from, to, { absoluteTolerance: 1e-11 }).value;
  const { upper, lower } = boundsUnder(drift);
  assertErrorSpent(upper);
  if (spec.futility.kind === "scale") {
    const values = futilityValuesInZ(spec.futility, spec.informationFractions, upper.at(-1)!, drift);
    assertBelowEfficacy(spec.futility.values, values, upper);
  }
  return { drift, upper, lower };
}

/** How bounds and type II error depend on the drift, for each kind of futility rule. */
function candidateBounds(spec: GroupSequentialSpec): (drift: number) => CandidateBounds {
  const { futility, informationFractions } = spec;
  const last = informationFractions.length - 1;
  const problem = {
    boundary: spec.efficacy,
    oneSidedAlpha: spec.oneSidedAlpha,
    informationFractions,
    sides: spec.sides ?? ("one-sided" as const),
    ...(spec.efficacyLooks === undefined ? {} : { tested: spec.efficacyLooks }),
  };
  switch (futility.kind) {
    case "scale": {
      assertFutilityValues(futility.values, informationFractions.length);
      const fixed = futility.binding ? null : efficacyBounds(problem);
      let final = (fixed ?? efficacyBounds(problem))[last]!;
      return (drift) => {
        const valuesAt = () => futilityValuesInZ(futility, informationFractions, final, drift);
        let upper = fixed;
        if (upper === null) {
          // A binding rule lowers the final bound, on which the rule itself depends: a contraction, iterated to the end.
          for (let step = 0; step < LARGEST_FIXED_POINT_STEPS; step++) {
            const values = valuesAt();
            upper = efficacyBounds({
              ...problem,
              startBindingFutility: () => (k, bound) => Math.min(bound, values[k] ?? -Infinity),
            });
            const moved = Math.abs(upper[last]! - final);
            final = upper[last]!;
            if (!(moved > 1e-12)) break;
          }
        }
        const values = valuesAt();
        const bounds = upper!;
        const lower = bounds.map((bound, k) => (k === last ? bound : Math.min(bound, values[k] ?? -Infinity)));
        return { upper: bounds, lower, typeTwoError: missProbability(spec, bounds, lower, drift) };
      };
    }
    case "none": {
      const upper = efficacyBounds(problem);
      const twoSided = spec.sides === "symmetric-two-sided";
      const lower = upper.map((bound, k) => (twoSided ? -bound : k === last ? bound : -Infinity));
      return (drift) => ({ upper, lower, typeTwoError: missProbability(spec, upper, lower, drift) });
    }
    case "z-scale": {
      assertFutilityValues(futility.values, informationFractions.length);
      const rule: LowerBoundRule = (k, upper) => Math.min(upper, futility.values[k] ?? -Infinity);
      const upper = efficacyBounds(futility.binding ? { ...problem, startBindingFutility: () => rule } : problem);
      assertBelowEfficacy(futility.values, futility.values, upper);
      const lower = upper.map((bound, k) => (k === last ? bound : rule(k, bound)));
      return (drift) => ({ upper, lower, typeTwoError: missProbability(spec, upper, lower, drift) });
    }
    case "null-spending": {
      const { spending, total, looks } = futility;
      const start = () => startFutilitySpending(informationFractions, spending, total, 0, looks).lowerBound;
      const upper = efficacyBounds(futility.binding ? { ...problem, startBindingFutility: start } : problem);
      const lowerBound = start();
      const lower = upper.map((bound, k) => (k === last ? bound : lowerBound(k, bound)));
      return (drift) => ({ upper, lower, typeTwoError: missProbability(spec, upper, lower, drift) });
    }
    case "beta-spending": {
      const start = (drift: number) =>
        startFutilitySpending(informationFractions, futility.spending, 1 - spec.power, drift, futility.looks);
      const fixed = futility.binding ? null : efficacyBounds(problem);
      return (drift) => {
        const upper = fixed ?? efficacyBounds({ ...problem, startBindingFutility: () => start(drift).lowerBound });
        const spender = start(drift);
        const lower = upper.map((bound, k) => (k === last ? bound : spender.lowerBound(k, bound)));
        return { upper, lower, typeTwoError: spender.typeTwoError(upper[last]!) };
      };
    }
  }
}

function missProbability(
  { informationFractions }: GroupSequentialSpec,
  upper: readonly number[],
  lower: readonly number[],
  drift: number,
): number {
  return 1 - crossingProbability({ informationFractions, upper, lower }, drift).upper.reduce((a, b) => a + b, 0);
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
