import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { datasetJsonColumn } from "./dataset-json-column.ts";
import { type DatasetJsonMetadata, datasetJsonMetadataSchema } from "./dataset-json-schema.ts";
import { createProblemList, type ProblemList } from "./file-problem.ts";
import { findJsonFault } from "./json-fault.ts";
import type { ReadResult } from "./raw-table.ts";
import { statedLabel } from "./stated-label.ts";
import { decodeText } from "./text-encoding.ts";

type JsonRow = { readonly values: unknown; readonly line: number | null };

/**
 * Reads a CDISC Dataset-JSON 1.1 file: one JSON object (.json), or NDJSON with the metadata on the first line and a row
 * on each further line. Metadata are checked against the standard; every row must have a value for every column.
 *
 * @returns The table, or all problems with row and column.
 */
export function readDatasetJson(bytes: Uint8Array): ReadResult {
  const problems = createProblemList();
  const decoded = decodeText(bytes);
  if (!decoded.ok) {
    problems.add("not-text", decoded.message);
    return refusal(problems);
  }
  const document = isNdjson(decoded.text) ? parseLines(decoded.text, problems) : parseWhole(decoded.text, problems);
  if (document === null) return refusal(problems);
  const metadata = checkMetadata(document.metadata, problems);
  if (metadata === null) return refusal(problems);
  const notes: Diagnostic[] = [...decoded.notes];
  checkRecordCount(metadata, document, problems, notes);
  const rows = checkRows(document.rows, metadata.columns.length, problems);
  const seen = new Set<string>();
  for (const column of metadata.columns) {
    if (seen.has(column.name))
      problems.add("duplicate-column-name", `Two columns are named "${column.name}".`, { column: column.name });
    seen.add(column.name);
  }
  const columns = metadata.columns.map((column, index) =>
    datasetJsonColumn(
      column,
      rows.map((row) => row[index]),
      problems,
      notes,
    ),
  );
  if (!problems.isEmpty) return refusal(problems);
  if (rows.length === 0) notes.push(diagnostic("warning", "no-rows", `The data set ${metadata.name} has no rows.`));
  return {
    ok: true,
    table: {
      name: metadata.name,
      label: statedLabel(metadata.label),
      format: "dataset-json",
      columns,
      rowCount: rows.length,
      notes,
    },
  };
}

interface JsonDocument {
  readonly metadata: unknown;
  readonly rows: readonly JsonRow[];
  readonly layout: "json" | "ndjson";
}

/** NDJSON: the first line is a whole JSON object, and something follows or the object holds no rows. */
function isNdjson(text: string): boolean {
  const end = text.search(/[\r\n]/);
  const first = parseJson(end < 0 ? text : text.slice(0, end));
  if (first === undefined || !isObject(first) || "rows" in first) return false;
  return end >= 0 && text.slice(end).trim() !== "";
}

function parseLines(text: string, problems: ProblemList): JsonDocument | null {
  const lines = text.split(/\r\n|\n|\r/);
  const rows: JsonRow[] = [];
  let lastFilled = lines.length - 1;
  while (lastFilled > 0 && lines[lastFilled]?.trim() === "") lastFilled--;
  for (let index = 1; index <= lastFilled; index++) {
    const line = lines[index] ?? "";
    if (line.trim() === "") continue;
    const values = parseJson(line);
    if (values !== undefined) {
      rows.push({ values, line: index + 1 });
      continue;
    }
    const isCutOff = index === lastFilled && findJsonFault(line).kind === "cut-off";
    problems.add(
      isCutOff ? "json-truncated" : "json-syntax",
      isCutOff
        ? "The file is cut off in the middle of its last row. Export or copy it again."
        : "The line is not a JSON array. Every line after the first must hold the values of one row.",
      { row: index, line: index + 1 },
    );
  }
  return problems.isEmpty ? { metadata: parseJson(lines[0] ?? ""), rows, layout: "ndjson" } : null;
}

