import { type NumberCell, numberCell } from "./cell-value.ts";
import type { ProblemList } from "./file-problem.ts";
import { cellText, type RawColumn } from "./raw-table.ts";
import { listed } from "./sentence.ts";

/**
 * The numbers of a column in the given rows. Cells that hold something else are reported: one by one, or once for the
 * column when none of its cells is a number.
 *
 * @param rows - 0-based rows.
 * @param use - What the column is mapped to, e.g. "the endpoint albumin".
 * @returns One cell for each element of `rows`.
 */
export function readNumbers(
  column: RawColumn,
  rows: readonly number[],
  missingText: ReadonlySet<string>,
  use: string,
  problems: ProblemList,
): readonly NumberCell[] {
  const cells = rows.map((row) => numberCell(column, row, missingText));
  const wrong = rows.filter((_, index) => cells[index]?.kind === "not-a-number");
  if (wrong.length === 0) return cells;
  if (!cells.some((cell) => cell.kind === "value")) {
    const examples = listed([...new Set(wrong.map((row) => `"${cellText(column, row)}"`))], 3);
    const held =
      column.kind === "text"
        ? `texts such as ${examples}`
        : `${column.kind === "time" ? "times" : "dates"} such as ${examples}`;
    const dates =
      column.kind === "date" ||
      column.kind === "datetime" ||
      wrong.every((row) => looksLikeDate(cellText(column, row)));
    problems.add(
      "not-numeric",
      `The column is mapped to ${use}, which needs numbers, but it holds ${held}. ${dates && /\bday\b/.test(use) ? "Map a column with the study day (days from randomisation) instead: dates alone do not say when a patient's time zero was." : "Map another column."}`,
      { column: column.name },
    );
    return cells;
  }
  for (const row of wrong) {
    problems.add(
      "not-numeric",
      `The value "${cellText(column, row)}" is not a number; the column is mapped to ${use}. Correct it, or list it among the texts that mean missing.`,
      { row: row + 1, column: column.name },
    );
  }
  return cells;
}

/** Dates in words or with separators, e.g. "01-Jan-2020", "3/14/2020", "14.3.2020 08:30". */
function looksLikeDate(text: string): boolean {
  return /^\d{1,4}[-/. ]([A-Za-z]{3,9}|\d{1,2})[-/. ]\d{2,4}([T ].*)?$/.test(text);
}
