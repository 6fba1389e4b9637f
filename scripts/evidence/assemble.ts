import { assembleDataSet } from "../../lib/data/assemble-data-set.ts";
import { describeFileProblem } from "../../lib/data/file-problem.ts";
import type { LongDataSet } from "../../lib/data/long-data-set.ts";
import type { MappingSpec } from "../../lib/data/mapping-spec.ts";
import { cellText, findColumn, type RawTable } from "../../lib/data/raw-table.ts";
import { readTable } from "../../lib/data/read-table.ts";

/** A table from the bytes of a file; every problem of the file as one error. */
export function tableOf(bytes: Uint8Array, fileName: string): RawTable {
  const read = readTable(bytes, fileName);
  if (!read.ok) throw new Error(`${fileName}: ${read.problems.map(describeFileProblem).join("; ")}`);
  return read.table;
}

/** A data set from a table, as the mapping says. */
export function dataSetOf(table: RawTable, mapping: MappingSpec, subjects: RawTable | null = null): LongDataSet {
  const assembled = assembleDataSet(table, mapping, subjects);
  if (!assembled.ok) throw new Error(`${mapping.name}: ${assembled.problems.map(describeFileProblem).join("; ")}`);
  return assembled.data;
}

/** Columns of several tables under one another, with names that all of them share. */
export function stackedTable(
  parts: readonly {
    readonly table: RawTable;
    /** Name in the result → column of the table. */
    readonly columns: Readonly<Record<string, string>>;
    /** Whether a row of the table is wanted. */
    readonly keep: (text: (column: string) => string) => boolean;
  }[],
): RawTable {
  const names = Object.keys(parts[0]?.columns ?? {});
  const lines = parts.flatMap(({ table, columns, keep }) =>
    Array.from({ length: table.rowCount }, (_, row) => (column: string) => {
      const found = findColumn(table, column);
      if (found === null) throw new Error(`${table.name} has no column ${column}`);
      return cellText(found, row);
    })
      .filter(keep)
      .map((text) => names.map((name) => quoted(text(columns[name]!))).join(",")),
  );
  return tableOf(new TextEncoder().encode(`${names.join(",")}\n${lines.join("\n")}\n`), "stacked.csv");
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
