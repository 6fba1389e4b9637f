import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MappingSpec } from "../../lib/data/mapping-spec.ts";
import { runMain } from "../support/run-main.ts";
import { repositoryPath } from "../support/shared.ts";
import { type SmallRecord, smallCsv, smallMapping, smallTrial } from "../support/small-trial.ts";

const folder = mkdtempSync(join(tmpdir(), "bad-input-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const good = smallTrial(60);
/** The trial with some cells changed. */
const edited = (edit: (record: SmallRecord, row: number) => Partial<SmallRecord>) =>
  good.map((record, row) => ({ ...record, ...edit(record, row) }));
/** The trial with one record more, after the second. */
const withRecord = (record: SmallRecord) => good.toSpliced(2, 0, record);
const map = (changes: Partial<MappingSpec> = {}) => JSON.stringify(smallMapping(changes));
const arms = (control: string): MappingSpec["arm"] => ({
  kind: "column",
  column: "trt",
  arms: [
    { value: control, arm: { id: "placebo", label: "Placebo", role: "control" } },
    { value: "A", arm: { id: "active", label: "Active", role: "experimental" } },
  ],
});

interface Case {
  readonly file: string | Uint8Array;
  readonly name?: string;
  readonly mapping?: string;
  readonly says: readonly string[];
}

let cases = 0;
async function importing({ file, name = "data.csv", mapping = map() }: Omit<Case, "says">) {
  const prefix = `${++cases}-`;
  const [data, spec, out] = [at(`${prefix}${name}`), at(`${prefix}mapping.json`), at(`${prefix}out.json`)];
  writeFileSync(data, file);
  writeFileSync(spec, mapping);
  writeFileSync(out, "what was there before");
  const ran = await runMain("import", data, "--mapping", spec, "--out", out, "--quality", `${out}.quality`);
  const lines = ran.stderr.split("\n").filter((line) => line !== "");
  return {
    code: ran.code,
    stdout: ran.stdout,
    lines: lines.map((line) => line.replaceAll(data, name).replace("understudy: ", "")),
    out: readFileSync(out, "utf8"),
    qualityWritten: existsSync(`${out}.quality`),
  };
}

const xpt = readFileSync(repositoryPath("tests/fixtures/pbc-xpt/pbcseq.xpt"));
const csv = smallCsv(good);

const refused: Record<string, Case> = {
  "an empty file": { file: "", says: [": The file 1-data.csv is empty (0 bytes). Export or copy it again."] },
  "a transport file that is cut off": {
    file: xpt.subarray(0, 100_001),
    name: "cut.xpt",
    says: ["cut.xpt: The SAS transport file is cut off: it has 100001 bytes, which is no multiple of 80."],
  },
  "a separator that is not known": {
    file: csv.replaceAll(",", "#"),
    says: [
      'data.csv: Line 1: No column separator was found in the header line "id#trt#day#y#age#sex" (tried: comma, semicolon, tab, vertical bar). Save the file with one of these separators.',
    ],
  },
  "a file that is no text": {
    file: Uint8Array.from([105, 100, 44, 0, 1, 2]),
    says: [
      "data.csv: The file is not text: byte 4 is NUL. Save the data as CSV text in UTF-8, or as XPT or Dataset-JSON, and import it again.",
    ],
  },
  "a web page under the name of a data set": {
    file: "<!DOCTYPE html><html>404</html>",
    name: "page.xpt",
    says: [
      "is a web page (HTML), not a data set: probably an error page was saved under this name. Download the file again.",
    ],
  },
  "rows of different length, all of them": {
    file: `${csv}61,P\n62,P,3,4,5,F,extra\n`,
    says: [
      "data.csv: Row 181 (line 182): The row has 2 values, but the header names 6 columns. Fill in the missing values, or leave them empty between separators.",
      "data.csv: Row 182 (line 183): The row has 7 values, but the header names 6 columns. If a value contains a comma, put it in quotation marks.",
    ],
  },
  "a quotation mark that is never closed": {
    file: csv.replace("F\n", '"F\n'),
    says: ["is never closed; the file may be cut off. Close it, or double it"],
  },
  "a visit recorded twice with different values": {
    file: smallCsv(withRecord({ ...good[1]!, y: 99 })),
    says: ["data.csv: Row 3, column y: Patient 1 has two different values of score at the same time (day 27): "],
  },
  "a trial without the control level that the mapping names": {
    file: csv,
    mapping: map({ arm: arms("PBO") }),
    says: [
      'data.csv: No patient has the control level "PBO" that the mapping names. Column trt holds "A" (90 rows), "P" (90 rows). Correct the control level in the mapping, or add control patients.',
    ],
  },
  "a control group of three patients": {
    file: smallCsv(good.filter((record) => record.trt === "A" || [2, 4, 6].includes(Number(record.id)))),
    says: [
      "data.csv: The control arm has 3 patients; a historical data set needs at least 20 to train and cross-validate a progression model. Add patients or studies, or check the mapping of the arms.",
    ],
  },
  "an endpoint that nobody has": {
    file: smallCsv(edited(({ day }) => (day === 0 ? {} : { y: "" }))),
    says: [
      "data.csv: score (y) has no value at any planned visit (60 patients). Check the mapped column, and the texts that mean missing.",
    ],
  },
  "texts and infinities where numbers must stand, all of them": {
    file: smallCsv(edited(({ y }, row) => ({ y: ["abc", "12..3", "1e400", "Infinity"][row] ?? y }))),
    says: [
      'data.csv: Row 1, column y: The value "abc" is not a number; the column is mapped to the endpoint score. Correct it, or list it among the texts that mean missing.',
      'data.csv: Row 2, column y: The value "12..3" is not a number;',
      'data.csv: Row 3, column y: The value "1e400" is not a number;',
      'data.csv: Row 4, column y: The value "Infinity" is not a number;',
    ],
  },
  "a patient in two arms and a row without patient": {
    file: smallCsv(edited((_, row) => (row === 1 ? { trt: "P" } : row === 9 ? { id: "" } : {}))),
    says: [
      "data.csv: Row 10, column id: The record has no patient identifier.",
      'data.csv: Row 2, column trt: Patient 1 has the arm "A" in row 1 and "P" in row 2.',
    ],
  },
  "columns that the file does not have, all of them": {
    file: csv,
    mapping: map({
      patient: { column: "SUBJ" },
      covariates: [{ type: "categorical", id: "s", label: "S", column: "SITE" }],
    }),
    says: [
      'data.csv: Column SUBJ: The file has no column "SUBJ", which the mapping names for the patient. It has: id, trt, day, y, age, sex.',
      'data.csv: Column SITE: The file has no column "SITE", which the mapping names for the covariate S. It has: id, trt, day, y, age, sex.',
    ],
  },
  "two endpoints with one id": {
    file: csv,
    mapping: map({ endpoints: [...smallMapping().endpoints, ...smallMapping().endpoints] }),
    says: ['data.csv: Two endpoints have the id "score".'],
  },
  "visits out of order in the plan": {
    file: csv,
    mapping: map({ visits: smallMapping().visits.toReversed() }),
    says: ["data.csv: The planned visits must be in order of time: Week 4 (day 28) stands after Week 8 (day 56)."],
  },
  "a planned visit before time zero": {
    file: csv,
    mapping: map({ visits: [{ id: "early", label: "Early", targetDay: -5, windowFrom: -10, windowTo: 5 }] }),
    says: [
      "data.csv: The planned visit Early has the target day -5; planned visits lie after time zero (day 0). Values on or before day 0 are baseline.",
    ],
  },
  "a baseline that nobody has": {
    file: smallCsv(good.filter((record) => record.day !== 0)),
    says: [
      "data.csv: score (y) has no baseline value (60 patients). Name a baseline flag or column, map the records on or before time zero, or take time as visits and name the one that is the baseline.",
    ],
  },
  "a mapping with faults in many fields, all of them": {
    file: csv,
    mapping: JSON.stringify({
      ...smallMapping(),
      role: "x",
      name: undefined,
      time: { kind: "hour" },
      visits: [{ id: "week 4", label: "Week 4", targetDay: "NaN", windowFrom: 1, windowTo: 2 }],
      events: null,
    }),
    says: [
      "name is missing; it must be a text",
      'role must be one of "historical-control", "enrolled"; received "x"',
      'time.kind must be one of "day", "visit"; received "hour"',
      'visits[0].targetDay must be a number; received "NaN"',
      'visits[0].id must be letters, digits and _; starts with a letter; at most 40; received "week 4"',
      "events must be a list; received null",
    ],
  },
  "a field that no mapping has": {
    file: csv,
    mapping: JSON.stringify({ ...smallMapping(), endpoint: [] }),
    says: ["endpoint is not a field of this document; did you mean endpoints? The fields here are endpoints, "],
  },
  "a document of another kind": {
    file: csv,
    mapping: JSON.stringify({ format: "understudy-training/1" }),
    says: ['format must be "understudy-mapping/1"; received "understudy-training/1"'],
  },
  "a mapping that is no JSON": { file: csv, mapping: '{"format": NaN}', says: ["is not JSON (Unexpected token 'N'"] },
};

/** Attempts to reach JavaScript through the eligibility expression, and expressions that mean nothing. */
const HOSTILE = [
  'constructor.constructor("return process.exit(7)")()',
  'require("fs").writeFileSync("pwned", "x")',
  "age > 5; process.exit(3)",
  "(() => 1)()",
  "age.__proto__ == 3",
  'globalThis["process"]',
  'import("fs")',
  `${"(".repeat(900)}age > 3${")".repeat(900)}`,
  "3 < age + 2 between 1 and 5",
  "3 < -age in (3)",
];

describe("what is refused when importing", () => {
  it.each(Object.entries(refused))("%s", async (_, bad) => {
    const ran = await importing(bad);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe("");
    for (const sentence of bad.says) {
      const wanted = sentence.replace("1-data.csv", `${cases}-data.csv`);
      expect(
        ran.lines.some((line) => line.includes(wanted)),
        ran.lines.join("\n"),
      ).toBe(true);
    }
    expect(ran.lines.length).toBe(bad.says.length);
    expect(ran.out).toBe("what was there before");
    expect(ran.qualityWritten).toBe(false);
  });

  it.each(HOSTILE)("eligibility: %s", async (include) => {
    const ran = await importing({ file: csv, mapping: map({ include }) });
    expect(ran.code).toBe(2);
    expect(ran.lines.length, ran.lines.join("\n")).toBe(1);
    expect(ran.lines[0]).toMatch(/eligibility|no column named|single = does not compare|comparison needs values/);
    expect(ran.out).toBe("what was there before");
  });

  it("a file of 2 GB, by its size, before it is read", async () => {
    writeFileSync(at("large.csv"), "");
    truncateSync(at("large.csv"), 2 ** 31);
    writeFileSync(at("large-mapping.json"), map());
    const ran = await runMain("import", at("large.csv"), "--mapping", at("large-mapping.json"));
    rmSync(at("large.csv"));
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(
      "The file has 2 GiB; files up to 256 MiB can be imported. Leave out columns, parameters or visits that the study does not need, and import the smaller file.",
    );
  });

  it("nothing is left behind by refusals", () => {
    expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });
});

describe("what is imported, and said", () => {
  const patients = (out: string) => JSON.parse(out).patients;
  let plain: unknown;
  beforeAll(async () => {
    plain = patients((await importing({ file: csv })).out);
  });

  it("Latin-1 text: the same names as in UTF-8, with a caution", async () => {
    const accented = smallCsv(edited(({ sex }) => ({ sex: sex === "F" ? "féminin" : "mâle" })));
    const [latin, utf8] = [
      await importing({ file: Buffer.from(accented, "latin1") }),
      await importing({ file: accented }),
    ];
    expect(latin.code).toBe(0);
    expect(patients(latin.out)).toEqual(patients(utf8.out));
    expect(latin.lines).toContain(
      "warning: The file is not valid UTF-8 (first seen on line 2); it was read as Windows-1252 (Latin-1). Check names with accents, or save the file as UTF-8.",
    );
  });

  it("other separators and decimal commas: the same data", async () => {
    const decimal = smallCsv(good, ";").replaceAll(".", ",");
    for (const file of [smallCsv(good, "|"), smallCsv(good, "\t"), decimal, Buffer.from(`\ufeff${csv}`, "utf16le")])
      expect(patients((await importing({ file })).out)).toEqual(plain);
  });

  it("compressed with gzip or zlib: the same data", async () => {
    for (const file of [gzipSync(csv), deflateSync(csv)])
      expect(patients((await importing({ file, name: "data.csv.gz" })).out)).toEqual(plain);
  });

  it("records in any order, and the same record twice: the same data, and a note", async () => {
    const order = await importing({ file: smallCsv(good.toReversed()) });
    expect(patients(order.out)).toEqual(plain);
    expect(order.lines).toContain(
      "information: The records of 60 patients are not in order of time in the file; they were sorted.",
    );
    const twice = await importing({ file: smallCsv(withRecord(good[1]!)) });
    expect(patients(twice.out)).toEqual(plain);
    expect(twice.lines).toContain("warning: 1 record repeats an earlier one and was counted once.");
  });

  it("a constant covariate", async () => {
    const ran = await importing({
      file: smallCsv(edited(() => ({ age: 60 }))),
    });
    expect(ran.code).toBe(0);
    expect(ran.lines).toContain(
      "warning: The covariate Age is 60 for every patient; it carries no information and cannot improve any prediction.",
    );
  });

  it("SAS missing codes are missing values with a reason", async () => {
    const codes = [".", "._", ".A", ".Z", ".b"];
    const ran = await importing({
      file: smallCsv(edited(({ y }, row) => ({ y: row % 3 === 1 ? (codes[(row - 1) / 3] ?? y) : y }))),
    });
    expect(ran.code).toBe(0);
    expect(
      patients(ran.out)
        .slice(0, 5)
        .map((each: { outcomes: unknown[][] }) => each.outcomes[0]![0]),
    ).toEqual(codes.map(() => ({ missing: "recorded-missing" })));
  });

  it("overlapping windows: the nearer target decides, and a note says so", async () => {
    const visits = smallMapping().visits.map((visit) => (visit.id === "week8" ? { ...visit, windowFrom: 20 } : visit));
    const ran = await importing({ file: csv, mapping: map({ visits }) });
    expect(patients(ran.out)).toEqual(plain);
    expect(ran.lines).toContain(
      "information: The windows of Week 4 and Week 8 overlap from day 20 to day 42; a record there counts for the visit with the nearer target day.",
    );
  });

  it("a trial with three controls is imported, with a critical caution", async () => {
    const ran = await importing({
      file: smallCsv(good.filter((record) => record.trt === "A" || [2, 4, 6].includes(Number(record.id)))),
      mapping: map({ role: "enrolled" }),
    });
    expect(ran.code).toBe(0);
    expect(ran.lines).toContain(
      "critical: The control arm has only 3 patients; what is estimated from it is very uncertain.",
    );
  });
});
