import { DomainError } from "../../errors/domain-error.ts";
import { normalUpperTail } from "../../numerics/normal.ts";
import type { BenefitDirection } from "../analysis-result.ts";
import { exactDifferenceInterval } from "./exact-difference-interval.ts";
import { fisherExactTest } from "./fisher-exact-test.ts";
import { proportionZ } from "./proportion-tests.ts";
import { scoreInterval } from "./score-interval.ts";
import { assertNullEffect, scoreStatistic } from "./score-test.ts";
import {
  type EffectInterval,
  observedEffect,
  type ProportionScale,
  proportionsOf,
  type TwoByTwo,
} from "./two-by-two.ts";
import type { TwoProportionsSpec } from "./two-proportions-spec.ts";
import { unconditionalExactTest } from "./unconditional-exact-test.ts";
import {
  agrestiCaffoInterval,
  logRatio,
  logRatioInterval,
  newcombeInterval,
  unpooledError,
  waldDifferenceInterval,
} from "./wald-interval.ts";

/** Choices of a comparison of two proportions that do not concern the data. */
export type ProportionChoices = Pick<TwoProportionsSpec, "measure" | "test" | "interval" | "nullValue" | "confidence">;

/** Test of two proportions: z where there is one, p-values of lower and higher proportions in the experimental arm. */
export interface ProportionTest {
  readonly statistic: number | null;
  readonly lowerPValue: number;
  readonly upperPValue: number;
  readonly twoSidedPValue: number;
}

/**
 * The named test of two proportions (METHODS.md eq. (P1), (P3), (P10), (P16)).
 *
 * @throws DomainError UNSUPPORTED_COMBINATION when the test has no such null hypothesis.
 */
export function testProportions(table: TwoByTwo, choices: ProportionChoices): ProportionTest {
  const { measure, test } = choices;
  const nullEffect = nullEffectOf(choices);
  assertNullEffect(measure, nullEffect);
  const noEffect = nullEffect === (measure === "risk-difference" ? 0 : 1);
  const refuse = (hint: string) =>
    new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "nullValue",
      received: nullEffect,
      requirement: `must be no effect for the test ${test}`,
      hint,
    });
  switch (test) {
    case "pooled-z":
    case "pooled-z-continuity":
      if (!noEffect) throw refuse("Choose a score test (miettinen-nurminen, farrington-manning) for a margin.");
      return normalTest(proportionZ(table, "pooled", test === "pooled-z-continuity"));
    case "unpooled-z":
      if (!noEffect && measure !== "risk-difference") throw refuse("Choose a score test for a ratio margin.");
      return normalTest(proportionZ(table, "unpooled", false, noEffect ? 0 : nullEffect));
    case "miettinen-nurminen":
    case "farrington-manning":
      return normalTest(scoreStatistic(table, measure, nullEffect, test));
    case "fisher-minimum-likelihood":
    case "fisher-central":
    case "fisher-mid-p": {
      if (!noEffect && measure !== "odds-ratio") throw refuse("Choose a score test, or the odds ratio.");
      const kind = test.slice("fisher-".length) as "minimum-likelihood" | "central" | "mid-p";
      const fisher = fisherExactTest(table, { twoSided: kind, nullOddsRatio: noEffect ? 1 : nullEffect });
      const half = kind === "mid-p" ? (fisher.lowerPValue + fisher.upperPValue - 1) / 2 : 0;
      return {
        statistic: null,
        lowerPValue: fisher.lowerPValue - half,
        upperPValue: fisher.upperPValue - half,
        twoSidedPValue: fisher.twoSidedPValue,
      };
    }
    case "barnard":
    case "boschloo":
      if (!noEffect) throw refuse("Choose a score test for a margin.");
      return { statistic: null, ...unconditionalExactTest(table, test === "barnard" ? "pooled-z" : "boschloo") };
  }
}

/**
 * The named interval of the effect, on its natural scale (METHODS.md eq. (P4)–(P8), (P10), (P17)).
 *
 * @throws DomainError UNSUPPORTED_COMBINATION when the measure has no such interval.
 */
export function proportionInterval(
  table: TwoByTwo,
  { measure, interval, confidence }: ProportionChoices,
): EffectInterval {
  const isDifference = measure === "risk-difference";
  const only = (scale: string, hint: string) =>
    new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "interval",
      received: interval,
      requirement: `is an interval of ${scale}`,
      hint,
    });
  switch (interval) {
    case "miettinen-nurminen":
    case "farrington-manning":
      return scoreInterval(table, measure, interval, confidence);
    case "exact":
      if (isDifference) return exactDifferenceInterval(table, confidence);
      if (measure === "odds-ratio") return fisherExactTest(table, { confidence }).interval;
      throw only("a difference or an odds ratio", "Choose miettinen-nurminen.");
    case "log-normal":
      if (isDifference) throw only("a ratio", "Choose miettinen-nurminen, newcombe or wald.");
      return logRatioInterval(table, measure, confidence);
    default:
      if (!isDifference) throw only("a difference", "Choose miettinen-nurminen or log-normal.");
  }
  switch (interval) {
    case "newcombe":
      return newcombeInterval(table, confidence);
    case "agresti-caffo":
      return agrestiCaffoInterval(table, confidence);
    case "wald":
    case "wald-continuity":
      return waldDifferenceInterval(table, confidence, interval === "wald-continuity");
  }
}

/**
 * Observed effect, logarithm for ratios, with its standard error from the observed proportions; null when it is zero or
 * infinite.
 *
 * @throws DomainError NOT_ESTIMABLE when a ratio is 0, infinite or undefined.
 */
export function proportionEffect(
  table: TwoByTwo,
  measure: ProportionScale,
): { readonly estimate: number; readonly standardError: number | null } {
  const [p1, p0] = proportionsOf(table);
  if (measure === "risk-difference") {
    const se = unpooledError(p1, table.experimentalTotal, p0, table.controlTotal);
    return { estimate: observedEffect(table, measure), standardError: se > 0 ? se : null };
  }
  const { estimate, standardError } = logRatio(table, measure);
  if (!Number.isFinite(estimate))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "measure",
      received: measure,
      requirement: `must be finite: an arm has ${measure === "risk-ratio" ? "no patient with the outcome" : "no patient with, or none without, the outcome"}`,
      hint: "Choose the risk difference.",
    });
  return { estimate, standardError: standardError > 0 && Number.isFinite(standardError) ? standardError : null };
}

/** Null effect on the natural scale. */
export function nullEffectOf({ measure, nullValue }: ProportionChoices): number {
  return nullValue ?? (measure === "risk-difference" ? 0 : 1);
}

/** The one-sided p-value in the direction of benefit. */
export function oneSidedOf(test: ProportionTest, benefit: BenefitDirection): number {
  return benefit === "higher" ? test.upperPValue : test.lowerPValue;
}

function normalTest(z: number): ProportionTest {
  return {
    statistic: Number.isFinite(z) ? z : null,
    lowerPValue: normalUpperTail(-z),
    upperPValue: normalUpperTail(z),
    twoSidedPValue: 2 * normalUpperTail(Math.abs(z)),
  };
}
