import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ExportTable, exportEndings, exportFormats } from "../../../lib/data/export-table.ts";
import { parseIbmFloat, writeIbmFloat } from "../../../lib/data/ibm-float.ts";
import { readTable } from "../../../lib/data/read-table.ts";
import { suggestMapping } from "../../../lib/data/suggest-mapping.ts";
import { writeTable } from "../../../lib/data/write-table.ts";

const NUMBERS = [0, 1, -1, 0.1, -1234.56789, 1e-70, 6.02e23, Number.NaN, 100000, 1 / 3, 15.9999999999, 16];
const table: ExportTable = {
  name: "ADTEST",
  label: "A table for testing",
  rowCount: NUMBERS.length,
  columns: [
    { name: "USUBJID", label: "Unique subject identifier", kind: "text", values: NUMBERS.map((_, i) => `P-${i}`) },
    { name: "SITE", label: "Site", kind: "text", values: NUMBERS.map((_, i) => (i % 3 === 0 ? "Zürich, 1" : "Bern")) },
    {
      name: "AVISITN",
      label: "Visit",
      kind: "number",
      isInteger: true,
      values: Float64Array.from(NUMBERS, (_, i) => i),
    },
    { name: "AVAL", label: "Value", kind: "number", isInteger: false, values: Float64Array.from(NUMBERS) },
  ],
};
const TIME = "2026-01-31T12:00:00Z";
const written = (format: (typeof exportFormats)[number], of: ExportTable = table) =>
  writeTable(of, format, TIME, "Understudy 1");
const packages = (...names: string[]) =>
  spawnSync("Rscript", [
    "-e",
    `q(status = !all(sapply(c(${names.map((name) => `"${name}"`)}), requireNamespace, quietly = TRUE)))`,
  ]).status === 0;

describe("IBM floating point", () => {
  test("takes every double in the range of the format there and back without a change", () => {
    const bytes = new Uint8Array(8);
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -7e75, max: 7e75 }), (value) => {
        const tiny = Math.abs(value) < 1e-77;
        writeIbmFloat(value, bytes, 0);
        expect(parseIbmFloat(bytes)).toBe(tiny && parseIbmFloat(bytes) === 0 ? 0 : value === 0 ? 0 : value);
      }),
      { seed: 1, numRuns: 5000 },
    );
    for (const power of [-60, -4, -1, 0, 1, 2, 3, 4, 5, 60]) {
      for (const value of [16 ** power, 16 ** power * (1 - 2 ** -53), 2 ** power]) {
        writeIbmFloat(value, bytes, 0);
        expect(parseIbmFloat(bytes)).toBe(value);
      }
    }
  });
});

describe.each(exportFormats)("a table written as %s", (format) => {
  test("comes back through our own reader: names, labels, text, every number", () => {
    const read = readTable(written(format), `adtest.${exportEndings[format]}`);
    if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join("\n"));
    expect(read.table.rowCount).toBe(table.rowCount);
    expect(read.table.columns.map(({ name }) => name)).toEqual(table.columns.map(({ name }) => name));
    if (format !== "csv")
      expect(read.table.columns.map(({ label }) => label)).toEqual(table.columns.map(({ label }) => label));
    for (const [index, column] of table.columns.entries()) {
      const found = read.table.columns[index]!;
      if (column.kind === "text") expect(found.values).toEqual(column.values);
      else expect(Array.from(found.kind === "number" ? found.values : [])).toEqual(Array.from(column.values));
    }
  });

  test("is the same file for the same time", () => {
    expect(written(format)).toEqual(written(format));
  });
});

describe("files that other software reads", () => {
  test.skipIf(!packages("haven", "foreign", "jsonlite"))("R reads every number of every format", () => {
    const folder = mkdtempSync(join(tmpdir(), "write-table-"));
    try {
      for (const format of exportFormats) writeFileSync(join(folder, `t.${exportEndings[format]}`), written(format));
      const program = `
        setwd(commandArgs(TRUE)[1])
        show <- function(x) cat(paste(ifelse(is.na(x), "NA", sprintf("%.17g", as.numeric(x))), collapse = " "), "\\n")
        for (f in c("t.xpt", "t.v8.xpt")) { a <- haven::read_xpt(f); show(a$AVAL); cat(attr(a$AVAL, "label"), a$SITE[1], "\\n") }
        show(foreign::read.xport("t.xpt")$AVAL)
        show(read.csv("t.csv")$AVAL)
        show(sapply(jsonlite::fromJSON("t.json", simplifyVector = FALSE)$rows, function(r) if (is.null(r[[4]])) NA else r[[4]]))`;
      const file = join(folder, "read.R");
      writeFileSync(file, program);
      const lines = execFileSync("Rscript", [file, folder], { encoding: "utf8" }).trim().split("\n");
      const numbers = lines.filter((line) => !line.startsWith("Value"));
      expect(lines.filter((line) => line.startsWith("Value")).map((line) => line.trim())).toEqual([
        "Value Zürich, 1",
        "Value Zürich, 1",
      ]);
      expect(numbers.length).toBe(5);
      for (const line of numbers) {
        const values = line
          .trim()
          .split(" ")
          .map((value) => (value === "NA" ? Number.NaN : Number(value)));
        expect(values.length).toBe(NUMBERS.length);
        values.forEach((value, i) => {
          const wanted = NUMBERS[i]!;
          // foreign rounds numbers of 14 hexadecimal digits in its last bits.
          if (Number.isNaN(wanted)) expect(value).toBeNaN();
          else expect(Math.abs(value - wanted)).toBeLessThanOrEqual(4e-16 * Math.abs(wanted));
        });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("what does not fit", () => {
  test("a text of more than 200 bytes is refused in version 5 and taken in version 8", () => {
    const long: ExportTable = {
      ...table,
      rowCount: 1,
      columns: [{ name: "NOTE", label: "Note", kind: "text", values: ["x".repeat(201)] }],
    };
    expect(() => written("xpt-v5", long)).toThrow(/at most 200 bytes/);
    expect(readTable(written("xpt-v8", long), "t.xpt").ok).toBe(true);
  });

  test("a name of more than 8 characters is refused", () => {
    expect(() => written("xpt-v5", { ...table, name: "ADTWINSALL" })).toThrow(/at most 8 capitals/);
  });
});

test.each(["character(0)", "NULL"])("%s, which R writes where there is no label, is none", (artefact) => {
  for (const format of exportFormats) {
    const columns = table.columns.map((column) => ({ ...column, label: artefact }));
    const read = readTable(written(format, { ...table, label: artefact, columns }), `adtest.${exportEndings[format]}`);
    if (!read.ok) throw new Error(read.problems[0]?.message);
    expect(read.table.label).toBe("");
    expect(read.table.columns.every(({ label }) => label === "")).toBe(true);
    expect(suggestMapping(read.table).draft.name.toUpperCase()).toBe("ADTEST");
  }
});
