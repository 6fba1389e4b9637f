import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assembleDataSet } from "../../../lib/data/assemble-data-set.ts";
import type { RawTable } from "../../../lib/data/raw-table.ts";
import { readTable } from "../../../lib/data/read-table.ts";
import { suggestMapping } from "../../../lib/data/suggest-mapping.ts";
import { repositoryPath, sharedFile } from "../../support/shared.ts";

function tableOf(bytes: Uint8Array, name: string): RawTable {
  const result = readTable(bytes, name);
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join("\n"));
  return result.table;
}
function shared(path: string): RawTable | null {
  const bytes = sharedFile(`data/${path}`);
  return bytes === null ? null : tableOf(bytes, path);
}

describe("CDISC names map themselves", () => {
  test("ADAS-Cog of the pilot, from the transport file", () => {
    const table = shared("cdisc_pilot/adadas_actot_v5.xpt");
    if (table === null) return;
    const { draft, isComplete, reasons, gaps } = suggestMapping(table, { role: "historical-control" });
    expect(isComplete).toBe(true);
    expect(draft).toMatchObject({
      role: "historical-control",
      patient: { column: "USUBJID" },
      study: { kind: "column", column: "STUDYID" },
      site: { column: "SITEID" },
      time: {
        kind: "visit",
        column: "AVISITN",
        baselineValues: ["0"],
        visits: [
          { value: "8", visitId: "week8" },
          { value: "16", visitId: "week16" },
          { value: "24", visitId: "week24" },
        ],
        dayColumn: "ADY",
      },
      layout: { kind: "parameter-rows", parameterColumn: "PARAMCD", valueColumn: "AVAL" },
      baseline: { flag: { column: "ABLFL", value: "Y" }, column: "BASE" },
      rowFilter: [
        { column: "ANL01FL", keep: ["Y"] },
        { column: "DTYPE", keep: [""] },
      ],
    });
    expect(draft.visits.map((visit) => [visit.label, visit.targetDay])).toEqual([
      ["Week 8", 56],
      ["Week 16", 112],
      ["Week 24", 168],
    ]);
    expect(draft.endpoints.map((entry) => entry.source)).toEqual(["ACTOT"]);
    expect(draft.arm.kind === "column" ? draft.arm.arms.map((entry) => [entry.value, entry.arm.role]) : null).toEqual([
      ["Placebo", "control"],
      ["Xanomeline High Dose", "experimental"],
      ["Xanomeline Low Dose", "experimental"],
    ]);
    expect(draft.covariates.map((covariate) => [covariate.column, covariate.type])).toEqual([
      ["AGE", "continuous"],
      ["RACE", "categorical"],
      ["SEX", "categorical"],
    ]);
    expect(reasons.find((each) => each.column === "DTYPE")?.reason).toBe(
      "CDISC derivation type: imputed records (LOCF) are left out, because only observed values may train a model.",
    );
    expect(gaps.some((gap) => gap.field === "endpoints.0.endpoint.benefit")).toBe(true);
    const result = assembleDataSet(table, draft);
    expect(result.ok ? result.report.missingness.map((cell) => cell.observed) : result.problems).toEqual([
      235, 150, 155,
    ]);
  });

  test("of many parameters the total is taken, and the others are named", () => {
    const table = shared("cdisc_pilot/original/adadas.json");
    if (table === null) return;
    const { draft, gaps } = suggestMapping(table, { role: "enrolled" });
    expect(draft.endpoints.map((entry) => entry.source)).toEqual(["ACTOT"]);
    expect(gaps.find((gap) => gap.field === "endpoints")?.message).toMatch(
      /^Choose the endpoints\. Other parameters: ACITM01, /,
    );
  });

  test("a subject-level table adds its covariates", () => {
    const [table, subjects] = [shared("cdisc_pilot/adadas_actot.csv"), shared("cdisc_pilot/adsl.csv")];
    if (table === null || subjects === null) return;
    const { draft } = suggestMapping(table, { role: "enrolled", subjects });
    expect(draft.covariates.map((covariate) => covariate.column)).toEqual(
      expect.arrayContaining(["AGE", "SEX", "RACE", "MMSETOT", "BMIBL", "EDUCLVL", "DURDIS"]),
    );
    expect(assembleDataSet(table, draft, subjects).ok).toBe(true);
  });
});

