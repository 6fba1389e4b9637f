import { csvText, type ExportCell } from "./export-csv.ts";
import type { ExportFormat, ExportTable } from "./export-table.ts";
import { writeDatasetJson } from "./write-dataset-json.ts";
import { writeXpt } from "./write-xpt.ts";

/**
 * A data set as a file.
 *
 * @param table - What is written.
 * @param format - CSV (UTF-8), SAS transport version 5 or 8, or Dataset-JSON 1.1.
 * @param createdAtUtc - ISO 8601 time, for the formats that state it.
 * @param originator - Program that writes it, with its version.
 */
export function writeTable(
  table: ExportTable,
  format: ExportFormat,
  createdAtUtc: string,
  originator: string,
): Uint8Array<ArrayBuffer> {
  switch (format) {
    case "csv":
      return encode(
        csvText(
          table.columns.map(({ name }) => name),
          rowsOf(table),
        ),
      );
    case "xpt-v5":
      return writeXpt(table, "v5", createdAtUtc);
    case "xpt-v8":
      return writeXpt(table, "v8", createdAtUtc);
    case "dataset-json":
      return encode(writeDatasetJson(table, createdAtUtc, originator));
  }
}

function rowsOf(table: ExportTable): ExportCell[][] {
  return Array.from({ length: table.rowCount }, (_, row) =>
    table.columns.map((column) => {
      if (column.kind === "text") return column.values[row]!;
      const value = column.values[row]!;
      return Number.isNaN(value) ? null : value;
    }),
  );
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}
