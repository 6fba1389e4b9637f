import { z } from "zod";
import { invalidInput } from "../errors/domain-error.ts";
import { normalUpperQuantile } from "../numerics/normal.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { inverseNormalStatistic, inverseNormalWeights } from "./combination-test.ts";
import { crossingProbability } from "./crossing-probability.ts";
import { efficacyBoundarySchema, efficacyBounds } from "./efficacy-bound.ts";
import { fisherBounds, fisherErrorOfProduct, fisherMethodSchema, fisherWeights } from "./fisher-bounds.ts";
import { fisherProduct } from "./fisher-combination.ts";
import { informationFractionsSchema } from "./information-fractions.ts";
import { reversed, type StageTest, type StageTests } from "./stage-tests.ts";

/** How the stages of a trial are tested together. */
export const adaptiveTestSchema = z.discriminatedUnion("kind", [
  /** The test of all data at each analysis; sizes as planned. */
  z.object({
    kind: z.literal("group-sequential"),
    efficacy: efficacyBoundarySchema,
    sides: z.enum(["one-sided", "symmetric-two-sided"]).default("one-sided"),
    /** Binding futility bounds on the Z scale at the interim analyses, null for none; absent: futility is non-binding. */
    bindingFutility: z.array(z.number().nullable()).optional(),
  }),
  /** Stage-wise tests combined with fixed weights (Cui–Hung–Wang): valid whatever was adapted between stages. */
  z.object({
    kind: z.literal("inverse-normal"),
    efficacy: efficacyBoundarySchema,
    sides: z.enum(["one-sided", "symmetric-two-sided"]).default("one-sided"),
    bindingFutility: z.array(z.number().nullable()).optional(),
  }),
  /** Products of stage-wise p-values; one-sided. */
  z.object({
    kind: z.literal("fisher"),
    share: fisherMethodSchema.default({ method: "equal-levels" }),
    /** Binding futility bounds on the stage-wise p-values of the interim stages; absent: none. */
    futilityPValues: z.array(z.number().gt(0).lte(1)).optional(),
  }),
]);

export type AdaptiveTest = z.infer<typeof adaptiveTestSchema>;

export const adaptivePlanSchema = z.object({
  /** Error in the direction of benefit. */
  oneSidedAlpha: z.number().gt(0).lt(0.5),
  /** Planned information at each analysis divided by final information; the last is 1. */
  informationFractions: informationFractionsSchema,
  test: adaptiveTestSchema,
});

export type AdaptivePlan = z.infer<typeof adaptivePlanSchema>;

/** Whether larger or smaller effects are a benefit. */
export type BenefitDirection = "larger" | "smaller";

/** A plan with its bounds: Z for the first two kinds of test, products for Fisher's. */
export interface PreparedPlan {
  readonly plan: AdaptivePlan;
  readonly bounds: readonly number[];
  /** Weights of the stages: of scores, or exponents of p-values. */
  readonly weights: readonly number[];
  /** Binding lower bounds on the Z scale, −Infinity where none; shape [K]. */
  readonly lower: readonly number[];
  /** Bounds of the same plan at another one-sided error. */
  readonly boundsAt: (oneSidedAlpha: number) => readonly number[];
}

/** Bounds and weights of a plan. Throws as `efficacyBounds` and `fisherBounds`. METHODS.md eq. (G9)–(G11), (G34), (G37). */
export function preparePlan(plan: AdaptivePlan): PreparedPlan {
  const { informationFractions, test } = plan;
  if (test.kind === "fisher") {
    const weights = fisherWeights(informationFractions);
    const boundsAt = (error: number) => fisherBounds(test.share, error, weights, test.futilityPValues);
    const lower = informationFractions.map(() => -Infinity);
    return { plan, weights, bounds: boundsAt(plan.oneSidedAlpha), lower, boundsAt };
  }
  const { bindingFutility } = test;
  if (bindingFutility !== undefined && bindingFutility.length !== informationFractions.length - 1)
    throw invalidInput(
      "test.bindingFutility",
      bindingFutility.map((bound) => bound ?? Number.NaN),
      `must hold one bound (or none) for each of the ${informationFractions.length - 1} interim analyses`,
    );
  const lower = informationFractions.map((_, k) => bindingFutility?.[k] ?? -Infinity);
  const boundsAt = (oneSidedAlpha: number) =>
    efficacyBounds({
      boundary: test.efficacy,
      oneSidedAlpha,
      informationFractions,
      sides: test.sides,
      ...(bindingFutility === undefined
        ? {}
        : { startBindingFutility: () => (k: number, upper: number) => Math.min(upper, lower[k]!) }),
    });
  const weights = inverseNormalWeights(informationFractions);
  return { plan, bounds: boundsAt(plan.oneSidedAlpha), weights, lower, boundsAt };
}

