import { describe, expect, it } from "vitest";
import { analysisReportSchema } from "../../../../lib/analysis/analysis-report.ts";
import { analysisTableCsv } from "../../../../lib/analysis/analysis-table.ts";
import type { TrialData } from "../../../../lib/analysis/trial-data.ts";
import {
  analyseTwoSampleTest,
  twoSampleAnalysis,
} from "../../../../lib/analysis/two-sample/analyse-two-sample-test.ts";
import {
  type TwoSampleTestSpec,
  twoSampleTestSpecSchema,
} from "../../../../lib/analysis/two-sample/two-sample-test-spec.ts";
import { rProgramBatch } from "../../../support/run-r-program.ts";
import { smallTrialData } from "../../../support/small-trial-data.ts";

const threeArms = smallTrialData({ seed: 7, patients: 90, arms: ["placebo", "low dose", "high dose"] });
const withTies = (data: TrialData): TrialData => ({
  ...data,
  endpoints: data.endpoints.map((e) => ({
    ...e,
    values: e.values.map(Math.round),
    baseline: e.baseline.map(Math.round),
  })),
});
const rounded = withTies(threeArms);
const few = withTies(smallTrialData({ seed: 8, patients: 26 }));
const spec = (choices: Partial<TwoSampleTestSpec> = {}) =>
  twoSampleTestSpecSchema.parse({ method: "two-sample-test", endpoint: "scale", visit: "week12", ...choices });

describe("the R program of a test of two samples gives the same numbers", () => {
  type Case = readonly [string, TrialData, Partial<TwoSampleTestSpec>];
  const EXACT_WITH_TIES: Case = ["rank sum with ties, exact", few, { test: "rank-sum-exact" }];
  const cases: readonly Case[] = [
    ["Welch", threeArms, {}],
    [
      "pooled t, margin, percent change",
      threeArms,
      { test: "pooled-t", outcome: "percent-change", nullValue: -2, confidence: 0.9 },
    ],
    ["rank sum, automatic and exact", threeArms, { test: "rank-sum-automatic" }],
    ["rank sum with ties, normal", rounded, { test: "rank-sum-normal", outcome: "value" }],
    ["rank sum with ties, normal with correction", rounded, { test: "rank-sum-normal-continuity", nullValue: 0.5 }],
    ["rank sum with ties, automatic", rounded, { test: "rank-sum-automatic" }],
  ];
  const batch = rProgramBatch(
    [...cases, EXACT_WITH_TIES].map(([, data, choices]) => () => {
      const chosen = spec(choices);
      const report = analyseTwoSampleTest(chosen, data);
      return {
        report,
        program: report.code.r,
        packages: report.code.rPackages,
        files: { "analysis-data.csv": analysisTableCsv(twoSampleAnalysis(chosen, data).table) },
        returns: ["effects"],
      };
    }),
  );
  for (const [k, [name]] of cases.entries())
    it(name, () => {
      const { report, frames } = batch(k);
      expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
      if (frames === null) return;
      const { effects } = frames;
      expect(report.effects.map(({ label }) => label)).toEqual(effects!.effect);
      report.effects.forEach(({ result }, k) => {
        const at = (column: string) => Number(effects![column]![k]);
        expect(result.estimate).toBeCloseTo(at("estimate"), 10);
        expect(result.twoSidedPValue).toBeCloseTo(at("p"), 10);
        expect(result.interval.lower!).toBeCloseTo(at("lower"), 7);
        expect(result.interval.upper!).toBeCloseTo(at("upper"), 7);
      });
    });

  it("rank sum with ties, exact: p-values of coin", () => {
    const { report, frames } = batch(cases.length);
    expect(report.diagnostics.map(({ code }) => code)).toContain("ties");
    if (frames === null) return;
    const { effects } = frames;
    report.effects.forEach(({ result }, k) => {
      expect(result.twoSidedPValue).toBeCloseTo(Number(effects!.p![k]), 9);
    });
  });
});

describe("laws and refusals", () => {
  it("a rescaled outcome rescales the estimate and leaves p-values alone", () => {
    const scaled: TrialData = {
      ...threeArms,
      endpoints: threeArms.endpoints.map((e) => ({
        ...e,
        values: e.values.map((v) => v * 10),
        baseline: e.baseline.map((v) => v * 10),
      })),
    };
    for (const test of ["welch-t", "rank-sum-normal"] as const) {
      const a = analyseTwoSampleTest(spec({ test }), threeArms).effects[0]!.result;
      const b = analyseTwoSampleTest(spec({ test }), scaled).effects[0]!.result;
      expect(b.estimate).toBeCloseTo(10 * a.estimate, 9);
      expect(b.twoSidedPValue).toBeCloseTo(a.twoSidedPValue, 10);
    }
  });

  it("names the endpoint, the visit, or the arm without patients", () => {
    expect(() => analyseTwoSampleTest(spec({ endpoint: "x" }), threeArms)).toThrow(/endpoint must be one of scale/);
    expect(() => analyseTwoSampleTest(spec({ visit: "x" }), threeArms)).toThrow(/visit/);
    const empty: TrialData = {
      ...threeArms,
      endpoints: threeArms.endpoints.map((e) => ({
        ...e,
        values: e.values.map((value, cell) => (threeArms.arm[Math.floor(cell / 3)] === 2 ? NaN : value)),
      })),
    };
    expect(() => analyseTwoSampleTest(spec(), empty)).toThrow(/arm high dose has 0/);
  });
});
