import { DomainError, invalidInput } from "../errors/domain-error.ts";
import type { PreparedPlan, TestedStages } from "./adaptive-test.ts";
import { crossingProbability, cumulative } from "./crossing-probability.ts";
import { fisherRejectionProbability } from "./fisher-combination.ts";
import { startSequentialDensity } from "./sequential-density.ts";

/**
 * What "conditional rejection probability" means for a symmetric two-sided test: the probability of crossing either bound,
 * or rpact's figure, about twice the probability of crossing the bound in the direction of benefit, which can exceed 1.
 */
export type TwoSidedConvention = "either-bound" | "twice-upper";

/** Bounds of the remaining analyses as seen from the interim statistic, and their information fractions. */
function remaining(prepared: PreparedPlan, statistic: number, analysis: number) {
  const { informationFractions } = prepared.plan;
  const t = informationFractions[analysis]!;
  const later = informationFractions.slice(analysis + 1);
  const shift = (bound: number, k: number) =>
    (bound * Math.sqrt(later[k]!) - statistic * Math.sqrt(t)) / Math.sqrt(later[k]! - t);
  return {
    informationFractions: later.map((fraction, k) => (k === later.length - 1 ? 1 : (fraction - t) / (1 - t))),
    upper: prepared.bounds.slice(analysis + 1).map(shift),
    lower: prepared.lower.slice(analysis + 1).map(shift),
    mirrored: prepared.bounds.slice(analysis + 1).map((bound, k) => shift(-bound, k)),
    /** Roots of the remaining increments of information divided by the root of the remaining information so far. */
    later,
    t,
  };
}

/**
 * Conditional rejection probability (conditional type I error): probability, without effect, of rejecting at a later
 * analysis given the data so far. It is the error that a redesigned remainder of the trial may spend.
 *
 * @param prepared - Plan with bounds.
 * @param tested - Stages tested at the null value.
 * @param analysis - Interim analysis, 0 for the first; below K − 1.
 * @param convention - Meaning for symmetric two-sided tests.
 * @returns Probability in [0, 1]; 1 for Fisher's test when it has rejected already, 0 after a binding stop for futility.
 * @throws DomainError INVALID_INPUT at the final analysis.
 *
 * @remarks METHODS.md eq. (G36), (G38). Source: Müller & Schäfer (2001), Biometrics 57:886–891.
 * Reference values: gs_analysis.json (rpact 3.3.4, convention "twice-upper").
 */
export function conditionalRejectionProbability(
  prepared: PreparedPlan,
  tested: TestedStages,
  analysis: number,
  convention: TwoSidedConvention = "either-bound",
): number {
  assertInterimAnalysis(prepared, analysis);
  const { plan, bounds } = prepared;
  const statistic = tested.combined[analysis]!;
  if (plan.test.kind === "fisher") {
    if (statistic <= bounds[analysis]!) return 1;
    if (stoppedForFutility(prepared, tested, analysis)) return 0;
    const means = bounds.slice(analysis + 1).map(() => 0);
    return fisherRejectionProbability(fisherTest(prepared), statistic, analysis + 1, means);
  }
  const { informationFractions, upper, lower, mirrored } = remaining(prepared, statistic, analysis);
  if (plan.test.sides === "one-sided") {
    if (stoppedForFutility(prepared, tested, analysis)) return 0;
    return sum(crossingProbability({ informationFractions, upper, lower }, 0).upper);
  }
  if (convention === "twice-upper") return twiceUpper(informationFractions, upper);
  const crossing = crossingProbability({ informationFractions, upper, lower: mirrored }, 0);
  return sum(crossing.upper) + sum(crossing.lower);
}

