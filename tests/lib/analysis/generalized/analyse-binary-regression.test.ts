import { describe, expect, it } from "vitest";
import { analysisReportSchema } from "../../../../lib/analysis/analysis-report.ts";
import { analysisTableCsv } from "../../../../lib/analysis/analysis-table.ts";
import {
  analyseBinaryRegression,
  binaryAnalysis,
} from "../../../../lib/analysis/generalized/analyse-binary-regression.ts";
import {
  type BinaryRegressionSpec,
  binaryRegressionSpecSchema,
} from "../../../../lib/analysis/generalized/binary-regression-spec.ts";
import type { TrialData } from "../../../../lib/analysis/trial-data.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { rProgramBatch } from "../../../support/run-r-program.ts";
import { smallTrialData } from "../../../support/small-trial-data.ts";

const trial = smallTrialData({ patients: 80 });
const threeArms = smallTrialData({ seed: 7, patients: 120, arms: ["placebo", "low dose", "high dose"] });
const outcome = {
  kind: "threshold",
  endpoint: "scale",
  visit: "week12",
  of: "change",
  comparison: "<=",
  threshold: 1,
} as const;
type Choices = Omit<Partial<BinaryRegressionSpec>, "outcome"> & { outcome?: object };

const spec = (choices: Choices = {}): BinaryRegressionSpec =>
  binaryRegressionSpecSchema.parse({ method: "binary-regression", outcome, ...choices });

function expectClose(actual: readonly number[], wanted: readonly unknown[], tolerance: number): void {
  expect(actual.length).toBe(wanted.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - Number(wanted[i]))).toBeLessThanOrEqual(
      tolerance * Math.max(1e-3, Math.abs(Number(wanted[i]))),
    );
  });
}

/** Patients of one site respond, those of the others do as they did, or all change alike. */
function separatedTrial(othersChange: number | null = null): TrialData {
  const [scale] = trial.endpoints;
  const site = trial.covariates.find(({ name }) => name === "site");
  const values = scale!.values.map((value, cell) => {
    const patient = Math.floor(cell / trial.visits.length);
    if (site?.kind === "categorical" && site.codes[patient] === 1) return scale!.baseline[patient]! - 20;
    return othersChange === null ? value : scale!.baseline[patient]! + othersChange;
  });
  return { ...trial, endpoints: [{ ...scale!, values }] };
}

/** Arms by turns within each site: sites of even size are balanced. */
function inPairs(data: TrialData): TrialData {
  const site = data.covariates.find(({ name }) => name === "site");
  const seen = new Map<number, number>();
  const arm = data.arm.map((_, patient) => {
    const code = site?.kind === "categorical" ? site.codes[patient]! : 0;
    const turn = seen.get(code) ?? 0;
    seen.set(code, turn + 1);
    return turn % 2;
  });
  return { ...data, arm };
}

describe("the R program of a regression of a yes-or-no outcome gives the same numbers", () => {
  const score = { endpoint: "scale", visit: "week12" };
  const cases: readonly [string, TrialData, Choices, number][] = [
    ["risk difference, Ye", trial, { covariates: ["age", "site"] }, 1e-8],
    [
      "risk ratio with score, Ye direct, margin",
      trial,
      { covariates: ["age"], score, measure: "risk-ratio", variance: "ye-direct", nullValue: 0.8 },
      1e-8,
    ],
    [
      "odds ratio, Ye with strata",
      threeArms,
      { covariates: ["age", "site"], strata: ["site"], measure: "odds-ratio", confidence: 0.9 },
      1e-8,
    ],
    [
      "Ge HC3, interaction, three arms",
      threeArms,
      { covariates: ["site", "age"], interaction: "arm-by-covariate", variance: "ge-HC3" },
      1e-8,
    ],
    ["Ge model-based, probit", trial, { covariates: ["age"], variance: "ge-model-based", link: "probit" }, 1e-5],
    [
      "Ge HC1, complementary log-log, event",
      trial,
      {
        outcome: { kind: "event", events: ["rescue"], byDay: 80, missing: "as-success" },
        link: "complementary-log-log",
        variance: "ge-HC1",
        covariates: ["age"],
      },
      1e-5,
    ],
    [
      "conditional odds ratio, HC0",
      threeArms,
      { measure: "conditional-odds-ratio", variance: "ge-HC0", covariates: ["age"] },
      1e-8,
    ],
    [
      "conditional odds ratio, Firth",
      trial,
      { measure: "conditional-odds-ratio", estimation: "firth", covariates: ["age", "site"] },
      1e-6,
    ],
    [
      "Firth when separated",
      separatedTrial(),
      { measure: "conditional-odds-ratio", estimation: "firth-if-separated", covariates: ["site"] },
      1e-6,
    ],
    [
      "complete cases, percent change, unfavourable",
      trial,
      {
        outcome: {
          ...outcome,
          of: "percent-change",
          comparison: ">=",
          threshold: 10,
          direction: "unfavourable",
          missing: "complete-cases",
        },
      },
      1e-8,
    ],
  ];
  const batch = rProgramBatch(
    cases.map(([, data, choices]) => () => {
      const chosen = spec(choices);
      const report = analyseBinaryRegression(chosen, data);
      const csv = analysisTableCsv(binaryAnalysis(chosen, data).table);
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
        results.map((r) => r.testStatistic!),
        effects!.z!,
        tolerance * 10,
      );
      expectClose(
        results.map((r) => r.twoSidedPValue),
        effects!.p!,
        tolerance * 100,
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
    });
  }
});

