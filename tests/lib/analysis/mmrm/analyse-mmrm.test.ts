import { describe, expect, it } from "vitest";
import { analysisReportSchema } from "../../../../lib/analysis/analysis-report.ts";
import { analysisTableCsv } from "../../../../lib/analysis/analysis-table.ts";
import { analyseMmrm } from "../../../../lib/analysis/mmrm/analyse-mmrm.ts";
import { mmrmColumns } from "../../../../lib/analysis/mmrm/mmrm-columns.ts";
import { mmrmTable } from "../../../../lib/analysis/mmrm/mmrm-program-input.ts";
import { type MmrmSpec, mmrmSpecSchema } from "../../../../lib/analysis/mmrm/mmrm-spec.ts";
import type { TrialData } from "../../../../lib/analysis/trial-data.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { rProgramBatch } from "../../../support/run-r-program.ts";
import { smallTrialData } from "../../../support/small-trial-data.ts";

const trial = smallTrialData();
const threeArms = smallTrialData({ seed: 7, patients: 120, arms: ["placebo", "low dose", "high dose"] });

function spec(choices: Partial<MmrmSpec> = {}): MmrmSpec {
  return mmrmSpecSchema.parse({ method: "mmrm", endpoint: "scale", ...choices });
}

function expectClose(actual: readonly unknown[], wanted: readonly unknown[], tolerance: number, floor = 0): void {
  expect(actual.length).toBe(wanted.length);
  const wrong = actual
    .map((value, i) => ({ value: Number(value), wanted: Number(wanted[i]) }))
    .filter((pair) => !(Math.abs(pair.value - pair.wanted) <= tolerance * Math.abs(pair.wanted) + floor));
  expect(wrong).toEqual([]);
}

describe("the R program of a mixed model for repeated measures gives the same numbers", () => {
  const cases: readonly [string, TrialData, Partial<MmrmSpec>, boolean][] = [
    ["defaults, covariates", trial, { covariates: ["age", "site"] }, true],
    ["Kenward-Roger, score at each visit", trial, { score: true, degreesOfFreedom: "kenward-roger" }, true],
    [
      "three arms, Kenward-Roger linear, average, margin, proportional means",
      threeArms,
      {
        covariates: ["site", "age"],
        covariatesByVisit: ["age"],
        degreesOfFreedom: "kenward-roger-linear",
        averageOver: ["week4", "week12"],
        nullValue: 1.5,
        confidence: 0.9,
        leastSquaresMeans: "proportional",
        primaryVisit: "week8",
      },
      true,
    ],
    [
      "groups by arm, Toeplitz, score of the primary visit",
      threeArms,
      {
        structure: "toeplitz-heterogeneous",
        groups: "by-arm",
        score: true,
        scoreAt: "primary-visit",
        scoreByVisit: false,
      },
      false,
    ],
    ["maximum likelihood, AR(1), weights", threeArms, { structure: "ar1", estimation: "ml", weights: "age" }, true],
    [
      "compound symmetry, CR2",
      trial,
      { structure: "compound-symmetry-heterogeneous", covariance: "empirical-bias-reduced", outcome: "value" },
      true,
    ],
    [
      "ante-dependence, CR3, between-within",
      trial,
      {
        structure: "ante-dependence",
        covariance: "empirical-jackknife",
        degreesOfFreedom: "between-within",
        baseline: "common",
      },
      false,
    ],
    [
      "spatial exponential, CR0, residual",
      trial,
      { structure: "spatial-exponential", covariance: "empirical", degreesOfFreedom: "residual" },
      true,
    ],
    [
      "one visit, Kenward-Roger",
      trial,
      { visits: ["week12"], covariates: ["age"], degreesOfFreedom: "kenward-roger" },
      true,
    ],
  ];
  const batch = rProgramBatch(
    cases.map(([, data, choices, peer]) => () => {
      const chosen = spec(choices);
      const report = analyseMmrm(chosen, data);
      const csv = analysisTableCsv(mmrmTable(data, mmrmColumns(chosen, data)));
      return {
        report,
        program: report.code.r,
        packages: ["nlme"],
        files: { "analysis-data.csv": csv },
        returns: ["fit", "effects", "means", ...(peer ? ["peer_fit"] : [])],
      };
    }),
  );
  for (const [k, [name]] of cases.entries()) {
    it(name, () => {
      const { report, frames: found } = batch(k);
      expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
      if (found === null) return;
      const { effects, means, fit, peer_fit: nlme } = found;
      const results = report.effects.map(({ result }) => result);
      const fitRows = new Map(report.tables.find(({ id }) => id === "fit")!.rows.map(([key, value]) => [key, value]));
      const deviance = Number([...fitRows].find(([key]) => String(key).startsWith("-2 log"))![1]);
      expectClose([-deviance / 2], fit!.logLik!, 0, 1e-7);
      expect(report.effects.map(({ label }) => label)).toEqual(effects!.effect);
      expectClose(
        results.map((r) => r.estimate),
        effects!.estimate!,
        1e-7,
        1e-7,
      );
      expectClose(
        results.map((r) => r.standardError),
        effects!.se!,
        1e-6,
      );
      expectClose(
        results.map((r) => r.degreesOfFreedom),
        effects!.df!,
        1e-5,
      );
      expectClose(
        results.map((r) => r.testStatistic),
        effects!.t!,
        1e-6,
        1e-6,
      );
      expectClose(
        results.map((r) => r.twoSidedPValue),
        effects!.p!,
        1e-5,
      );
      expectClose(
        results.map((r) => r.interval.lower),
        effects!.lower!,
        1e-6,
        1e-6,
      );
      expectClose(
        results.map((r) => r.interval.upper),
        effects!.upper!,
        1e-6,
        1e-6,
      );
      const table = report.tables.find(({ id }) => id === "least-squares-means")!;
      expectClose(
        table.rows.map((row) => row[3]),
        means!.estimate!,
        1e-7,
      );
      expectClose(
        table.rows.map((row) => row[4]),
        means!.se!,
        1e-6,
      );
      expectClose(
        table.rows.map((row) => row[5]),
        means!.df!,
        1e-5,
      );
      if (nlme === undefined) return;
      // nlme stops a little before the maximum.
      expectClose(
        Array.from(nlme.logLik!, () => -deviance / 2),
        nlme.logLik!,
        0,
        1e-5,
      );
      const coefficients = report.tables.find(({ id }) => id === "coefficients")!.rows;
      const scale = coefficients.map((row) => Number(row[2]));
      expectClose(
        coefficients.map((row, j) => Number(row[1]) / scale[j]!),
        nlme.estimate!.map((value, j) => Number(value) / scale[j]!),
        0,
        1e-3,
      );
    });
  }
});

