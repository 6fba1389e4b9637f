import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { analysisReportSchema } from "../../../lib/analysis/analysis-report.ts";
import { assembleDataSet } from "../../../lib/data/assemble-data-set.ts";
import { dataSetHash } from "../../../lib/data/data-set-hash.ts";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { readTable } from "../../../lib/data/read-table.ts";
import { formatResultTable } from "../../../lib/reporting/format-result-table.ts";
import { sampleStudy } from "../../../lib/samples/index.ts";
import { analyseTrial } from "../../../lib/trial-analysis/analyse-trial.ts";
import { analysisMethods } from "../../../lib/trial-analysis/analysis-methods.ts";
import { type AnalysisSpec, analysisSpecSchema } from "../../../lib/trial-analysis/analysis-spec.ts";
import { effectTable } from "../../../lib/trial-analysis/effect-table.ts";
import { runAnalysisPlan } from "../../../lib/trial-analysis/run-analysis-plan.ts";
import { trialDataOf } from "../../../lib/trial-analysis/trial-data-of.ts";
import { repositoryPath } from "../../support/shared.ts";

const PLACE = { endpoint: "logBilirubin", visit: "year2" };
const RESPONSE = { kind: "threshold", ...PLACE, of: "change", comparison: "<=", threshold: 0 };
const EVENTS = { events: ["death", "transplant"] };

/** The least that each method must be told of the PBC trial. */
const SPECS: Readonly<Record<AnalysisSpec["method"], object>> = {
  ancova: PLACE,
  "two-sample-test": PLACE,
  mmrm: { endpoint: "logBilirubin" },
  "mixed-model": { endpoint: "logBilirubin" },
  "multiple-imputation": PLACE,
  "binary-regression": { outcome: RESPONSE },
  "two-proportions": { outcome: RESPONSE },
  "cochran-mantel-haenszel": { outcome: RESPONSE, strata: ["sex"] },
  "count-regression": { outcome: { kind: "value", endpoint: "logBilirubin", visit: "year2" } },
  "log-rank": EVENTS,
  cox: EVENTS,
  "restricted-mean": EVENTS,
  milestone: { ...EVENTS, day: 1500 },
  "kaplan-meier": EVENTS,
  "failure-time": EVENTS,
};

function pbcTrial(): LongDataSet {
  const { datasets } = sampleStudy("pbc");
  const { bytes, fileName, mapping } = datasets[1];
  const table = readTable(
    bytes((path) => new Uint8Array(readFileSync(repositoryPath(path)))),
    fileName,
  );
  if (!table.ok) throw new Error("the sample cannot be read");
  const assembled = assembleDataSet(table.table, mapping);
  if (!assembled.ok) throw new Error("the sample cannot be assembled");
  return assembled.data;
}

const data = pbcTrial();
const trial = trialDataOf(data, null);

describe("analyses of a trial", () => {
  it("offers every method once", () => {
    expect(analysisMethods.map(({ method }) => method).sort()).toEqual(
      analysisSpecSchema.options.map((schema) => schema.shape.method.value).sort(),
    );
  });

  const possible = Object.entries(SPECS).filter(([method]) => method !== "count-regression");
  it.each(possible)("%s: a report that can be printed, with a program", (method, fields) => {
    const report = analysisReportSchema.parse(analyseTrial(analysisSpecSchema.parse({ method, ...fields }), trial));
    expect(report.effects[0]?.label).toMatch(/^D-penicillamine minus Placebo/);
    for (const table of [effectTable(report), ...report.tables]) {
      for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
      expect(JSON.stringify(formatResultTable(table))).not.toMatch(/NaN|undefined|Infinity/);
    }
    expect(report.code.r.length).toBeGreaterThan(100);
    expect(JSON.stringify(report)).not.toContain("NaN");
  });

  it("refuses one analysis with its reason and does the others", () => {
    const planned = (id: string, spec: object) => ({
      id,
      name: id,
      role: "sensitivity" as const,
      spec: analysisSpecSchema.parse(spec),
    });
    const results = runAnalysisPlan({
      plan: {
        format: "understudy-analysis-plan/1",
        analyses: [
          planned("without-twins", { method: "ancova", ...PLACE, score: true }),
          planned("unknown-visit", { method: "ancova", ...PLACE, visit: "year9" }),
          planned("possible", { method: "ancova", ...PLACE }),
        ],
      },
      data,
      dataHash: dataSetHash(data),
      twins: null,
    });
    expect(results.analyses.map(({ outcome }) => outcome.kind)).toEqual(["refused", "refused", "report"]);
    const [first, second] = results.analyses.map(({ outcome }) => (outcome.kind === "refused" ? outcome : null));
    expect(first?.message).toMatch(/twins/i);
    expect(second).toMatchObject({ argument: "visit" });
    expect(second?.message).toContain("halfYear, year1, year2");
  });

  it("takes only an enrolled trial with a control arm", () => {
    expect(() => trialDataOf({ ...data, role: "historical-control" }, null)).toThrow(/enrolled trial/);
    const treated = data.patients.filter(({ arm }) => arm !== "placebo");
    expect(() => trialDataOf({ ...data, patients: treated }, null)).toThrow(/control arm/);
  });
});