/** Stages tested at one hypothetical effect, in the direction of benefit. */
export interface TestedStages {
  readonly overall: readonly StageTest[];
  readonly increments: readonly StageTest[];
  /** The statistic that meets the bounds at each analysis: a score, or a product. */
  readonly combined: readonly number[];
}

/**
 * Statistic of the plan by each analysis at a hypothetical effect.
 *
 * @param prepared - Plan.
 * @param tests - Stage tests of the trial.
 * @param nullValue - Hypothetical effect.
 * @param benefit - Direction in which larger statistics mean benefit.
 * @returns Tests of all data and of single stages with p-values in that direction, and the combined statistics.
 */
export function testStages(
  prepared: PreparedPlan,
  tests: StageTests,
  nullValue: number,
  benefit: BenefitDirection,
): TestedStages {
  const analyses = Array.from({ length: tests.stages }, (_, k) => k);
  const turned = (test: StageTest) => (benefit === "larger" ? test : reversed(test));
  const overall = analyses.map((k) => turned(tests.overall(k, nullValue)));
  const increments = analyses.map((k) => turned(tests.increment(k, nullValue)));
  const combined = analyses.map((k) => combinedStatistic(prepared, overall[k]!, increments.slice(0, k + 1)));
  return { overall, increments, combined };
}

function combinedStatistic(
  { plan, weights }: PreparedPlan,
  overall: StageTest,
  increments: readonly StageTest[],
): number {
  switch (plan.test.kind) {
    case "group-sequential":
      return overall.score;
    case "inverse-normal":
      return inverseNormalStatistic(
        increments.map((test) => test.score),
        weights,
      );
    case "fisher":
      return fisherProduct(
        increments.map((test) => test.pValue),
        weights,
      );
  }
}

/** Statistic of the plan at one analysis on a scale where larger speaks against the hypothesis. */
function evidence(
  prepared: PreparedPlan,
  tests: StageTests,
  analysis: number,
  nullValue: number,
  benefit: BenefitDirection,
) {
  const only = { ...tests, stages: analysis + 1 };
  const value = testStages(prepared, only, nullValue, benefit).combined[analysis]!;
  return prepared.plan.test.kind === "fisher" ? -Math.log(value) : value;
}

/**
 * Repeated confidence interval of the effect at one analysis: the effects that the plan would not reject there. Under a
 * binding futility rule these include the effects against which the trial would have stopped for futility before.
 *
 * @param prepared - Plan; the limits on either side have its one-sided error each.
 * @param tests - Stage tests.
 * @param analysis - 0 for the first.
 * @param benefit - Direction of benefit, in which the futility rule looks.
 * @returns Limits on the scale of the effect; infinite (or the end of the range) when the bound cannot be reached.
 * @remarks METHODS.md eq. (G25), (G35). Source: Jennison & Turnbull (1989), JRSS B 51:305–361; Mehta et al. (2007).
 * Reference values: gs_analysis.json (rpact 3.3.4).
 */
export function repeatedInterval(
  prepared: PreparedPlan,
  tests: StageTests,
  analysis: number,
  benefit: BenefitDirection,
): { readonly lower: number; readonly upper: number } {
  const bound = prepared.bounds[analysis]!;
  const critical = prepared.plan.test.kind === "fisher" ? -Math.log(bound) : bound;
  const limit = (side: BenefitDirection) =>
    searchEffect(tests, analysis, (effect) => evidence(prepared, tests, analysis, effect, side) - critical, side);
  const allowed = futilityLimits(prepared, tests, analysis, benefit);
  const [lower, upper] = [limit("larger"), limit("smaller")];
  return benefit === "larger"
    ? { lower: Math.min(lower, ...allowed), upper }
    : { lower, upper: Math.max(upper, ...allowed) };
}

/** Effects up to which, in the direction of benefit, the binding futility rule let each earlier analysis go on. */
function futilityLimits(
  prepared: PreparedPlan,
  tests: StageTests,
  analysis: number,
  benefit: BenefitDirection,
): number[] {
  const { plan, lower } = prepared;
  const turned = (test: StageTest) => (benefit === "larger" ? test : reversed(test));
  return Array.from({ length: analysis }, (_, k) => k).flatMap((k) => {
    if (plan.test.kind === "fisher") {
      const largest = plan.test.futilityPValues?.[k] ?? 1;
      const score = normalUpperQuantile(largest);
      return largest < 1
        ? [searchEffect(tests, k, (effect) => turned(tests.increment(k, effect)).score - score, benefit)]
        : [];
    }
    const bound = lower[k]!;
    return bound > -Infinity
      ? [searchEffect(tests, k, (effect) => evidence(prepared, tests, k, effect, benefit) - bound, benefit)]
      : [];
  });
}

/**
 * Effect at which a decreasing (benefit "larger") or increasing function of the effect vanishes, searched outwards from the
 * estimate on the normal scale.
 */
