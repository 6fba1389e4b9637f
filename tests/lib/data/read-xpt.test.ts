import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cellText, findColumn, type RawColumn, type RawTable, type ReadResult } from "../../../lib/data/raw-table.ts";
import { readXpt } from "../../../lib/data/read-xpt.ts";
import { repositoryPath, sharedFile } from "../../support/shared.ts";

interface HavenDescription {
  rows: number;
  cols: number;
  names: string | string[];
  labels: Record<string, string | null>;
  types: string | string[];
  numeric_sums: Record<string, number>;
  n_missing: number | number[];
  first_rows: Record<string, unknown>;
  tagged: string[] | null;
}

function table(result: ReadResult): RawTable {
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join("\n"));
  return result.table;
}
const messages = (result: ReadResult) => (result.ok ? [] : result.problems.map((problem) => problem.message));
const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

function missingCount(column: RawColumn): number {
  if (column.kind === "text") return column.values.filter((value) => value === "").length;
  return column.missingCodes.filter((code) => code !== null).length;
}

function sumOf(column: RawColumn): number {
  if (column.kind !== "number") return Number.NaN;
  return column.values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);
}

const havenType: Record<RawColumn["kind"], string> = {
  number: "numeric",
  text: "character",
  date: "Date",
  datetime: "POSIXct",
  time: "hms",
};

/** Relative tolerance: the expected sums are printed with 15 significant digits. */
const PRINTED = 1e-14;

describe("SAS transport files read as haven reads them", () => {
  const expectedFile = sharedFile("data/importer_samples/good_xpt/EXPECTED_by_haven.json");
  const expected: Record<string, HavenDescription> =
    expectedFile === null ? {} : JSON.parse(new TextDecoder().decode(expectedFile));
  for (const [name, haven] of Object.entries(expected)) {
    test(name, () => {
      const bytes = sharedFile(`data/importer_samples/good_xpt/${name}`);
      if (bytes === null) throw new Error(`${name} is missing`);
      const read = table(readXpt(bytes));
      expect([read.rowCount, read.columns.length]).toEqual([haven.rows, haven.cols]);
      expect(read.columns.map((column) => column.name)).toEqual(list(haven.names));
      expect(Object.fromEntries(read.columns.map((column) => [column.name, column.label || null]))).toEqual(
        haven.labels,
      );
      expect(read.columns.map((column) => havenType[column.kind])).toEqual(list(haven.types));
      expect(read.columns.map(missingCount)).toEqual(list(haven.n_missing));
      for (const [column, sum] of Object.entries(haven.numeric_sums)) {
        expect(Math.abs(sumOf(findColumn(read, column)!) - sum)).toBeLessThanOrEqual(PRINTED * Math.abs(sum));
      }
      for (const [column, values] of Object.entries(haven.first_rows))
        compareFirstRows(findColumn(read, column)!, list(values));
      if (haven.tagged !== null && haven.tagged.length > 0) {
        const codes = findColumn(read, "TAGD");
        expect(codes?.kind === "number" ? codes.missingCodes : null).toEqual([null, ".A", ".Z", ".", null]);
      }
    });
  }

  function compareFirstRows(column: RawColumn, values: readonly unknown[]): void {
    values.forEach((value, row) => {
      if (column.kind === "number") {
        const got = column.values[row] ?? Number.NaN;
        if (value === "NA") expect(got).toBeNaN();
        else expect(Math.abs(got - Number(value))).toBeLessThanOrEqual(PRINTED * Math.abs(Number(value)));
      } else {
        const got = column.values[row] ?? "";
        expect(column.kind === "datetime" ? got.replace("T", " ") : got).toBe(value === "NA" ? "" : value);
      }
    });
  }
});

describe("the PBC trial written by haven", () => {
  const folder = "tests/fixtures/pbc-xpt";
  const expected: Record<
    string,
    { rows: number; names: string[]; labels: string[]; sums: Record<string, number>; missing: Record<string, number> }
  > = JSON.parse(readFileSync(repositoryPath(`${folder}/pbcseq-expected.json`), "utf8"));
  test.each([
    ["pbcseq.xpt", "xpt-v5"],
    ["pbcseq_v8.xpt", "xpt-v8"],
  ])("%s", (name, format) => {
    const read = table(readXpt(new Uint8Array(readFileSync(repositoryPath(`${folder}/${name}`)))));
    const haven = expected[name]!;
    expect([read.format, read.name, read.rowCount]).toEqual([format, "PBCSEQ", haven.rows]);
    expect(read.label).toBe("Mayo Clinic PBC trial, sequential data");
    expect(read.columns.map((column) => [column.name, column.label])).toEqual(
      haven.names.map((column, index) => [column, haven.labels[index]]),
    );
    for (const [column, sum] of Object.entries(haven.sums)) {
      expect(Math.abs(sumOf(findColumn(read, column)!) - sum)).toBeLessThanOrEqual(1e-12 * Math.abs(sum));
      expect(missingCount(findColumn(read, column)!)).toBe(haven.missing[column]);
    }
    expect(cellText(read.columns[5]!, 0)).toBe("f");
  });
});

