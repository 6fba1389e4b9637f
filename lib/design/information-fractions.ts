import { z } from "zod";
import { invalidInput } from "../errors/domain-error.ts";

/** Smallest step between analyses that the quadrature grid resolves at sensible cost. */
const SMALLEST_STEP = 1e-6;

/**
 * Refuse information fractions that no design can have.
 *
 * @param informationFractions - Information at each analysis divided by planned final information; shape [K].
 * @param argument - Name of the argument in the caller's terms, for the message.
 * @returns Nothing; the value is admissible when the function returns.
 * @throws DomainError INVALID_INPUT unless the fractions are a non-empty list strictly increasing in (0, 1]
 *   with steps of at least 1e-6.
 */
export function assertInformationFractions(
  informationFractions: readonly number[],
  argument = "informationFractions",
): void {
  let previous = 0;
  for (const fraction of informationFractions) {
    if (!(fraction - previous >= SMALLEST_STEP) || fraction > 1) throw refusal(informationFractions, argument);
    previous = fraction;
  }
  if (informationFractions.length === 0) throw refusal(informationFractions, argument);
}

function refusal(informationFractions: readonly number[], argument: string) {
  return invalidInput(
    argument,
    informationFractions,
    `must be a non-empty list strictly increasing in (0, 1] with steps of at least ${SMALLEST_STEP}`,
    "Divide planned information at each analysis by information at the final analysis.",
  );
}

/** Fractions of a whole plan: strictly increasing in (0, 1] and ending at 1. */
export const informationFractionsSchema = z
  .array(z.number().gt(0).lte(1))
  .min(1)
  .max(20)
  .refine((fractions) => fractions.every((fraction, k) => fraction - (fractions[k - 1] ?? 0) >= SMALLEST_STEP), {
    message: `must be strictly increasing from one analysis to the next, by at least ${SMALLEST_STEP}: give them in order, such as 0.5, 0.75, 1`,
  })
  .refine((fractions) => fractions.at(-1) === 1, {
    message: "must end at 1, the final analysis: divide the information at each analysis by that of the final one",
  });