export function searchEffect(
  tests: StageTests,
  analysis: number,
  excess: (effect: number) => number,
  benefit: BenefitDirection,
): number {
  const [low, high] = tests.range;
  const outward = benefit === "larger" ? -1 : 1;
  const toEffect = (value: number) => (tests.logarithmic ? Math.exp(value) : value);
  const end = outward < 0 ? low : high;
  const start = tests.logarithmic ? Math.log(tests.effects[analysis]!) : tests.effects[analysis]!;
  const unit = Math.max(tests.standardError(analysis), 1e-6);
  const at = (value: number) => excess(toEffect(value));
  // Inside the range a search on the effect itself; the estimate may be on either side of the limit.
  const clip = (value: number) => (tests.logarithmic ? value : Math.min(Math.max(value, low), high));
  let inner = clip(start);
  let outer = clip(start);
  for (let width = unit; at(inner) > 0; width *= 2) {
    const next = clip(inner - outward * width);
    if (next === inner || width > 1e6 * unit) break;
    inner = next;
  }
  for (let width = unit; !(at(outer) > 0); width *= 2) {
    const next = clip(outer + outward * width);
    if (next === outer || width > 1e6 * unit) return end;
    outer = next;
  }
  return toEffect(findRoot(at, inner, outer, { absoluteTolerance: 1e-11 * unit, relativeTolerance: 1e-13 }).value);
}

/** Smallest and largest total error that a repeated p-value is resolved to. */
const SMALLEST_ERROR = 1e-12;
const LARGEST_ERROR = 0.5 - 1e-9;

/**
 * Repeated p-value: the smallest total error at which the plan's kind of bounds rejects at this analysis.
 *
 * @param prepared - Plan.
 * @param combined - Statistic at the analysis.
 * @param analysis - 0 for the first.
 * @returns P-value in [1e-12, 0.5], of both sides for a two-sided test; null for user-defined spending of Fisher's test,
 *   which is given for one error only.
 * @remarks METHODS.md eq. (G25). Reference values: gs_analysis.json (rpact 3.3.4).
 */
export function repeatedPValueOf(prepared: PreparedPlan, combined: number, analysis: number): number | null {
  const { plan } = prepared;
  if (plan.test.kind === "fisher" && plan.test.share.method === "user-defined") return null;
  if (plan.test.kind === "fisher") {
    if (combined <= SMALLEST_ERROR ** 2) return SMALLEST_ERROR;
    const error = fisherErrorOfProduct(prepared.weights, analysis, combined, plan.test.futilityPValues);
    return error >= largestError(plan) ? 0.5 : Math.max(error, SMALLEST_ERROR);
  }
  const sides = plan.test.sides === "symmetric-two-sided" ? 2 : 1;
  const observed = sides === 2 ? Math.abs(combined) : combined;
  // No error moves the interim bounds of a Haybittle–Peto plan: they reject at every error that it can have, or at none.
  if (isHaybittlePeto(plan) && analysis < plan.informationFractions.length - 1)
    return observed >= prepared.bounds[analysis]! ? leastError(prepared) : 0.5;
  const excess = (logError: number) => {
    const bound = prepared.boundsAt(Math.exp(logError) / sides)[analysis]!;
    return Math.min(bound, 100) - Math.min(Math.max(observed, -100), 100);
  };
  const from = Math.log(leastError(prepared) * (1 + 1e-9));
  const to = Math.log(LARGEST_ERROR);
  if (!(excess(to) < 0)) return 0.5;
  if (!(excess(from) > 0)) return Math.exp(from);
  return Math.exp(findRoot(excess, from, to, { absoluteTolerance: 1e-10 }).value);
}

/** A first stage that stops from p-value α₀ on cannot spend more than α₀. */
function largestError({ test }: AdaptivePlan): number {
  const stops = test.kind === "fisher" ? (test.futilityPValues?.[0] ?? 1) : 1;
  return Math.min(LARGEST_ERROR, stops);
}

/** Haybittle–Peto bounds spend a fixed error before the end, below which there is no design. */
function leastError({ plan, bounds }: PreparedPlan): number {
  if (!isHaybittlePeto(plan)) return SMALLEST_ERROR;
  const twoSided = plan.test.kind !== "fisher" && plan.test.sides === "symmetric-two-sided";
  const upper = bounds.slice(0, -1);
  if (upper.length === 0) return SMALLEST_ERROR;
  const lower = upper.map((bound) => (twoSided ? -bound : -Infinity));
  const informationFractions = plan.informationFractions.slice(0, -1);
  const spent = crossingProbability({ informationFractions, upper, lower }, 0).upper.reduce((a, b) => a + b, 0);
  return Math.max(SMALLEST_ERROR, (twoSided ? 2 : 1) * spent);
}

function isHaybittlePeto({ test }: AdaptivePlan): boolean {
  return test.kind !== "fisher" && test.efficacy.family === "haybittle-peto";
}
