import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adjustPValues } from "../../../../lib/analysis/two-sample/adjusted-p-values.ts";
import { correlationTest } from "../../../../lib/analysis/two-sample/correlation-test.ts";
import { kolmogorovSmirnovTest } from "../../../../lib/analysis/two-sample/kolmogorov-smirnov-test.ts";
import { kruskalWallisTest } from "../../../../lib/analysis/two-sample/kruskal-wallis-test.ts";
import { type QuantileType, sampleQuantile } from "../../../../lib/analysis/two-sample/quantile.ts";
import { rankSumTest } from "../../../../lib/analysis/two-sample/rank-sum-test.ts";
import type { RankTest } from "../../../../lib/analysis/two-sample/rank-test-result.ts";
import { shapiroWilkTest } from "../../../../lib/analysis/two-sample/shapiro-wilk-test.ts";
import { signedRankTest } from "../../../../lib/analysis/two-sample/signed-rank-test.ts";
import { oneSampleTTest, twoSampleTTest } from "../../../../lib/analysis/two-sample/t-test.ts";
import { varianceRatioTest } from "../../../../lib/analysis/two-sample/variance-ratio-test.ts";
import { repositoryPath } from "../../../support/shared.ts";

const { x, y, tx, ty, paired, results } = JSON.parse(
  readFileSync(repositoryPath("tests/reference/generalized/ranks.json"), "utf8"),
);

/** R's limits of the normal approximation stop at 1e-4; the shift there is a root, ours the median. */
function expectRankTest(
  actual: RankTest,
  expected: { statistic: number; p: number; shift: number; ci: number[] },
  digits: number,
) {
  expect(actual.statistic).toBe(expected.statistic);
  expect(actual.twoSidedPValue).toBeCloseTo(expected.p, 11);
  expect(Math.abs(actual.interval.lower - expected.ci[0]!)).toBeLessThanOrEqual(digits);
  expect(Math.abs(actual.interval.upper - expected.ci[1]!)).toBeLessThanOrEqual(digits);
}

describe("rank tests agree with R's wilcox.test and coin", () => {
  it("two samples: exact, normal, with and without correction, with ties", () => {
    expectRankTest(rankSumTest(x, y), results.exact, 1e-12);
    expect(rankSumTest(x, y).shift).toBeCloseTo(results.exact.shift, 12);
    expectRankTest(rankSumTest(x, y, { confidence: 0.9 }), results.exact90, 1e-12);
    expect(rankSumTest(x, y).lowerPValue).toBeCloseTo(results.less, 12);
    expectRankTest(rankSumTest(x, y, { distribution: "normal-continuity" }), results.normal, 1e-4);
    expectRankTest(rankSumTest(x, y, { distribution: "normal" }), results.normalPlain, 1e-4);
    expectRankTest(rankSumTest(tx, ty), results.ties, 1e-4);
    expectRankTest(rankSumTest(tx, ty, { distribution: "normal" }), results.tiesPlain, 1e-4);
    // Twice the smaller tail and the sum of as extreme values differ under ties: coin takes the latter.
    const exact = rankSumTest(tx, ty, { distribution: "exact" });
    expect(exact.lowerPValue + exact.upperPValue).toBeGreaterThan(1);
    expect(Math.abs(exact.twoSidedPValue - results.tiesExact)).toBeLessThan(0.01);
  });

  it("one sample: exact, normal, with and without correction", () => {
    expectRankTest(signedRankTest(paired), results.signedExact, 1e-12);
    expectRankTest(signedRankTest(paired, { distribution: "normal-continuity" }), results.signedNormal, 1e-4);
    expectRankTest(signedRankTest(paired, { distribution: "normal" }), results.signedPlain, 1e-4);
  });

  it("Kruskal–Wallis, correlations, Kolmogorov–Smirnov, Shapiro–Wilk, quantiles, adjusted p-values", () => {
    const kruskal = kruskalWallisTest([tx, ty, [2, 2, 9, 4]]);
    expect(kruskal.statistic).toBeCloseTo(results.kruskal.h, 11);
    expect(kruskal.pValue).toBeCloseTo(results.kruskal.p, 11);
    const pearson = correlationTest(x.slice(0, 9), y);
    expect(pearson.correlation).toBeCloseTo(results.pearson.r, 12);
    expect(pearson.testStatistic).toBeCloseTo(results.pearson.t, 11);
    expect(pearson.twoSidedPValue).toBeCloseTo(results.pearson.p, 12);
    expect(pearson.interval!.lower).toBeCloseTo(results.pearson.ci[0], 11);
    const spearman = correlationTest(tx.slice(0, 8), ty, "spearman");
    expect(spearman.correlation).toBeCloseTo(results.spearman.r, 12);
    expect(spearman.twoSidedPValue).toBeCloseTo(results.spearman.p, 11);
    expect(kolmogorovSmirnovTest(x, y).twoSidedPValue).toBeCloseTo(results.ksExact, 11);
    expect(kolmogorovSmirnovTest(tx, ty).twoSidedPValue).toBeCloseTo(results.ksTies, 11);
    [3, 4, 5, 6, 9, 11].forEach((n, k) => {
      const { statistic, pValue } = shapiroWilkTest(x.slice(0, n));
      expect(statistic).toBeCloseTo(results.shapiro[k].w, 11);
      expect(pValue).toBeCloseTo(results.shapiro[k].p, 9);
    });
    [0, 0.1, 0.25, 0.5, 0.77, 1].forEach((p, k) => {
      for (let type = 1; type <= 9; type++)
        expect(sampleQuantile(x, p, type as QuantileType)).toBeCloseTo(results.quantiles[type - 1][k], 12);
    });
    adjustPValues([0.01, 0.04, 0.03, 0.2], "benjamini-yekutieli").forEach((p, i) => {
      expect(p).toBeCloseTo(results.by[i], 12);
    });
  });
});