describe("laws of the analysis", () => {
  const first = (data: TrialData, choices: Partial<MmrmSpec> = {}) =>
    analyseMmrm(spec(choices), data).effects[0]!.result;

  it("swapped arms turn the sign", () => {
    const swapped: TrialData = {
      ...trial,
      armNames: [trial.armNames[1]!, trial.armNames[0]!],
      arm: trial.arm.map((code) => 1 - code),
    };
    const choices: Partial<MmrmSpec> = { covariates: ["site"], degreesOfFreedom: "kenward-roger-linear" };
    const a = first(trial, choices);
    const b = first(swapped, choices);
    expect(b.estimate).toBeCloseTo(-a.estimate, 8);
    expect(b.standardError).toBeCloseTo(a.standardError!, 8);
    expect(b.degreesOfFreedom).toBeCloseTo(a.degreesOfFreedom!, 5);
  });

  it("patients in another order and outcomes in another unit", () => {
    const order = trial.patientIds.map((_, i) => (i * 7 + 3) % trial.patientIds.length);
    const width = trial.visits.length;
    const cells = order.flatMap((patient) => trial.visits.map((_, visit) => patient * width + visit));
    const endpoint = trial.endpoints[0]!;
    const moved: TrialData = {
      ...trial,
      patientIds: order.map((i) => trial.patientIds[i]!),
      arm: Int32Array.from(order, (i) => trial.arm[i]!),
      endpoints: [
        {
          ...endpoint,
          values: Float64Array.from(cells, (cell) => 10 * endpoint.values[cell]!),
          days: Float64Array.from(cells, (cell) => endpoint.days[cell]!),
          baseline: Float64Array.from(order, (i) => 10 * endpoint.baseline[i]!),
        },
      ],
      covariates: [],
      scores: [],
    };
    const a = first(trial);
    const b = first(moved);
    expect(b.estimate / 10).toBeCloseTo(a.estimate, 8);
    expect(b.degreesOfFreedom).toBeCloseTo(a.degreesOfFreedom!, 5);
    expect(b.twoSidedPValue).toBeCloseTo(a.twoSidedPValue, 8);
  });

  it("a constant score is left out with a diagnostic", () => {
    const constant: TrialData = {
      ...trial,
      scores: trial.scores.map((score, v) => ({ ...score, mean: trial.endpoints[0]!.baseline.map((b) => b + v) })),
    };
    const report = analyseMmrm(spec({ score: true }), constant);
    expect(report.diagnostics.map(({ code }) => code)).toContain("constant-score");
    expect(report.effects[0]!.result.estimate).toBe(first(trial).estimate);
  });

  it("change and value give the same effect with the baseline at every visit", () => {
    expect(first(trial, { outcome: "value" }).estimate).toBeCloseTo(first(trial).estimate, 8);
  });

  it("two arms: Kenward-Roger linear keeps the degrees of freedom of Satterthwaite", () => {
    const a = first(trial);
    const b = first(trial, { degreesOfFreedom: "kenward-roger-linear" });
    expect(b.degreesOfFreedom).toBeCloseTo(a.degreesOfFreedom!, 9);
    expect(b.standardError!).toBeGreaterThan(a.standardError!);
  });

  it("the score's gain compares the same rows", () => {
    const report = analyseMmrm(spec({ score: true }), trial);
    const [row] = report.tables.find(({ id }) => id === "score-gain")!.rows;
    expect(row![1]).toBe(report.effects[0]!.result.standardError);
    expect(row![2]).toBeCloseTo(first(trial).standardError!, 10);
  });
});

