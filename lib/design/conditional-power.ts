import { invalidInput } from "../errors/domain-error.ts";
import { normalCdf, normalQuantile } from "../numerics/normal.ts";
import { type CrossingProbability, crossingProbability, type SequentialBounds } from "./crossing-probability.ts";

/** What is known at an interim analysis. */
export interface InterimResult {
  /** Observed test statistic. */
  readonly z: number;
  /** Information so far divided by planned final information; in (0, 1). */
  readonly informationFraction: number;
}

/** Bounds of the analyses still to come, on the original Z and information scales. */
export type RemainingBounds = SequentialBounds;

export interface ConditionalPower {
  /** P(success by the end | interim result). */
  readonly total: number;
  /** P(first success at each remaining analysis); shape [remaining]. */
  readonly perAnalysis: readonly number[];
  /** P(futility stop, or failure at the end, at each remaining analysis); shape [remaining]. */
  readonly stopWithoutSuccess: readonly number[];
}

/**
 * Conditional power over all remaining analyses, given the interim result and a fixed drift.
 *
 * @param interim - Observed Z and information fraction.
 * @param remaining - Bounds of the later analyses; success is Z ≥ upper at any of them, a trial that meets its lower
 *   bound before that stops without success. Fractions exceed the interim fraction.
 * @param drift - Assumed E[Z] at information fraction 1: 0 under H0, the design drift under H1, `driftOfTrend` for the
 *   observed trend; dimensionless.
 * @returns Total probability of success and its split over the remaining analyses.
 * @throws DomainError INVALID_INPUT for inadmissible fractions or bounds.
 *
 * @remarks METHODS.md eq. (G13)–(G14): the future increments form the same Brownian motion started anew.
 * Source: Lan, Simon & Halperin (1982), Commun Stat C 1:207–219; Jennison & Turnbull (2000), ch. 10.
 * Reference values: tests/reference/gs_conditional_power.json.
 */
export function conditionalPower(interim: InterimResult, remaining: RemainingBounds, drift: number): ConditionalPower {
  const span = remainingInformation(interim, remaining);
  return summarizeCrossing(crossingProbability(shiftedBounds(interim, remaining), drift * Math.sqrt(span)));
}

/**
 * Bounds of the remaining analyses as seen from the interim analysis.
 *
 * @param interim - Observed Z and information fraction t.
 * @param remaining - Later bounds on the original scales.
 * @returns Bounds for the standardized increment (S_j − S)/√(t_j − t), with fractions (t_j − t)/(t_K − t).
 * @throws DomainError INVALID_INPUT when the fractions do not follow the interim fraction.
 * @remarks METHODS.md eq. (G14).
 */
export function shiftedBounds(interim: InterimResult, remaining: RemainingBounds): SequentialBounds {
  const { z, informationFraction: t } = interim;
  const span = remainingInformation(interim, remaining);
  const shift = (bound: number, k: number) => {
    const later = remaining.informationFractions[k]!;
    return (bound * Math.sqrt(later) - z * Math.sqrt(t)) / Math.sqrt(later - t);
  };
  return {
    informationFractions: remaining.informationFractions.map((later, k, all) =>
      k === all.length - 1 ? 1 : (later - t) / span,
    ),
    upper: remaining.upper.map(shift),
    lower: remaining.lower.map(shift),
  };
}

/**
 * Conditional power when only the final analysis is left to decide, in closed form.
 *
 * @param interim - Observed Z and information fraction t.
 * @param finalBound - Efficacy bound c at information fraction 1, Z scale.
 * @param drift - Assumed E[Z] at information fraction 1; dimensionless.
 * @returns Φ( (z√t + drift(1 − t) − c) / √(1 − t) ), in [0, 1].
 * @throws DomainError INVALID_INPUT unless 0 < t < 1.
 * @remarks METHODS.md eq. (G13). Reference values: tests/reference/gs_conditional_power.json.
 */
export function conditionalPowerAtFinal(interim: InterimResult, finalBound: number, drift: number): number {
  assertInterim(interim);
  const { z, informationFraction: t } = interim;
  return normalCdf((z * Math.sqrt(t) + drift * (1 - t) - finalBound) / Math.sqrt(1 - t));
}

/**
 * Interim Z at which the conditional power at the final analysis takes a given value.
 *
 * @param power - Conditional power wanted; in (0, 1).
 * @param informationFraction - Interim information fraction t; in (0, 1).
 * @param finalBound - Efficacy bound c at information fraction 1.
 * @param assumption - A fixed drift, or `trend`: the observed trend continues.
 * @returns The Z value, inverse of {@link conditionalPowerAtFinal}.
 * @throws DomainError INVALID_INPUT unless the power and the fraction lie in (0, 1).
 * @remarks METHODS.md eq. (G15).
 */
export function zOfConditionalPower(
  power: number,
  informationFraction: number,
  finalBound: number,
  assumption: number | "trend",
): number {
  if (!(power > 0 && power < 1)) throw invalidInput("power", power, "must lie between 0 and 1");
  assertInterim({ z: 0, informationFraction });
  const t = informationFraction;
  const reach = finalBound + normalQuantile(power) * Math.sqrt(1 - t);
  return assumption === "trend" ? Math.sqrt(t) * reach : (reach - assumption * (1 - t)) / Math.sqrt(t);
}

/**
 * Drift that the observed trend points to.
 *
 * @param interim - Observed Z and information fraction t.
 * @returns z/√t: the maximum-likelihood estimate of E[Z] at information fraction 1.
 */
export function driftOfTrend(interim: InterimResult): number {
  assertInterim(interim);
  return interim.z / Math.sqrt(interim.informationFraction);
}

/** Refuse an interim result that is not between start and end. */
export function assertInterim({ z, informationFraction }: InterimResult): void {
  if (!Number.isFinite(z)) throw invalidInput("interim.z", z, "must be a finite number");
  if (!(informationFraction > 0 && informationFraction < 1))
    throw invalidInput("interim.informationFraction", informationFraction, "must lie between 0 and 1");
}

/** Crossing probabilities of the remaining analyses in the words of conditional power. */
export function summarizeCrossing(crossing: CrossingProbability): ConditionalPower {
  return {
    total: crossing.upper.reduce((sum, probability) => sum + probability, 0),
    perAnalysis: crossing.upper,
    stopWithoutSuccess: crossing.lower,
  };
}

function remainingInformation(interim: InterimResult, remaining: RemainingBounds): number {
  assertInterim(interim);
  const last = remaining.informationFractions.at(-1) ?? Number.NaN;
  if (!((remaining.informationFractions[0] ?? Number.NaN) > interim.informationFraction))
    throw invalidInput(
      "remaining.informationFractions",
      remaining.informationFractions,
      `must all exceed the interim fraction ${interim.informationFraction}`,
    );
  return last - interim.informationFraction;
}
