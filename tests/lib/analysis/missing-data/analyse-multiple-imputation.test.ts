import { describe, expect, it } from "vitest";
import { analysisReportSchema } from "../../../../lib/analysis/analysis-report.ts";
import { analysisTableCsv } from "../../../../lib/analysis/analysis-table.ts";
import { analyseMultipleImputation } from "../../../../lib/analysis/missing-data/analyse-multiple-imputation.ts";
import { imputationTable } from "../../../../lib/analysis/missing-data/imputation-program.ts";
import { imputationTrial } from "../../../../lib/analysis/missing-data/imputation-trial.ts";
import {
  type MultipleImputationSpec,
  multipleImputationSpecSchema,
} from "../../../../lib/analysis/missing-data/multiple-imputation-spec.ts";
import type { TrialData } from "../../../../lib/analysis/trial-data.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { rProgramBatch } from "../../../support/run-r-program.ts";
import { smallTrialData } from "../../../support/small-trial-data.ts";

const trial = smallTrialData({ patients: 80, dropout: 0.15 });
const threeArms = smallTrialData({ seed: 5, patients: 120, arms: ["placebo", "low", "high"], dropout: 0.15 });

/** Some values are seen after the event. */
const withEvents: TrialData = {
  ...trial,
  followUp: {
    ...trial.followUp,
    eventDay: new Map([["rescue", Float64Array.from(trial.patientIds, (_, i) => (i % 5 === 0 ? 40 : Number.NaN))]]),
  },
};

type Choices = Partial<ReturnType<typeof multipleImputationSpecSchema.parse>>;
function spec(choices: Choices = {}): MultipleImputationSpec {
  return multipleImputationSpecSchema.parse({
    method: "multiple-imputation",
    endpoint: "scale",
    visit: "week12",
    ...choices,
  });
}

function expectClose(actual: readonly number[], wanted: readonly unknown[], tolerance: number): void {
  expect(actual.length).toBe(wanted.length);
  const wrong = actual
    .map((value, i) => ({ value, wanted: Number(wanted[i]) }))
    .filter((pair) => !(Math.abs(pair.value - pair.wanted) <= tolerance * Math.max(1e-3, Math.abs(pair.wanted))));
  expect(wrong).toEqual([]);
}

const main = (choices: Choices, data: TrialData = trial) =>
  analyseMultipleImputation(spec(choices), data).effects[0]!.result;

describe("the R program of an imputed analysis gives the same numbers", () => {
  const cases: readonly [string, TrialData, Choices][] = [
    ["MAR, covariates", trial, { covariates: ["age", "site"] }],
    ["JR", trial, { strategy: "JR" }],
    ["CIR with covariance by arm", trial, { strategy: "CIR", covarianceByArm: true }],
    ["CR with the score, three arms, value", threeArms, { strategy: "CR", score: true, outcome: "value" }],
    [
      "LMCF in one arm, another reference",
      threeArms,
      { strategy: "JR", armStrategies: { high: "LMCF" }, reference: "low" },
    ],
    [
      "values after rescue set missing",
      withEvents,
      { strategy: "JR", event: { kind: "event", event: "rescue", valuesAfter: "set-missing", dropout: true } },
    ],
    [
      "values after rescue used, Rubin",
      withEvents,
      {
        strategy: "JR",
        event: { kind: "event", event: "rescue", valuesAfter: "used", dropout: false },
        inference: { kind: "approximate-bayes", imputations: 20 },
        nullValue: 0.5,
        confidence: 0.9,
      },
    ],
    ["one visit", trial, { visit: "week4", baseline: false }],
  ];
  const batch = rProgramBatch(
    cases.map(([, data, choices]) => () => {
      const chosen = spec(choices);
      const report = analyseMultipleImputation(chosen, data);
      const csv = analysisTableCsv(imputationTable(data, imputationTrial(chosen, data)));
      return {
        chosen,
        report,
        program: report.code.r,
        packages: report.code.rPackages,
        files: { "analysis-data.csv": csv },
        returns: ["conditional_mean", "effects"],
      };
    }),
  );
  for (const [k, [name]] of cases.entries()) {
    it(name, () => {
      const { chosen, report, frames } = batch(k);
      expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
      if (frames === null) return;
      const { conditional_mean, effects } = frames;
      const byVisit = report.tables.find(({ id }) => id === "effects-by-visit")!.rows;
      expect(byVisit.map((row) => row[1])).toEqual(conditional_mean!.effect);
      if (chosen.inference.kind.startsWith("conditional-mean"))
        expectClose(
          byVisit.map((row) => row[2] as number),
          conditional_mean!.estimate!,
          1e-8,
        );
      const results = report.effects.map(({ result }) => result);
      expectClose(
        results.map((r) => r.estimate),
        effects!.estimate!,
        1e-8,
      );
      expectClose(
        results.map((r) => r.standardError!),
        effects!.se!,
        1e-8,
      );
      expectClose(
        results.map((r) => r.testStatistic!),
        effects!.t!,
        1e-7,
      );
      expectClose(
        results.map((r) => r.twoSidedPValue),
        effects!.p!,
        1e-6,
      );
      expectClose(
        results.map((r) => r.interval.lower!),
        effects!.lower!,
        1e-7,
      );
      expectClose(
        results.map((r) => r.interval.upper!),
        effects!.upper!,
        1e-7,
      );
    });
  }
});

