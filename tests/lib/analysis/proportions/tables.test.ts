import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  breslowDayTest,
  cochranMantelHaenszelTest,
  conditionalStrata,
  mantelHaenszelOddsRatio,
  mantelHaenszelRiskDifference,
  mantelHaenszelRiskRatio,
} from "../../../../lib/analysis/proportions/cochran-mantel-haenszel.ts";
import { chiSquareTest, mcNemarTest } from "../../../../lib/analysis/proportions/contingency-tests.ts";
import { conditionalOddsRatio, fisherExactTest } from "../../../../lib/analysis/proportions/fisher-exact-test.ts";
import { chiSquareTwoByTwo, proportionZ } from "../../../../lib/analysis/proportions/proportion-tests.ts";
import { scoreInterval } from "../../../../lib/analysis/proportions/score-interval.ts";
import { scoreStatistic } from "../../../../lib/analysis/proportions/score-test.ts";
import type { TwoByTwo } from "../../../../lib/analysis/proportions/two-by-two.ts";
import {
  agrestiCaffoInterval,
  newcombeInterval,
  waldDifferenceInterval,
} from "../../../../lib/analysis/proportions/wald-interval.ts";
import { repositoryPath } from "../../../support/shared.ts";

const fixture = JSON.parse(readFileSync(repositoryPath("tests/reference/generalized/tables.json"), "utf8"));
const ranks = JSON.parse(readFileSync(repositoryPath("tests/reference/generalized/ranks.json"), "utf8")).results;

const table = ([a, m, c, n]: readonly number[]): TwoByTwo => ({
  experimentalEvents: a!,
  experimentalTotal: m!,
  controlEvents: c!,
  controlTotal: n!,
});
const swapped = (t: TwoByTwo): TwoByTwo => ({
  experimentalEvents: t.controlEvents,
  experimentalTotal: t.controlTotal,
  controlEvents: t.experimentalEvents,
  controlTotal: t.experimentalTotal,
});
function expectClose(actual: readonly number[], expected: readonly number[], relative = fixture.relativeTolerance) {
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(relative * Math.max(Math.abs(value), 1e-3));
  });
}
/** R searches an odds ratio below 1, or its reciprocal, to 1.2e-4. */
function expectSearched(actual: readonly number[], expected: readonly number[]) {
  const shrunk = (x: number) => (x > 1 ? 1 / x : x);
  expected.forEach((value, i) => {
    expect(Math.abs(shrunk(actual[i]!) - shrunk(value))).toBeLessThanOrEqual(1.3e-4);
  });
}
const limits = ({ lower, upper }: { lower: number; upper: number }) => [lower, upper];

const tables = fc
  .tuple(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 2, max: 60 }))
  .chain(([m, n]) =>
    fc.tuple(fc.integer({ min: 0, max: m }), fc.constant(m), fc.integer({ min: 0, max: n }), fc.constant(n)),
  )
  .map(table);

describe("two proportions agree with R", () => {
  for (const reference of fixture.tables) {
    it(`${reference.table}: prop.test and fisher.test`, () => {
      const t = table(reference.table);
      const plain = chiSquareTwoByTwo(t, false);
      const yates = chiSquareTwoByTwo(t, true);
      expectClose([plain.statistic, plain.pValue], [reference.z2, reference.p]);
      expectClose([yates.statistic, yates.pValue], [reference.yates, reference.pYates]);
      expectClose(limits(waldDifferenceInterval(t)), reference.ci);
      expectClose(limits(waldDifferenceInterval(t, 0.95, true)), reference.ciYates);
      const fisher = fisherExactTest(t);
      expectClose([fisher.twoSidedPValue], [reference.fisher]);
      expectSearched([fisher.oddsRatio, ...limits(fisher.interval)], [reference.fisherOr, ...reference.fisherCi]);
    });
  }

  it("McNemar and chi-square of larger tables", () => {
    expectClose(
      [
        mcNemarTest(5, 12, "chi-square").pValue,
        mcNemarTest(5, 12, "chi-square-continuity").pValue,
        mcNemarTest(5, 12, "exact").pValue,
      ],
      ranks.mcnemar,
    );
    const { statistic, pValue } = chiSquareTest([
      [4, 12, 3],
      [9, 8, 10],
    ]);
    expectClose([statistic, pValue], [ranks.chisq.x2, ranks.chisq.p]);
  });
});

describe("published intervals of a difference", () => {
  // Newcombe (1998), table II, contrasts 56/70 − 48/80, 9/10 − 3/10, 10/10 − 0/20.
  it("Newcombe's method 10 to the printed digits", () => {
    const printed = [
      [[56, 70, 48, 80], 0.0524, 0.3339],
      [[9, 10, 3, 10], 0.1705, 0.809],
      [[10, 10, 0, 20], 0.6791, 1],
      [[6, 7, 2, 7], 0.0582, 0.8062],
      [[5, 56, 0, 29], -0.0381, 0.1926],
    ] as const;
    for (const [counts, lower, upper] of printed) {
      const interval = newcombeInterval(table(counts));
      expect(interval.lower.toFixed(4)).toBe(lower.toFixed(4));
      expect(interval.upper.toFixed(4)).toBe(upper.toFixed(4));
    }
  });

  // Newcombe (1998), table II, method 5 (Mee) and 6 (Miettinen–Nurminen).
  it("Mee and Miettinen–Nurminen to the printed digits", () => {
    const mee = scoreInterval(table([56, 70, 48, 80]), "risk-difference", "farrington-manning");
    expect(limits(mee).map((x) => x.toFixed(4))).toEqual(["0.0533", "0.3377"]);
    const mn = scoreInterval(table([56, 70, 48, 80]), "risk-difference", "miettinen-nurminen");
    expect(limits(mn).map((x) => x.toFixed(4))).toEqual(["0.0528", "0.3382"]);
  });
});