describe("damaged transport files", () => {
  test.each<[string, RegExp]>([
    ["empty.xpt", /^The file is too short to be a SAS transport file \(XPT\)\.$/],
    [
      "truncated_header.xpt",
      /^The SAS transport file is cut off inside its library header \(100 bytes\)\. Export or copy the file again\.$/,
    ],
    [
      "truncated_data.xpt",
      /^The SAS transport file is cut off: it has 12707 bytes, which is no multiple of 80\. 17 observations of 476 bytes are complete; the next one is not\./,
    ],
    ["bad_magic.xpt", /^The file does not begin with the library header of a SAS transport file/],
    [
      "namestr_count_wrong.xpt",
      /^The header announces 99999? variables, but the file has room for the descriptions of \d+ at most/,
    ],
    ["html_not_found.xpt", /^The file is too short to be a SAS transport file|does not begin with the library header/],
    ["real_cdisc_lab1_0_1refrangesampledata.xpt", /does not begin with the library header/],
  ])("%s is refused", (name, sentence) => {
    const bytes = sharedFile(`data/importer_samples/bad/${name}`);
    if (bytes === null) return;
    expect(messages(readXpt(bytes))).toEqual([expect.stringMatching(sentence)]);
  });

  const fixture = new Uint8Array(readFileSync(repositoryPath("tests/fixtures/pbc-xpt/pbcseq.xpt")));

  test("no cut of a file is read as if it were whole", () => {
    // Cuts at a whole number of observations that is a multiple of 80 bytes leave no trace in version 5; they need
    // lcm(145, 80) bytes, and none of these lengths is one.
    for (let length = 0; length < fixture.length; length += 80 * 97 + 13) {
      expect(readXpt(fixture.slice(0, length)).ok, `cut after ${length} bytes`).toBe(false);
    }
    for (let records = 60; records < 3000; records += 7) {
      const cut = fixture.slice(0, 80 * records);
      const result = readXpt(cut);
      if (result.ok) expect((cut.length - dataStart()) % 145).toBeLessThan(80);
    }
  });

  test("a version 8 file that holds fewer observations than its header states is refused, and a complete one is read", () => {
    const v8 = new Uint8Array(readFileSync(repositoryPath("tests/fixtures/pbc-xpt/pbcseq_v8.xpt")));
    const header = new TextDecoder("windows-1252").decode(v8).indexOf("OBSV8   HEADER RECORD!!!!!!!") + 28;
    const state = (rows: number) => {
      const copy = v8.slice();
      copy.set(new TextEncoder().encode(String(rows).padStart(15)), header);
      return copy;
    };
    expect(table(readXpt(state(1945))).rowCount).toBe(1945);
    expect(messages(readXpt(state(1946)))).toEqual([
      "The SAS transport file is cut off: its header states 1946 observations, but only 1945 are complete. Export or copy the file again.",
    ]);
  });

  test("of several data sets the first is read and the others are named; any can be asked for", () => {
    const one = readFileSync(repositoryPath("tests/fixtures/pbc-xpt/pbcseq.xpt"));
    const second = Buffer.from(one.subarray(240));
    second.write("OTHER   ", 160 + 8, "latin1");
    const both = new Uint8Array(Buffer.concat([one, second]));
    const read = table(readXpt(both));
    expect([read.name, read.rowCount]).toEqual(["PBCSEQ", 1945]);
    expect(read.notes.map((note) => note.message)).toEqual([
      "The file holds 2 data sets (PBCSEQ, OTHER); PBCSEQ was read and the others were left out.",
    ]);
    expect(table(readXpt(both, { member: "other" })).name).toBe("OTHER");
    expect(messages(readXpt(both, { member: "ADSL" }))).toEqual([
      'The file holds no data set named "ADSL"; it holds PBCSEQ, OTHER.',
    ]);
  });

  function dataStart(): number {
    return new TextDecoder("windows-1252").decode(fixture).indexOf("HEADER RECORD*******OBS     ") + 80;
  }
});