describe("laws of imputed analyses", () => {
  it("a reference-based strategy in the reference arm itself is missing at random", () => {
    const plain = main({ strategy: "MAR" });
    for (const strategy of ["JR", "CR", "CIR"] as const) {
      const own = main({ strategy: "MAR", armStrategies: { placebo: strategy } });
      // The control is its own reference.
      expectClose([own.estimate, own.standardError!], [plain.estimate, plain.standardError!], 1e-7);
    }
  });

  it("reference-based strategies pull the effect towards none, the further the more is copied", () => {
    const estimate = (strategy: "MAR" | "JR" | "CIR") => Math.abs(main({ strategy }).estimate);
    expect(estimate("JR")).toBeLessThan(estimate("CIR"));
    expect(estimate("CIR")).toBeLessThan(estimate("MAR"));
  });

  it("arms swapped: the sign flips under MAR", () => {
    const swapped: TrialData = {
      ...trial,
      arm: trial.arm.map((code) => 1 - code),
      armNames: ["active", "placebo"],
    };
    const a = main({});
    const b = main({}, swapped);
    expectClose([b.estimate, b.standardError!], [-a.estimate, a.standardError!], 1e-6);
  });

  it("rescaling the outcome rescales effect and standard error", () => {
    const endpoint = trial.endpoints[0]!;
    const scaled: TrialData = {
      ...trial,
      endpoints: [
        {
          ...endpoint,
          values: endpoint.values.map((v) => 10 * v + 3),
          baseline: endpoint.baseline.map((v) => 10 * v + 3),
        },
      ],
    };
    for (const strategy of ["MAR", "JR"] as const) {
      const a = main({ strategy });
      const b = main({ strategy }, scaled);
      expectClose([b.estimate, b.standardError!], [10 * a.estimate, 10 * a.standardError!], 1e-6);
    }
  });

  it("the order of patients does not matter", () => {
    const n = trial.patientIds.length;
    const order = Array.from({ length: n }, (_, i) => (i * 37) % n);
    const pick = (values: Float64Array) => Float64Array.from(order, (i) => values[i]!);
    const wide = (values: Float64Array) =>
      Float64Array.from(order.flatMap((i) => [...values.subarray(3 * i, 3 * i + 3)]));
    const endpoint = trial.endpoints[0]!;
    const shuffled: TrialData = {
      ...trial,
      patientIds: order.map((i) => trial.patientIds[i]!),
      arm: Int32Array.from(order, (i) => trial.arm[i]!),
      endpoints: [
        {
          ...endpoint,
          values: wide(endpoint.values),
          days: wide(endpoint.days),
          baseline: pick(endpoint.baseline),
        },
      ],
      covariates: [],
      scores: [],
    };
    const a = main({ strategy: "CIR" });
    const b = main({ strategy: "CIR" }, shuffled);
    expectClose([b.estimate, b.standardError!], [a.estimate, a.standardError!], 1e-6);
  });

  it("complete data: nothing is imputed and Rubin's rules give the analysis of covariance", () => {
    const complete = smallTrialData({ patients: 60, dropout: 0 });
    const report = analyseMultipleImputation(
      spec({ inference: { kind: "approximate-bayes", imputations: 5 } }),
      complete,
    );
    const rubin = report.tables.find(({ id }) => id === "variance-parts")!.rows[0]!;
    expect(rubin[3]).toBeLessThan(1e-20);
    expect(rubin[5]).toBeLessThan(0.05);
  });

  it("the same seed gives the same numbers, another seed others", () => {
    const inference = { kind: "bayes", imputations: 20, burnIn: 20, thinning: 2 } as const;
    expect(main({ inference, seed: 3 })).toEqual(main({ inference, seed: 3 }));
    expect(main({ inference, seed: 4 }).estimate).not.toBe(main({ inference, seed: 3 }).estimate);
  });

  it("the four kinds of inference agree under MAR within their errors", () => {
    const jackknife = main({});
    const others = (
      [
        { kind: "conditional-mean-bootstrap", samples: 400 },
        { kind: "approximate-bayes", imputations: 400 },
        { kind: "bayes", imputations: 400, burnIn: 100, thinning: 5 },
      ] as const
    ).map((inference) => main({ inference }));
    for (const other of others) {
      // Monte Carlo error of the estimate: √(B/K) is below 0.05 standard errors; that of the standard error about 4 %.
      expect(Math.abs(other.estimate - jackknife.estimate)).toBeLessThan(0.2 * jackknife.standardError!);
      expect(Math.abs(other.standardError! / jackknife.standardError! - 1)).toBeLessThan(0.2);
    }
  });

  it("a shift of imputed values in the experimental arm moves the effect evenly, and the grid names where it tips", () => {
    const report = analyseMultipleImputation(
      spec({
        tippingPoint: { deltas: [0, 1, 2, 40], arms: "experimental", values: "all-imputed", accumulates: false },
      }),
      trial,
    );
    const table = report.tables.find(({ id }) => id === "tipping-point")!;
    const estimates = table.rows.map((row) => row[2] as number);
    expectClose([estimates[0]!], [report.effects[0]!.result.estimate], 1e-12);
    expectClose([estimates[2]! - estimates[1]!], [estimates[1]! - estimates[0]!], 1e-9);
    const significant = report.effects[0]!.result.oneSidedPValue <= 0.025;
    expect(table.note).toContain(significant ? "loses significance" : "not significant");
  });
});

