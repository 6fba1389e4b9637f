import { normalQuantile } from "../numerics/normal.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { type BenefitDirection, type PreparedPlan, searchEffect, type TestedStages } from "./adaptive-test.ts";
import { crossingProbability } from "./crossing-probability.ts";
import { fisherRejectionProbability } from "./fisher-combination.ts";
import { reversed, type StageTests } from "./stage-tests.ts";

/** Inference of a trial that has ended, by stage-wise ordering. */
export interface FinalInference {
  /** Analysis at which it ended, 1 for the first. */
  readonly analysis: number;
  /** Of both sides for a two-sided test. */
  readonly pValue: number;
  /** Null for Fisher's test after its first stage, where no interval is known. */
  readonly medianUnbiased: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * First analysis at which the trial ended: by rejection, by a binding futility bound, or at the end of the plan.
 *
 * @returns 0-based analysis; null while the trial goes on.
 */
export function endOfTrial(prepared: PreparedPlan, tested: TestedStages): number | null {
  const { plan, bounds, lower } = prepared;
  const last = bounds.length - 1;
  const found = tested.combined.findIndex((statistic, k) => {
    if (plan.test.kind === "fisher")
      return (
        statistic <= bounds[k]! ||
        (k < last && tested.increments[k]!.pValue >= (plan.test.futilityPValues?.[k] ?? Infinity))
      );
    if (statistic >= bounds[k]!) return true;
    if (plan.test.sides === "symmetric-two-sided" && statistic <= -bounds[k]!) return true;
    return k < last && statistic <= lower[k]!;
  });
  if (found !== -1) return found;
  return tested.combined.length === bounds.length ? last : null;
}

/**
 * P-value, median-unbiased estimate and interval by stage-wise ordering for a trial that has ended.
 *
 * @param prepared - Plan with bounds.
 * @param tests - Stage tests.
 * @param tested - Stages tested at the null value.
 * @param nullValue - Null value of the effect.
 * @param benefit - Direction of benefit.
 * @returns Inference at the analysis where the trial ended; null while it goes on.
 *
 * @remarks
 * METHODS.md eq. (G23)–(G24), (G41). A trial that ended at its first analysis has the interval of a fixed trial; a later
 * one the interval of the normal law with the standard error estimated then. For inverse normal tests of more than two
 * stages the coverage is proven only when sizes were kept.
 *
 * Source: Tsiatis, Rosner & Mehta (1984), Biometrics 40:797–803; Brannath, Posch & Bauer (2002), JASA 97:236–244.
 * Reference values: gs_analysis.json (rpact 3.3.4).
 */
export function finalInference(
  prepared: PreparedPlan,
  tests: StageTests,
  tested: TestedStages,
  nullValue: number,
  benefit: BenefitDirection,
): FinalInference | null {
  const end = endOfTrial(prepared, tested);
  if (end === null) return null;
  const analysis = end + 1;
  const pValue = stagewiseP(prepared, tested, end);
  if (prepared.plan.test.kind === "fisher" && end > 0)
    return { analysis, pValue, medianUnbiased: null, lower: null, upper: null };
  if (end === 0) return { analysis, pValue, ...fixedInterval(tests, prepared.plan.oneSidedAlpha) };
  const location = drifts(prepared, tests, end);
  const sign = benefit === "larger" ? 1 : -1;
  const at = (target: number) => {
    const excess = (theta: number) => upperProbability(prepared, tested.combined[end]!, end, location, theta) - target;
    const centre = tested.combined[end]! / location[end]!;
    let width = 4 / location[end]!;
    let [from, to] = [centre - width, centre + width];
    for (; excess(from) > 0; width *= 2) from -= width;
    for (; excess(to) < 0; width *= 2) to += width;
    const theta = findRoot(excess, from, to, { absoluteTolerance: 1e-11 / location[end]! }).value;
    const onNormalScale = sign * theta * tests.standardError(end) * tests.rootSize(end);
    return tests.logarithmic ? nullValue * Math.exp(onNormalScale) : nullValue + onNormalScale;
  };
  const { oneSidedAlpha } = prepared.plan;
  const limits = [at(oneSidedAlpha), at(1 - oneSidedAlpha)].map((value) => clip(value, tests.range));
  return {
    analysis,
    pValue,
    medianUnbiased: at(0.5),
    lower: Math.min(...limits),
    upper: Math.max(...limits),
  };
}

/** Expected statistic at each analysis per unit of effect in standard deviations. METHODS.md eq. (G41). */
function drifts({ plan, weights }: PreparedPlan, tests: StageTests, end: number): number[] {
  const { informationFractions: t, test } = plan;
  if (test.kind === "group-sequential")
    return t.slice(0, end + 1).map((fraction) => Math.sqrt(fraction / t[end]!) * tests.rootSize(end));
  let gained = 0;
  let squares = 0;
  return t.slice(0, end + 1).map((_, k) => {
    gained += weights[k]! * tests.incrementRootSize(k);
    squares += weights[k]! ** 2;
    return gained / Math.sqrt(squares);
  });
}

/** P(reject before, or a statistic at least as large at the end) at an effect. METHODS.md eq. (G23). */
function upperProbability(
  { plan, bounds, lower }: PreparedPlan,
  statistic: number,
  end: number,
  location: readonly number[],
  theta: number,
): number {
  const informationFractions = plan.informationFractions.slice(0, end + 1);
  const moved = (value: number, k: number) => value - theta * location[k]!;
  const upper = [...bounds.slice(0, end), statistic].map(moved);
  const lowerBounds = upper.map((_, k) => (k < end ? moved(lower[k]!, k) : -Infinity));
  return crossingProbability({ informationFractions, upper, lower: lowerBounds }, 0).upper.reduce((a, b) => a + b, 0);
}

function stagewiseP(prepared: PreparedPlan, tested: TestedStages, end: number): number {
  const { plan, weights, bounds } = prepared;
  if (plan.test.kind === "fisher") {
    if (end === 0) return tested.increments[0]!.pValue;
    const test = {
      weights: weights.slice(0, end + 1),
      bounds: [...bounds.slice(0, end), tested.combined[end]!],
      ...(plan.test.futilityPValues === undefined ? {} : { futility: plan.test.futilityPValues }),
    };
    return fisherRejectionProbability(
      test,
      1,
      0,
      test.bounds.map(() => 0),
    );
  }
  const still = Array.from({ length: end + 1 }, () => 0);
  const upward = upperProbability(prepared, tested.combined[end]!, end, still, 0);
  if (plan.test.sides === "one-sided") return end === 0 ? tested.increments[0]!.pValue : upward;
  return 2 * Math.min(upward, upperProbability(prepared, -tested.combined[end]!, end, still, 0));
}

/** Interval of a fixed trial with the first stage's data: of the score test for rates, of the normal law otherwise. */
function fixedInterval(tests: StageTests, oneSidedAlpha: number) {
  const effect = tests.effects[0]!;
  const critical = -normalQuantile(oneSidedAlpha);
  if (tests.rates !== null) {
    const limit = (benefit: BenefitDirection) =>
      searchEffect(
        tests,
        0,
        (value) => {
          const test = tests.overall(0, value);
          return (benefit === "larger" ? test.score : reversed(test).score) - critical;
        },
        benefit,
      );
    return { medianUnbiased: effect, lower: limit("larger"), upper: limit("smaller") };
  }
  const distance = critical * tests.standardError(0);
  const at = (shift: number) => (tests.logarithmic ? effect * Math.exp(shift) : effect + shift);
  return { medianUnbiased: effect, lower: at(-distance), upper: at(distance) };
}

function clip(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(Math.max(value, low), high);
}
