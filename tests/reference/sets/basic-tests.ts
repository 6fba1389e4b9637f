import { z } from "zod";
import { waldInference } from "../../../lib/analysis/analysis-result.ts";
import {
  cochranMantelHaenszelTest,
  mantelHaenszelOddsRatio,
} from "../../../lib/analysis/proportions/cochran-mantel-haenszel.ts";
import {
  conditionalTable,
  meanAtOddsRatio,
  tailAtOddsRatio,
} from "../../../lib/analysis/proportions/conditional-table.ts";
import { fisherExactTest } from "../../../lib/analysis/proportions/fisher-exact-test.ts";
import { chiSquareTwoByTwo } from "../../../lib/analysis/proportions/proportion-tests.ts";
import { scoreInterval } from "../../../lib/analysis/proportions/score-interval.ts";
import { scoreStatistic } from "../../../lib/analysis/proportions/score-test.ts";
import { observedEffect, type ProportionScale, type TwoByTwo } from "../../../lib/analysis/proportions/two-by-two.ts";
import { waldDifferenceInterval } from "../../../lib/analysis/proportions/wald-interval.ts";
import { adjustPValues, type PValueAdjustment } from "../../../lib/analysis/two-sample/adjusted-p-values.ts";
import {
  type KolmogorovSmirnovTest,
  kolmogorovSmirnovTest,
} from "../../../lib/analysis/two-sample/kolmogorov-smirnov-test.ts";
import { sampleQuantile } from "../../../lib/analysis/two-sample/quantile.ts";
import { rankSumTest } from "../../../lib/analysis/two-sample/rank-sum-test.ts";
import { sampleMoments } from "../../../lib/analysis/two-sample/sample.ts";
import { shapiroWilkTest } from "../../../lib/analysis/two-sample/shapiro-wilk-test.ts";
import { twoSampleTTest } from "../../../lib/analysis/two-sample/t-test.ts";
import { varianceRatioTest } from "../../../lib/analysis/two-sample/variance-ratio-test.ts";
import { clopperPearsonInterval, wilsonInterval } from "../../../lib/numerics/binomial-interval.ts";
import { normalCdf, normalUpperTail } from "../../../lib/numerics/normal.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";
import { rootAsPrinted } from "./r-root-search.ts";

const samples = z.strictObject({ x: z.array(z.number()), y: z.array(z.number()) });
const counts = { events1: z.number(), n1: z.number(), events2: z.number(), n2: z.number() };
const twoByTwo = z.strictObject(counts);
const score = z.strictObject({
  ...counts,
  method: z.literal("Miettinen-Nurminen score CI (gsDesign ciBinomial)"),
  scale: z.enum(["Difference", "RR", "OR"]),
});
const pValues = z.strictObject({ p: z.union([z.array(z.number()), z.number().transform((value) => [value])]) });
const strata = z.strictObject({
  tables: z.array(z.tuple([z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number()])])),
});

/** Probabilities of the quantiles in the file. */
const PROBABILITIES = [0.1, 0.25, 0.5, 0.9];

const SCALES = { Difference: "risk-difference", RR: "risk-ratio", OR: "odds-ratio" } as const satisfies Record<
  string,
  ProportionScale
>;

const ADJUSTMENTS: Readonly<Record<string, PValueAdjustment>> = {
  holm: "holm",
  hochberg: "hochberg",
  hommel: "hommel",
  BH: "benjamini-hochberg",
  fdr: "benjamini-hochberg",
  BY: "benjamini-yekutieli",
  bonferroni: "bonferroni",
  none: "none",
};

