import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { describeTooLarge } from "../../../lib/data/file-size.ts";
import { cellText, findColumn, type RawTable, type ReadResult } from "../../../lib/data/raw-table.ts";
import { readTable } from "../../../lib/data/read-table.ts";
import { inflate } from "../../support/inflate.ts";
import { sharedFile } from "../../support/shared.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const messages = (result: ReadResult) => (result.ok ? [] : result.problems.map((problem) => problem.message));

function shared(relative: string): RawTable | null {
  const file = sharedFile(`data/cdisc_pilot/${relative}`);
  if (file === null) return null;
  const result = readTable(file, relative, { inflate });
  if (!result.ok) throw new Error(messages(result).join("\n"));
  return result.table;
}

/** Cells as text; numbers rounded to the 15 significant digits that CSV files carry. */
function content(table: RawTable, columns: readonly string[]): string[][] {
  return columns.map((name) => {
    const column = findColumn(table, name);
    if (column === null) throw new Error(`no column ${name}`);
    return Array.from({ length: table.rowCount }, (_, row) => {
      const text = cellText(column, row);
      return column.kind === "number" && text !== "" ? String(Number(Number(text).toPrecision(15))) : text;
    });
  });
}

describe("one data set in several formats is the same data set", () => {
  test("subject-level data: XPT, JSON, NDJSON, compressed and CSV", () => {
    const json = shared("original/adsl.json");
    if (json === null) return;
    const names = json.columns.map((column) => column.name);
    const reference = content(json, names);
    for (const file of ["original/adsl.ndjson", "original/adsl.dsjc"])
      expect(content(shared(file)!, names), file).toEqual(reference);
    for (const file of ["original/adsl.xpt", "adsl.csv"]) {
      const other = shared(file)!;
      const common = names.filter((name) => findColumn(other, name) !== null);
      expect(common.length, file).toBeGreaterThanOrEqual(45);
      expect(content(other, common), file).toEqual(content(json, common));
    }
  });

  test("time to event: XPT, JSON, NDJSON and CSV", () => {
    const json = shared("original/adtte.json");
    if (json === null) return;
    const names = json.columns.map((column) => column.name);
    for (const file of ["original/adtte.xpt", "original/adtte.ndjson", "adtte.csv"])
      expect(content(shared(file)!, names), file).toEqual(content(json, names));
  });

  test("ADAS-Cog total: XPT versions 5 and 8 and CSV hold the same records, in different orders", () => {
    const csv = shared("adadas_actot.csv");
    if (csv === null) return;
    const names = csv.columns.map((column) => column.name);
    const records = (table: RawTable) => {
      const columns = content(table, names);
      return Array.from({ length: table.rowCount }, (_, row) => columns.map((column) => column[row]).join("|")).sort();
    };
    for (const file of ["adadas_actot_v5.xpt", "adadas_actot_v8.xpt"])
      expect(records(shared(file)!), file).toEqual(records(csv));
  });

  test("all 12,463 records: JSON and compressed", () => {
    const json = shared("original/adadas.json");
    if (json === null) return;
    const compressed = shared("original/adadas.dsjc");
    expect(json.rowCount).toBe(12463);
    expect(compressed).toEqual(json);
  });

  test("every other transport file of the pilot can be read", () => {
    for (const name of [
      "adae",
      "adcibc",
      "adsl_2013original",
      "sdtm_dm",
      "sdtm_ds",
      "sdtm_ex",
      "sdtm_sc",
      "sdtm_sv",
      "sdtm_ta",
      "sdtm_ts",
      "sdtm_tv",
    ]) {
      const read = shared(`original/${name}.xpt`);
      if (read !== null) expect(read.rowCount, name).toBeGreaterThan(0);
    }
  });
});

describe("files that are something else", () => {
  test.each<[string, Uint8Array, RegExp]>([
    ["nothing.csv", new Uint8Array(0), /^The file nothing\.csv is empty \(0 bytes\)\. Export or copy it again\.$/],
    [
      "page.xpt",
      bytes("<!DOCTYPE html><html></html>"),
      /^page\.xpt is a web page \(HTML\), not a data set: probably an error page was saved under this name\. Download the file again\.$/,
    ],
    [
      "book.xlsx",
      Uint8Array.from([0x50, 0x4b, 3, 4, 0]),
      /Excel workbook\. Save the sheet as CSV \(UTF-8\) and import that\.$/,
    ],
    ["define.xml", bytes('<?xml version="1.0"?><ODM/>'), /is XML or HTML, not a data set/],
    ["data.xpt", bytes("USUBJID,AVAL\nA,1\n"), /^The file is too short to be a SAS transport file/],
    ["data.json", bytes("USUBJID,AVAL\nA,1\n"), /^data\.json does not begin like JSON\./],
    ["old.xpt", bytes("**COMPRESSED** **COMPRESSED** **COMPRESSED**"), /PROC CPORT/],
    ["data.csv.gz", gzipSync("a,b\n1,2\n"), /^data\.csv\.gz is compressed\. Decompress it/],
  ])("%s", (name, content, sentence) => {
    expect(messages(readTable(content, name))).toEqual([expect.stringMatching(sentence)]);
  });

  test("a compressed CSV is read when the platform can decompress; a damaged or too large one is refused", () => {
    const packed = new Uint8Array(gzipSync("a,b\n1,2\n"));
    expect(readTable(packed, "data.csv.gz", { inflate })).toMatchObject({
      ok: true,
      table: { name: "data", format: "csv", rowCount: 1 },
    });
    expect(messages(readTable(packed.slice(0, 15), "data.csv.gz", { inflate }))[0]).toMatch(
      /cannot be decompressed: it is damaged or cut off/,
    );
    const bomb = new Uint8Array(gzipSync("0,".repeat(100_000)));
    expect(messages(readTable(bomb, "bomb.csv.gz", { inflate, maxBytes: 10_000 }))[0]).toMatch(
      /or its content exceeds 9\.8 KiB/,
    );
  });

  test("a file beyond the limit is refused by its size alone", () => {
    expect(describeTooLarge(2 * 1024 ** 3, 256 * 1024 ** 2)).toBe(
      "The file has 2 GiB; files up to 256 MiB can be imported. Leave out columns, parameters or visits that the study does not need, and import the smaller file.",
    );
    expect(messages(readTable(bytes("a,b\n1,2\n"), "x.csv", { maxBytes: 4 }))[0]).toMatch(
      /^The file has 8 bytes; files up to 4 bytes/,
    );
  });

  test("the web page that really sits among the standard's examples is recognised", () => {
    for (const name of ["real_cdisc_lab1_0_1refrangesampledata.xpt", "html_not_found.xpt"]) {
      const file = sharedFile(`data/importer_samples/bad/${name}`);
      if (file !== null) expect(messages(readTable(file, name))[0]).toMatch(/is a web page \(HTML\), not a data set/);
    }
    const empty = sharedFile("data/importer_samples/bad/empty.xpt");
    if (empty !== null)
      expect(messages(readTable(empty, "empty.xpt"))).toEqual([
        "The file empty.xpt is empty (0 bytes). Export or copy it again.",
      ]);
  });
});
