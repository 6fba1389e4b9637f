import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type AssemblyResult, assembleDataSet } from "../../../lib/data/assemble-data-set.ts";
import { type LongDataSet, longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import { type MappingSpec, mappingSpecSchema } from "../../../lib/data/mapping-spec.ts";
import { type QualityReport, qualityReportSchema } from "../../../lib/data/quality-document.ts";
import type { RawTable } from "../../../lib/data/raw-table.ts";
import { readTable } from "../../../lib/data/read-table.ts";
import { PBC_HISTORY_MAPPING, PBC_TRIAL_MAPPING } from "../../../lib/samples/pbc/pbc-mapping.ts";
import { repositoryPath, sharedFile } from "../../support/shared.ts";

const local = (path: string) => new Uint8Array(readFileSync(repositoryPath(path)));
const mappingFile = (path: string): MappingSpec =>
  mappingSpecSchema.parse(JSON.parse(readFileSync(repositoryPath(path), "utf8")));

function tableOf(bytes: Uint8Array, name: string): RawTable {
  const result = readTable(bytes, name);
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join("\n"));
  return result.table;
}
const csv = (text: string) => tableOf(new TextEncoder().encode(text), "test.csv");

function accepted(result: AssemblyResult): { data: LongDataSet; report: QualityReport } {
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join("\n"));
  longDataSetSchema.parse(result.data);
  qualityReportSchema.parse(result.report);
  return result;
}
const sentences = (result: AssemblyResult) => (result.ok ? [] : result.problems.map((problem) => problem.message));
const caveats = (result: AssemblyResult) => accepted(result).report.diagnostics.map((each) => each.message);

/** Mapping of small files with the columns id, trt, day, y. */
function mapping(overrides: Partial<MappingSpec> = {}): MappingSpec {
  return mappingSpecSchema.parse({
    format: "understudy-mapping/1",
    name: "test",
    role: "enrolled",
    origin: "simulated",
    patient: { column: "id" },
    study: { kind: "constant", value: "S" },
    site: null,
    time: { kind: "day", column: "day", unit: "days", convention: "zero-based" },
    visits: [
      { id: "week4", label: "Week 4", targetDay: 28, windowFrom: 15, windowTo: 42 },
      { id: "week8", label: "Week 8", targetDay: 56, windowFrom: 43, windowTo: 70 },
    ],
    layout: { kind: "endpoint-columns" },
    endpoints: [
      {
        endpoint: {
          id: "score",
          label: "score",
          unit: "points",
          scale: "identity",
          benefit: "lower-is-better",
          sourceRange: { minimum: 0, maximum: 70 },
        },
        source: "y",
      },
    ],
    baseline: { flag: null, column: null },
    arm: {
      kind: "column",
      column: "trt",
      arms: [
        { value: "P", arm: { id: "placebo", label: "Placebo", role: "control" } },
        { value: "A", arm: { id: "active", label: "Active", role: "experimental" } },
      ],
    },
    covariates: [],
    events: [],
    followUpDayColumn: null,
    include: null,
    rowFilter: [],
    missingText: [],
    ...overrides,
  });
}
const patientOf = (data: LongDataSet, id: string) => data.patients.find((patient) => patient.id === id)!;

/** The data set with the digits that a file carries: 15 in CSV written by R, 12 in the pilot's Dataset-JSON. */
const printed = (data: LongDataSet, digits: 12 | 15): unknown =>
  JSON.parse(
    JSON.stringify(data, (_, value) => (typeof value === "number" ? Number(value.toPrecision(digits)) : value)),
  );

