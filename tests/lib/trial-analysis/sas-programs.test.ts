import { describe, expect, it } from "vitest";
import { ANALYSIS_FILE } from "../../../lib/analysis/analysis-table.ts";
import { analyseTrial } from "../../../lib/trial-analysis/analyse-trial.ts";
import { analysisSpecSchema } from "../../../lib/trial-analysis/analysis-spec.ts";
import { analysisTableOf } from "../../../lib/trial-analysis/analysis-table-of.ts";
import { AWKWARD, awkwardTrial } from "../../support/awkward-trial.ts";

const trial = awkwardTrial(6, 150, ["0", "1", "it's \\ high"]);
const { age, region } = AWKWARD;
const at = { endpoint: "scale", visit: "week8" };
const responder = { kind: "threshold", ...at, comparison: ">=", threshold: 25 };
const death = { events: ["death"] };
const specs = [
  { method: "ancova", ...at, covariates: [age, region], varianceEstimator: "model" },
  {
    method: "ancova",
    ...at,
    covariates: [region],
    varianceEstimator: "HC3",
    missing: "last-observation-carried-forward",
  },
  { method: "mmrm", endpoint: "scale", covariates: [age, region], score: true },
  { method: "mixed-model", endpoint: "scale", covariates: [age], baseline: "outcome", degreesOfFreedom: "normal" },
  { method: "two-sample-test", ...at, test: "rank-sum-normal", nullValue: 1 },
  { method: "two-sample-test", ...at },
  { method: "binary-regression", outcome: responder, covariates: [region] },
  { method: "two-proportions", outcome: responder, measure: "risk-ratio" },
  { method: "cochran-mantel-haenszel", outcome: responder, strata: [region] },
  { method: "log-rank", ...death, strata: [region] },
  { method: "cox", ...death, covariates: [age, region] },
  { method: "restricted-mean", ...death, horizon: 20, covariates: [age] },
  { method: "milestone", ...death, day: 20 },
  { method: "kaplan-meier", ...death, times: [20] },
  { method: "failure-time", ...death, covariates: [region] },
] as const;

/** Statements outside of comments and strings. */
const bare = (sas: string) => sas.replace(/\/\*.*?\*\//gs, "").replace(/'(?:[^']|'')*'n?/g, "x");

describe("SAS programs, which are not executed here", () => {
  it.each(specs.map((given) => [given.method, given] as const))("%s", (_, given) => {
    const spec = analysisSpecSchema.parse(given);
    const { code } = analyseTrial(spec, trial);
    const sas = code.sas ?? "";
    expect(sas).toMatch(/^\/\* Understudy has not executed the SAS program/);
    expect(code.sasNote).toMatch(/not executed the SAS program/);
    // Columns are read with their types: levels and arms of digits stay texts.
    const table = analysisTableOf(spec, trial);
    expect(sas).toContain(`infile '${ANALYSIS_FILE}' dsd`);
    expect(sas).not.toContain("proc import");
    const length = /\n {2}length (.*);/.exec(sas)?.[1] ?? "";
    expect(length.match(/ \$ \d+/g)).toHaveLength(table.columns.filter(({ kind }) => kind === "text").length);
    // Every step ends, parentheses match, strings are closed, and no value is missing.
    const text = bare(sas);
    expect(text).not.toMatch(/'|NaN|undefined|null/);
    expect((text.match(/\(/g) ?? []).length).toBe((text.match(/\)/g) ?? []).length);
    const steps = text.split(";").filter((statement) => /^\s*(data|proc)\s/.test(statement)).length;
    expect((text.match(/\b(run|quit)\s*;/g) ?? []).length).toBeGreaterThanOrEqual(steps);
    for (const statement of text.split(";").slice(0, -1)) expect(statement.trim()).not.toBe("");
  });

  it("compare an arm with the control in that order, whatever their names", () => {
    const { code } = analyseTrial(analysisSpecSchema.parse({ method: "two-proportions", outcome: responder }), trial);
    expect(code.sas).toContain("where arm in ('0', 'it''s \\ high'); pair_arm = 1 + (arm = '0');");
    expect(code.sas).toContain("tables pair_arm*no");
    const parametric = analyseTrial(analysisSpecSchema.parse({ method: "failure-time", ...death }), trial).code.sas;
    expect(parametric).toContain("arm_1 = (arm = '1'); arm_2 = (arm = 'it''s \\ high');");
    expect(parametric).not.toContain("class");
  });
});
