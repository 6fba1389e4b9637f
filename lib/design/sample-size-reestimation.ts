import { invalidInput } from "../errors/domain-error.ts";
import { findRoot } from "../numerics/root-finding.ts";
import type { PreparedPlan, TestedStages } from "./adaptive-test.ts";
import { conditionalPowerOfStages } from "./conditional-rejection.ts";

/** Sizes that give the remainder of a trial the conditional power wanted. */
export interface ReestimatedSize {
  /** Sizes of the remaining stages, rounded up; shape [remaining]. */
  readonly sizes: readonly number[];
  /** The same before the limits and rounding; null when no size reaches the power. */
  readonly wanted: readonly number[] | null;
  readonly conditionalPowerPlanned: number;
  readonly conditionalPowerNew: number;
  /** Where the interim result lies, for the promising-zone rule; null otherwise. */
  readonly zone: "unfavourable" | "promising" | "favourable" | null;
}

export interface ReestimationProblem {
  readonly prepared: PreparedPlan;
  readonly tested: TestedStages;
  /** Interim analysis at which the size is changed; 0 for the first. */
  readonly analysis: number;
  /** Sizes of the remaining stages as planned; shape [remaining]. */
  readonly plannedSizes: readonly number[];
  /** Expected normal scores of the remaining stages at given sizes (`expectedStageScores`). */
  readonly scoresAt: (sizes: readonly number[]) => readonly number[];
  readonly targetPower: number;
  /** Smallest and largest total size of the remaining stages. */
  readonly minimum: number;
  readonly maximum: number;
  /** With `promisingFrom`, sizes grow only when conditional power at the planned sizes lies from there to the target. */
  readonly promisingFrom?: number;
}

/** No size beyond this multiple of the plan is looked for. */
const LARGEST_FACTOR = 1e4;

/**
 * New sizes of the remaining stages from conditional power, for a test that stays valid under any change of size.
 *
 * @param problem - Plan, interim result, planned sizes, target and limits.
 * @returns Planned sizes times a common factor that reaches the target within the limits, rounded up to whole units.
 * @throws DomainError INVALID_INPUT for limits or a target that make no sense, or a test whose weights are not fixed.
 *
 * @remarks METHODS.md eq. (G40), (G45). Source: Cui, Hung & Wang (1999), Biometrics 55:853–857; Lehmacher & Wassmer (1999),
 * Biometrics 55:1286–1290; Mehta & Pocock (2011), Stat Med 30:3267–3284 (promising zone).
 */
export function reestimateSize(problem: ReestimationProblem): ReestimatedSize {
  assertProblem(problem);
  const { prepared, tested, analysis, plannedSizes, scoresAt, targetPower, promisingFrom } = problem;
  const total = plannedSizes.reduce((sum, size) => sum + size, 0);
  const sizesFor = (factor: number) => plannedSizes.map((size) => size * factor);
  const powerAt = (sizes: readonly number[]) =>
    conditionalPowerOfStages(prepared, tested, analysis, scoresAt(sizes)).at(-1)!;
  const planned = powerAt(plannedSizes);
  const zone =
    promisingFrom === undefined
      ? null
      : planned < promisingFrom
        ? ("unfavourable" as const)
        : planned < targetPower
          ? ("promising" as const)
          : ("favourable" as const);
  const factor = factorReaching((value) => powerAt(sizesFor(value)), targetPower);
  const keep = zone !== null && zone !== "promising";
  const limited = Math.min(Math.max((factor ?? LARGEST_FACTOR) * total, problem.minimum), problem.maximum) / total;
  const sizes = keep ? [...plannedSizes] : wholeSizes(sizesFor(limited), problem.maximum);
  return {
    sizes,
    wanted: factor === null ? null : sizesFor(factor),
    conditionalPowerPlanned: planned,
    conditionalPowerNew: powerAt(sizes),
    zone,
  };
}

/** Rounded up, unless the stages together would then exceed the largest size. */
function wholeSizes(sizes: readonly number[], maximum: number): number[] {
  const up = sizes.map((size) => Math.ceil(size - 1e-9));
  return up.reduce((sum, size) => sum + size, 0) <= maximum ? up : sizes.map((size) => Math.floor(size + 1e-9));
}

/** Conditional power need not grow with size (a negative trend): null when the target lies out of reach. */
function factorReaching(powerAt: (factor: number) => number, target: number): number | null {
  const smallest = 1e-6;
  if (powerAt(smallest) >= target) return smallest;
  let from = smallest;
  for (let to = 0.5; to <= LARGEST_FACTOR; to *= 1.5) {
    if (powerAt(to) >= target)
      return findRoot((factor) => powerAt(factor) - target, from, to, { relativeTolerance: 1e-12 }).value;
    from = to;
  }
  return null;
}

function assertProblem({ prepared, targetPower, minimum, maximum, promisingFrom }: ReestimationProblem): void {
  if (prepared.plan.test.kind === "group-sequential")
    throw invalidInput(
      "plan.test.kind",
      prepared.plan.test.kind,
      'must be "inverse-normal" or "fisher" when sizes change with the interim effect',
      "The ordinary group sequential test does not keep the error then.",
    );
  if (!(targetPower > prepared.plan.oneSidedAlpha && targetPower < 1))
    throw invalidInput("targetPower", targetPower, `must lie between the error ${prepared.plan.oneSidedAlpha} and 1`);
  if (!(minimum > 0 && maximum >= minimum))
    throw invalidInput(
      "maximum",
      maximum,
      `must be at least the smallest size ${minimum}, which is positive`,
      "Raise the maximum, or lower the minimum (the planned sizes if none is given).",
    );
  if (promisingFrom !== undefined && !(promisingFrom > 0 && promisingFrom < targetPower))
    throw invalidInput("promisingFrom", promisingFrom, `must lie between 0 and the target ${targetPower}`);
}
