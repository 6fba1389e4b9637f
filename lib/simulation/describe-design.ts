import { cumulative } from "../design/crossing-probability.ts";
import { designGroupSequential } from "../design/group-sequential-design.ts";
import { powerOfDesign } from "../design/power-of-design.ts";
import { normalQuantile, normalUpperTail } from "../numerics/normal.ts";
import { lookCohorts } from "./look-schedule.ts";
import type { TrialDesign } from "./simulation-document.ts";
import { planOfTrialDesign, poweredFutility, stoppingBounds } from "./stopping-rule.ts";

/** One look of a design, before any trial is simulated. Probabilities are cumulative over the looks up to this one. */
export interface DesignLook {
  readonly look: number;
  readonly informationFraction: number;
  /** Patients whose primary visit is over, both arms. */
  readonly cohort: number;
  /** Z scale, direction of benefit; null when no trial can stop for efficacy here. */
  readonly efficacyBound: number | null;
  /** One-sided p-value at the efficacy bound. */
  readonly efficacyNominalP: number | null;
  /** Null where there is none; at the final look the trial ends without success below the efficacy bound. */
  readonly futilityBound: number | null;
  /** Type I error spent on the benefit side; ignores futility unless it is binding. */
  readonly alphaSpent: number;
  readonly efficacyUnderNull: number;
  readonly futilityUnderNull: number;
  readonly efficacyUnderEffect: number;
  readonly futilityUnderEffect: number;
}

export interface DesignDescription {
  readonly looks: readonly DesignLook[];
  readonly total: number;
  readonly twoSidedAlphaEquivalent: number;
  /** The effect of the columns "under effect": the one its futility rule is built for, else the one that a single look shows with 90 % power. */
  readonly effect: { readonly kind: "beta-spending" | "single-look"; readonly power: number };
  /** Maximum information over that of a single look with the same error and power; null without a futility rule built for a power. */
  readonly inflationFactor: number | null;
  /** Mean share of the patients whose primary visit is over when the trial ends, futility rule followed. */
  readonly expectedFraction: { readonly underNull: number; readonly underEffect: number };
}

const SINGLE_LOOK_POWER = 0.9;

/**
 * Bounds of a design with what they cost and give, by the canonical joint distribution of the looks.
 *
 * @param design - Protocol variant.
 * @returns One line per look and the totals of the design.
 * @throws DomainError from `lookCohorts` and `stoppingBounds` for inadmissible looks, futility bounds or combinations.
 *
 * @remarks METHODS.md eq. (M6), (M7); lib/design/METHODS.md eq. (G8), (G20).
 */
export function describeDesign(design: TrialDesign): DesignDescription {
  const cohorts = lookCohorts(design);
  const bounds = stoppingBounds(design);
  const { informationFractions, upper, lower } = bounds;
  const last = upper.length - 1;
  const binding = design.futility.kind !== "none" && design.futility.binding;
  const obeyed = binding ? bounds : { ...bounds, lower: lower.map(() => -Infinity) };
  const alphaSpent = cumulative(powerOfDesign(obeyed, 0).efficacy);
  const { drift, effect, inflationFactor } = designEffect(design, informationFractions);
  const underNull = powerOfDesign(bounds, 0);
  const underEffect = powerOfDesign(bounds, drift);
  return {
    looks: cohorts.map((cohort, k) => ({
      look: k + 1,
      informationFraction: informationFractions[k]!,
      cohort,
      efficacyBound: upper[k] === Infinity ? null : upper[k]!,
      efficacyNominalP: upper[k] === Infinity ? null : normalUpperTail(upper[k]!),
      futilityBound: k === last || lower[k] === -Infinity ? null : lower[k]!,
      alphaSpent: alphaSpent[k]!,
      efficacyUnderNull: underNull.cumulativeEfficacy[k]!,
      futilityUnderNull: underNull.cumulativeFutility[k]!,
      efficacyUnderEffect: underEffect.cumulativeEfficacy[k]!,
      futilityUnderEffect: underEffect.cumulativeFutility[k]!,
    })),
    total: design.experimental + design.control,
    twoSidedAlphaEquivalent: 2 * design.oneSidedAlpha,
    effect,
    inflationFactor,
    expectedFraction: {
      underNull: underNull.expectedInformationFraction,
      underEffect: underEffect.expectedInformationFraction,
    },
  };
}

function designEffect(
  design: TrialDesign,
  informationFractions: readonly number[],
): { drift: number } & Pick<DesignDescription, "effect" | "inflationFactor"> {
  const { oneSidedAlpha } = design;
  const rule = poweredFutility(design);
  if (rule !== null && informationFractions.length > 1) {
    const { drift, inflationFactor } = designGroupSequential(planOfTrialDesign(design, informationFractions));
    return { drift, inflationFactor, effect: { kind: "beta-spending", power: rule.power } };
  }
  return {
    drift: normalQuantile(SINGLE_LOOK_POWER) - normalQuantile(oneSidedAlpha),
    inflationFactor: null,
    effect: { kind: "single-look", power: SINGLE_LOOK_POWER },
  };
}