/** t, rank, F, Kolmogorov–Smirnov and Shapiro–Wilk tests, 2 × 2 tables, score intervals, strata, adjusted p-values. */
export const basicTestsSet: ReferenceSet = {
  files: /^basic_tests/,
  evaluate: ({ input }) => {
    const bySamples = samples.safeParse(input);
    if (bySamples.success) return twoSamples(bySamples.data.x, bySamples.data.y);
    const byScore = score.safeParse(input);
    if (byScore.success) return scoreCase(tableOf(byScore.data), SCALES[byScore.data.scale]);
    const byTable = twoByTwo.safeParse(input);
    if (byTable.success) return twoByTwoCase(tableOf(byTable.data));
    const byPValues = pValues.safeParse(input);
    if (byPValues.success)
      return Object.fromEntries(
        Object.entries(ADJUSTMENTS).map(([name, method]) => [name, adjustPValues(byPValues.data.p, method)]),
      );
    const byStrata = strata.safeParse(input);
    if (byStrata.success) return strataCase(byStrata.data.tables);
    throw new UnknownCaseError(`inputs ${Object.keys(input ?? {}).join(", ") || "missing"}`);
  },
  // 1e-8 relative; the intervals of gsDesign come from a root search stopped at about 1e-5. Below 1e-12 a number is rounding.
  tolerance: ({ expected, item, path }) =>
    Math.max(1e-12, Math.abs(expected) * (score.safeParse(item.input).success && /^ci/.test(path) ? 1e-5 : 1e-8)),
};

function tableOf(input: z.infer<typeof twoByTwo>): TwoByTwo {
  return {
    experimentalEvents: input.events1,
    experimentalTotal: input.n1,
    controlEvents: input.events2,
    controlTotal: input.n2,
  };
}

function twoSamples(x: readonly number[], y: readonly number[]) {
  const t = (kind: "pooled" | "welch") => {
    const { testStatistic, degreesOfFreedom, twoSidedPValue, interval } = twoSampleTTest(x, y, kind);
    return { t: testStatistic, df: degreesOfFreedom, p: twoSidedPValue, ci: [interval.lower, interval.upper] };
  };
  // The file holds the large-sample p-values of wilcox.test and ks.test (exact = FALSE).
  const ranks = rankSumTest(x, y, { distribution: "normal-continuity" });
  const variances = varianceRatioTest(x, y);
  const distance = kolmogorovSmirnovTest(x, y, "asymptotic");
  const normality = shapiroWilkTest(x);
  return {
    t_pooled: t("pooled"),
    t_welch: t("welch"),
    wilcoxon: { W: ranks.statistic, p: ranks.twoSidedPValue },
    var_test: {
      F: variances.ratio,
      p: variances.twoSidedPValue,
      ci: [variances.interval.lower, variances.interval.upper],
    },
    ks: { D: distance.statistic, p: limitAsPrinted(distance, x.length, y.length) },
    shapiro_x: { W: normality.statistic, p: normality.pValue },
    quantiles_type7: PROBABILITIES.map((p) => sampleQuantile(x, p, 7)),
    quantiles_type2: PROBABILITIES.map((p) => sampleQuantile(x, p, 2)),
    sd: Math.sqrt(sampleMoments(x).variance),
  };
}

/**
 * R cuts the series of the limiting distribution short: below 1 only its first term is summed, above 1 until a term is below
 * 1e-6.
 */
function limitAsPrinted({ statistic, twoSidedPValue }: KolmogorovSmirnovTest, m: number, n: number): number {
  const x = statistic * Math.sqrt((m * n) / (m + n));
  let below = 1;
  if (x < 1) below = (Math.sqrt(2 * Math.PI) / x) * Math.exp(-(Math.PI ** 2) / (8 * x * x));
  else
    for (let k = 1, term = 1; Math.abs(term) > 1e-6; k++) {
      term = (k % 2 === 1 ? -2 : 2) * Math.exp(-2 * k * k * x * x);
      below += term;
    }
  if (!(Math.abs(1 - below - twoSidedPValue) <= 5e-5))
    throw new Error(`the program's p-value ${twoSidedPValue} is not the limit of R's series: ${1 - below}`);
  return 1 - below;
}

