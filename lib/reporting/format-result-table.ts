import type { ResultColumnKind, ResultTable } from "../analysis/analysis-report.ts";
import { formatCount, formatFixed, formatPValue, MISSING } from "./format-number.ts";

/** A table as text, column by column; page, PDF and command line print these very strings. */
export interface FormattedTable {
  readonly columns: readonly { readonly title: string; readonly unit: string; readonly align: "left" | "right" }[];
  readonly rows: readonly (readonly string[])[];
}

/** Significant digits of the largest number of a column. */
const DIGITS = 5;
/** Significant digits that the largest number of every column keeps where columns share their decimals. */
const LEAST_DIGITS = 2;
const MOST_DECIMALS = 6;

/**
 * A result table as text. Numbers of one column share their decimals: as many as show the largest with five significant
 * digits, fewer where all would end in zeros; probabilities have four decimals, degrees of freedom one unless all are whole.
 * Columns of one unit, and limits with what they limit, share theirs: an estimate has the decimals of its interval.
 */
export function formatResultTable(table: ResultTable): FormattedTable {
  const groups = sharedColumns(table);
  const decimals = table.columns.map((column, j) => {
    const group = groups[j];
    return group === undefined
      ? columnDecimals(column.kind, numbersOf(table, j))
      : groupDecimals(group.map((member) => numbersOf(table, member)));
  });
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
      // An exact zero: 0.0000 would read as a rounded one.
      return cell === 0 ? "0" : formatFixed(cell, decimals);
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

const IS_LIMIT = /^(lower|upper)\b/i;
const IS_ERROR = /^(se|standard error)\b/i;

/** For every column that shares its decimals, the columns that it shares them with, itself included. */
function sharedColumns({ columns }: ResultTable): (readonly number[] | undefined)[] {
  const isNumber = (j: number) => columns[j]?.kind === "number";
  const leader = columns.map((_, j) => j);
  columns.forEach(({ title, unit }, j) => {
    if (!isNumber(j)) return;
    const before = columns.slice(0, j);
    const limited = before.findLastIndex((one, k) => isNumber(k) && !IS_ERROR.test(one.title));
    const alike = unit === "" ? -1 : before.findIndex((one, k) => isNumber(k) && one.unit === unit);
    const partner = IS_LIMIT.test(title) && limited !== -1 ? limited : alike;
    if (partner !== -1) leader[j] = leader[partner]!;
  });
  return columns.map((_, j) => {
    const group = columns.flatMap((_column, k) => (leader[k] === leader[j] ? [k] : []));
    return group.length > 1 ? group : undefined;
  });
}

/** Decimals of columns that share them: as for one column, but the smallest column keeps two digits. */
function groupDecimals(columns: readonly (readonly number[])[]): number {
  const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const filled = columns.filter((values) => largest(values) > 0);
  if (filled.every((values) => values.every(Number.isInteger))) return 0;
  const least = filled.map((values) => LEAST_DIGITS - 1 - Math.floor(Math.log10(largest(values))));
  return Math.min(MOST_DECIMALS, Math.max(numberDecimals(filled.flat()), ...least));
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
