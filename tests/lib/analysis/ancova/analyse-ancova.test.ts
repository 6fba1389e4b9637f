import { describe, expect, it } from "vitest";
import { analysisReportSchema } from "../../../../lib/analysis/analysis-report.ts";
import { analysisTableCsv } from "../../../../lib/analysis/analysis-table.ts";
import { analyseAncova } from "../../../../lib/analysis/ancova/analyse-ancova.ts";
import { ancovaColumns } from "../../../../lib/analysis/ancova/ancova-columns.ts";
import { ancovaTable } from "../../../../lib/analysis/ancova/ancova-program.ts";
import { type AncovaSpec, ancovaSpecSchema } from "../../../../lib/analysis/ancova/ancova-spec.ts";
import type { TrialData } from "../../../../lib/analysis/trial-data.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { rProgramBatch } from "../../../support/run-r-program.ts";
import { smallTrialData } from "../../../support/small-trial-data.ts";

const trial = smallTrialData();
const threeArms = smallTrialData({ seed: 7, patients: 90, arms: ["placebo", "low dose", "high dose"] });

function spec(choices: Partial<AncovaSpec> = {}): AncovaSpec {
  return ancovaSpecSchema.parse({ method: "ancova", endpoint: "scale", visit: "week12", ...choices });
}

const valueAt = (patient: number) => trial.endpoints[0]!.values[(patient + 1) * trial.visits.length - 1]!;

function expectClose(actual: readonly number[], wanted: readonly unknown[], tolerance: number): void {
  expect(actual.length).toBe(wanted.length);
  const wrong = actual
    .map((value, i) => ({ value, wanted: Number(wanted[i]) }))
    .filter((pair) => !(Math.abs(pair.value - pair.wanted) <= tolerance * Math.abs(pair.wanted)));
  expect(wrong).toEqual([]);
}

describe("the R program of an analysis of covariance gives the same numbers", () => {
  const cases: readonly [string, TrialData, Partial<AncovaSpec>, number][] = [
    ["model-based, covariates", trial, { covariates: ["age", "site"], varianceEstimator: "model" }, 1e-9],
    ["HC3, score", trial, { covariates: ["age"], score: true }, 1e-9],
    ["HC4, no covariate", threeArms, { baseline: false, varianceEstimator: "HC4", outcome: "value" }, 1e-9],
    [
      "interaction, three arms, proportional means, margin",
      threeArms,
      {
        covariates: ["site", "age"],
        score: true,
        interaction: "arm-by-covariate",
        varianceEstimator: "HC2",
        leastSquaresMeans: "proportional",
        nullValue: 1.5,
        confidence: 0.9,
      },
      1e-9,
    ],
    [
      "interaction, equal means",
      trial,
      { covariates: ["site"], interaction: "arm-by-covariate", varianceEstimator: "HC0" },
      1e-9,
    ],
    [
      "last observation carried forward",
      trial,
      { covariates: ["site"], missing: "last-observation-carried-forward" },
      1e-9,
    ],
    // nlme::gls stops at a relative change of 1e-6 in the exponent, which moves the weights as much.
    ["weighted", trial, { covariates: ["age"], score: true, weights: "twin-variance" }, 1e-5],
    [
      "weighted with interaction, three arms",
      threeArms,
      { score: true, weights: "twin-variance", interaction: "arm-by-covariate", varianceEstimator: "HC1" },
      1e-5,
    ],
  ];
  const batch = rProgramBatch(
    cases.map(([, data, choices]) => () => {
      const chosen = spec(choices);
      const report = analyseAncova(chosen, data);
      const csv = analysisTableCsv(ancovaTable(data, ancovaColumns(chosen, data)));
      return {
        report,
        program: report.code.r,
        packages: report.code.rPackages,
        files: { "analysis-data.csv": csv },
        returns: ["effects", "means"],
      };
    }),
  );
  for (const [k, [name, , , tolerance]] of cases.entries()) {
    it(name, () => {
      const { report, frames } = batch(k);
      expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
      if (frames === null) return;
      const { effects, means } = frames;
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
        results.map((r) => r.degreesOfFreedom!),
        effects!.df!,
        0,
      );
      expectClose(
        results.map((r) => r.testStatistic!),
        effects!.t!,
        tolerance,
      );
      expectClose(
        results.map((r) => r.twoSidedPValue),
        effects!.p!,
        100 * tolerance,
      );
      expectClose(
        results.map((r) => r.interval.lower!),
        effects!.lower!,
        tolerance * 10,
      );
      expectClose(
        results.map((r) => r.interval.upper!),
        effects!.upper!,
        tolerance * 10,
      );
      const table = report.tables.find(({ id }) => id === "least-squares-means")!;
      expectClose(
        table.rows.map((row) => row[2] as number),
        means!.estimate!,
        tolerance,
      );
      expectClose(
        table.rows.map((row) => row[3] as number),
        means!.se!,
        tolerance,
      );
    });
  }
});