describe("the PBC trial", () => {
  const expected: {
    visits: { group: string; endpoint: string; visit: string; observed: number; sum: number; days: number }[];
  } = JSON.parse(readFileSync(repositoryPath("tests/fixtures/pbc-xpt/pbc-visits.json"), "utf8"));
  /** The expected sums are printed with 12 decimals. */
  const PRINTED = 1e-9;
  const groups = ["history", "enrolled"] as const;
  const sample = { history: PBC_HISTORY_MAPPING, enrolled: PBC_TRIAL_MAPPING };
  const transport = {
    history: mappingFile("tests/fixtures/mappings/pbc-xpt-history.json"),
    enrolled: mappingFile("tests/fixtures/mappings/pbc-xpt-enrolled.json"),
  };
  const files = [
    ["CSV", "lib/samples/pbc/pbcseq.csv", sample],
    ["XPT written by haven", "tests/fixtures/pbc-xpt/pbcseq.xpt", transport],
  ] as const;

  test("the mappings of the transport file are those of the sample but for one column name", () => {
    const renamed = JSON.stringify(sample).replaceAll('"column":"alk.phos"', '"column":"ALKPHOS"');
    expect(transport).toEqual(JSON.parse(renamed));
  });

  test.each(files)("planned values from %s are those computed in R", (_, file, mappings) => {
    for (const group of groups) {
      const { data } = accepted(assembleDataSet(tableOf(local(file), file), mappings[group]));
      for (const row of expected.visits.filter((each) => each.group === group)) {
        const e = data.endpoints.findIndex((endpoint) => endpoint.id === row.endpoint);
        const v = data.visits.findIndex((visit) => visit.id === row.visit);
        const cells = data.patients.flatMap((patient) => {
          const cell = patient.outcomes[e]![v]!;
          return "value" in cell ? [cell] : [];
        });
        expect([cells.length, cells.reduce((sum, cell) => sum + cell.day, 0)]).toEqual([row.observed, row.days]);
        expect(Math.abs(cells.reduce((sum, cell) => sum + cell.value, 0) - row.sum)).toBeLessThan(PRINTED);
      }
    }
  });

  test("the file and its transport version give the same data sets, to the digits that CSV carries", () => {
    for (const group of groups) {
      const [first, second] = files.map(
        ([, file, mappings]) => accepted(assembleDataSet(tableOf(local(file), file), mappings[group])).data,
      );
      expect(printed(second!, 15)).toEqual(printed(first!, 15));
    }
  });

  test("history and enrolled trial: patients, arms, events, and every planned value accounted for", () => {
    const table = tableOf(local("lib/samples/pbc/pbcseq.csv"), "pbcseq.csv");
    const history = accepted(assembleDataSet(table, sample.history));
    const enrolled = accepted(assembleDataSet(table, sample.enrolled));
    expect(history.report.arms.map((arm) => arm.patients)).toEqual([200]);
    expect(enrolled.report.arms.map((arm) => [arm.armId, arm.patients])).toEqual([
      ["placebo", 55],
      ["d-penicillamine", 57],
    ]);
    expect([history.report.events, enrolled.report.events]).toEqual([
      [
        { kind: "death", patients: 114 },
        { kind: "transplant", patients: 9 },
      ],
      [
        { kind: "death", patients: 26 },
        { kind: "transplant", patients: 20 },
      ],
    ]);
    for (const { report } of [history, enrolled]) {
      for (const cell of report.missingness)
        expect(cell.observed + cell.reasons.reduce((sum, reason) => sum + reason.count, 0)).toBe(cell.patients);
    }
    expect(history.data.patients.map((patient) => patient.id).slice(0, 11)).toEqual([
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
      "7",
      "8",
      "9",
      "10",
      "11",
    ]);
    const first = patientOf(history.data, "1");
    expect(first.baseline[0]).toBe(Math.log(14.5));
    expect(first.outcomes[0]).toEqual([
      { value: Math.log(21.3), day: 192 },
      { missing: "dropped-out" },
      { missing: "after-intercurrent-event" },
    ]);
    expect(first.events).toEqual([{ kind: "death", day: 400 }]);
  });
});

