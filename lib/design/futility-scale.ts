import { z } from "zod";
import { invalidInput } from "../errors/domain-error.ts";
import { normalUpperQuantile, normalUpperTail } from "../numerics/normal.ts";
import { conditionalPowerAtFinal, driftOfTrend, zOfConditionalPower } from "./conditional-power.ts";
import { predictivePowerAtFinal, zOfPredictivePower } from "./predictive-power.ts";

/** Scales on which people agree on a stopping bound; all but the first two need the final bound, some the design effect. */
export const boundScaleSchema = z.enum([
  "z",
  /** One-sided p-value. */
  "p-value",
  /** Estimated effect divided by the design effect. */
  "effect-share",
  /** P(success at the final analysis | data) if the design effect holds. */
  "conditional-power-design-effect",
  /** The same if the observed trend continues. */
  "conditional-power-trend",
  /** The same averaged over the posterior of the effect under a flat prior. */
  "predictive-power",
]);

export type BoundScale = z.infer<typeof boundScaleSchema>;

/** What the conversion between scales needs to know of the design. */
export interface ScaleContext {
  /** Information fraction t of the analysis; in (0, 1). */
  readonly informationFraction: number;
  /** Efficacy bound of the final analysis, Z scale. */
  readonly finalBound: number;
  /** E[Z] at full information under the design effect; dimensionless, not 0. */
  readonly drift: number;
}

/** What the same bound says on the scales people discuss it on. */
export interface FutilityScales {
  readonly z: number;
  /** One-sided p-value at the bound. */
  readonly oneSidedPValue: number;
  /** Estimated effect at the bound divided by the design effect. */
  readonly shareOfDesignEffect: number;
  /** P(success at the final analysis | z) if the design effect holds. */
  readonly conditionalPowerDesignEffect: number;
  /** The same if the observed trend continues. */
  readonly conditionalPowerTrend: number;
  /** The same averaged over the posterior under a flat prior. */
  readonly predictivePowerFlatPrior: number;
}

/**
 * A bound on the Z scale, said on the p-value, effect and conditional-power scales.
 *
 * @param z - Bound on the Z scale.
 * @param informationFraction - Information fraction t of its analysis; in (0, 1).
 * @param finalBound - Efficacy bound of the final analysis.
 * @param drift - E[Z] at full information under the design effect; dimensionless, not 0.
 * @returns The same bound on each scale. The estimated effect itself is `shareOfDesignEffect` times the design effect.
 * @throws DomainError INVALID_INPUT unless 0 < t < 1.
 * @remarks METHODS.md eq. (G13), (G19), (G22). The inverse map is `zOfScale`.
 */
export function futilityScales(
  z: number,
  informationFraction: number,
  finalBound: number,
  drift: number,
): FutilityScales {
  const interim = { z, informationFraction };
  return {
    z,
    oneSidedPValue: normalUpperTail(z),
    shareOfDesignEffect: driftOfTrend(interim) / drift,
    conditionalPowerDesignEffect: conditionalPowerAtFinal(interim, finalBound, drift),
    conditionalPowerTrend: conditionalPowerAtFinal(interim, finalBound, driftOfTrend(interim)),
    predictivePowerFlatPrior: predictivePowerAtFinal(interim, finalBound, { kind: "flat" }),
  };
}

/**
 * Z at which the estimated effect is a given share of the design effect.
 *
 * @param share - Estimated effect divided by design effect.
 * @param informationFraction - Information fraction t of the analysis.
 * @param drift - E[Z] at full information under the design effect.
 * @returns share · drift · √t. METHODS.md eq. (G22).
 */
export function zOfEffectShare(share: number, informationFraction: number, drift: number): number {
  return share * drift * Math.sqrt(informationFraction);
}

/**
 * Z of a bound given on any scale: the inverse of {@link futilityScales}.
 *
 * @param scale - Scale of the value.
 * @param value - Value; a probability in (0, 1) on the p-value and power scales.
 * @param context - Information fraction of the analysis, final bound and design drift.
 * @param argument - Name of the value in the caller's terms, for the message.
 * @returns The bound on the Z scale.
 * @throws DomainError INVALID_INPUT for a probability outside (0, 1) or a value that is not finite.
 * @remarks METHODS.md eq. (G15), (G22), (G30).
 */
export function zOfScale(scale: BoundScale, value: number, context: ScaleContext, argument = "value"): number {
  const { informationFraction, finalBound, drift } = context;
  if (!Number.isFinite(value)) throw invalidInput(argument, value, "must be a finite number");
  if (scale !== "z" && scale !== "effect-share" && !(value > 0 && value < 1))
    throw invalidInput(argument, value, "must lie between 0 and 1", "A probability is wanted on this scale.");
  switch (scale) {
    case "z":
      return value;
    case "p-value":
      return normalUpperQuantile(value);
    case "effect-share":
      return zOfEffectShare(value, informationFraction, drift);
    case "conditional-power-design-effect":
      return zOfConditionalPower(value, informationFraction, finalBound, drift);
    case "conditional-power-trend":
      return zOfConditionalPower(value, informationFraction, finalBound, "trend");
    case "predictive-power":
      return zOfPredictivePower(value, informationFraction, finalBound);
  }
}
