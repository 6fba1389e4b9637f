import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { parseIsoDay } from "./calendar.ts";
import { type DecimalMark, looksLikeIdentifier, missingCode, parseNumber } from "./number-text.ts";
import type { RawColumn } from "./raw-table.ts";

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The type of a text file's column, from its cells: number when every cell that is not missing is a number and none
 * looks like an identifier, ISO date when every one is a date, else text. A column without any value counts as number
 * (all missing).
 *
 * @param cells - As written; shape [rows].
 * @param mark - Decimal mark of the file.
 */
export function inferColumn(name: string, cells: readonly string[], mark: DecimalMark): RawColumn {
  const identity = { name, label: "", displayFormat: "" };
  return (
    numberColumn(identity, cells, mark) ?? dateColumn(identity, cells) ?? { ...identity, kind: "text", values: cells }
  );
}

type Identity = Pick<RawColumn, "name" | "label" | "displayFormat">;

function numberColumn(identity: Identity, cells: readonly string[], mark: DecimalMark): RawColumn | null {
  const values = new Float64Array(cells.length);
  const missingCodes: (string | null)[] = new Array(cells.length).fill(null);
  for (let row = 0; row < cells.length; row++) {
    const text = (cells[row] ?? "").trim();
    const code = missingCode(text);
    if (code !== null) {
      values[row] = Number.NaN;
      missingCodes[row] = code;
      continue;
    }
    const value = looksLikeIdentifier(text) ? null : parseNumber(text, mark);
    if (value === null) return null;
    values[row] = value;
  }
  return { ...identity, kind: "number", values, missingCodes, written: cells };
}

function dateColumn(identity: Identity, cells: readonly string[]): RawColumn | null {
  const days = new Float64Array(cells.length).fill(Number.NaN);
  const missingCodes: (string | null)[] = new Array(cells.length).fill(null);
  const values: string[] = [];
  for (let row = 0; row < cells.length; row++) {
    const text = (cells[row] ?? "").trim();
    const code = missingCode(text);
    if (code !== null) {
      missingCodes[row] = code;
      values.push("");
      continue;
    }
    if (!ISO_DATE.test(text)) return null;
    const parsed = parseIsoDay(text);
    if (parsed.kind !== "complete") return null;
    days[row] = parsed.days;
    values.push(text);
  }
  return { ...identity, kind: "date", values, days, missingCodes };
}

export interface DecimalMarkChoice {
  readonly mark: DecimalMark;
  readonly notes: readonly Diagnostic[];
}

/**
 * Decimal mark of a text file. It is the comma when some column holds numbers only if the comma is read as one, and no
 * column holds numbers with a point. Where every comma stands before exactly three digits ("1,234") it might as well
 * separate thousands; that is said in a note.
 */
export function detectDecimalMark(
  columns: readonly (readonly string[])[],
  separatorIsComma: boolean,
): DecimalMarkChoice {
  let commaCells = 0;
  let thousandsLike = 0;
  for (const cells of columns) {
    const filled = cells.map((cell) => cell.trim()).filter((cell) => missingCode(cell) === null);
    const withComma = filled.filter((cell) => cell.includes(","));
    if (withComma.length > 0 && filled.every((cell) => parseNumber(cell, ",") !== null)) {
      commaCells += withComma.length;
      thousandsLike += withComma.filter((cell) => /^[+-]?[1-9]\d{0,2},\d{3}$/.test(cell)).length;
    }
    const isPointNumbers =
      filled.some((cell) => cell.includes(".")) && filled.every((cell) => parseNumber(cell, ".") !== null);
    if (isPointNumbers) return { mark: ".", notes: [] };
  }
  const ambiguous = commaCells > 0 && thousandsLike === commaCells;
  if (commaCells === 0 || (separatorIsComma && ambiguous)) return { mark: ".", notes: [] };
  const note = ambiguous
    ? diagnostic(
        "warning",
        "decimal-comma-uncertain",
        `Commas inside numbers were read as decimal commas, but all ${commaCells} of them stand before exactly three digits. If they separate thousands, remove them and import the file again.`,
      )
    : diagnostic(
        "information",
        "decimal-comma",
        `Commas inside numbers were read as decimal commas (${commaCells} cells).`,
      );
  return { mark: ",", notes: [note] };
}