describe("trials in CDISC form and others", () => {
  const trial = (file: string, map: string, subjects?: string) => {
    const bytes = sharedFile(`data/${file}`);
    if (bytes === null) return null;
    const subjectBytes = subjects === undefined ? null : sharedFile(`data/${subjects}`);
    return accepted(
      assembleDataSet(
        tableOf(bytes, file),
        mappingFile(`tests/fixtures/mappings/${map}.json`),
        subjectBytes === null ? null : tableOf(subjectBytes, subjects ?? ""),
      ),
    );
  };
  const withoutName = (data: LongDataSet) => ({ ...data, name: "" });

  test("ADAS-Cog of the CDISC pilot is the same data set from XPT 5, XPT 8, CSV and the full Dataset-JSON", () => {
    for (const map of ["cdisc-pilot-history", "cdisc-pilot-enrolled"]) {
      const reference = trial("cdisc_pilot/adadas_actot.csv", map);
      if (reference === null) return;
      for (const file of ["adadas_actot_v5.xpt", "adadas_actot_v8.xpt", "original/adadas.json"]) {
        const digits = file.endsWith(".json") ? 12 : 15;
        expect(printed(trial(`cdisc_pilot/${file}`, map)!.data, digits), file).toEqual(printed(reference.data, digits));
      }
    }
  });

  test("of the pilot only observed values of placebo patients of the chosen sites remain, and the flow says so", () => {
    const history = trial("cdisc_pilot/adadas_actot.csv", "cdisc-pilot-history");
    if (history === null) return;
    expect(history.report.flow.map((step) => [step.patients, step.rows])).toEqual([
      [254, 1040],
      [254, 1016],
      [254, 794],
      [152, 466],
      [152, 466],
      [52, 183],
    ]);
    expect(history.report.missingness.map((cell) => cell.observed)).toEqual([49, 42, 40]);
    expect(history.report.endpoints[0]?.baselineMissing).toBe(0);
    const patient = patientOf(history.data, "01-701-1015");
    expect([patient.baseline, patient.outcomes[0]?.[0], patient.site]).toEqual([[13], { value: 8, day: 63 }, "701"]);
  });

  test("subject-level covariates come from a second table", () => {
    const joined = trial("cdisc_pilot/adadas_actot.csv", "cdisc-pilot-with-adsl", "cdisc_pilot/adsl.csv");
    const alone = trial("cdisc_pilot/adadas_actot.csv", "cdisc-pilot-history");
    if (joined === null || alone === null) return;
    expect(joined.data.covariates.map((covariate) => covariate.id)).toEqual([
      "age",
      "sex",
      "race",
      "mmse",
      "bmi",
      "education",
      "diseaseDuration",
    ]);
    expect(patientOf(joined.data, "01-701-1015").covariates).toEqual([63, "F", "WHITE", 23, 25.1, 16, 43.9]);
    expect(withoutName(joined.data).patients.map((patient) => patient.outcomes)).toEqual(
      alone.data.patients.map((patient) => patient.outcomes),
    );
  });

  test("the antidepressant trial: 172 patients, 88 on placebo, 608 values, one intermittent gap", () => {
    const read = trial("antidepressant/antidepressant.csv", "antidepressant");
    if (read === null) return;
    expect(read.report.arms.map((arm) => arm.patients)).toEqual([88, 84]);
    expect(read.report.missingness.map((cell) => [cell.observed, cell.reasons])).toEqual([
      [172, []],
      [
        158,
        [
          { reason: "not-measured", count: 1 },
          { reason: "dropped-out", count: 13 },
        ],
      ],
      [149, [{ reason: "dropped-out", count: 23 }]],
      [129, [{ reason: "dropped-out", count: 43 }]],
    ]);
    expect(patientOf(read.data, "3618").outcomes[0]?.map((cell) => "value" in cell)).toEqual([true, false, true, true]);
  });
});

