import { invalidInput } from "../errors/domain-error.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { type EfficacyBoundary, efficacyBounds } from "./efficacy-bound.ts";

/** Smallest error a repeated p-value is resolved to. */
const SMALLEST_ERROR = 1e-12;
/** One-sided errors end below one half. */
const LARGEST_ERROR = 0.5 - 1e-9;

/**
 * Repeated confidence interval at one analysis, valid whether or not the trial stops there.
 *
 * @param z - Z at the analysis.
 * @param informationFraction - Its information fraction.
 * @param efficacyBound - Its efficacy bound, Z scale.
 * @returns Limits on the drift scale (E[Z] at information fraction 1); divide by √I_max for the effect scale.
 *
 * @remarks METHODS.md eq. (G25). Source: Jennison & Turnbull (1989), JRSS B 51:305–361.
 * Reference values: gs_analysis.json (rpact 3.3.4).
 */
export function repeatedConfidenceInterval(
  z: number,
  informationFraction: number,
  efficacyBound: number,
): { readonly lowerDrift: number; readonly upperDrift: number } {
  if (!(informationFraction > 0 && informationFraction <= 1))
    throw invalidInput("informationFraction", informationFraction, "must lie in (0, 1]");
  const root = Math.sqrt(informationFraction);
  return { lowerDrift: (z - efficacyBound) / root, upperDrift: (z + efficacyBound) / root };
}

/**
 * Repeated p-value: the smallest one-sided error at which the same family of bounds would reject at this analysis.
 *
 * @param boundary - Boundary family of the design.
 * @param informationFractions - Information fractions of the whole plan; shape [K].
 * @param analysis - 1 for the first analysis, up to K.
 * @param z - Z at the analysis.
 * @returns P-value in [1e-12, 0.5]; 0.5 when no error below one half would reject.
 * @throws DomainError INVALID_INPUT for inadmissible fractions or analysis.
 *
 * @remarks METHODS.md eq. (G25). Source: Jennison & Turnbull (1989), JRSS B 51:305–361.
 * Reference values: gs_analysis.json (rpact 3.3.4).
 */
export function repeatedPValue(
  boundary: EfficacyBoundary,
  informationFractions: readonly number[],
  analysis: number,
  z: number,
): number {
  if (!(Number.isInteger(analysis) && analysis >= 1 && analysis <= informationFractions.length))
    throw invalidInput("analysis", analysis, `must be a whole number from 1 to ${informationFractions.length}`);
  const excess = (logError: number) => {
    const bound = efficacyBounds({ boundary, oneSidedAlpha: Math.exp(logError), informationFractions })[analysis - 1]!;
    return Math.min(bound, 100) - z;
  };
  const [from, to] = [Math.log(SMALLEST_ERROR), Math.log(LARGEST_ERROR)];
  if (excess(to) >= 0) return 0.5;
  if (excess(from) <= 0) return SMALLEST_ERROR;
  return Math.exp(findRoot(excess, from, to, { absoluteTolerance: 1e-9 }).value);
}
