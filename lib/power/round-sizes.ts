import { invalidInput } from "../errors/domain-error.ts";

/** How real sizes become whole subjects. */
export type Rounding = "each-arm" | "whole-blocks";

/** Largest block that a ratio is written as. */
const LARGEST_WEIGHT = 100;
/** Forgives the last bits of a solution that is whole. */
const FORGIVEN = 1e-10;

/**
 * Whole sizes of both arms from a real total.
 *
 * @param total - Real solution.
 * @param ratio - Experimental : control; Infinity for one group.
 * @param rounding - "each-arm": each arm rounded up. "whole-blocks": the total rounded up to a multiple of the sum of the
 *   smallest whole weights in the ratio, so that the ratio holds exactly.
 * @param fewest - Fewest subjects of an arm.
 * @throws DomainError INVALID_INPUT for whole blocks of a ratio that is no fraction of whole numbers up to 100.
 */
export function roundSizes(
  total: number,
  ratio: number,
  rounding: Rounding,
  fewest: number,
): { experimental: number; control: number } {
  const up = (size: number) => Math.max(fewest, Math.ceil(size * (1 - FORGIVEN)));
  if (ratio === Infinity) return { experimental: up(total), control: 0 };
  if (rounding === "each-arm")
    return { experimental: up((total * ratio) / (1 + ratio)), control: up(total / (1 + ratio)) };
  const [experimental, control] = wholeWeights(ratio);
  const least = fewest * (1 + Math.max(ratio, 1 / ratio));
  const blocks = Math.ceil((Math.max(total, least) / (experimental + control)) * (1 - FORGIVEN));
  return { experimental: blocks * experimental, control: blocks * control };
}

function wholeWeights(ratio: number): [number, number] {
  for (let control = 1; control <= LARGEST_WEIGHT; control++) {
    const experimental = ratio * control;
    if (Math.abs(experimental - Math.round(experimental)) < 1e-9 * ratio && Math.round(experimental) >= 1)
      return [Math.round(experimental), control];
  }
  throw invalidInput(
    "ratio",
    ratio,
    `must be a fraction of whole numbers up to ${LARGEST_WEIGHT} to round to whole blocks`,
    "Round each arm up instead, or give a ratio such as 2 or 0.5.",
  );
}
