import { z } from "zod";

/** Non-linear part of a baseline feature: a restricted cubic spline with three knots, linear beyond the outer ones. */
export const splineTermSchema = z.object({
  /** Position among the model's features. */
  feature: z.number().int().nonnegative(),
  knots: z.tuple([z.number(), z.number(), z.number()]),
});
export type SplineTerm = z.infer<typeof splineTermSchema>;

/** Fewest different values of a feature that is worth a curve. */
const MINIMUM_DIFFERENT = 10;
/** Harrell's places of three knots. */
const KNOT_PROBABILITIES = [0.1, 0.5, 0.9] as const;

/**
 * Value of the spline's one non-linear column at x; NaN stays NaN. METHODS.md, equation (P27).
 *
 * @param term - Knots t₁ < t₂ < t₃.
 * @param x - Feature.
 * @returns [(x − t₁)₊³ − (x − t₂)₊³ (t₃ − t₁)/(t₃ − t₂) + (x − t₃)₊³ (t₂ − t₁)/(t₃ − t₂)] / (t₃ − t₁)².
 *
 * Source: Harrell (2015), Regression Modeling Strategies, section 2.4.5.
 */
export function splineValue({ knots: [a, b, c] }: SplineTerm, x: number): number {
  const cube = (t: number) => (x > t ? (x - t) ** 3 : 0);
  if (Number.isNaN(x)) return Number.NaN;
  return (cube(a) - (cube(b) * (c - a)) / (c - b) + (cube(c) * (b - a)) / (c - b)) / (c - a) ** 2;
}

/**
 * Knots at the 10 %, 50 % and 90 % points of a feature's observed values.
 *
 * @param feature - Position among the features.
 * @param values - Values of the training patients, NaN = missing.
 * @returns Null where the feature has fewer than ten different values or its knots coincide.
 */
export function splineTerm(feature: number, values: Float64Array): SplineTerm | null {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (new Set(sorted).size < MINIMUM_DIFFERENT) return null;
  const at = (probability: number) => sorted[Math.round(probability * (sorted.length - 1))]!;
  const [first, second, third] = KNOT_PROBABILITIES;
  const knots: SplineTerm["knots"] = [at(first), at(second), at(third)];
  return knots[0] < knots[1] && knots[1] < knots[2] ? { feature, knots } : null;
}
