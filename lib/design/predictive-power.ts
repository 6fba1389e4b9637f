import { invalidInput } from "../errors/domain-error.ts";
import { normalCdf, normalQuantile } from "../numerics/normal.ts";
import {
  assertInterim,
  type ConditionalPower,
  type InterimResult,
  type RemainingBounds,
  shiftedBounds,
  summarizeCrossing,
} from "./conditional-power.ts";
import { crossingProbability, type SequentialBounds } from "./crossing-probability.ts";

/** What was believed about the drift (E[Z] at information fraction 1) before the trial. */
export type DriftPrior =
  | { readonly kind: "flat" }
  | { readonly kind: "normal"; readonly mean: number; readonly standardDeviation: number };

/** Normal belief about the drift. */
export interface NormalDrift {
  readonly mean: number;
  readonly standardDeviation: number;
}

/**
 * Predictive power: conditional power over all remaining analyses averaged over the posterior of the drift.
 *
 * @param interim - Observed Z and information fraction.
 * @param remaining - Bounds of the later analyses, as for `conditionalPower`.
 * @param prior - Prior of the drift θ√I_max: flat, or normal with mean and standard deviation on the drift scale.
 * @returns Total probability of success and its split over the remaining analyses; exact to the accuracy of
 *   `crossingProbability`.
 * @throws DomainError INVALID_INPUT for inadmissible fractions, bounds or prior.
 *
 * @remarks METHODS.md eq. (G16)–(G18). No averaging over a grid: with a normally distributed drift the posterior mean is
 * a Brownian motion in transformed time, so one recursive integration gives the exact answer.
 * Source: Spiegelhalter, Freedman & Blackburn (1986), Control Clin Trials 7:8–17.
 * Reference values: tests/reference/gs_conditional_power.json.
 */
export function predictivePower(
  interim: InterimResult,
  remaining: RemainingBounds,
  prior: DriftPrior,
): ConditionalPower {
  const ahead = shiftedBounds(interim, remaining);
  const span = (remaining.informationFractions.at(-1) ?? Number.NaN) - interim.informationFraction;
  const posterior = posteriorDrift(interim, prior);
  const root = Math.sqrt(span);
  const scaled = { mean: posterior.mean * root, standardDeviation: posterior.standardDeviation * root };
  return summarizeCrossing(crossingProbability(...withRandomDrift(ahead, scaled)));
}

/**
 * Predictive power when only the final analysis is left to decide, in closed form.
 *
 * @param interim - Observed Z and information fraction t.
 * @param finalBound - Efficacy bound c at information fraction 1, Z scale.
 * @param prior - Prior of the drift.
 * @returns P(final Z ≥ c | interim result), in [0, 1]; under a flat prior Φ( (z − c√t) / √(1 − t) ).
 * @throws DomainError INVALID_INPUT unless 0 < t < 1.
 * @remarks METHODS.md eq. (G19). Reference values: tests/reference/gs_conditional_power.json.
 */
export function predictivePowerAtFinal(interim: InterimResult, finalBound: number, prior: DriftPrior): number {
  const { mean, standardDeviation } = posteriorDrift(interim, prior);
  const { z, informationFraction: t } = interim;
  const rest = 1 - t;
  const spread = Math.sqrt(rest + (standardDeviation * rest) ** 2);
  return normalCdf((z * Math.sqrt(t) + mean * rest - finalBound) / spread);
}

/**
 * Interim Z at which the flat-prior predictive power at the final analysis takes a given value.
 *
 * @param power - Predictive power wanted; in (0, 1).
 * @param informationFraction - Interim information fraction t; in (0, 1).
 * @param finalBound - Efficacy bound c at information fraction 1.
 * @returns c√t + Φ⁻¹(power)√(1 − t).
 * @throws DomainError INVALID_INPUT unless the power and the fraction lie in (0, 1).
 */
export function zOfPredictivePower(power: number, informationFraction: number, finalBound: number): number {
  if (!(power > 0 && power < 1)) throw invalidInput("power", power, "must lie between 0 and 1");
  assertInterim({ z: 0, informationFraction });
  return finalBound * Math.sqrt(informationFraction) + normalQuantile(power) * Math.sqrt(1 - informationFraction);
}

/**
 * Posterior of the drift given an interim Z.
 *
 * @param interim - Observed Z and information fraction t.
 * @param prior - Prior of the drift.
 * @returns Normal posterior on the drift scale; under a flat prior N(z/√t, 1/t).
 * @throws DomainError INVALID_INPUT for a standard deviation that is not positive.
 * @remarks METHODS.md eq. (G16).
 */
export function posteriorDrift(interim: InterimResult, prior: DriftPrior): NormalDrift {
  assertInterim(interim);
  const { z, informationFraction: t } = interim;
  switch (prior.kind) {
    case "flat":
      return { mean: z / Math.sqrt(t), standardDeviation: 1 / Math.sqrt(t) };
    case "normal": {
      assertSpread(prior.standardDeviation);
      const priorPrecision = prior.standardDeviation ** -2;
      const precision = priorPrecision + t;
      return {
        mean: (prior.mean * priorPrecision + z * Math.sqrt(t)) / precision,
        standardDeviation: 1 / Math.sqrt(precision),
      };
    }
  }
}

/**
 * Probability of success of a design before it starts (assurance): power averaged over a normal prior of the drift.
 *
 * @param bounds - Bounds of the whole design on the Z scale.
 * @param prior - Normal belief about the drift θ√I_max of this design.
 * @returns P(success), in [0, 1], with its split over the analyses.
 * @throws DomainError INVALID_INPUT for inadmissible bounds or prior.
 * @remarks METHODS.md eq. (G17)–(G18). Source: O'Hagan, Stevens & Campbell (2005), Pharm Stat 4:187–201.
 */
export function probabilityOfSuccess(bounds: SequentialBounds, prior: NormalDrift): ConditionalPower {
  assertSpread(prior.standardDeviation);
  return summarizeCrossing(crossingProbability(...withRandomDrift(bounds, prior)));
}

/**
 * The same stopping problem when the drift is normally distributed: bounds and fractions of the posterior-mean process,
 * which has no drift. METHODS.md eq. (G17)–(G18).
 */
function withRandomDrift(
  bounds: SequentialBounds,
  { mean, standardDeviation }: NormalDrift,
): [SequentialBounds, number] {
  const variance = standardDeviation ** 2;
  const fractions = bounds.informationFractions;
  const clock = (t: number) => t / (1 + variance * t);
  const last = fractions.at(-1) ?? Number.NaN;
  const shift = (bound: number, k: number) => {
    const t = fractions[k]!;
    return (bound - mean * Math.sqrt(t)) / Math.sqrt(1 + variance * t);
  };
  const transformed = {
    informationFractions: fractions.map((t, k) => (k === fractions.length - 1 ? 1 : clock(t) / clock(last))),
    upper: bounds.upper.map(shift),
    lower: bounds.lower.map(shift),
  };
  return [transformed, 0];
}

function assertSpread(standardDeviation: number): void {
  if (!(standardDeviation > 0 && Number.isFinite(standardDeviation)))
    throw invalidInput("prior.standardDeviation", standardDeviation, "must be a positive number");
}
