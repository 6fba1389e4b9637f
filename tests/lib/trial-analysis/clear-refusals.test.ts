import { describe, expect, it } from "vitest";
import type { TrialData } from "../../../lib/analysis/trial-data.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { analyseTrial } from "../../../lib/trial-analysis/analyse-trial.ts";
import { analysisSpecSchema } from "../../../lib/trial-analysis/analysis-spec.ts";
import { eventTrial } from "../analysis/survival/event-trial.ts";

const base = eventTrial();
/** With a covariate that is the arm under another name. */
const dosed: TrialData = {
  ...base,
  covariates: [
    ...base.covariates,
    { kind: "numeric", name: "dose", values: Float64Array.from(base.arm, (code) => 10 * code) },
  ],
};
const at = { endpoint: "scale", visit: "week12" };
const everybody = { kind: "threshold", ...at, comparison: ">=", threshold: -1000, missing: "complete-cases" };
const death = { events: ["death"] };

const refused = [
  ["the arm as a covariate, ANCOVA", { method: "ancova", ...at, covariates: ["dose"] }],
  ["the arm as a covariate, MMRM", { method: "mmrm", endpoint: "scale", covariates: ["dose"] }],
  [
    "the arm as a covariate, slopes",
    { method: "mixed-model", endpoint: "scale", covariates: ["dose"], covariatesByTime: true },
  ],
  ["the arm as a covariate, restricted mean", { method: "restricted-mean", ...death, covariates: ["dose"] }],
  ["an outcome that all have", { method: "binary-regression", outcome: everybody }],
  ["an outcome that all have, odds ratio", { method: "two-proportions", outcome: everybody, measure: "odds-ratio" }],
  ["an outcome that all have, strata", { method: "cochran-mantel-haenszel", outcome: everybody, strata: ["site"] }],
  ["exact ranks of many patients", { method: "two-sample-test", ...at, test: "rank-sum-exact" }],
  ["a count that is none", { method: "count-regression", outcome: at }],
  ["a milestone beyond follow-up", { method: "milestone", ...death, day: 9999 }],
] as const;

const named = [
  ["Cox", { method: "cox", ...death, covariates: ["dose"] }, "column-left-out"],
  ["log-rank", { method: "log-rank", ...death, covariates: ["dose"] }, "column-left-out"],
  ["imputation", { method: "multiple-imputation", ...at, covariates: ["dose"] }, "aliased-covariate"],
  ["slopes", { method: "mixed-model", endpoint: "scale", covariates: ["dose"] }, "aliased-covariate"],
] as const;

describe("what cannot be estimated", () => {
  it.each(refused)("is refused by a field of the specification and a remedy: %s", (name, given) => {
    const spec = analysisSpecSchema.parse(given);
    const large = name.startsWith("exact") ? eventTrial({ patients: 900 }) : dosed;
    let found: unknown = null;
    try {
      analyseTrial(spec, large);
    } catch (error) {
      found = error;
    }
    expect(found).toBeInstanceOf(DomainError);
    const { detail, message } = found as DomainError;
    expect(Object.keys(spec)).toContain(detail.argument.split(".")[0]);
    expect(detail.hint ?? "").not.toBe("");
    expect(message).not.toMatch(/NaN|undefined|\[object/);
  });

  it.each(named)("a covariate that follows from the arm is named where the effect stays: %s", (_, given, code) => {
    const found = analyseTrial(analysisSpecSchema.parse(given), dosed).diagnostics.find((each) => each.code === code);
    expect(found?.message).toContain("dose");
  });
});
