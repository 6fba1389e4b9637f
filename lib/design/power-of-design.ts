import { crossingProbability, cumulative, type SequentialBounds } from "./crossing-probability.ts";

/** What a design does under one true drift. */
export interface DesignBehaviour {
  /** P(stop for efficacy at each analysis); shape [K]. */
  readonly efficacy: readonly number[];
  /** P(stop through the lower bound at each analysis; at the last one, end without rejection); shape [K]. */
  readonly futility: readonly number[];
  /** P(stop between the inner bounds of a two-sided design at each analysis); shape [K]. */
  readonly acceptance: readonly number[];
  readonly cumulativeEfficacy: readonly number[];
  readonly cumulativeFutility: readonly number[];
  /** P(efficacy at any analysis). */
  readonly power: number;
  /** Expected information at the end of the trial divided by the maximum. */
  readonly expectedInformationFraction: number;
}

/**
 * Behaviour of given stopping bounds under a given truth.
 *
 * @param bounds - Bounds on the Z scale; the lower bound of the last analysis is taken as its upper bound for one-sided
 *   designs, or −upper for symmetric two-sided ones.
 * @param drift - True E[Z] at the last information fraction if that is 1, θ√I_max; dimensionless.
 * @returns Stopping probabilities, power and expected information.
 * @throws DomainError INVALID_INPUT for inadmissible bounds.
 * @remarks METHODS.md eq. (G8), (G20). Reference values: `power_asn` in tests/reference/gs_characteristics.json.
 */
export function powerOfDesign(bounds: SequentialBounds, drift: number): DesignBehaviour {
  const { upper, lower, inner } = crossingProbability(bounds, drift);
  const last = upper.length - 1;
  let reached = 1;
  let expected = 0;
  bounds.informationFractions.forEach((fraction, k) => {
    const stopped = k === last ? reached : upper[k]! + lower[k]! + inner[k]!;
    expected += fraction * stopped;
    reached -= stopped;
  });
  const cumulativeEfficacy = cumulative(upper);
  return {
    efficacy: upper,
    futility: lower,
    acceptance: inner,
    cumulativeEfficacy,
    cumulativeFutility: cumulative(lower),
    power: cumulativeEfficacy[last]!,
    expectedInformationFraction: expected,
  };
}
