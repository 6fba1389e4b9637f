import type { Diagnostic } from "../errors/diagnostic.ts";
import type { FileProblems } from "./file-problem.ts";

export type TableFormat = "csv" | "xpt-v5" | "xpt-v8" | "dataset-json";

interface ColumnIdentity {
  readonly name: string;
  /** Description given by the file; empty when there is none. */
  readonly label: string;
  /** Display format given by the file, e.g. "DATE9."; empty when there is none. */
  readonly displayFormat: string;
}

interface MissingCodes {
  /**
   * [rowCount] null where the value is known, else what stood in its place: "" (blank), "." and ".A"–".Z", "._"
   * (SAS missing codes), a word such as "NA", or "partial" (a date without its day).
   */
  readonly missingCodes: readonly (string | null)[];
}

/** One column of a file as it was read, before any mapping. Every array has `rowCount` elements. */
export type RawColumn =
  | (ColumnIdentity &
      MissingCodes & {
        readonly kind: "number";
        /** NaN where missing. */
        readonly values: Float64Array;
        /** The cells as written, for formats that store numbers as text; null otherwise. */
        readonly written: readonly string[] | null;
      })
  | (ColumnIdentity & {
      readonly kind: "text";
      /** As stored (padding of fixed-width formats removed); "" where missing. */
      readonly values: readonly string[];
    })
  | (ColumnIdentity &
      MissingCodes & {
        readonly kind: "date" | "datetime";
        /** ISO 8601 text, possibly partial ("2014-01"); "" where missing. */
        readonly values: readonly string[];
        /** Days since 1970-01-01, with a fraction for datetimes; NaN where missing or partial. */
        readonly days: Float64Array;
      })
  | (ColumnIdentity &
      MissingCodes & {
        readonly kind: "time";
        /** ISO 8601 text hh:mm:ss; "" where missing. */
        readonly values: readonly string[];
        /** Seconds since midnight; NaN where missing. */
        readonly seconds: Float64Array;
      });

/** A rectangular file in memory: what it says, nothing concluded from it. */
export interface RawTable {
  /** Name of the data set in the file, or of the file without its ending. */
  readonly name: string;
  readonly label: string;
  readonly format: TableFormat;
  readonly columns: readonly RawColumn[];
  readonly rowCount: number;
  /** Caveats about the reading, e.g. an assumed encoding. */
  readonly notes: readonly Diagnostic[];
}

/** All of the file, or all of its problems. */
export type ReadResult = { readonly ok: true; readonly table: RawTable } | ({ readonly ok: false } & FileProblems);

/** The column of that name: exactly as written, else the only one that differs in upper and lower case; null if absent. */
export function findColumn(table: RawTable, name: string): RawColumn | null {
  const exact = table.columns.find((column) => column.name === name);
  if (exact !== undefined) return exact;
  const folded = table.columns.filter((column) => column.name.toUpperCase() === name.toUpperCase());
  return folded.length === 1 ? (folded[0] ?? null) : null;
}

/** The cell as text without surrounding blanks; "" when missing. `row` is 0-based. */
export function cellText(column: RawColumn, row: number): string {
  if (column.kind !== "number") return (column.values[row] ?? "").trim();
  if (column.written !== null) return column.missingCodes[row] === null ? (column.written[row] ?? "").trim() : "";
  const value = column.values[row] ?? Number.NaN;
  return Number.isNaN(value) ? "" : String(value);
}

/** What the file wrote in the cell, missing codes included (".A", "NA"); for messages. `row` is 0-based. */
export function cellAsWritten(column: RawColumn, row: number): string {
  if (column.kind === "text") return column.values[row] ?? "";
  return column.missingCodes[row] ?? cellText(column, row);
}
