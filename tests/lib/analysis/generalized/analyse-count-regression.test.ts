import { describe, expect, it } from "vitest";
import { analysisReportSchema } from "../../../../lib/analysis/analysis-report.ts";
import { analysisTableCsv } from "../../../../lib/analysis/analysis-table.ts";
import {
  analyseCountRegression,
  countAnalysis,
} from "../../../../lib/analysis/generalized/analyse-count-regression.ts";
import {
  type CountRegressionSpec,
  countRegressionSpecSchema,
} from "../../../../lib/analysis/generalized/count-regression-spec.ts";
import type { TrialData } from "../../../../lib/analysis/trial-data.ts";
import { countTrialData } from "../../../support/count-trial-data.ts";
import { rProgramBatch } from "../../../support/run-r-program.ts";

const trial = countTrialData({ patients: 90 });
const threeArms = countTrialData({ seed: 5, patients: 120, arms: ["placebo", "low dose", "high dose"] });
type Choices = Omit<Partial<CountRegressionSpec>, "outcome"> & { outcome?: object };

const outcome = { endpoint: "attacks", visit: "week12", over: "up-to-visit", exposure: { kind: "days-followed" } };
const spec = (choices: Choices = {}): CountRegressionSpec =>
  countRegressionSpecSchema.parse({ method: "count-regression", outcome, ...choices });

function expectClose(actual: readonly number[], wanted: readonly unknown[], tolerance: number): void {
  expect(actual.length).toBe(wanted.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - Number(wanted[i]))).toBeLessThanOrEqual(
      tolerance * Math.max(1e-3, Math.abs(Number(wanted[i]))),
    );
  });
}

describe("the R program of a regression of counts gives the same numbers", () => {
  const cases: readonly [string, TrialData, Choices, number][] = [
    ["negative binomial", trial, { covariates: ["age", "site"] }, 1e-6],
    [
      "negative binomial, observed information",
      threeArms,
      { covariates: ["age"], variance: "observed", nullValue: 1.1 },
      1e-6,
    ],
    ["negative binomial, HC3", trial, { variance: "HC3", confidence: 0.9 }, 1e-6],
    ["Poisson, HC0, three arms", threeArms, { distribution: "poisson", variance: "HC0", covariates: ["site"] }, 1e-8],
    [
      "standardised rate difference per year",
      trial,
      { measure: "marginal-rate-difference", ratePer: 365.25, variance: "HC1", covariates: ["age"] },
      1e-6,
    ],
    [
      "standardised rate ratio with interaction",
      threeArms,
      {
        measure: "marginal-rate-ratio",
        distribution: "poisson",
        variance: "HC2",
        interaction: "arm-by-covariate",
        covariates: ["site"],
      },
      1e-8,
    ],
    [
      "standardised mean count, Ye",
      trial,
      {
        outcome: { endpoint: "attacks", visit: "week8" },
        measure: "marginal-rate-ratio",
        variance: "ye",
        covariates: ["age"],
        score: { endpoint: "scale", visit: "week8" },
      },
      1e-5,
    ],
  ];
  const batch = rProgramBatch(
    cases.map(([, data, choices]) => () => {
      const chosen = spec(choices);
      const report = analyseCountRegression(chosen, data);
      const csv = analysisTableCsv(countAnalysis(chosen, data).table);
      return {
        report,
        program: report.code.r,
        packages: report.code.rPackages,
        files: { "analysis-data.csv": csv },
        returns: ["effects"],
      };
    }),
  );
  for (const [k, [name, , , tolerance]] of cases.entries()) {
    it(name, () => {
      const { report, frames } = batch(k);
      expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
      if (frames === null) return;
      const { effects } = frames;
      expect(report.effects.map(({ label }) => label)).toEqual(effects!.effect);
      const results = report.effects.map(({ result }) => result);
      expectClose(
        results.map((r) => r.estimate),
        effects!.estimate!,
        tolerance,
      );
      expectClose(
        results.map((r) => r.standardError!),
        effects!.se!,
        tolerance,
      );
      expectClose(
        results.map((r) => r.twoSidedPValue),
        effects!.p!,
        tolerance * 100,
      );
      expectClose(
        results.map((r) => r.interval.upper!),
        effects!.upper!,
        tolerance * 10,
      );
    });
  }
});

describe("laws and refusals", () => {
  it("a rate ratio does not depend on the unit of exposure", () => {
    const [days, weeks] = [1, 1 / 7].map((factor) => {
      const data = {
        ...trial,
        followUp: { ...trial.followUp, lastDay: trial.followUp.lastDay.map((day) => day * factor) },
      };
      return analyseCountRegression(spec({ distribution: "poisson" }), data).effects[0]!.result;
    });
    expect(weeks!.estimate).toBeCloseTo(days!.estimate, 10);
    expect(weeks!.standardError).toBeCloseTo(days!.standardError!, 10);
  });

  it("overdispersed Poisson counts are reported", () => {
    const codes = analyseCountRegression(spec({ distribution: "poisson" }), trial).diagnostics.map(({ code }) => code);
    expect(codes).toContain("overdispersion");
  });

  const refusals: readonly [string, Choices, RegExp][] = [
    ["no counts", { outcome: { endpoint: "scale", visit: "week12" } }, /outcome\.endpoint must hold counts/],
    ["exposure", { outcome: { ...outcome, exposure: { kind: "covariate", name: "site" } } }, /outcome\.exposure\.name/],
    ["Ye with exposure", { variance: "ye", measure: "marginal-rate-ratio" }, /variance/],
    ["observed Poisson", { variance: "observed", distribution: "poisson" }, /variance/],
    ["interaction", { interaction: "arm-by-covariate" }, /interaction/],
    ["ratio", { nullValue: -1 }, /nullValue/],
  ];
  for (const [name, choices, message] of refusals)
    it(`refuses: ${name}`, () => expect(() => analyseCountRegression(spec(choices), trial)).toThrow(message));
});
