import { readFileSync } from "node:fs";
import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { csvText } from "../../../lib/data/export-csv.ts";
import { cellText, findColumn, type RawColumn, type RawTable, type ReadResult } from "../../../lib/data/raw-table.ts";
import { readCsv } from "../../../lib/data/read-csv.ts";
import { repositoryPath, sharedFile } from "../../support/shared.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function table(result: ReadResult): RawTable {
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join("\n"));
  return result.table;
}
function messages(result: ReadResult): string[] {
  return result.ok ? [] : result.problems.map((problem) => problem.message);
}
function column(from: RawTable, name: string): RawColumn {
  const found = findColumn(from, name);
  if (found === null) throw new Error(`no column ${name}`);
  return found;
}
const kinds = (from: RawTable) => Object.fromEntries(from.columns.map((each) => [each.name, each.kind]));

describe("what a CSV file may look like", () => {
  test.each([
    ["comma", ","],
    ["semicolon", ";"],
    ["tab", "\t"],
    ["vertical bar", "|"],
  ])("the %s is recognised as separator", (_, separator) => {
    const read = table(
      readCsv(bytes(["id,visit,value", "a,1,2.5", "b,2,3"].join("\n").replaceAll(",", separator)), "t"),
    );
    expect(read.columns.map((each) => each.name)).toEqual(["id", "visit", "value"]);
    expect(
      Array.from(
        column(read, "value").kind === "number" ? (column(read, "value") as { values: Float64Array }).values : [],
      ),
    ).toEqual([2.5, 3]);
  });

  test("identifiers with leading zeros, with more digits than a double holds, and dates keep their form", () => {
    const read = table(
      readCsv(
        bytes("site,code,day,value\n006,12345678901234567,2014-01-02,1\n010,22345678901234567,2014-02-03,\n"),
        "t",
      ),
    );
    expect(kinds(read)).toEqual({ site: "text", code: "text", day: "date", value: "number" });
    expect(cellText(column(read, "site"), 0)).toBe("006");
    const day = column(read, "day");
    expect(day.kind === "date" ? Array.from(day.days) : null).toEqual([16072, 16104]);
  });

  test("quoted fields hold separators, quotation marks and line breaks, and later lines keep their numbers", () => {
    const read = readCsv(bytes('id,note\r\n1,"a, ""b""\nc"\r\n2\r\n'), "t");
    expect(read.ok ? null : read.problems[0]).toMatchObject({ row: 2, line: 4, code: "ragged-row" });
    const good = table(readCsv(bytes('id,note\r\n1,"a, ""b""\nc"\r\n'), "t"));
    expect(cellText(column(good, "note"), 0)).toBe('a, "b"\nc');
  });

  test("Latin-1 text is read as Windows-1252, and the note names the line", () => {
    const latin = Uint8Array.from([...bytes("id,name\n1,a\n2,caf"), 0xe9, ...bytes("\n")]);
    const read = table(readCsv(latin, "t"));
    expect(cellText(column(read, "name"), 1)).toBe("café");
    expect(read.notes.map((note) => note.message)).toEqual([
      "The file is not valid UTF-8 (first seen on line 3); it was read as Windows-1252 (Latin-1). Check names with accents, or save the file as UTF-8.",
    ]);
  });

  test("UTF-16 with a byte-order mark is read", () => {
    const text = "id,v\n1,é\n";
    const utf16 = new Uint8Array(2 + 2 * text.length);
    utf16.set([0xff, 0xfe]);
    for (const [index, character] of [...text].entries()) {
      utf16.set([character.charCodeAt(0) & 255, character.charCodeAt(0) >> 8], 2 + 2 * index);
    }
    expect(cellText(column(table(readCsv(utf16, "t")), "v"), 0)).toBe("é");
  });

  test("a comma before exactly three digits everywhere is said to be uncertain", () => {
    const read = table(readCsv(bytes("id;v\n1;1,234\n2;2,345\n"), "t"));
    expect(read.notes.map((note) => note.code)).toEqual(["decimal-comma-uncertain"]);
  });

  test("in a comma-separated file a quoted thousands separator is not taken for a decimal comma", () => {
    expect(kinds(table(readCsv(bytes('id,v\n1,"1,234"\n2,"2,345"\n'), "t"))).v).toBe("text");
  });

  test("a header without rows gives an empty table with a note", () => {
    const read = table(readCsv(bytes("id,visit,value\n"), "t"));
    expect(read.rowCount).toBe(0);
    expect(read.notes.map((note) => note.message)).toEqual(["The file has a header line but no data rows."]);
  });
});