function twoByTwoCase(table: TwoByTwo) {
  const fisher = fisherAsPrinted(table);
  const chiSquare = (continuity: boolean) => {
    const { statistic, pValue } = chiSquareTwoByTwo(table, continuity);
    return { x2: statistic, p: pValue };
  };
  const wald = waldDifferenceInterval(table);
  const exact = clopperPearsonInterval(table.experimentalEvents, table.experimentalTotal);
  const wilson = wilsonInterval(table.experimentalEvents, table.experimentalTotal);
  return {
    fisher_p: fisher.p,
    fisher_or_cmle: fisher.oddsRatio,
    fisher_or_ci: [fisher.lower, fisher.upper],
    chisq: chiSquare(false),
    chisq_yates: chiSquare(true),
    wald_diff: { diff: observedEffect(table, "risk-difference"), ci: [wald.lower, wald.upper] },
    clopper_pearson: [exact.lower, exact.upper],
    wilson: [wilson.lower, wilson.upper],
  };
}

/** R's fisher.test searches the odds ratio below 1, or its reciprocal, with the default tolerance of uniroot. */
function fisherAsPrinted(table: TwoByTwo) {
  const { twoSidedPValue, oddsRatio, interval } = fisherExactTest(table);
  const { experimentalEvents: count, experimentalTotal, controlEvents, controlTotal } = table;
  const conditional = conditionalTable(experimentalTotal, controlTotal, count + controlEvents);
  const printed = (rising: (oddsRatio: number) => number, accurate: number) => {
    if (accurate === 0 || !Number.isFinite(accurate) || rising(1) === 0) return accurate;
    return rising(1) > 0
      ? rootAsPrinted(rising, 0, 1, accurate)
      : 1 / rootAsPrinted((t) => rising(1 / t), Number.EPSILON, 1, 1 / accurate);
  };
  const tail = (odds: number, side: "lower" | "upper") => tailAtOddsRatio(conditional, count, odds, side);
  return {
    p: twoSidedPValue,
    oddsRatio: printed((odds) => meanAtOddsRatio(conditional, odds) - count, oddsRatio),
    lower: printed((odds) => tail(odds, "upper") - 0.025, interval.lower),
    upper: printed((odds) => 0.025 - tail(odds, "lower"), interval.upper),
  };
}

/**
 * gsDesign's default leaves out the factor N/(N − 1) (its `adj = 0`) and solves for the tail probability, not for z, with
 * uniroot's default tolerance: on the difference itself, or on the logarithm of a ratio.
 */
function scoreCase(table: TwoByTwo, scale: ProportionScale) {
  const { lower, upper } = scoreInterval(table, scale, "farrington-manning");
  const estimate = observedEffect(table, scale);
  const isDifference = scale === "risk-difference";
  const end = isDifference ? 0.9999 : scale === "risk-ratio" ? 20 : 10;
  const statistic = (x: number) => scoreStatistic(table, scale, isDifference ? x : Math.exp(x), "farrington-manning");
  const back = (x: number) => (isDifference ? x : Math.exp(x));
  const printed = (limit: number, f: (x: number) => number, from: number, to: number) => {
    // Limits that the data do not bound; gsDesign writes −Infinity for an odds ratio without lower limit.
    if (isDifference && Math.abs(limit) === 1) return limit;
    if (limit === Infinity) return limit;
    if (!isDifference && limit === 0) return scale === "odds-ratio" ? -Infinity : 0;
    return back(rootAsPrinted(f, from, to, isDifference ? limit : Math.log(limit)));
  };
  const [middleLow, middleHigh] = isDifference ? [estimate, estimate] : [end, -end];
  return {
    ci: [
      printed(lower, (x) => normalUpperTail(statistic(x)) - 0.025, -end, middleLow),
      printed(upper, (x) => normalCdf(statistic(x)) - 0.025, middleHigh, end),
    ],
    z_null: statistic(0),
  };
}

function strataCase(tables: z.infer<typeof strata>["tables"]) {
  const rows = tables.map(
    ([[a, b], [c, d]]): TwoByTwo => ({
      experimentalEvents: a,
      experimentalTotal: a + b,
      controlEvents: c,
      controlTotal: c + d,
    }),
  );
  const test = cochranMantelHaenszelTest(rows, false);
  const { estimate, standardError } = mantelHaenszelOddsRatio(rows);
  const { interval } = waldInference(estimate, standardError, null);
  return {
    chisq: test.statistic,
    p: test.pValue,
    common_or: Math.exp(estimate),
    ci: [Math.exp(interval.lower), Math.exp(interval.upper)],
  };
}
