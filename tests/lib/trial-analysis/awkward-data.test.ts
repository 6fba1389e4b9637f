import { describe, expect, it } from "vitest";
import { ANALYSIS_FILE, analysisTableCsv } from "../../../lib/analysis/analysis-table.ts";
import { analyseTrial } from "../../../lib/trial-analysis/analyse-trial.ts";
import { analysisSpecSchema } from "../../../lib/trial-analysis/analysis-spec.ts";
import { analysisTableOf } from "../../../lib/trial-analysis/analysis-table-of.ts";
import { AWKWARD, awkwardTrial } from "../../support/awkward-trial.ts";
import { type RFrame, rProgramBatch } from "../../support/run-r-program.ts";

const { age, region, zone, constant, code } = AWKWARD;
const all = [age, region, zone, constant, code];
const at = { endpoint: "scale", visit: "week8" };
const responder = { kind: "threshold", ...at, comparison: ">=", threshold: 25 };
const death = { events: ["death"] };

const two = awkwardTrial();
const three = awkwardTrial(6, 150, ["0", "1", "it's \\ high"]);
const counts = {
  ...two,
  endpoints: two.endpoints.map((endpoint) => ({
    ...endpoint,
    values: endpoint.values.map((value) =>
      Number.isFinite(value) ? Math.max(0, Math.round((value - 15) / 4)) : value,
    ),
  })),
};

const cases = [
  ["ANCOVA, HC3", two, { method: "ancova", ...at, covariates: all, varianceEstimator: "HC3" }],
  [
    "ANCOVA by arm, three arms",
    three,
    { method: "ancova", ...at, covariates: [age, code, constant], interaction: "arm-by-covariate" },
  ],
  [
    "Weighted PROCOVA",
    two,
    { method: "ancova", ...at, covariates: [age, region], score: true, weights: "twin-variance" },
  ],
  ["MMRM", two, { method: "mmrm", endpoint: "scale", covariates: all, covariatesByVisit: [code], structure: "ar1" }],
  [
    "MMRM, proportional means",
    three,
    { method: "mmrm", endpoint: "scale", covariates: [zone, code], leastSquaresMeans: "proportional", score: true },
  ],
  [
    "random slopes, lme4",
    two,
    {
      method: "mixed-model",
      endpoint: "scale",
      covariates: [age, zone, code, constant],
      randomEffects: "intercept",
      degreesOfFreedom: "normal",
    },
  ],
  [
    "random slopes, nlme",
    three,
    {
      method: "mixed-model",
      endpoint: "scale",
      covariates: [age, zone, constant],
      covariatesByTime: true,
      randomEffects: "intercept",
      degreesOfFreedom: "between-within",
    },
  ],
  [
    "imputation",
    two,
    {
      method: "multiple-imputation",
      endpoint: "scale",
      visit: "week12",
      covariates: [age, zone, code, constant],
      strategy: "JR",
    },
  ],
  ["t test", three, { method: "two-sample-test", ...at }],
  ["standardised risks", two, { method: "binary-regression", outcome: responder, covariates: all }],
  [
    "standardised risks, robust, by arm",
    three,
    {
      method: "binary-regression",
      outcome: responder,
      covariates: [age, zone],
      interaction: "arm-by-covariate",
      variance: "ge-HC1",
    },
  ],
  ["two proportions", three, { method: "two-proportions", outcome: responder, test: "pooled-z", interval: "wald" }],
  ["Cochran–Mantel–Haenszel", two, { method: "cochran-mantel-haenszel", outcome: responder, strata: [region, code] }],
  [
    "Poisson with columns that follow from others",
    counts,
    { method: "count-regression", outcome: at, distribution: "poisson", covariates: all, variance: "HC0" },
  ],
  ["negative binomial", counts, { method: "count-regression", outcome: at, covariates: [age, code, constant] }],
  ["log-rank, stratified", three, { method: "log-rank", ...death, strata: [region, code] }],
  ["log-rank, late weights, stratified", two, { method: "log-rank", ...death, strata: [region], gamma: 1 }],
  [
    "log-rank adjusted, a covariate constant within strata",
    two,
    { method: "log-rank", ...death, strata: [region], covariates: [zone, age, constant, code] },
  ],
  [
    "log-rank adjusted, covariates that follow from others",
    three,
    { method: "log-rank", ...death, covariates: [region, zone, age] },
  ],
  [
    "log-rank adjusted for nothing that varies within strata",
    two,
    { method: "log-rank", ...death, strata: [region], covariates: [zone] },
  ],
  ["Cox, stratified", two, { method: "cox", ...death, strata: [region], covariates: [age, code, constant] }],
  ["Cox, robust", three, { method: "cox", ...death, covariates: [age, region], variance: "robust" }],
  [
    "restricted mean, adjusted",
    two,
    { method: "restricted-mean", ...death, horizon: 25, covariates: [age, code, constant] },
  ],
  ["milestone", three, { method: "milestone", ...death, day: 20 }],
  ["Kaplan–Meier", two, { method: "kaplan-meier", ...death, times: [10, 20] }],
  ["Weibull", three, { method: "failure-time", ...death, covariates: [age, region, constant] }],
] as const;

describe("the R program gives the same numbers for names that need quotes, levels like numbers and dependent covariates", () => {
  const batch = rProgramBatch(
    cases.map(([, data, given]) => () => {
      const spec = analysisSpecSchema.parse(given);
      const report = analyseTrial(spec, data);
      return {
        report,
        program: report.code.r,
        packages: report.code.rPackages,
        files: { [ANALYSIS_FILE]: analysisTableCsv(analysisTableOf(spec, data)) },
        returns: ["effects"],
      };
    }),
  );
  it.each(cases.map(([name], k) => [name, k] as const))("%s", (_, k) => {
    const { report, frames } = batch(k);
    expect(JSON.stringify(report.effects)).not.toMatch(/NaN|null,"degrees.*undefined/);
    if (frames === null) return;
    const found = frames.effects as RFrame;
    const results = report.effects.map(({ result }) => result);
    expectClose(
      results.map((r) => r.estimate),
      found.estimate!,
    );
    if (found.se !== undefined)
      expectClose(
        results.map((r) => r.standardError ?? NaN),
        found.se,
      );
    expectClose(
      results.map((r) => r.twoSidedPValue),
      found.p!,
    );
    expectClose(
      results.map((r) => r.interval.lower ?? NaN),
      found.lower!,
    );
  });
});

function expectClose(actual: readonly number[], wanted: readonly (number | string)[]): void {
  expect(actual.length).toBe(wanted.length);
  const wrong = actual
    .map((value, i) => ({ value, wanted: Number(wanted[i]) }))
    .filter((pair) => !(Math.abs(pair.value - pair.wanted) <= 2e-6 * Math.max(0.01, Math.abs(pair.wanted))));
  expect(wrong).toEqual([]);
}

describe("a covariate with one category only", () => {
  it.each(
    cases.filter(([, , given]) => "covariates" in given && (given.covariates as readonly string[]).includes(constant)),
  )("is left out with a diagnostic: %s", (_, data, given) => {
    const codes = analyseTrial(analysisSpecSchema.parse(given), data).diagnostics.map((each) => each.code);
    expect(codes).toContain("constant-covariate");
  });
});