describe("strata agree with R", () => {
  fixture.strata.forEach((reference: Record<string, never> & { strata: number[][] }, s: number) => {
    it(`set ${s + 1}: mantelhaen.test and metafor::rma.mh`, () => {
      const strata = reference.strata.map(table);
      const r = reference as unknown as Record<string, number> & { exactCi: number[] };
      expectClose(
        [cochranMantelHaenszelTest(strata, true).statistic, cochranMantelHaenszelTest(strata, false).statistic],
        [r.corrected!, r.plain!],
      );
      const or = mantelHaenszelOddsRatio(strata);
      const rr = mantelHaenszelRiskRatio(strata);
      const rd = mantelHaenszelRiskDifference(strata, "sato");
      expectClose([or.estimate, or.standardError], [r.logOr!, r.seOr!]);
      expectClose([rr.estimate, rr.standardError], [r.logRr!, r.seRr!]);
      expectClose([rd.estimate, rd.standardError], [r.rd!, r.seRd!]);
      const test = breslowDayTest(strata);
      expectClose([test.statistic, test.taroneStatistic], [r.breslowDay!, r.tarone!]);
      const conditional = conditionalStrata(strata);
      const events = strata.reduce((sum, { experimentalEvents }) => sum + experimentalEvents, 0);
      const exact = conditionalOddsRatio(conditional, events, 0.95);
      expectSearched([exact.oddsRatio, ...limits(exact.interval)], [r.exactOr!, ...r.exactCi]);
    });
  });
});

describe("laws of two proportions", () => {
  it("swapping the arms flips signs and inverts ratios", () => {
    fc.assert(
      fc.property(tables, (t) => {
        for (const error of ["pooled", "unpooled"] as const)
          expect(proportionZ(swapped(t), error)).toBeCloseTo(-proportionZ(t, error), 10);
        expect(fisherExactTest(swapped(t)).twoSidedPValue).toBeCloseTo(fisherExactTest(t).twoSidedPValue, 10);
        const difference = scoreInterval(t, "risk-difference", "miettinen-nurminen");
        const other = scoreInterval(swapped(t), "risk-difference", "miettinen-nurminen");
        expect(other.lower).toBeCloseTo(-difference.upper, 8);
        const ratio = scoreInterval(t, "odds-ratio", "miettinen-nurminen");
        const inverse = scoreInterval(swapped(t), "odds-ratio", "miettinen-nurminen");
        if (Number.isFinite(ratio.upper) && ratio.upper > 0) expect(inverse.lower * ratio.upper).toBeCloseTo(1, 8);
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it("a score interval ends exactly where the score test stops rejecting", () => {
    fc.assert(
      fc.property(tables, fc.constantFrom("risk-difference", "risk-ratio", "odds-ratio" as const), (t, scale) => {
        const { lower, upper } = scoreInterval(t, scale, "miettinen-nurminen", 0.9);
        const inside =
          scale === "risk-difference" ? (x: number) => Math.abs(x) < 1 : (x: number) => x > 0 && x < Infinity;
        if (inside(lower))
          expect(scoreStatistic(t, scale, lower, "miettinen-nurminen")).toBeCloseTo(1.6448536269514722, 7);
        if (inside(upper))
          expect(scoreStatistic(t, scale, upper, "miettinen-nurminen")).toBeCloseTo(-1.6448536269514722, 7);
        expect(lower).toBeLessThanOrEqual(upper);
      }),
      { seed: 12, numRuns: 80 },
    );
  });

  it("every interval holds numbers, whatever the table", () => {
    fc.assert(
      fc.property(tables, (t) => {
        for (const { lower, upper } of [waldDifferenceInterval(t), agrestiCaffoInterval(t), newcombeInterval(t)]) {
          expect(Number.isFinite(lower) && Number.isFinite(upper) && lower <= upper).toBe(true);
        }
        const { oddsRatio, interval } = fisherExactTest(t);
        expect(Number.isNaN(oddsRatio + interval.lower)).toBe(false);
        expect(interval.lower <= oddsRatio && oddsRatio <= interval.upper).toBe(true);
      }),
      { seed: 13, numRuns: 80 },
    );
  });
});

describe("bad input", () => {
  it("names the count, the margin or the strata", () => {
    expect(() => proportionZ(table([5, 4, 1, 3]), "pooled")).toThrow(
      /experimentalEvents must be a whole number from 0 to 4/,
    );
    expect(() => proportionZ(table([0, 0, 1, 3]), "pooled")).toThrow(/experimentalTotal must be/);
    expect(() => scoreStatistic(table([1, 4, 1, 3]), "risk-difference", 1.2, "farrington-manning")).toThrow(
      /nullValue/,
    );
    expect(() => cochranMantelHaenszelTest([table([4, 4, 3, 3])], true)).toThrow(/strata must include one/);
    expect(() => mantelHaenszelOddsRatio([table([0, 4, 2, 3])])).toThrow(/neither 0 nor infinite/);
    expect(proportionZ(table([0, 4, 0, 3]), "pooled")).toBe(0);
  });
});
