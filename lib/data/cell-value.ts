import { missingCode, parseNumber } from "./number-text.ts";
import { cellText, type RawColumn } from "./raw-table.ts";

/** A cell where a number is required. */
export type NumberCell =
  | { readonly kind: "value"; readonly value: number }
  /** `code` is "" for a blank, else what stood there, e.g. ".A". */
  | { readonly kind: "missing"; readonly code: string }
  | { readonly kind: "not-a-number"; readonly text: string };

/**
 * The number in a cell, or why there is none.
 *
 * @param row - 0-based.
 * @param missingText - Texts that the mapping declares missing.
 */
export function numberCell(column: RawColumn, row: number, missingText: ReadonlySet<string>): NumberCell {
  if (column.kind === "number") {
    const code = column.missingCodes[row] ?? null;
    if (code !== null) return { kind: "missing", code };
    const written = column.written === null ? "" : cellText(column, row);
    if (missingText.has(written)) return { kind: "missing", code: written };
    return { kind: "value", value: column.values[row] ?? Number.NaN };
  }
  const text = cellText(column, row);
  const code = missingText.has(text) ? text : missingCode(text);
  if (code !== null) return { kind: "missing", code };
  const value = column.kind === "text" ? parseNumber(text, ".") : null;
  return value === null ? { kind: "not-a-number", text } : { kind: "value", value };
}

/** The text in a cell; null when it is blank, a single period, or declared missing. */
export function levelCell(column: RawColumn, row: number, missingText: ReadonlySet<string>): string | null {
  const text = cellText(column, row);
  return text === "" || text === "." || missingText.has(text) ? null : text;
}

/** Whether a cell's text is the value a mapping names: the same text, or the same number ("8" and "8.0"). */
export function isSameValue(cell: string, named: string): boolean {
  if (cell === named.trim()) return true;
  const first = parseNumber(cell, ".");
  return first !== null && first === parseNumber(named.trim(), ".");
}
