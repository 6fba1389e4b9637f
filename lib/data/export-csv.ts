export type ExportCell = string | number | boolean | null;

/** A spreadsheet takes text that begins with one of these for a formula and runs it. */
const FORMULA_START = /^[=+\-@\t\r]/;

/** Fields with these characters must be quoted (RFC 4180); surrounding blanks are quoted so that no reader trims them. */
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/** The text with an apostrophe in front when a spreadsheet would run it as a formula. */
export function spreadsheetSafe(text: string): string {
  return FORMULA_START.test(text) ? `'${text}` : text;
}

/**
 * One cell of a CSV file. Numbers are written as they are; text that a spreadsheet would run as a formula gets an
 * apostrophe in front, so that opening an export never executes anything.
 */
export function csvCell(cell: ExportCell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  if (typeof cell === "boolean") return cell ? "true" : "false";
  const safe = spreadsheetSafe(cell);
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * A CSV file: comma, decimal point, CRLF line ends (RFC 4180).
 *
 * @param header - Column names; shape [columns].
 * @param rows - Shape [rows][columns].
 */
export function csvText(header: readonly string[], rows: readonly (readonly ExportCell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}
