import { DomainError } from "../errors/domain-error.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { type DesignRules, planOf } from "./design-spec.ts";
import { designGroupSequential, type GroupSequentialDesign } from "./group-sequential-design.ts";

/** Designs of the same rules, each made once for its errors. */
export type DesignFor = (oneSidedAlpha: number, power: number) => GroupSequentialDesign;

/** The designs of a specification's rules by type I error and power. */
export function designsOf(rules: DesignRules): DesignFor {
  const known = new Map<string, GroupSequentialDesign>();
  return (oneSidedAlpha, power) => {
    const key = `${oneSidedAlpha} ${power}`;
    let design = known.get(key);
    if (design === undefined) {
      design = designGroupSequential(planOf(rules, oneSidedAlpha, power));
      known.set(key, design);
    }
    return design;
  };
}

/** Smallest one-sided error that is sought: below it no analysis could stop the trial. */
const SMALLEST_ERROR = 1e-10;
/** One-sided error with which the search begins. */
const USUAL_ERROR = 0.025;

/**
 * One-sided type I error at which a group sequential trial of given size has the power (lib/power/METHODS.md eq. (P35)).
 *
 * @param powerAt - Power with the bounds made for an error; rises with the error.
 * @param power - Target in (0, 1).
 * @throws DomainError NOT_ESTIMABLE when the error would lie below 1e-10 or at 0.5 or above.
 */
export function solveSequentialAlpha(powerAt: (oneSidedAlpha: number) => number, power: number): number {
  const excess = (logAlpha: number) => powerAt(Math.exp(logAlpha)) - power;
  const largest = Math.log(Math.min(0.5, power) * (1 - 1e-9));
  const smallest = Math.log(SMALLEST_ERROR);
  const start = Math.min(Math.log(USUAL_ERROR), largest - 0.1);
  let low = start;
  let high = start;
  if (reaches(excess, start))
    for (let step = 0.5; reaches(excess, low); step *= 2) {
      if (low <= smallest) throw outOfReach(power);
      high = low;
      low = Math.max(low - step, smallest);
    }
  else
    while (!reaches(excess, high)) {
      if (largest - high < 1e-6) throw outOfReach(power);
      low = high;
      high += 0.5 * (largest - high);
    }
  return Math.exp(findRoot(excess, low, high, { absoluteTolerance: 1e-12 }).value);
}

function reaches(excess: (logAlpha: number) => number, logAlpha: number): boolean {
  return excess(logAlpha) >= 0;
}

function outOfReach(power: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "power",
    received: power,
    requirement: `must be met at a one-sided type I error between ${SMALLEST_ERROR} and 0.5 with this size and effect`,
    hint: "Change the power, the size or the effect.",
  });
}