describe("laws of the analysis of covariance of a trial", () => {
  it("a constant score is left out, said so, and the analysis equals the one without it", () => {
    const constant: TrialData = {
      ...trial,
      scores: trial.scores.map((score) => ({ ...score, mean: score.mean.map(() => 24.1) })),
    };
    for (const outcome of ["change", "value"] as const)
      for (const baseline of [true, false]) {
        const choices = { outcome, baseline, covariates: ["age"] };
        const without = analyseAncova(spec(choices), constant);
        const withScore = analyseAncova(spec({ ...choices, score: true }), constant);
        expect(withScore.effects).toEqual(without.effects);
        expect(withScore.tables).toEqual(without.tables);
        expect(withScore.diagnostics.map(({ code }) => code)).toContain("constant-score");
      }
  });

  it("change and value give the same effect when the baseline is a covariate", () => {
    const value = analyseAncova(spec({ outcome: "value", score: true }), trial).effects[0]!.result;
    const change = analyseAncova(spec({ outcome: "change", score: true }), trial).effects[0]!.result;
    expectClose([change.estimate, change.standardError!], [value.estimate, value.standardError!], 1e-10);
  });

  it("weights from twins that are equally certain change nothing", () => {
    const certain: TrialData = {
      ...trial,
      scores: trial.scores.map((score) => ({ ...score, variance: score.variance.map(() => 3) })),
    };
    const plain = analyseAncova(spec({ score: true }), certain);
    const weighted = analyseAncova(spec({ score: true, weights: "twin-variance" }), certain);
    expectClose(
      [weighted.effects[0]!.result.estimate, weighted.effects[0]!.result.standardError!],
      [plain.effects[0]!.result.estimate, plain.effects[0]!.result.standardError!],
      1e-12,
    );
    expect(weighted.diagnostics.map(({ code }) => code)).toContain("constant-twin-variance");
  });

  it("the unit of the twin variance does not matter", () => {
    const scaled: TrialData = {
      ...trial,
      scores: trial.scores.map((score) => ({ ...score, variance: score.variance.map((v) => 100 * v) })),
    };
    const a = analyseAncova(spec({ score: true, weights: "twin-variance" }), trial).effects[0]!.result;
    const b = analyseAncova(spec({ score: true, weights: "twin-variance" }), scaled).effects[0]!.result;
    expectClose([b.estimate, b.standardError!], [a.estimate, a.standardError!], 1e-7);
  });

  it("chooses the variance estimator by the number of patients and says so", () => {
    const large = smallTrialData({ patients: 260, dropout: 0 });
    const small = analyseAncova(spec(), trial);
    const many = analyseAncova(spec(), large);
    expect([small.method, many.method].map((method) => /HC\d/.exec(method)![0])).toEqual(["HC3", "HC1"]);
    expect(many.diagnostics.map(({ code }) => code)).toContain("variance-estimator-chosen");
  });

  it("carrying forward uses every patient with a value after baseline", () => {
    const carried = analyseAncova(spec({ missing: "last-observation-carried-forward" }), trial);
    expect(carried.effects[0]!.result.subjectsUsed).toBe(60);
    expect(analyseAncova(spec(), trial).effects[0]!.result.subjectsUsed).toBeLessThan(60);
  });
});

describe("an analysis of covariance says what is wrong", () => {
  const noScores: TrialData = { ...trial, scores: [] };
  const oneArm: TrialData = { ...trial, arm: new Int32Array(trial.arm.length) };
  const dosed: TrialData = {
    ...trial,
    covariates: [...trial.covariates, { kind: "numeric", name: "dose", values: Float64Array.from(trial.arm) }],
  };
  // Three patients of the active arm for its mean and the slopes of baseline and age.
  const active = [...trial.arm.keys()].filter((patient) => trial.arm[patient] === 1 && !Number.isNaN(valueAt(patient)));
  const fewActive: TrialData = {
    ...trial,
    endpoints: trial.endpoints.map((endpoint) => ({
      ...endpoint,
      values: endpoint.values.map((value, k) => {
        const patient = Math.floor(k / trial.visits.length);
        return trial.arm[patient] === 0 || active.slice(0, 3).includes(patient) ? value : Number.NaN;
      }),
    })),
  };
  it("HC1 leaves patients who are fitted exactly out and says so", () => {
    const choices = spec({ covariates: ["age"], interaction: "arm-by-covariate", varianceEstimator: "HC1" });
    const report = analyseAncova(choices, fewActive);
    expect(report.diagnostics.find(({ code }) => code === "leverage-one")?.message).toMatch(/^3 subjects.*too small/);
    expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
  });

  const noTwins: TrialData = {
    ...trial,
    scores: trial.scores.map((score) => ({ ...score, mean: score.mean.map(() => Number.NaN) })),
  };
  it.each<[string, Partial<AncovaSpec>, TrialData, string, string]>([
    ["an unknown endpoint", { endpoint: "pain" }, trial, "INVALID_INPUT", "endpoint"],
    ["an unknown visit", { visit: "week16" }, trial, "INVALID_INPUT", "visit"],
    ["an unknown covariate", { covariates: ["age", "weight"] }, trial, "INVALID_INPUT", "covariates.1"],
    ["the same covariate twice", { covariates: ["age", "age"] }, trial, "INVALID_INPUT", "covariates.1"],
    ["a score without twins", { score: true }, noScores, "INVALID_INPUT", "score"],
    ["weights without twins", { weights: "twin-variance" }, noScores, "INVALID_INPUT", "weights"],
    ["twins of nobody", { score: true }, noTwins, "INSUFFICIENT_DATA", "score"],
    ["an arm without patients", {}, oneArm, "INSUFFICIENT_DATA", "visit"],
    ["a covariate that is the arm", { covariates: ["dose"] }, dosed, "NOT_ESTIMABLE", "covariates"],
    [
      "HC3 where the model fits a whole arm exactly",
      { covariates: ["age"], interaction: "arm-by-covariate", varianceEstimator: "HC3" },
      fewActive,
      "NOT_ESTIMABLE",
      "varianceEstimator",
    ],
  ])("refuses %s", (_, choices, data, code, argument) => {
    try {
      analyseAncova(spec(choices), data);
    } catch (error) {
      expect(error).toBeInstanceOf(DomainError);
      expect((error as DomainError).code).toBe(code);
      expect((error as DomainError).detail.argument).toBe(argument);
      return;
    }
    throw new Error("was accepted");
  });
});