describe("other files get a best guess and a list of what is open", () => {
  test("the antidepressant trial: endpoint and baseline recognised by their difference", () => {
    const table = shared("antidepressant/antidepressant.csv");
    if (table === null) return;
    const { draft, isComplete, reasons } = suggestMapping(table, { role: "enrolled" });
    expect(isComplete).toBe(true);
    expect(draft).toMatchObject({
      patient: { column: "PATIENT" },
      site: { column: "POOLINV" },
      baseline: { flag: null, column: "BASVAL" },
    });
    expect(draft.endpoints.map((entry) => entry.source)).toEqual(["HAMDTL17"]);
    expect(reasons.find((each) => each.field === "endpoints")?.reason).toBe(
      "CHANGE is HAMDTL17 minus BASVAL in every record.",
    );
    expect(draft.visits.map((visit) => visit.targetDay)).toEqual([7, 14, 28, 42]);
    const result = assembleDataSet(table, draft);
    expect(result.ok ? result.report.missingness.map((cell) => cell.observed) : result.problems).toEqual([
      172, 158, 149, 129,
    ]);
  });

  test("the PBC trial: days, guessed visits, coded arms to be confirmed, nothing known only later among the covariates", () => {
    const { draft, isComplete, gaps } = suggestMapping(
      tableOf(new Uint8Array(readFileSync(repositoryPath("tests/fixtures/pbc-xpt/pbcseq.xpt"))), "pbcseq.xpt"),
      { role: "enrolled" },
    );
    expect(isComplete).toBe(true);
    expect(draft).toMatchObject({
      name: "Mayo Clinic PBC trial, sequential data",
      patient: { column: "ID" },
      time: { kind: "day", column: "DAY", convention: "zero-based" },
    });
    expect(draft.endpoints[0]).toMatchObject({ source: "BILI", endpoint: { label: "Serum bilirubin", unit: "mg/dL" } });
    expect(draft.covariates.map((covariate) => covariate.column)).toEqual(["AGE", "SEX"]);
    expect(gaps.map((gap) => gap.message)).toContain(
      "Code 0 of TRT was taken for the control. Check it, and name the arms.",
    );
  });

  test("a file that says nothing gives a draft that is not complete, and everything required is listed", () => {
    const { draft, isComplete, gaps } = suggestMapping(tableOf(new TextEncoder().encode("a,b\nx,y\nz,w\n"), "t.csv"), {
      role: "enrolled",
    });
    expect(isComplete).toBe(false);
    expect(draft.format).toBe("understudy-mapping/1");
    expect(gaps.filter((gap) => gap.isRequired).map((gap) => gap.field)).toEqual([
      "patient.column",
      "time.column",
      "endpoints",
      "arm",
    ]);
  });

  const small = (text: string) =>
    suggestMapping(tableOf(new TextEncoder().encode(text), "t.csv"), { role: "enrolled" });

  test("a wide file: its visits are no covariates, and the sentence says to bring it into long form", () => {
    const { draft, gaps } = small("Id,Treat,Sex,Week1,Week2,Week4\n1,A,F,-3,-4,-5\n2,P,M,-1,-2,\n3,A,F,-2,-6,-9\n");
    expect(draft.covariates.map((covariate) => covariate.column)).toEqual(["Sex"]);
    expect(gaps.find((gap) => gap.field === "time.column")?.message).toBe(
      "The file has one row a patient and its visits side by side (Week1, Week2, Week4). Bring it into long form, one row a patient and visit with a column for the day or the visit, and import that.",
    );
  });

  test("a column called time is taken, its unit is asked for; a change alone is no endpoint", () => {
    const { draft, isComplete, gaps } = small(
      "id,trt,time,base,chg\n1,placebo,1,10,3\n1,placebo,3,10,4.5\n2,drug,1,11,1\n2,drug,3,11,2\n",
    );
    expect(draft.time).toMatchObject({ kind: "day", column: "time" });
    expect(isComplete).toBe(false);
    expect(gaps.filter((gap) => gap.isRequired).map((gap) => gap.message)).toEqual([
      "Say whether time counts days, weeks, months or years; days are assumed.",
      "Only a change from baseline (chg) was found. Add a column with the measured value, baseline plus change, to the file and name it.",
    ]);
  });

  test("no file of the shared material makes it fail", () => {
    for (const path of [
      "fev_data/fev_data.csv",
      "bcva_data/bcva_data.csv",
      "panss/PANSS.csv",
      "misc/sleepstudy.csv",
      "ra_auranofin/arthritis.csv",
      "lalonde/lalonde.csv",
      "cdisc_pilot/adlbc_5params.csv",
      "cdisc_pilot/original/adtte.xpt",
      "importer_samples/good_xpt/zero_rows_v5.xpt",
      "importer_samples/good_json/sdtm_msg_dm.json",
    ]) {
      const table = shared(path);
      if (table === null) continue;
      const { draft, isComplete } = suggestMapping(table, { role: "enrolled" });
      if (isComplete) expect(typeof assembleDataSet(table, draft).ok, path).toBe("boolean");
    }
  });
});

test("a value column with a text among its numbers is still the value column, and the text is asked about", () => {
  const lines = Array.from(
    { length: 30 },
    (_, i) => `P${i % 10},Week ${Math.floor(i / 10)},SCORE,${i === 14 ? "n/d" : i},Placebo`,
  );
  const text = `USUBJID,AVISIT,PARAMCD,AVAL,TRTP\n${lines.join("\n")}\n`;
  const read = readTable(new TextEncoder().encode(text), "adqs.csv");
  if (!read.ok) throw new Error("unreadable");
  const { draft, gaps } = suggestMapping(read.table);
  expect(draft.layout).toMatchObject({ kind: "parameter-rows", valueColumn: "AVAL" });
  expect(JSON.stringify(gaps)).toContain("AVAL holds text besides numbers");
});