describe("laws of two samples", () => {
  const sample = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3, maxLength: 12 });

  it("swapping the arms flips the sign; a shift moves estimate and interval with it", () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        fc.pre(new Set([...a, ...b]).size > 2 && new Set(a).size > 1);
        const forward = rankSumTest(a, b);
        const back = rankSumTest(b, a);
        expect(back.shift).toBeCloseTo(-forward.shift, 12);
        expect(back.twoSidedPValue).toBeCloseTo(forward.twoSidedPValue, 12);
        expect(back.lowerPValue).toBeCloseTo(forward.upperPValue, 12);
        const moved = rankSumTest(
          a.map((value) => value + 8),
          b,
        );
        expect(moved.interval.lower).toBeCloseTo(forward.interval.lower + 8, 10);
        expect(moved.interval.upper).toBeCloseTo(forward.interval.upper + 8, 10);
        const t = twoSampleTTest(a, b, "welch");
        expect(twoSampleTTest(b, a, "welch").estimate).toBeCloseTo(-t.estimate, 12);
      }),
      { seed: 21, numRuns: 60 },
    );
  });

  it("exact tail probabilities with ties are those of all allocations", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 9 }),
        fc.integer({ min: 1, max: 3 }),
        (all, m) => {
          const { statistic, lowerPValue } = rankSumTest(all.slice(0, m), all.slice(m), { distribution: "exact" });
          let below = 0;
          let total = 0;
          for (let mask = 0; mask < 1 << all.length; mask++) {
            const inFirst = all.filter((_, i) => (mask >> i) & 1);
            if (inFirst.length !== m) continue;
            const rest = all.filter((_, i) => !((mask >> i) & 1));
            let w = 0;
            for (const a of inFirst) for (const b of rest) w += a > b ? 1 : a === b ? 0.5 : 0;
            total++;
            if (w <= statistic + 1e-9) below++;
          }
          expect(lowerPValue).toBeCloseTo(below / total, 11);
        },
      ),
      { seed: 22, numRuns: 40 },
    );
  });

  it("adjusted p-values keep their order and are never smaller than the raw ones", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }), (p) => {
        const hommel = adjustPValues(p, "hommel");
        const hochberg = adjustPValues(p, "hochberg");
        const holm = adjustPValues(p, "holm");
        p.forEach((raw, i) => {
          expect(hommel[i]!).toBeGreaterThanOrEqual(raw - 1e-15);
          expect(hommel[i]!).toBeLessThanOrEqual(hochberg[i]! + 1e-12);
          expect(hochberg[i]!).toBeLessThanOrEqual(holm[i]! + 1e-12);
        });
      }),
      { seed: 23, numRuns: 100 },
    );
  });
});

describe("bad input", () => {
  it("names the sample and what it needs", () => {
    expect(() => twoSampleTTest([1], [1, 2], "welch")).toThrow(/experimental must hold at least 2/);
    expect(() => twoSampleTTest([1, 1], [1, 1], "pooled")).toThrow(/must vary/);
    expect(() => rankSumTest([1, NaN], [1, 2])).toThrow(/finite numbers/);
    expect(() => rankSumTest([1, 1], [1, 1], { distribution: "normal" })).toThrow(/all ranks are tied/);
    expect(() => signedRankTest([0, 0])).toThrow(/must not all equal/);
    expect(() => shapiroWilkTest([1, 2])).toThrow(/at least 3/);
    expect(() => varianceRatioTest([1, 2], [1, 1])).toThrow(/must vary/);
    expect(() => adjustPValues([1.2], "holm")).toThrow(/pValues.0/);
    expect(() => oneSampleTTest([3, 3, 3])).toThrow(/must vary/);
  });
});