describe("an imputed analysis says what is wrong", () => {
  it.each<[string, Choices, TrialData, string, string]>([
    ["an unknown visit", { visit: "week20" }, trial, "INVALID_INPUT", "visit"],
    [
      "an unknown event",
      { event: { kind: "event", event: "death", valuesAfter: "used", dropout: true } },
      trial,
      "INVALID_INPUT",
      "event.event",
    ],
    ["an unknown reference", { reference: "standard" }, trial, "INVALID_INPUT", "reference"],
    ["a strategy for an unknown arm", { armStrategies: { high: "JR" } }, trial, "INVALID_INPUT", "armStrategies.high"],
    ["a score without twins", { score: true }, { ...trial, scores: [] }, "INVALID_INPUT", "score"],
    ["an empty arm", {}, { ...trial, arm: new Int32Array(80) }, "INSUFFICIENT_DATA", "covariates"],
    [
      "Bayes with another covariance",
      { covariance: "ar1", inference: { kind: "bayes", imputations: 5, burnIn: 5, thinning: 1 } },
      trial,
      "UNSUPPORTED_COMBINATION",
      "covariance",
    ],
    [
      "a visit without values",
      {},
      {
        ...trial,
        endpoints: [
          { ...trial.endpoints[0]!, values: trial.endpoints[0]!.values.map((v, i) => (i % 3 === 2 ? Number.NaN : v)) },
        ],
      },
      "INSUFFICIENT_DATA",
      "visit",
    ],
  ])("refuses %s", (_, choices, data, code, argument) => {
    try {
      analyseMultipleImputation(spec(choices), data);
    } catch (error) {
      expect(error).toBeInstanceOf(DomainError);
      expect((error as DomainError).code).toBe(code);
      expect((error as DomainError).detail.argument).toBe(argument);
      return;
    }
    throw new Error("was accepted");
  });

  const atSecondVisit = (keep: number): TrialData => ({
    ...trial,
    endpoints: trial.endpoints.map((endpoint) => ({
      ...endpoint,
      values: endpoint.values.map((value, i) => (i % 3 === 1 && Math.floor(i / 3) >= keep ? Number.NaN : value)),
    })),
  });
  it("leaves out an earlier visit at which nobody has a value", () => {
    const report = analyseMultipleImputation(spec(), atSecondVisit(0));
    expect(report.diagnostics.map(({ code }) => code)).toContain("visit-left-out");
    expect(report.diagnostics.map(({ message }) => message).join(" ")).toContain("Week 8");
  });
  it("names the visit with hardly any patients when the covariance cannot be fitted", () => {
    expect(() => analyseMultipleImputation(spec(), atSecondVisit(2))).toThrow(/^covariance .*Week 8 has 1 in placebo/);
  });

  it("counts patients without a covariate", () => {
    const age = trial.covariates[0]!;
    const values = age.kind === "numeric" ? age.values.slice() : new Float64Array(80);
    values[4] = Number.NaN;
    const report = analyseMultipleImputation(spec({ covariates: ["age"] }), {
      ...trial,
      covariates: [{ kind: "numeric", name: "age", values }, trial.covariates[1]!],
    });
    expect(report.effects[0]!.result.subjectsUsed).toBe(79);
    expect(report.diagnostics.map(({ code }) => code)).toContain("incomplete-covariates");
  });
});