describe("rules, on small files", () => {
  const rows = (...lines: string[]) => csv(["id,trt,day,y", ...lines, "Z,P,0,10", "Z,P,28,11", "Z,P,56,12"].join("\n"));

  test("records out of order give the same data set as sorted ones, and this is said", () => {
    const sorted = assembleDataSet(rows("A,A,-7,1", "A,A,0,2", "A,A,20,3", "A,A,30,4", "A,A,60,5"), mapping());
    const mixed = assembleDataSet(rows("A,A,60,5", "A,A,0,2", "A,A,30,4", "A,A,-7,1", "A,A,20,3"), mapping());
    expect(accepted(mixed).data).toEqual(accepted(sorted).data);
    expect(patientOf(accepted(mixed).data, "A")).toMatchObject({
      baseline: [2],
      outcomes: [
        [
          { value: 4, day: 30 },
          { value: 5, day: 60 },
        ],
      ],
    });
    expect(caveats(mixed)).toContain(
      "The records of 1 patient are not in order of time in the file; they were sorted.",
    );
  });

  test("SAS missing codes and blanks are recorded as missing; values out of range are set missing and listed", () => {
    const result = assembleDataSet(rows("A,A,0,2", "A,A,28,.A", "A,A,56,71"), mapping());
    expect(patientOf(accepted(result).data, "A").outcomes).toEqual([
      [{ missing: "recorded-missing" }, { missing: "out-of-range" }],
    ]);
    expect(accepted(result).report.problems).toEqual([
      {
        row: 3,
        column: "y",
        code: "out-of-range",
        message:
          "The value 71 of patient A is not admissible for score (at least 0 and at most 70); it was set missing.",
      },
    ]);
    expect(accepted(result).report.endpoints[0]?.outOfRange).toBe(1);
  });

  test("a measured value wins over a blank record of the same visit", () => {
    expect(
      patientOf(accepted(assembleDataSet(rows("A,A,0,2", "A,A,28,", "A,A,30,4"), mapping())).data, "A")
        .outcomes[0]?.[0],
    ).toEqual({ value: 4, day: 30 });
  });

  test("the same record twice is counted once and said; two different values at one time are refused with both rows", () => {
    const twice = assembleDataSet(rows("A,A,0,2", "A,A,28,3", "A,A,28,3"), mapping());
    expect(accepted(twice).report.duplicates).toBe(1);
    expect(caveats(twice)).toContain("1 record repeats an earlier one and was counted once.");
    const contradiction = assembleDataSet(rows("A,A,0,2", "A,A,28,3", "A,A,28,4"), mapping());
    expect(contradiction.ok ? [] : contradiction.problems).toEqual([
      {
        row: 3,
        column: "y",
        code: "contradictory-records",
        message:
          "Patient A has two different values of score at the same time (day 28): 3 in row 2 and 4 in row 3. Correct the file, or add a row filter that keeps one of them.",
      },
    ]);
  });

  test("values after death are not used and are listed", () => {
    const table = csv(
      "id,trt,day,y,dead,last\nA,A,0,2,1,40\nA,A,28,3,1,40\nA,A,50,4,1,40\nZ,P,0,10,0,90\nZ,P,28,11,0,90\nZ,P,56,12,0,90\n",
    );
    const result = assembleDataSet(
      table,
      mapping({
        events: [{ kind: "death", dayColumn: "last", occurredWhen: { column: "dead", values: ["1"] }, unit: "days" }],
      }),
    );
    expect(patientOf(accepted(result).data, "A")).toMatchObject({
      outcomes: [[{ value: 3, day: 28 }, { missing: "after-intercurrent-event" }]],
      events: [{ kind: "death", day: 40 }],
    });
    expect(caveats(result)).toContain(
      "1 value recorded after an intercurrent event that ends the variable was not used.",
    );
  });

  test("baseline: flagged value, else baseline column, else the last on or before time zero", () => {
    const table = csv(
      "id,trt,day,y,fl,base\nA,P,-5,1,,9\nA,P,-3,2,Y,9\nA,P,0,3,,9\nA,P,28,4,,9\nB,P,-5,1,,8\nB,P,28,4,,8\nC,P,-5,1,,\nC,P,0,7,,\nC,P,28,4,,\n",
    );
    const result = assembleDataSet(
      table,
      mapping({ baseline: { flag: { column: "fl", value: "Y" }, column: "base" } }),
    );
    expect(accepted(result).data.patients.map((patient) => patient.baseline[0])).toEqual([2, 8, 7]);
    expect(caveats(result)).toContain(
      "No record is flagged fl = Y for 2 baseline values; the baseline column, or the last value on or before time zero, was used.",
    );
  });

  test("covariates come from baseline, or from what never changes, never from later records", () => {
    const table = csv(
      "id,trt,day,y,stage,sex,late\nA,P,0,1,2,F,\nA,P,28,2,3,F,5\nA,P,56,2,4,F,6\nB,P,0,1,1,M,\nB,P,28,2,1,,7\n",
    );
    const covariate = (id: string, type: "continuous" | "categorical") =>
      type === "continuous"
        ? {
            type,
            id,
            label: id,
            unit: "",
            column: id,
            sourceRange: { minimum: null, maximum: null },
            scale: "identity" as const,
          }
        : { type, id, label: id, column: id };
    const result = assembleDataSet(
      table,
      mapping({
        covariates: [
          covariate("stage", "continuous"),
          covariate("sex", "categorical"),
          covariate("late", "continuous"),
        ],
      }),
    );
    expect(accepted(result).data.patients.map((patient) => patient.covariates)).toEqual([
      [2, "F", null],
      [1, "M", 7],
    ]);
    expect(accepted(result).data.covariates[1]).toEqual({
      id: "sex",
      label: "sex",
      type: "categorical",
      levels: ["F", "M"],
    });
  });

  test("a constant covariate is said; a log scale turns values at or below zero out of range", () => {
    const table = csv("id,trt,day,y,k\nA,P,0,1,3\nA,P,28,0,3\nB,P,0,2,3\nB,P,28,4,3\n");
    const spec = mapping({
      covariates: [
        {
          type: "continuous",
          id: "k",
          label: "constant k",
          unit: "",
          column: "k",
          sourceRange: { minimum: null, maximum: null },
          scale: "identity",
        },
      ],
    });
    spec.endpoints[0]!.endpoint.scale = "log";
    const result = assembleDataSet(table, spec);
    expect(caveats(result)).toContain(
      "The covariate constant k is 3 for every patient; it carries no information and cannot improve any prediction.",
    );
    expect(patientOf(accepted(result).data, "A").outcomes[0]?.[0]).toEqual({ missing: "out-of-range" });
    expect(patientOf(accepted(result).data, "B").outcomes[0]?.[0]).toEqual({ value: Math.log(4), day: 28 });
  });

  test("patients not eligible are left out and counted; an unknown condition does not let a patient in", () => {
    const table = csv("id,trt,day,y,age\nA,P,0,1,40\nA,P,28,1,40\nB,P,0,1,90\nB,P,28,1,90\nC,P,0,1,\nC,P,28,1,\n");
    const { report } = accepted(assembleDataSet(table, mapping({ include: "age < 80" })));
    expect(report.flow.at(-1)).toMatchObject({ patients: 1, rows: 2 });
    expect(report.flow[1]).toMatchObject({
      step: "Eligible: age < 80",
      excluded: 2,
      reason: "4 rows for which the expression is not true",
    });
  });
});

