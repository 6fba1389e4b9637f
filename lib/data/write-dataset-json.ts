import type { ExportColumn, ExportTable } from "./export-table.ts";

/**
 * Writes CDISC Dataset-JSON 1.1.
 *
 * @param table - Columns in order.
 * @param createdAtUtc - ISO 8601 time.
 * @param originator - Program that writes it, with its version.
 */
export function writeDatasetJson(table: ExportTable, createdAtUtc: string, originator: string): string {
  const head = {
    datasetJSONCreationDateTime: createdAtUtc.replace(/\.\d+Z$/, "Z"),
    datasetJSONVersion: "1.1.0",
    originator,
    sourceSystem: { name: "Understudy", version: originator },
    itemGroupOID: `IG.${table.name}`,
    records: table.rowCount,
    name: table.name,
    label: table.label,
    columns: table.columns.map((column) => ({
      itemOID: `IT.${table.name}.${column.name}`,
      name: column.name,
      label: column.label,
      dataType: column.kind === "text" ? "string" : column.isInteger ? "integer" : "double",
      ...(column.kind === "text"
        ? { length: column.values.reduce((longest, value) => Math.max(longest, value.length), 1) }
        : {}),
    })),
  };
  const rows: string[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    rows.push(JSON.stringify(table.columns.map((column) => cell(column, row))));
  }
  return `${JSON.stringify(head, null, 2).replace(/\n}$/, "")},\n  "rows": [\n${rows.join(",\n")}\n  ]\n}\n`;
}

function cell(column: ExportColumn, row: number): string | number | null {
  if (column.kind === "text") return column.values[row]!;
  const value = column.values[row]!;
  return Number.isNaN(value) ? null : value;
}