describe("laws", () => {
  it("without covariates the standardised risks are the observed ones, and swapping the arms flips the sign", () => {
    const report = analyseBinaryRegression(spec(), trial);
    const [table] = report.tables;
    for (const row of table!.rows) expect(row[4]).toBeCloseTo(Number(row[3]), 12);
    const swapped = { ...trial, arm: trial.arm.map((code) => 1 - code), armNames: ["active", "placebo"] };
    const back = analyseBinaryRegression(spec(), swapped);
    expect(back.effects[0]!.result.estimate).toBeCloseTo(-report.effects[0]!.result.estimate, 12);
    expect(back.effects[0]!.result.standardError).toBeCloseTo(report.effects[0]!.result.standardError!, 12);
  });

  it("a constant score changes nothing but is named", () => {
    const constant = { ...trial, scores: trial.scores.map((score) => ({ ...score, mean: score.mean.map(() => 3) })) };
    const with_ = analyseBinaryRegression(
      spec({ covariates: ["age"], score: { endpoint: "scale", visit: "week12" } }),
      constant,
    );
    const without = analyseBinaryRegression(spec({ covariates: ["age"] }), constant);
    expect(with_.effects).toEqual(without.effects);
    expect(with_.diagnostics.map(({ code }) => code)).toContain("constant-score");
  });

  it("the order of the patients does not matter", () => {
    const order = trial.patientIds.map((_, i) => (i * 37) % trial.patientIds.length);
    const at = (values: Float64Array, width = 1) =>
      Float64Array.from(order.flatMap((i) => Array.from(values.subarray(i * width, (i + 1) * width))));
    const permuted: TrialData = {
      ...trial,
      patientIds: order.map((i) => trial.patientIds[i]!),
      arm: Int32Array.from(order, (i) => trial.arm[i]!),
      endpoints: trial.endpoints.map((e) => ({
        ...e,
        values: at(e.values, 3),
        days: at(e.days, 3),
        baseline: at(e.baseline),
      })),
      covariates: trial.covariates.map((c) =>
        c.kind === "numeric"
          ? { ...c, values: at(c.values) }
          : { ...c, codes: Int32Array.from(order, (i) => c.codes[i]!) },
      ),
    };
    const a = analyseBinaryRegression(spec({ covariates: ["age", "site"] }), trial).effects[0]!.result;
    const b = analyseBinaryRegression(spec({ covariates: ["age", "site"] }), permuted).effects[0]!.result;
    expect(b.estimate).toBeCloseTo(a.estimate, 10);
    expect(b.standardError).toBeCloseTo(a.standardError!, 10);
  });
});

describe("refusals name the field", () => {
  const refusals: readonly [string, Choices, TrialData, RegExp][] = [
    ["endpoint", { outcome: { ...outcome, endpoint: "x" } }, trial, /outcome\.endpoint/],
    ["visit", { outcome: { ...outcome, visit: "x" } }, trial, /outcome\.visit/],
    [
      "event",
      { outcome: { kind: "event", events: ["death"], byDay: 50 } },
      trial,
      /outcome\.events\.0 must be one of rescue/,
    ],
    ["covariate", { covariates: ["weight"] }, trial, /covariates\.0/],
    ["twins", { score: { endpoint: "scale", visit: "week12" } }, { ...trial, scores: [] }, /score needs twins/],
    ["strata", { strata: ["site"], variance: "ge-HC0" }, trial, /strata/],
    ["continuous strata", { strata: ["age"] }, trial, /strata\.0.*at most 20/],
    ["margin", { nullValue: 2 }, trial, /nullValue/],
    ["Firth with probit", { estimation: "firth", link: "probit" }, trial, /estimation/],
    ["interaction", { measure: "conditional-odds-ratio", interaction: "arm-by-covariate" }, trial, /interaction/],
    ["separation", { covariates: ["site"] }, separatedTrial(), /site south.*Firth/s],
    [
      "a variance that is not positive under near-perfect prediction",
      { covariates: ["site"], estimation: "firth" },
      inPairs(separatedTrial(20)),
      /variance must give a positive variance.*ye-direct/,
    ],
    ["nobody responds", { outcome: { ...outcome, threshold: -1e6 } }, trial, /^outcome must differ between patients/],
  ];
  for (const [name, choices, data, message] of refusals) {
    it(name, () => {
      expect(() => analyseBinaryRegression(spec(choices), data)).toThrow(DomainError);
      expect(() => analyseBinaryRegression(spec(choices), data)).toThrow(message);
    });
  }
});