describe("what a data set is refused for, each with its sentence", () => {
  const file = "id,trt,day,y\nA,P,0,1\nA,P,28,2\nB,A,0,3\nB,A,28,4\n";

  test("a file without the control level that the mapping names", () => {
    const bytes = sharedFile("data/importer_samples/bad/one_arm.csv");
    const visits = {
      kind: "visit" as const,
      column: "AVISITN",
      baselineValues: ["0"],
      visits: [{ value: "8", visitId: "week8" }],
      dayColumn: null,
    };
    const spec = mapping({ patient: { column: "USUBJID" }, time: visits });
    spec.endpoints[0]!.source = "AVAL";
    spec.arm = {
      kind: "column",
      column: "TRT",
      arms: [
        { value: "Placebo", arm: { id: "placebo", label: "Placebo", role: "control" } },
        { value: "Active", arm: { id: "active", label: "Active", role: "experimental" } },
      ],
    };
    if (bytes === null) return;
    expect(sentences(assembleDataSet(tableOf(bytes, "one_arm.csv"), spec))).toEqual([
      'No patient has the control level "Placebo" that the mapping names. Column TRT holds "Active" (2 rows). Correct the control level in the mapping, or add control patients.',
    ]);
  });

  test("the samples with duplicate keys and with a missing baseline", () => {
    const visits = {
      kind: "visit" as const,
      column: "AVISITN",
      baselineValues: ["0"],
      visits: [
        { value: "1", visitId: "week4" },
        { value: "2", visitId: "week8" },
        { value: "8", visitId: "week8" },
      ],
      dayColumn: null,
    };
    const pooled = {
      kind: "pooled-control" as const,
      reason: "a file without treatment",
      arm: { id: "control", label: "Control", role: "control" as const },
    };
    const spec = mapping({ patient: { column: "USUBJID" }, time: visits, arm: pooled });
    spec.endpoints[0]!.source = "AVAL";
    const duplicates = sharedFile("data/importer_samples/bad/dup_keys.csv");
    const baseline = sharedFile("data/importer_samples/bad/baseline_missing.csv");
    if (duplicates === null || baseline === null) return;
    expect(sentences(assembleDataSet(tableOf(duplicates, "dup_keys.csv"), spec))).toEqual([
      "Patient A has two different values of score at the same time (visit week4): 12 in row 1 and 14 in row 2. Correct the file, or add a row filter that keeps one of them.",
      expect.stringMatching(/^score \(AVAL\) has no baseline value \(1 patient\)\./),
    ]);
    expect(caveats(assembleDataSet(tableOf(baseline, "baseline_missing.csv"), spec))).toContain(
      "1 patient of 2 has no baseline value of score.",
    );
  });

  test("SAS missing codes only: an endpoint without any value", () => {
    const bytes = sharedFile("data/importer_samples/bad/sas_missing.csv");
    if (bytes === null) return;
    const spec = mapping({
      patient: { column: "USUBJID" },
      time: {
        kind: "visit",
        column: "AVISITN",
        baselineValues: ["0"],
        visits: [{ value: "1", visitId: "week4" }],
        dayColumn: null,
      },
      arm: {
        kind: "pooled-control",
        reason: "a file without treatment",
        arm: { id: "control", label: "Control", role: "control" },
      },
    });
    spec.endpoints[0]!.source = "AVAL";
    expect(sentences(assembleDataSet(tableOf(bytes, "sas_missing.csv"), spec))).toEqual([
      "score (AVAL) has no value at any planned visit (4 patients). Check the mapped column, and the texts that mean missing.",
      "score (AVAL) has no baseline value (4 patients). Name a baseline flag or column, map the records on or before time zero, or take time as visits and name the one that is the baseline.",
    ]);
  });

  test("a historical data set with a control group of 3 patients; an enrolled one is told so", () => {
    const three = csv(
      `id,trt,day,y\n${["A", "B", "C"].flatMap((id) => [`${id},P,0,1`, `${id},P,28,2`, `${id},P,56,2`]).join("\n")}\n`,
    );
    expect(sentences(assembleDataSet(three, mapping({ role: "historical-control" })))).toEqual([
      "The control arm has 3 patients; a historical data set needs at least 20 to train and cross-validate a progression model. Add patients or studies, or check the mapping of the arms.",
    ]);
    expect(caveats(assembleDataSet(three, mapping()))).toEqual([
      "The control arm has only 3 patients; what is estimated from it is very uncertain.",
      "No patient belongs to the arm Active that the mapping names.",
    ]);
  });

  test("all columns that the file lacks, at once", () => {
    expect(sentences(assembleDataSet(csv("a,b\n1,2\n"), mapping()))).toEqual([
      'The file has no column "id", which the mapping names for the patient. It has: a, b.',
      'The file has no column "day", which the mapping names for the day. It has: a, b.',
      'The file has no column "y", which the mapping names for the endpoint score. It has: a, b.',
      'The file has no column "trt", which the mapping names for the arm. It has: a, b.',
    ]);
  });

  test("every cell that is no number, with row and column", () => {
    const result = assembleDataSet(csv("id,trt,day,y\nA,P,0,<5\nA,P,28,2\nB,P,0,3\nB,P,soon,x\n"), mapping());
    expect(result.ok ? [] : result.problems).toEqual([
      {
        row: 4,
        column: "day",
        code: "not-numeric",
        message:
          'The value "soon" is not a number; the column is mapped to the day. Correct it, or list it among the texts that mean missing.',
      },
      {
        row: 1,
        column: "y",
        code: "not-numeric",
        message:
          'The value "<5" is not a number; the column is mapped to the endpoint score. Correct it, or list it among the texts that mean missing.',
      },
      {
        row: 4,
        column: "y",
        code: "not-numeric",
        message:
          'The value "x" is not a number; the column is mapped to the endpoint score. Correct it, or list it among the texts that mean missing.',
      },
    ]);
    expect(
      assembleDataSet(csv("id,trt,day,y\nA,P,0,<5\nA,P,28,2\nB,P,0,3\nB,P,28,4\n"), mapping({ missingText: ["<5"] }))
        .ok,
    ).toBe(true);
  });

  test("a column of dates where study days are needed is named once", () => {
    expect(sentences(assembleDataSet(csv("id,trt,day,y\nA,P,2014-01-02,1\nA,P,2014-02-02,2\n"), mapping()))[0]).toBe(
      'The column is mapped to the day, which needs numbers, but it holds dates such as "2014-01-02", "2014-02-02". Map a column with the study day (days from randomisation) instead: dates alone do not say when a patient\'s time zero was.',
    );
  });

  test("a patient in two arms, a record without patient, an event without its day", () => {
    const table = csv("id,trt,day,y,dead,last\nA,P,0,1,1,\nA,A,28,2,1,\n,P,0,3,0,\nB,P,0,3,0,\nB,P,28,4,0,\n");
    const result = assembleDataSet(
      table,
      mapping({
        events: [{ kind: "death", dayColumn: "last", occurredWhen: { column: "dead", values: ["1"] }, unit: "days" }],
      }),
    );
    expect(sentences(result)).toEqual([
      "The record has no patient identifier.",
      'Patient A has the arm "P" in row 1 and "A" in row 2.',
      "Patient A had the event death (dead = 1), but last is missing.",
    ]);
  });

  test("values that all lie outside the windows: the sentence speaks of windows and unit", () => {
    expect(sentences(assembleDataSet(csv("id,trt,day,y\nA,P,0,1\nA,P,4,2\nB,P,0,1\nB,P,8,2\n"), mapping()))[0]).toBe(
      "score (y) has no value at any planned visit (2 patients). 2 records lie outside every planned visit: check the windows and the unit of time.",
    );
  });

  test("a mapping that contradicts itself", () => {
    const spec = mapping();
    spec.visits.reverse();
    spec.arm = {
      kind: "column",
      column: "trt",
      arms: [{ value: "P", arm: { id: "p", label: "P", role: "experimental" } }],
    };
    expect(sentences(assembleDataSet(csv(file), spec))).toEqual([
      "The planned visits must be in order of time: Week 4 (day 28) stands after Week 8 (day 56).",
      "The mapping names no control arm. Give one of the arms the role control.",
    ]);
  });

  test("a hostile eligibility text", () => {
    expect(
      sentences(assembleDataSet(csv(file), mapping({ include: 'constructor.constructor("return process")()' })))[0],
    ).toMatch(/^The data have no column named "constructor\.constructor"/);
  });

  test("no patient left, with the step that lost the last one", () => {
    expect(sentences(assembleDataSet(csv(file), mapping({ include: "y > 100" })))).toEqual([
      'No patient is left for the data set. None is left after the step "Eligible: y > 100" (4 rows for which the expression is not true). The mapping names the arms "P", "A" in column trt, which holds "P" (2 rows), "A" (2 rows). Check the mapping against the file.',
    ]);
  });

  test("a header without rows", () => {
    expect(sentences(assembleDataSet(csv("id,trt,day,y\n"), mapping()))[0]).toMatch(
      /^No patient is left for the data set\. None is left after the step "Records in the file" \(the file has no records\)/,
    );
  });
});

