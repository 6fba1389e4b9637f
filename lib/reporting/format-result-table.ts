import type { ResultColumnKind, ResultTable } from "../analysis/analysis-report.ts";
import { formatCount, formatFixed, formatPValue, MISSING } from "./format-number.ts";

/** A table as text, column by column; page, PDF and command line print these very strings. */
export interface FormattedTable {
  readonly columns: readonly { readonly title: string; readonly unit: string; readonly align: "left" | "right" }[];
  readonly rows: readonly (readonly string[])[];
}

/** Significant digits of the largest number of a column. */
const DIGITS = 5;
const MOST_DECIMALS = 6;

/**
 * A result table as text. Numbers of one column share their decimals: as many as show the largest with five significant
 * digits, fewer where all would end in zeros; probabilities have four decimals, degrees of freedom one unless all are whole.
 */
export function formatResultTable(table: ResultTable): FormattedTable {
  const decimals = table.columns.map((column, j) => columnDecimals(column.kind, numbersOf(table, j)));
  return {
    columns: table.columns.map(({ title, unit, kind }) => ({ title, unit, align: kind === "text" ? "left" : "right" })),
    rows: table.rows.map((row) =>
      table.columns.map(({ kind }, j) => formatCell(row[j] ?? null, kind, decimals[j] ?? 0)),
    ),
  };
}

function formatCell(cell: string | number | null, kind: ResultColumnKind, decimals: number): string {
  if (cell === null) return MISSING;
  if (typeof cell === "string") return cell;
  switch (kind) {
    case "text":
      return String(cell);
    case "p-value":
      return formatPValue(cell);
    case "count":
      return Number.isInteger(cell) ? formatCount(cell) : formatFixed(cell, Math.max(1, decimals));
    case "quantity":
      return Number.isInteger(cell) ? formatCount(cell) : formatFixed(cell, numberDecimals([cell]));
    default:
      return formatFixed(cell, decimals);
  }
}

function columnDecimals(kind: ResultColumnKind, values: readonly number[]): number {
  const whole = values.every(Number.isInteger);
  switch (kind) {
    case "text":
    case "p-value":
    case "quantity":
      return 0;
    case "count":
      return whole ? 0 : 1;
    case "degrees-of-freedom":
    case "days":
      return whole ? 0 : 1;
    case "proportion":
      return 4;
    case "number":
      return whole ? 0 : numberDecimals(values);
  }
}

/** As many decimals as show the largest number with five significant digits. */
function numberDecimals(values: readonly number[]): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const shown = Math.min(MOST_DECIMALS, Math.max(0, DIGITS - 1 - Math.floor(Math.log10(largest))));
  // Decimals that are zero in every row say nothing: 0.0250 prints as 0.025.
  return values.reduce((most, value) => Math.max(most, decimalsNeeded(value, shown)), 0);
}

/** Decimals of a number rounded to at most `limit` of them, without trailing zeros. */
function decimalsNeeded(value: number, limit: number): number {
  const text = Math.abs(value).toFixed(limit).replace(/0+$/, "");
  return text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
}

function numbersOf(table: ResultTable, column: number): number[] {
  return table.rows.flatMap((row) => {
    const cell = row[column];
    return typeof cell === "number" && Number.isFinite(cell) ? [cell] : [];
  });
}
