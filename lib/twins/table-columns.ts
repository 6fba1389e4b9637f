import type { ExportColumn, ExportTable } from "../data/export-table.ts";

/** Table of columns of one length. */
export function tableOf(name: string, label: string, columns: readonly ExportColumn[]): ExportTable {
  return { name, label, columns, rowCount: columns[0]?.values.length ?? 0 };
}

export function text(name: string, label: string, values: readonly string[]): ExportColumn {
  return { name, label, kind: "text", values };
}

/** Counts that are whole numbers in every file. */
const WHOLE = new Set(["AVISITN", "AVISITN2", "DRAW"]);

/** Null = missing. */
export function numeric(name: string, label: string, values: readonly (number | null)[]): ExportColumn {
  return {
    name,
    label,
    kind: "number",
    isInteger: WHOLE.has(name),
    values: Float64Array.from(values, (value) => value ?? Number.NaN),
  };
}
