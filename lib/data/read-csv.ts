import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import {
  type DelimitedRecord,
  type Delimiter,
  delimiterName,
  delimiters,
  detectDelimiter,
  splitDelimitedText,
} from "./delimited-text.ts";
import { createProblemList, type ProblemList } from "./file-problem.ts";
import { detectDecimalMark, inferColumn } from "./infer-column.ts";
import type { ReadResult } from "./raw-table.ts";
import { decodeText } from "./text-encoding.ts";

export interface ReadCsvOptions {
  /** Separator to use instead of the one recognised. */
  readonly delimiter?: Delimiter;
}

/**
 * Reads delimited text: header line, then one line a record. Recognised by themselves: separator (comma, semicolon,
 * tab, vertical bar), encoding, byte-order mark, decimal comma, SAS missing codes. Types are inferred column by column;
 * identifiers with leading zeros stay text.
 *
 * @param name - Name of the table, e.g. the file name without its ending.
 * @returns The table, or all problems: ragged rows, empty or repeated names, an unclosed quotation mark.
 */
export function readCsv(bytes: Uint8Array, name: string, options: ReadCsvOptions = {}): ReadResult {
  const problems = createProblemList();
  const decoded = decodeText(bytes);
  if (!decoded.ok) {
    problems.add("not-text", decoded.message);
    return { ok: false, problems: problems.problems, omitted: problems.omitted };
  }
  const notes: Diagnostic[] = [...decoded.notes];
  const delimiter = options.delimiter ?? detectDelimiter(decoded.text) ?? ",";
  const { records, unclosedQuoteLine } = splitDelimitedText(decoded.text, delimiter);
  const header = records[0]?.fields.map((field) => field.trim()) ?? [];
  const rows = records.slice(1).filter((record) => record.fields.some((field) => field.trim() !== ""));
  if (unclosedQuoteLine !== null) {
    problems.add(
      "unclosed-quote",
      `The quotation mark that opens a field on line ${unclosedQuoteLine} is never closed; the file may be cut off. Close it, or double it ("") if it belongs to the text.`,
      { line: unclosedQuoteLine },
    );
  }
  checkHeader(header, records[0], delimiter, decoded.text, problems);
  if (problems.isEmpty) checkLengths(rows, header.length, delimiter, problems);
  if (!problems.isEmpty) return { ok: false, problems: problems.problems, omitted: problems.omitted };

  const blankRows = records.length - 1 - rows.length;
  if (blankRows > 0)
    notes.push(diagnostic("information", "blank-rows", `${blankRows} rows without any value were left out.`));
  if (rows.length === 0) notes.push(diagnostic("warning", "no-rows", "The file has a header line but no data rows."));
  const cells = header.map((_, column) => rows.map((row) => row.fields[column] ?? ""));
  const decimal = detectDecimalMark(cells, delimiter === ",");
  notes.push(...decimal.notes);
  return {
    ok: true,
    table: {
      name,
      label: "",
      format: "csv",
      columns: header.map((columnName, column) => inferColumn(columnName, cells[column] ?? [], decimal.mark)),
      rowCount: rows.length,
      notes,
    },
  };
}

function checkHeader(
  header: readonly string[],
  record: DelimitedRecord | undefined,
  delimiter: Delimiter,
  text: string,
  problems: ProblemList,
): void {
  if (record === undefined) {
    problems.add(
      "empty-file",
      "The file holds no lines. Export the data again, with a header line that names the columns.",
    );
    return;
  }
  if (header.length === 1) {
    problems.add("delimiter-not-found", describeMissingDelimiter(header[0] ?? "", delimiter, text), {
      line: record.line,
    });
    return;
  }
  const firstUse = new Map<string, number>();
  header.forEach((name, index) => {
    if (name === "") {
      problems.add(
        "empty-column-name",
        `Column ${index + 1} has no name in the header line. Give every column a name.`,
        { line: record.line },
      );
      return;
    }
    const first = firstUse.get(name);
    if (first === undefined) firstUse.set(name, index);
    else
      problems.add(
        "duplicate-column-name",
        `The name "${name}" is given to columns ${first + 1} and ${index + 1}. Give each column its own name.`,
        { line: record.line, column: name },
      );
  });
}

function describeMissingDelimiter(header: string, delimiter: Delimiter, text: string): string {
  const other = detectDelimiter(text);
  if (other !== null && other !== delimiter) {
    const count = header.split(other).length - 1;
    return `With the ${delimiterName(delimiter)} as separator the header line is a single column, but it holds ${count} ${delimiterName(other)}${count === 1 ? "" : "s"}. Choose the ${delimiterName(other)} as separator.`;
  }
  const tried = delimiters.map(delimiterName).join(", ");
  const shown = header.length > 60 ? `${header.slice(0, 60)}…` : header;
  return `No column separator was found in the header line "${shown}" (tried: ${tried}). Save the file with one of these separators.`;
}

function checkLengths(
  rows: readonly DelimitedRecord[],
  columns: number,
  delimiter: Delimiter,
  problems: ProblemList,
): void {
  rows.forEach((row, index) => {
    const found = row.fields.length;
    if (found === columns) return;
    const advice =
      found > columns
        ? `If a value contains a ${delimiterName(delimiter)}, put it in quotation marks.`
        : "Fill in the missing values, or leave them empty between separators.";
    problems.add(
      "ragged-row",
      `The row has ${found} ${found === 1 ? "value" : "values"}, but the header names ${columns} columns. ${advice}`,
      { row: index + 1, line: row.line },
    );
  });
}