describe("what a CSV file is refused for", () => {
  test("all ragged rows at once, with row and line", () => {
    const result = readCsv(bytes("USUBJID,VISIT,AVAL\nA,1,12.5\nB,1\nC,1,9,9\n"), "t");
    expect(result.ok ? [] : result.problems).toEqual([
      {
        row: 2,
        line: 3,
        column: null,
        code: "ragged-row",
        message:
          "The row has 2 values, but the header names 3 columns. Fill in the missing values, or leave them empty between separators.",
      },
      {
        row: 3,
        line: 4,
        column: null,
        code: "ragged-row",
        message:
          "The row has 4 values, but the header names 3 columns. If a value contains a comma, put it in quotation marks.",
      },
    ]);
  });

  test("repeated and empty column names", () => {
    expect(messages(readCsv(bytes("id,,id\n1,2,3\n"), "t"))).toEqual([
      "Column 2 has no name in the header line. Give every column a name.",
      'The name "id" is given to columns 1 and 3. Give each column its own name.',
    ]);
  });

  test("a wrong separator, with the right one named", () => {
    expect(messages(readCsv(bytes("id;visit;value\na;1;2\n"), "t", { delimiter: "\t" }))).toEqual([
      "With the tab as separator the header line is a single column, but it holds 2 semicolons. Choose the semicolon as separator.",
    ]);
    expect(messages(readCsv(bytes("id visit value\na 1 2\n"), "t"))).toEqual([
      'No column separator was found in the header line "id visit value" (tried: comma, semicolon, tab, vertical bar). Save the file with one of these separators.',
    ]);
  });

  test("a quotation mark that is never closed", () => {
    expect(messages(readCsv(bytes('id,v\n1,"a\n2,b\n'), "t"))[0]).toContain(
      "The quotation mark that opens a field on line 2 is never closed",
    );
  });

  test("bytes that are not text", () => {
    expect(messages(readCsv(Uint8Array.from([97, 44, 0, 98]), "t"))[0]).toMatch(
      /^The file is not text: byte 3 is NUL\./,
    );
  });

  test("at most 1,000 problems are listed and the others counted", () => {
    const result = readCsv(bytes(`a,b\n${"1\n".repeat(1500)}`), "t");
    expect(result.ok ? null : [result.problems.length, result.omitted]).toEqual([1000, 500]);
  });
});

describe("the samples", () => {
  const sample = (name: string) => sharedFile(`data/importer_samples/bad/${name}`);

  test("byte-order mark, semicolons and decimal commas are read", () => {
    const file = sample("bom_semicolon.csv");
    if (file === null) return;
    const read = table(readCsv(file, "bom_semicolon"));
    expect(read.columns.map((each) => each.name)).toEqual(["USUBJID", "VISIT", "AVAL"]);
    const value = column(read, "AVAL");
    expect(value.kind === "number" ? Array.from(value.values) : null).toEqual([12.5, 13.1]);
    expect(read.notes.map((note) => note.message)).toEqual([
      "Commas inside numbers were read as decimal commas (2 cells).",
    ]);
  });

  test("SAS missing codes, NA and blanks are missing, each with its code", () => {
    const file = sample("sas_missing.csv");
    if (file === null) return;
    const value = column(table(readCsv(file, "sas_missing")), "AVAL");
    expect(value.kind === "number" ? [Array.from(value.values), value.missingCodes] : null).toEqual([
      [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
      [".", ".A", "NA", ""],
    ]);
  });

  test("ragged rows are refused", () => {
    const file = sample("ragged.csv");
    if (file === null) return;
    expect(messages(readCsv(file, "ragged")).length).toBe(2);
  });

  test("a cell that a spreadsheet would run is read as text and defused in every export", () => {
    const file = sample("formula_injection.csv");
    if (file === null) return;
    const id = cellText(column(table(readCsv(file, "formula")), "USUBJID"), 0);
    expect(id).toBe("=cmd|'/c calc'!A1");
    expect(csvText(["USUBJID", "AVAL"], [[id, -3]])).toBe("USUBJID,AVAL\r\n'=cmd|'/c calc'!A1,-3\r\n");
  });

  test("the antidepressant trial: 608 rows, 172 patients, pooled investigators as written", () => {
    const file = sharedFile("data/antidepressant/antidepressant.csv");
    if (file === null) return;
    const read = table(readCsv(file, "antidepressant"));
    expect(read.rowCount).toBe(608);
    expect(kinds(read)).toMatchObject({ POOLINV: "text", HAMDTL17: "number", GENDER: "text", RELDAYS: "number" });
    expect(new Set(Array.from({ length: 608 }, (_, row) => cellText(column(read, "PATIENT"), row))).size).toBe(172);
  });

  test("the PBC data shipped with the program: 1,945 visits of 312 patients", () => {
    const read = table(readCsv(new Uint8Array(readFileSync(repositoryPath("lib/samples/pbc/pbcseq.csv"))), "pbcseq"));
    expect([read.rowCount, read.columns.length]).toEqual([1945, 19]);
    const cholesterol = column(read, "chol");
    expect(cholesterol.kind === "number" ? cholesterol.missingCodes.filter((code) => code !== null).length : null).toBe(
      821,
    );
  });
});

/** Text that survives: no control characters but line breaks, and nothing a spreadsheet would run. */
const cell = fc.string({ unit: "grapheme" }).filter((text) => !/^[=+\-@\t\r]/.test(text) && !text.includes("\0"));

describe("laws", () => {
  test("what csvText writes, readCsv reads back, and so does an independent parser", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 }), (pairs) => {
        const rows = pairs.map(([first, second], index) => [`row ${index}`, first, second]);
        const text = csvText(["key", "first", "second"], rows);
        const read = table(readCsv(bytes(text), "t", { delimiter: "," }));
        const written = read.columns.map((each) => (each.kind === "number" ? each.written : each.values) ?? []);
        const got = rows.map((_, row) => written.map((values) => values[row]));
        // A column of dates drops surrounding blanks; everything else comes back character by character.
        expect(got.map((row) => row.map((value) => value?.trim()))).toEqual(
          rows.map((row) => row.map((value) => value.trim())),
        );
        expect(Papa.parse(text.slice(0, -2), { delimiter: ",", newline: "\r\n" }).data.slice(1)).toEqual(rows);
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });

  test("every finite number comes back as the same double", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (numbers) => {
        const read = table(
          readCsv(
            bytes(
              csvText(
                ["key", "value"],
                numbers.map((number, index) => [`k${index}`, number]),
              ),
            ),
            "t",
          ),
        );
        const value = column(read, "value");
        expect(value.kind === "number" ? Array.from(value.values, (number) => number + 0) : null).toEqual(
          numbers.map((number) => number + 0),
        );
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });
});