function parseWhole(text: string, problems: ProblemList): JsonDocument | null {
  const parsed = parseJson(text);
  if (parsed === undefined) {
    const fault = findJsonFault(text);
    if (fault.kind === "cut-off")
      problems.add(
        "json-truncated",
        `The JSON is cut off: the file ends on line ${fault.line}, character ${fault.character}, before it is complete. Export or copy it again.`,
        { line: fault.line },
      );
    else
      problems.add(
        "json-syntax",
        `The file is not valid JSON: line ${fault.line}, character ${fault.character} is not expected there.`,
        { line: fault.line },
      );
    return null;
  }
  if (!isObject(parsed)) {
    problems.add(
      "not-dataset-json",
      "The JSON is not a Dataset-JSON data set: it must be an object with metadata, columns and rows.",
    );
    return null;
  }
  const { rows = [], ...metadata } = parsed;
  if (!Array.isArray(rows)) {
    problems.add("json-rows", '"rows" must be an array of rows, each an array of values.');
    return null;
  }
  return { metadata, rows: rows.map((values: unknown) => ({ values, line: null })), layout: "json" };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkMetadata(metadata: unknown, problems: ProblemList): DatasetJsonMetadata | null {
  const parsed = datasetJsonMetadataSchema.safeParse(metadata);
  if (parsed.success) return parsed.data;
  const given = isObject(metadata) ? metadata : {};
  if ("clinicalData" in given || "referenceData" in given) {
    problems.add(
      "dataset-json-version",
      "The file is Dataset-JSON 1.0; versions 1.1 and 1.1.x are read. Convert it to version 1.1.",
    );
    return null;
  }
  if (!("datasetJSONVersion" in given) && !("columns" in given)) {
    problems.add(
      "not-dataset-json",
      "The JSON is not a CDISC Dataset-JSON data set: it has neither datasetJSONVersion nor columns.",
    );
    return null;
  }
  for (const issue of parsed.error.issues) {
    const path = issue.path.map(String);
    if (path[0] === "datasetJSONVersion" && "datasetJSONVersion" in given) {
      problems.add(
        "dataset-json-version",
        `The file states Dataset-JSON version ${JSON.stringify(given.datasetJSONVersion)}; versions 1.1 and 1.1.x are read. Export it as version 1.1.`,
      );
    } else if (path.length === 1 && path[0] !== undefined && !(path[0] in given)) {
      problems.add(
        "dataset-json-metadata",
        `"${path[0]}" is missing. Dataset-JSON 1.1 requires it${path[0] === "columns" ? "; without it the rows have no names and types" : ""}.`,
      );
    } else {
      problems.add("dataset-json-metadata", `${describePath(path, given)}: ${issue.message}.`);
    }
  }
  return null;
}

function describePath(path: readonly string[], given: Record<string, unknown>): string {
  const columns = given.columns;
  if (path[0] !== "columns" || path[1] === undefined || !Array.isArray(columns)) return path.join(".");
  const column: unknown = columns[Number(path[1])];
  const name = isObject(column) && typeof column.name === "string" ? ` (${column.name})` : "";
  return `Column ${Number(path[1]) + 1}${name}, ${path.slice(2).join(".")}`;
}

function checkRecordCount(
  metadata: DatasetJsonMetadata,
  document: JsonDocument,
  problems: ProblemList,
  notes: Diagnostic[],
): void {
  const found = document.rows.length;
  if (found === metadata.records) return;
  const sentence = `The file states ${metadata.records} records but holds ${found} rows.`;
  if (document.layout === "ndjson" && found < metadata.records)
    problems.add("json-truncated", `${sentence} It is cut off between two rows. Export or copy it again.`);
  else
    notes.push(diagnostic("critical", "record-count", `${sentence} Make sure that it is complete before you use it.`));
}

function checkRows(rows: readonly JsonRow[], columns: number, problems: ProblemList): (readonly unknown[])[] {
  const checked: (readonly unknown[])[] = [];
  rows.forEach(({ values, line }, index) => {
    const place = { row: index + 1, ...(line === null ? {} : { line }) };
    if (!Array.isArray(values)) problems.add("json-row", "The row is not an array of values.", place);
    else if (values.length !== columns)
      problems.add(
        "row-length",
        `The row has ${values.length} values, but the file describes ${columns} columns.`,
        place,
      );
    checked.push(Array.isArray(values) && values.length === columns ? values : new Array(columns).fill(null));
  });
  return checked;
}

function refusal(problems: ProblemList): ReadResult {
  return { ok: false, problems: problems.problems, omitted: problems.omitted };
}