describe("what cannot be analysed is refused with the field and a remedy", () => {
  const refusal = (choices: Partial<MmrmSpec>, data: TrialData = trial): DomainError => {
    try {
      analyseMmrm(spec(choices), data);
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
    throw new Error("was not refused");
  };
  const withValues = (change: (value: number, patient: number, visit: number) => number): TrialData => ({
    ...trial,
    endpoints: trial.endpoints.map((endpoint) => ({
      ...endpoint,
      values: endpoint.values.map((value, i) => change(value, Math.floor(i / 3), i % 3)),
    })),
  });

  it("unknown names", () => {
    expect(refusal({ endpoint: "none" }).detail.argument).toBe("endpoint");
    expect(refusal({ visits: ["week4", "never"] }).detail.argument).toBe("visits.1");
    expect(refusal({ visits: ["week4"], primaryVisit: "week12" }).detail.argument).toBe("primaryVisit");
    expect(refusal({ averageOver: ["never"] }).detail.argument).toBe("averageOver.0");
    expect(refusal({ covariates: ["height"] }).detail.argument).toBe("covariates.0");
    expect(refusal({ covariatesByVisit: ["age"] }).detail.argument).toBe("covariatesByVisit.0");
    expect(refusal({ weights: "site" }).detail.argument).toBe("weights");
    expect(refusal({ score: true }, { ...trial, scores: [] }).detail.argument).toBe("score");
  });

  it("combinations without a meaning", () => {
    expect(refusal({ degreesOfFreedom: "kenward-roger", estimation: "ml" }).code).toBe("UNSUPPORTED_COMBINATION");
    expect(refusal({ degreesOfFreedom: "kenward-roger", covariance: "empirical" }).code).toBe(
      "UNSUPPORTED_COMBINATION",
    );
  });

  it("an arm that nobody was seen of at the primary visit", () => {
    const data = withValues((value, patient, visit) => (visit === 2 && trial.arm[patient] === 1 ? Number.NaN : value));
    expect(refusal({}, data).detail.argument).toBe("primaryVisit");
    const report = analyseMmrm(spec({ primaryVisit: "week8", fallback: ["ar1"] }), data);
    expect(report.diagnostics.map(({ code }) => code)).toContain("effect-not-estimable");
    expect(JSON.stringify(report)).not.toContain("NaN");
  });

  it("one visit with between-within degrees of freedom is the analysis of covariance", () => {
    const report = analyseMmrm(spec({ visits: ["week12"], degreesOfFreedom: "between-within" }), trial);
    const { degreesOfFreedom, subjectsUsed } = report.effects[0]!.result;
    expect(degreesOfFreedom).toBe(subjectsUsed - 3);
  });

  it("an outcome without variation", () => {
    expect(
      refusal(
        { outcome: "value" },
        withValues((value) => (Number.isNaN(value) ? value : 5)),
      ).code,
    ).toBe("NOT_CONVERGED");
  });

  it("a visit with one patient falls back, visibly", () => {
    const data = withValues((value, patient, visit) => (visit === 1 && patient > 1 ? Number.NaN : value));
    const report = analyseMmrm(spec({ primaryVisit: "week12", fallback: ["ar1-heterogeneous", "ar1"] }), data);
    expect(report.fitNotes.length).toBeGreaterThan(1);
    expect(report.fitNotes[0]).toContain("did not converge");
    expect(report.diagnostics.map(({ code }) => code)).toContain("fallback-structure");
    expect(report.diagnostics.map(({ code }) => code)).toContain("few-patients-at-visit");
    const refused = refusal({ fallback: [] }, data);
    expect(refused.code).toBe("NOT_CONVERGED");
    expect(refused.detail.argument).toBe("visits");
    expect(refused.message).toContain("Week 8 has 1 in placebo and 1 in active");
  });

  it("a covariate that follows from another is left out by name", () => {
    const age = trial.covariates[0]!;
    if (age.kind !== "numeric") throw new Error("age is numeric");
    const data: TrialData = {
      ...trial,
      covariates: [...trial.covariates, { kind: "numeric", name: "months", values: age.values.map((x) => 12 * x) }],
    };
    const report = analyseMmrm(spec({ covariates: ["age", "months"] }), data);
    expect(report.diagnostics.find(({ code }) => code === "rank-deficient")?.message).toContain("months");
    expect(report.effects[0]!.result.estimate).toBeCloseTo(
      analyseMmrm(spec({ covariates: ["age"] }), trial).effects[0]!.result.estimate,
      8,
    );
  });
});