/**
 * Conditional power by each remaining analysis when the remaining stages have given sizes.
 *
 * @param prepared - Plan with bounds.
 * @param tested - Stages tested at the null value.
 * @param analysis - Interim analysis, 0 for the first.
 * @param expectedScores - Expected normal score of each remaining stage alone, effect times root of its information;
 *   shape [K − 1 − analysis]. Stages may have other sizes than planned; weights stay as planned.
 * @returns Cumulative probability of rejecting in the direction of benefit at later analyses, as if the trial went on;
 *   shape [K − 1 − analysis].
 * @throws DomainError INVALID_INPUT at the final analysis or for lists that do not fit.
 *
 * @remarks METHODS.md eq. (G40). Reference values: `conditionalPower` in gs_analysis.json (rpact 3.3.4).
 */
export function conditionalPowerOfStages(
  prepared: PreparedPlan,
  tested: TestedStages,
  analysis: number,
  expectedScores: readonly number[],
): number[] {
  assertInterimAnalysis(prepared, analysis);
  const { plan, bounds, weights } = prepared;
  const left = bounds.length - 1 - analysis;
  if (expectedScores.length !== left)
    throw invalidInput("remainingStages", expectedScores, `must describe each of the ${left} remaining stages`);
  const statistic = tested.combined[analysis]!;
  if (plan.test.kind === "fisher") {
    const whole = fisherTest(prepared);
    return expectedScores.map((_, k) => {
      const count = analysis + 2 + k;
      const test = { ...whole, weights: weights.slice(0, count), bounds: bounds.slice(0, count) };
      return fisherRejectionProbability(test, statistic, analysis + 1, expectedScores.slice(0, k + 1));
    });
  }
  const { informationFractions, upper, lower, mirrored, later, t } = remaining(prepared, statistic, analysis);
  let gained = 0;
  const shifts = expectedScores.map((score, k) => {
    gained += weights[analysis + 1 + k]! * score;
    return gained / Math.sqrt(later[k]! - t);
  });
  const lowerBounds = plan.test.sides === "symmetric-two-sided" ? mirrored : lower;
  const moved = (values: readonly number[]) => values.map((bound, k) => bound - shifts[k]!);
  return cumulative(
    crossingProbability({ informationFractions, upper: moved(upper), lower: moved(lowerBounds) }, 0).upper,
  );
}

/**
 * rpact's figure for two-sided tests: the shifted upper bounds and their mirror images are taken as the region. It is close
 * to twice the one-sided probability, and no probability any more once the trial is past a shifted bound.
 */
function twiceUpper(informationFractions: readonly number[], upper: readonly number[]): number {
  const density = startSequentialDensity(informationFractions, 0);
  let sign = 1;
  let total = 0;
  upper.forEach((bound, k) => {
    total += 2 * sign * density.upperTail(bound);
    if (k === upper.length - 1) return;
    density.continueWithin(-Math.abs(bound), Math.abs(bound));
    // An integral from the shifted bound to its mirror image below it has the opposite sign.
    if (bound < 0) sign = -sign;
  });
  return total;
}

const fisherTest = ({ plan, weights, bounds }: PreparedPlan) => ({
  weights,
  bounds,
  ...(plan.test.kind === "fisher" && plan.test.futilityPValues !== undefined
    ? { futility: plan.test.futilityPValues }
    : {}),
});

function stoppedForFutility({ plan, lower }: PreparedPlan, tested: TestedStages, analysis: number): boolean {
  if (plan.test.kind === "fisher") {
    const stops = plan.test.futilityPValues ?? [];
    return tested.increments.slice(0, analysis + 1).some(({ pValue }, k) => (stops[k] ?? 1) < 1 && pValue >= stops[k]!);
  }
  return tested.combined.slice(0, analysis + 1).some((statistic, k) => statistic <= lower[k]!);
}

function assertInterimAnalysis({ bounds }: PreparedPlan, analysis: number): void {
  if (analysis >= 0 && analysis < bounds.length - 1) return;
  throw new DomainError("INVALID_INPUT", {
    argument: "data.stages",
    received: analysis + 1,
    requirement: `must leave an analysis to come; the plan has ${bounds.length}`,
    hint: "Conditional power and error are defined before the final analysis only.",
  });
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
