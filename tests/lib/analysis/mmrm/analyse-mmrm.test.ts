import { describe, expect, it } from "vitest";
import { analysisReportSchema } from "../../../../lib/analysis/analysis-report.ts";
import { analysisTableCsv } from "../../../../lib/analysis/analysis-table.ts";
import { analyseMmrm } from "../../../../lib/analysis/mmrm/analyse-mmrm.ts";
import { mmrmColumns } from "../../../../lib/analysis/mmrm/mmrm-columns.ts";
import { mmrmTable } from "../../../../lib/analysis/mmrm/mmrm-program-input.ts";
import { type MmrmSpec, mmrmSpecSchema } from "../../../../lib/analysis/mmrm/mmrm-spec.ts";
import type { TrialData } from "../../../../lib/analysis/trial-data.ts";
import { hasR, runRProgram } from "../../../support/run-r-program.ts";
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
  for (const [name, data, choices, peer] of cases) {
    it(name, () => {
      const chosen = spec(choices);
      const report = analyseMmrm(chosen, data);
      expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
      if (!hasR(["nlme"])) return;
      const csv = analysisTableCsv(mmrmTable(data, mmrmColumns(chosen, data)));
      const found = runRProgram(report.code.r, { "analysis-data.csv": csv }, [
        "fit",
        "effects",
        "means",
        ...(peer ? ["peer_fit"] : []),
      ]);
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
