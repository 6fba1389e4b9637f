import { describe, expect, it } from "vitest";
import {
  analysisTableCsv,
  covariateColumnName,
  longAnalysisTable,
  rReadAnalysisTable,
  tableText,
} from "../../../lib/analysis/analysis-table.ts";
import { hasR, runRProgram } from "../../support/run-r-program.ts";
import { smallTrialData } from "../../support/small-trial-data.ts";

const plain = smallTrialData({ patients: 4, arms: ["=placebo, 0 mg", "007"], dropout: 0.5 });
const trial = {
  ...plain,
  patientIds: ["001", "002", 'a "b"', "-4"],
  covariates: plain.covariates.map((covariate) =>
    covariate.name === "age" ? { ...covariate, name: "value" } : covariate,
  ),
};
const table = longAnalysisTable(trial, trial.endpoints[0]!, trial.covariates);

describe("the data set that printed programs read", () => {
  it("has one row a patient and visit", () => {
    expect(table.rowCount).toBe(12);
    expect(table.columns.map(({ name }) => name)).toEqual([
      "patient",
      "arm",
      "visit",
      "day",
      "covariate_value",
      "site",
      "baseline",
      "value",
      "score",
      "score_variance",
    ]);
    for (const { values } of table.columns) expect(values.length).toBe(12);
  });

  it("renames a covariate that has the name of another column", () => {
    expect(covariateColumnName("score")).toBe("covariate_score");
    expect(covariateColumnName("age")).toBe("age");
  });

  it("is safe to open in a spreadsheet", () => {
    expect(tableText("=1+1")).toBe("'=1+1");
    expect(analysisTableCsv(table)).toContain(`"'=placebo, 0 mg"`);
  });

  it("is read by R with all its digits, text as text and missing values as missing", () => {
    if (!hasR([])) return;
    const { data } = runRProgram(rReadAnalysisTable(table), { "analysis-data.csv": analysisTableCsv(table) }, ["data"]);
    const column = (name: string) => table.columns.find((each) => each.name === name)!.values;
    expect(data!.baseline).toEqual(column("baseline").map((value) => Number(Number(value).toPrecision(15))));
    expect(data!.value!.map((value) => Number.isNaN(value))).toEqual(column("value").map((value) => value === null));
    const patients = new Set(column("patient"));
    expect(patients).toEqual(new Set(["001", "002", 'a "b"', "'-4"]));
    expect(new Set(data!.visit)).toEqual(new Set(["week4", "week8", "week12"]));
  });
});
