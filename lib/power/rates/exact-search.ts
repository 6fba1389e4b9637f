import { DomainError } from "../../errors/domain-error.ts";

/** The power of an exact test goes up and down with the size: which size answers "at least this power". */
export type ExactSize = "first" | "lasting";

/** Beyond this the sum over all tables takes minutes and the normal approximation is as good. */
export const LARGEST_EXACT_SIZE = 2000;

/**
 * Whole size of an exact test (METHODS.md eq. (P22)).
 *
 * @param powerAt - Power at a whole size, not monotone.
 * @param power - Target.
 * @param guess - Size by the normal approximation, at which the search is centred.
 * @param rule - "first": the smallest size with the power. "lasting": the smallest from which on every larger size (up to
 *   half as many again as the approximation, and 50 more) has it.
 * @throws DomainError UNSUPPORTED_COMBINATION above `LARGEST_EXACT_SIZE`; NOT_ESTIMABLE when no size in reach has the power.
 */
export function searchExactSize(
  powerAt: (size: number) => number,
  power: number,
  guess: number,
  rule: ExactSize,
): number {
  if (guess > LARGEST_EXACT_SIZE)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "convention",
      received: Math.ceil(guess),
      requirement: `must be an approximation for more than ${LARGEST_EXACT_SIZE} subjects a group`,
      hint: "At this size the exact and the approximate power agree: use the z test.",
    });
  const end = Math.ceil(1.5 * guess) + 50;
  if (rule === "first") {
    for (let size = 1; size <= 4 * end; size++) if (powerAt(size) >= power) return size;
    throw outOfReach(power);
  }
  if (powerAt(end) < power && powerAt(2 * end) < power) throw outOfReach(power);
  let size = powerAt(end) < power ? 2 * end : end;
  while (size > 1 && powerAt(size - 1) >= power) size--;
  return size;
}

function outOfReach(power: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "power",
    received: power,
    requirement: "must be within reach of the exact test at sizes near those of the approximation",
    hint: "Lower the power or take a larger effect.",
  });
}
