import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { parseIsoDay, parseIsoTime } from "./calendar.ts";
import type { DatasetJsonColumn } from "./dataset-json-schema.ts";
import type { ProblemList } from "./file-problem.ts";
import { missingCode, parseNumber } from "./number-text.ts";
import type { RawColumn } from "./raw-table.ts";
import { sasNumberColumn } from "./sas-number-column.ts";
import { statedLabel } from "./stated-label.ts";

/** Missing code of a date that is known to the month or the year only. */
const PARTIAL = "partial";
/** Missing code of text that is no date where one must stand; kept, because SDTM allows it and says so in a note. */
const NOT_A_DATE = "not a date";

/**
 * One column of a Dataset-JSON file, typed by its `dataType` and, for numbers that stand for dates, its `displayFormat`.
 *
 * @param cells - JSON values, shape [rows]; null is missing.
 * @param problems - Receives cells of the wrong type, with row and column.
 * @param notes - Receives caveats.
 */
export function datasetJsonColumn(
  column: DatasetJsonColumn,
  cells: readonly unknown[],
  problems: ProblemList,
  notes: Diagnostic[],
): RawColumn {
  const identity = { name: column.name, label: statedLabel(column.label), displayFormat: column.displayFormat ?? "" };
  switch (column.dataType) {
    case "string":
    case "URI":
      return { ...identity, kind: "text", values: cells.map((cell, row) => textCell(cell, row, column, problems)) };
    case "boolean":
      return { ...identity, kind: "text", values: cells.map((cell, row) => booleanCell(cell, row, column, problems)) };
    case "integer":
    case "float":
    case "double":
    case "decimal":
      return numberColumn(identity, column, cells, problems, notes);
    case "date":
    case "datetime":
      return cells.some((cell) => typeof cell === "number")
        ? numberColumn(identity, column, cells, problems, notes)
        : dateColumn(identity, column.dataType, column, cells, problems, notes);
    case "time":
      return timeColumn(identity, column, cells, problems);
  }
}

type Identity = Pick<RawColumn, "name" | "label" | "displayFormat">;

function textCell(cell: unknown, row: number, column: DatasetJsonColumn, problems: ProblemList): string {
  if (typeof cell === "string") return cell;
  if (typeof cell === "number" || typeof cell === "boolean") return String(cell);
  if (cell !== null) wrongType(problems, row, column, cell, "a text");
  return "";
}

function booleanCell(cell: unknown, row: number, column: DatasetJsonColumn, problems: ProblemList): string {
  if (typeof cell === "boolean") return String(cell);
  if (cell !== null && cell !== "") wrongType(problems, row, column, cell, "true or false");
  return "";
}

function numberColumn(
  identity: Identity,
  column: DatasetJsonColumn,
  cells: readonly unknown[],
  problems: ProblemList,
  notes: Diagnostic[],
): RawColumn {
  const values = new Float64Array(cells.length).fill(Number.NaN);
  const missingCodes: (string | null)[] = new Array(cells.length).fill(null);
  const words = new Set<string>();
  let fractions = 0;
  cells.forEach((cell, row) => {
    if (typeof cell === "number") {
      values[row] = cell;
      if (column.dataType === "integer" && !Number.isInteger(cell)) fractions++;
      return;
    }
    const code = cell === null ? "" : typeof cell === "string" ? missingCode(cell) : null;
    if (code !== null) {
      missingCodes[row] = code;
      if (code !== "") words.add(code);
      return;
    }
    const number = column.dataType === "decimal" && typeof cell === "string" ? parseNumber(cell, ".") : null;
    if (number === null) wrongType(problems, row, column, cell, `a number (dataType ${column.dataType})`);
    else values[row] = number;
  });
  if (words.size > 0)
    notes.push(
      diagnostic(
        "warning",
        "missing-words",
        `${[...words].map((word) => `"${word}"`).join(", ")} in the number column ${column.name} was read as missing.`,
        column.name,
      ),
    );
  if (fractions > 0)
    notes.push(
      diagnostic(
        "information",
        "integer-with-fraction",
        `Column ${column.name} is declared integer, but ${fractions} of its values have a fraction; they were kept as they are.`,
        column.name,
      ),
    );
  return sasNumberColumn(identity, values, missingCodes);
}

function dateColumn(
  identity: Identity,
  kind: "date" | "datetime",
  column: DatasetJsonColumn,
  cells: readonly unknown[],
  problems: ProblemList,
  notes: Diagnostic[],
): RawColumn {
  const days = new Float64Array(cells.length).fill(Number.NaN);
  const missingCodes: (string | null)[] = new Array(cells.length).fill(null);
  let partial = 0;
  let unreadable = 0;
  const values = cells.map((cell, row) => {
    const text = cell === null ? "" : cell;
    if (typeof text !== "string") {
      wrongType(problems, row, column, cell, `an ISO 8601 ${kind}`);
      return "";
    }
    if (text.trim() === "") {
      missingCodes[row] = "";
      return "";
    }
    const parsed = parseIsoDay(text.trim());
    if (parsed.kind === "complete") days[row] = parsed.days;
    else {
      missingCodes[row] = parsed.kind === "partial" ? PARTIAL : NOT_A_DATE;
      if (parsed.kind === "partial") partial++;
      else unreadable++;
    }
    return text.trim();
  });
  if (partial > 0)
    notes.push(
      diagnostic(
        "information",
        "partial-dates",
        `${partial} dates in column ${column.name} are known to the month or year only; no day was assumed for them.`,
        column.name,
      ),
    );
  if (unreadable > 0)
    notes.push(
      diagnostic(
        "warning",
        "unreadable-dates",
        `${unreadable} values in the date column ${column.name} are no ISO 8601 dates; they count as missing.`,
        column.name,
      ),
    );
  return { ...identity, kind, values, days, missingCodes };
}

function timeColumn(
  identity: Identity,
  column: DatasetJsonColumn,
  cells: readonly unknown[],
  problems: ProblemList,
): RawColumn {
  const seconds = new Float64Array(cells.length).fill(Number.NaN);
  const missingCodes: (string | null)[] = new Array(cells.length).fill(null);
  const values = cells.map((cell, row) => {
    if (cell === null || cell === "") {
      missingCodes[row] = "";
      return "";
    }
    const parsed = typeof cell === "string" ? parseIsoTime(cell) : null;
    if (parsed === null) {
      wrongType(problems, row, column, cell, "an ISO 8601 time");
      return "";
    }
    seconds[row] = parsed;
    return String(cell);
  });
  return { ...identity, kind: "time", values, seconds, missingCodes };
}

function wrongType(
  problems: ProblemList,
  row: number,
  column: DatasetJsonColumn,
  cell: unknown,
  required: string,
): void {
  const shown = JSON.stringify(cell) ?? String(cell);
  problems.add(
    "wrong-type",
    `The value is ${shown.length > 40 ? `${shown.slice(0, 40)}…` : shown}; column ${column.name} requires ${required} or null.`,
    { row: row + 1, column: column.name },
  );
}