test("a planned visit whose day contradicts it is said, with its row; the visit counts as it is named", () => {
  const byVisit = mapping({
    time: {
      kind: "visit",
      column: "visit",
      baselineValues: ["Baseline"],
      visits: [
        { value: "Week 4", visitId: "week4" },
        { value: "Week 8", visitId: "week8" },
      ],
      dayColumn: "day",
    },
  });
  const rows = Array.from({ length: 24 }, (_, i) => {
    const trt = i % 2 === 0 ? "P" : "A";
    const week4 = i === 2 ? -400 : 28;
    const week8 = i === 3 ? 90 : 56;
    return [
      `P${i},${trt},Baseline,0,${20 + i}`,
      `P${i},${trt},Week 4,${week4},${21 + i}`,
      `P${i},${trt},Week 8,${week8},${22 + i}`,
    ].join("\n");
  });
  const result = assembleDataSet(csv(`id,trt,visit,day,y\n${rows.join("\n")}\n`), byVisit);
  expect(caveats(result)).toEqual(
    expect.arrayContaining([
      "1 record of a planned visit has its day on or before time zero, which cannot be; it counts as the visit named. Check the days.",
      "1 record of a planned visit was made outside of its window, and counts as the visit named.",
    ]),
  );
  const [problem] = accepted(result).report.problems.filter(({ code }) => code === "visit-before-zero");
  expect(problem).toMatchObject({ row: 8, column: "day" });
  expect(problem?.message).toContain("names Week 4 (day 28) and has the day -400");
});

test("where no record is eligible, that is the fault, and not that a parameter was not found among none", () => {
  const rows = Array.from({ length: 24 }, (_, i) => `P${i},P,0,SCORE,${i}\nP${i},P,28,SCORE,${i}`);
  const byParameter = mapping({
    include: "y > 1000",
    layout: { kind: "parameter-rows", parameterColumn: "code", valueColumn: "y" },
    endpoints: [{ ...mapping().endpoints[0]!, source: "SCORE" }],
  });
  const result = assembleDataSet(csv(`id,trt,day,code,y\n${rows.join("\n")}\n`), byParameter);
  expect(result.ok ? [] : result.problems.map(({ code }) => code)).toEqual(["no-patients"]);
});
