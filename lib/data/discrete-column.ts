import type { Endpoint } from "../trial/endpoint.ts";
import { isPossibleValue, outcomeLevels, outcomeType } from "../trial/outcome-type.ts";
import { isSameValue, type NumberCell, numberCell } from "./cell-value.ts";
import type { ProblemList } from "./file-problem.ts";
import { missingCode } from "./number-text.ts";
import { cellText, type RawColumn } from "./raw-table.ts";
import { listed } from "./sentence.ts";

/**
 * Coded values of a binary, ordinal or count endpoint in the given rows: the place of the level that a cell names, or the count.
 * Every cell that holds anything else is reported with its row and column. METHODS.md (D10).
 *
 * @param rows - 0-based rows.
 * @param missingText - Texts that the mapping declares missing.
 * @param endpoint - With its type.
 * @returns One cell for each element of `rows`.
 */
export function readDiscrete(
  column: RawColumn,
  rows: readonly number[],
  missingText: ReadonlySet<string>,
  endpoint: Endpoint,
  problems: ProblemList,
): readonly NumberCell[] {
  const levels = outcomeLevels(endpoint);
  return rows.map((row): NumberCell => {
    const text = cellText(column, row);
    const cell = levels === null ? numberCell(column, row, missingText) : levelOf(column, row, missingText, levels);
    if (cell.kind === "missing") return cell;
    if (cell.kind === "value" && isPossibleValue(endpoint, cell.value)) return cell;
    problems.add(
      "not-a-level",
      levels === null
        ? `The value "${text}" is not a count (a whole number from 0), as the endpoint ${endpoint.label} needs. Correct it, list it among the texts that mean missing, or take the endpoint as continuous.`
        : `The value "${text}" is no level of the ${outcomeType(endpoint)} endpoint ${endpoint.label} (${listed(levels.map(({ source, label }) => (source === label ? `"${source}"` : `"${source}" for ${label}`)))}). Correct it, add the level to the mapping, or list it among the texts that mean missing.`,
      { row: row + 1, column: column.name },
    );
    return { kind: "missing", code: text };
  });
}

function levelOf(
  column: RawColumn,
  row: number,
  missingText: ReadonlySet<string>,
  levels: readonly { readonly source: string }[],
): NumberCell {
  const text = cellText(column, row);
  if (column.kind === "number") {
    const code = column.missingCodes[row] ?? null;
    if (code !== null) return { kind: "missing", code };
  }
  if (missingText.has(text)) return { kind: "missing", code: text };
  const code = levels.findIndex(({ source }) => isSameValue(text, source));
  if (code >= 0) return { kind: "value", value: code };
  const missing = missingCode(text);
  return missing === null ? { kind: "not-a-number", text } : { kind: "missing", code: missing };
}
