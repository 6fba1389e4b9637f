import { invalidInput } from "../errors/domain-error.ts";
import { assertInformationFractions } from "./information-fractions.ts";
import { type SequentialDensity, startSequentialDensity } from "./sequential-density.ts";

/** Stopping bounds on the Z scale; ±Infinity where an analysis has no such bound. */
export interface SequentialBounds {
  /** Information at each analysis divided by final information; shape [K]. */
  readonly informationFractions: readonly number[];
  /** Stop when Z ≥ upper; shape [K]. */
  readonly upper: readonly number[];
  /** Stop when Z ≤ lower; shape [K]. */
  readonly lower: readonly number[];
  /** Symmetric two-sided futility: stop when |Z| < inner, where inner is positive; shape [K]. Absent: none. */
  readonly inner?: readonly number[];
}

/** Probability of stopping at each analysis (not cumulative), shape [K] each. */
export interface CrossingProbability {
  readonly upper: readonly number[];
  readonly lower: readonly number[];
  /** Between the inner bounds of a two-sided design; zeros without any. */
  readonly inner: readonly number[];
}

/**
 * Probability that a trial first leaves its continuation region at each analysis, through the upper or the lower bound or
 * between the inner bounds.
 *
 * @param bounds - Bounds on the Z scale with their information fractions.
 * @param drift - Expected Z at information fraction 1, i.e. θ√I_max; dimensionless.
 * @returns Probability of stopping at each analysis through each bound, shape [K]; absolute error below 1e-9.
 *   Where lower = upper (usually the final analysis) the two cover everything that is left.
 * @throws DomainError INVALID_INPUT for inadmissible fractions, bounds of another length, or a lower above its upper.
 *
 * @remarks METHODS.md eq. (G5)–(G8), (G48). Source: Armitage, McPherson & Rowe (1969), JRSS A 132(2):235–244.
 * Reference values: tests/reference/gs_characteristics.json.
 */
export function crossingProbability(bounds: SequentialBounds, drift: number): CrossingProbability {
  const { informationFractions, upper, lower } = bounds;
  assertInformationFractions(informationFractions);
  if (!Number.isFinite(drift)) throw invalidInput("drift", drift, "must be a finite number");
  assertBounds(bounds);
  const density = startSequentialDensity(informationFractions, drift);
  const crossing = { upper: [] as number[], lower: [] as number[], inner: [] as number[] };
  for (let k = 0; k < informationFractions.length; k++) {
    const inner = Math.min(bounds.inner?.[k] ?? 0, upper[k]!);
    crossing.upper.push(density.upperTail(upper[k]!));
    crossing.lower.push(density.lowerTail(lower[k]!));
    crossing.inner.push(insideProbability(density, inner));
    if (k < informationFractions.length - 1) density.continueWithin(lower[k]!, upper[k]!, inner);
  }
  return crossing;
}

/** P(reached and |Z| < inner); 0 unless inner is positive. */
export function insideProbability(density: SequentialDensity, inner: number): number {
  return inner > 0 ? Math.max(0, density.upperTail(-inner) - density.upperTail(inner)) : 0;
}

function assertBounds({ informationFractions, upper, lower, inner = upper }: SequentialBounds): void {
  for (const [argument, bound] of [
    ["upper", upper],
    ["lower", lower],
    ["inner", inner],
  ] as const) {
    if (bound.length !== informationFractions.length || bound.some(Number.isNaN))
      throw invalidInput(argument, bound, `must hold one Z value for each of ${informationFractions.length} analyses`);
  }
  if (upper.some((bound, k) => bound < lower[k]!))
    throw invalidInput("lower", lower, `must not exceed the upper bound [${upper.join(", ")}] at any analysis`);
}

/**
 * Running sum, as the cumulative probability or spend by each analysis.
 *
 * @param perAnalysis - Values by analysis; shape [K].
 * @returns Cumulative values; shape [K].
 */
export function cumulative(perAnalysis: readonly number[]): number[] {
  let total = 0;
  return perAnalysis.map((value) => {
    total += value;
    return total;
  });
}
