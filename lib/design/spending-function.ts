import { z } from "zod";
import { invalidInput } from "../errors/domain-error.ts";
import { normalQuantile, normalUpperTail } from "../numerics/normal.ts";
import { assertInformationFractions } from "./information-fractions.ts";

/** How the total error is spent over the trial; each family carries only its own parameters. */
export const spendingFunctionSchema = z.discriminatedUnion("family", [
  z.object({ family: z.literal("lan-demets-obrien-fleming") }),
  z.object({ family: z.literal("lan-demets-pocock") }),
  z.object({ family: z.literal("hwang-shih-decani"), gamma: z.number().min(-40).max(40) }),
  z.object({ family: z.literal("kim-demets"), rho: z.number().gt(0).max(50) }),
  z.object({ family: z.literal("exponential"), nu: z.number().gt(0).max(1.5) }),
]);

export type SpendingFunction = z.infer<typeof spendingFunctionSchema>;

/**
 * Spending by hand: share of the error spent by each information fraction, linear between the points and from (0, 0);
 * the last point is (1, 1).
 */
export const userDefinedSpendingSchema = z.object({
  family: z.literal("user-defined"),
  points: z
    .array(z.object({ informationFraction: z.number().gt(0).lte(1), share: z.number().min(0).max(1) }))
    .min(1)
    .max(20),
});

/** A named family or spending by hand. */
export const errorSpendingSchema = z.discriminatedUnion("family", [
  ...spendingFunctionSchema.options,
  userDefinedSpendingSchema,
]);

export type ErrorSpending = z.infer<typeof errorSpendingSchema>;

/** Below this |γ| the curve equals αt to 5e-13 relative, while γt would underflow for smaller γ. */
const HSD_LINEAR_LIMIT = 1e-12;

/**
 * Cumulative error spent at each analysis.
 *
 * @param spending - Spending function family and its parameters.
 * @param totalError - Error to spend by the final analysis, one-sided; in (0, 1).
 * @param informationFractions - Statistical information at each analysis divided by
 *   planned final information; shape [K], strictly increasing in (0, 1], dimensionless.
 * @returns Cumulative spend, shape [K], non-decreasing; equals `totalError` where the fraction is 1.
 * @throws DomainError INVALID_INPUT when the fractions are not strictly increasing in (0, 1], the error is not in
 *   (0, 1), or an exponent (ρ, ν) is not positive.
 *
 * @remarks METHODS.md eq. (G1)–(G4), (G26) and (G28).
 * Lan–DeMets O'Brien–Fleming: α(t) = 2 − 2Φ(z_{α/2} / √t).
 * Lan–DeMets Pocock: α(t) = α ln(1 + (e − 1)t).
 * Hwang–Shih–DeCani: α(t) = α(1 − e^{−γt}) / (1 − e^{−γ}), and αt at γ = 0.
 * Kim–DeMets: α(t) = αt^ρ.
 * Exponential: α(t) = α^(t^−ν).
 * User-defined: linear between the given points.
 *
 * Source: Lan & DeMets (1983), Biometrika 70(3):659–663; Hwang, Shih & DeCani (1990), Stat Med 9:1439–1445;
 * Kim & DeMets (1987), Biometrika 74(1):149–154; Anderson & Clark (2010), Stat Med 29(3):321–327.
 * Reference values: `alphaSpent` in tests/reference/gs_boundaries.json.
 */
export function cumulativeSpend(
  spending: ErrorSpending,
  totalError: number,
  informationFractions: readonly number[],
): number[] {
  assertInformationFractions(informationFractions);
  if (!(totalError > 0 && totalError < 1)) throw invalidInput("totalError", totalError, "must lie between 0 and 1");
  return informationFractions.map((fraction) => totalError * spentShare(spending, totalError, fraction));
}

/** Share of the error spent by information fraction t; 1 at t = 1. */
function spentShare(spending: ErrorSpending, totalError: number, fraction: number): number {
  if (fraction === 1) return 1;
  switch (spending.family) {
    case "lan-demets-obrien-fleming":
      return (2 * normalUpperTail(-normalQuantile(totalError / 2) / Math.sqrt(fraction))) / totalError;
    case "lan-demets-pocock":
      return Math.log1p((Math.E - 1) * fraction);
    case "hwang-shih-decani":
      return hwangShihDeCaniShare(spending.gamma, fraction);
    case "kim-demets":
      if (!(spending.rho > 0)) throw invalidInput("spending.rho", spending.rho, "must be greater than 0");
      return fraction ** spending.rho;
    case "exponential":
      if (!(spending.nu > 0)) throw invalidInput("spending.nu", spending.nu, "must be greater than 0");
      return totalError ** (fraction ** -spending.nu - 1);
    case "user-defined":
      return interpolatedShare(spending.points, fraction);
  }
}

/** Linear between the points, which start at the origin and must not fall. */
function interpolatedShare(
  points: readonly { readonly informationFraction: number; readonly share: number }[],
  fraction: number,
): number {
  let from = { informationFraction: 0, share: 0 };
  let found: number | null = null;
  points.forEach((to, i) => {
    if (!(to.informationFraction > from.informationFraction && to.share >= from.share))
      throw invalidInput(
        `spending.points.${i}`,
        [to.informationFraction, to.share],
        "must have a larger information fraction and no smaller share than the point before",
      );
    if (found === null && fraction <= to.informationFraction) {
      const weight = (fraction - from.informationFraction) / (to.informationFraction - from.informationFraction);
      found = from.share + weight * (to.share - from.share);
    }
    from = to;
  });
  if (from.informationFraction !== 1 || from.share !== 1)
    throw invalidInput(
      "spending.points",
      [from.informationFraction, from.share],
      "must end at information fraction 1 with share 1",
      "Add the point of the final analysis.",
    );
  return found ?? 1;
}

/** (1 − e^{−γt}) / (1 − e^{−γ}), written for negative γ so that no exponential overflows. */
function hwangShihDeCaniShare(gamma: number, fraction: number): number {
  if (!Number.isFinite(gamma)) throw invalidInput("spending.gamma", gamma, "must be a finite number");
  if (Math.abs(gamma) < HSD_LINEAR_LIMIT) return fraction;
  const rate = Math.abs(gamma);
  const share = Math.expm1(-rate * fraction) / Math.expm1(-rate);
  return gamma > 0 ? share : Math.exp(-rate * (1 - fraction)) * share;
}
