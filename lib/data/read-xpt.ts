import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { createProblemList } from "./file-problem.ts";
import { parseIbmFloat, sasMissingCode } from "./ibm-float.ts";
import type { RawColumn, ReadResult } from "./raw-table.ts";
import { sasNumberColumn } from "./sas-number-column.ts";
import { statedLabel } from "./stated-label.ts";
import { fieldDecoder, isUtf8 } from "./text-encoding.ts";
import { readXptMember, type XptMember, type XptVariable, xptHeaderKind, xptRecordLength } from "./xpt-layout.ts";

const BLANK = 0x20;
/** Library header, two records of creation data. */
const FIRST_MEMBER = 3 * xptRecordLength;

export interface ReadXptOptions {
  /** Name of the data set to take from a file with several; the first when not given. */
  readonly member?: string;
}

/** Whether bytes begin like a SAS transport file, version 5 or 8. */
export function isXpt(bytes: Uint8Array): boolean {
  const kind = xptHeaderKind(bytes, 0);
  return kind === "LIBRARY" || kind === "LIBV8";
}

/**
 * Reads a SAS transport file (XPT), version 5/6 or 8/9: IBM floating point exactly, missing codes . ._ .A–.Z, dates and
 * times by their display formats, long names and labels.
 *
 * A file that is cut off is refused wherever the format lets one see it: a length that is no multiple of 80 bytes, an
 * incomplete last observation, fewer observations than a version 8 header states.
 *
 * @returns The first (or the named) data set, or all problems.
 */
export function readXpt(bytes: Uint8Array, options: ReadXptOptions = {}): ReadResult {
  if (!isXpt(bytes)) {
    return refuse(
      "xpt-magic",
      bytes.length < xptRecordLength
        ? "The file is too short to be a SAS transport file (XPT)."
        : "The file does not begin with the library header of a SAS transport file (XPT version 5 or 8). If it is a SAS data set (.sas7bdat) or a CPORT file, export it with LIBNAME … XPORT.",
    );
  }
  if (bytes.length < FIRST_MEMBER + xptRecordLength)
    return refuse(
      "xpt-truncated",
      `The SAS transport file is cut off inside its library header (${bytes.length} bytes). Export or copy the file again.`,
    );
  const starts = memberStarts(bytes);
  if (starts[0] !== FIRST_MEMBER)
    return refuse(
      "xpt-header",
      "The SAS transport file has no MEMBER header where its first data set must begin: it is damaged. Export or copy the file again.",
    );
  const names: string[] = [];
  let chosen: { member: XptMember; end: number } | null = null;
  for (const [index, start] of starts.entries()) {
    const read = readXptMember(bytes, start);
    if (!read.ok) return refuse(read.code, read.message);
    names.push(read.member.name);
    const isWanted =
      options.member === undefined ? index === 0 : read.member.name.toUpperCase() === options.member.toUpperCase();
    if (isWanted && chosen === null) chosen = { member: read.member, end: starts[index + 1] ?? bytes.length };
  }
  if (chosen === null)
    return refuse(
      "xpt-member",
      `The file holds no data set named "${options.member ?? ""}"; it holds ${names.join(", ")}.`,
    );
  return readObservations(bytes, chosen.member, chosen.end, names);
}

function memberStarts(bytes: Uint8Array): number[] {
  const LETTER_H = 0x48;
  const starts: number[] = [];
  for (let offset = FIRST_MEMBER; offset < bytes.length; offset += xptRecordLength) {
    if (bytes[offset] !== LETTER_H) continue;
    const kind = xptHeaderKind(bytes, offset);
    if (kind === "MEMBER" || kind === "MEMBV8") starts.push(offset);
  }
  return starts;
}

function readObservations(bytes: Uint8Array, member: XptMember, end: number, names: readonly string[]): ReadResult {
  const counted = countRows(bytes, member, end);
  if (!counted.ok) return refuse("xpt-truncated", counted.message);
  const { rows } = counted;
  const notes: Diagnostic[] = [...counted.notes];
  const problems = createProblemList();
  const seen = new Set<string>();
  for (const variable of member.variables) {
    if (seen.has(variable.name))
      problems.add("duplicate-column-name", `Two variables are named "${variable.name}".`, { column: variable.name });
    seen.add(variable.name);
  }
  if (!problems.isEmpty) return { ok: false, problems: problems.problems, omitted: problems.omitted };
  const textIsUtf8 = member.variables.every(
    (variable) => variable.isNumeric || eachField(bytes, member, variable, rows).every(isUtf8),
  );
  if (!textIsUtf8)
    notes.push(
      diagnostic(
        "warning",
        "assumed-windows-1252",
        "Text in the file is not valid UTF-8; it was read as Windows-1252 (Latin-1). Check names with accents.",
      ),
    );
  if (names.length > 1)
    notes.push(
      diagnostic(
        "warning",
        "several-members",
        `The file holds ${names.length} data sets (${names.join(", ")}); ${member.name} was read and the others were left out.`,
      ),
    );
  if (rows === 0) notes.push(diagnostic("warning", "no-rows", `The data set ${member.name} has no observations.`));
  return {
    ok: true,
    table: {
      name: member.name,
      label: statedLabel(member.label),
      format: member.version === "v8" ? "xpt-v8" : "xpt-v5",
      columns: member.variables.map((variable) =>
        variable.isNumeric
          ? numberColumn(bytes, member, variable, rows)
          : textColumn(bytes, member, variable, rows, textIsUtf8),
      ),
      rowCount: rows,
      notes,
    },
  };
}

type RowCount =
  | { readonly ok: true; readonly rows: number; readonly notes: readonly Diagnostic[] }
  | { readonly ok: false; readonly message: string };

/**
 * Number of observations between the observation header and `end`. The last record is padded with blanks, and an
 * observation of blanks only within that padding cannot be told from it; SAS drops it, and so do we, saying so where
 * it could have been one (all variables are text).
 */
function countRows(bytes: Uint8Array, member: XptMember, end: number): RowCount {
  const length = member.observationLength;
  const available = end - member.dataStart;
  const complete = Math.floor(available / length);
  const again = "Export or copy the file again.";
  if (available % xptRecordLength !== 0) {
    return {
      ok: false,
      message: `The SAS transport file is cut off: it has ${bytes.length} bytes, which is no multiple of 80. ${complete} observations of ${length} bytes are complete; the next one is not. ${again}`,
    };
  }
  if (member.statedRows !== null) {
    if (member.statedRows > complete)
      return {
        ok: false,
        message: `The SAS transport file is cut off: its header states ${member.statedRows} observations, but only ${complete} are complete. ${again}`,
      };
    return { ok: true, rows: member.statedRows, notes: [] };
  }
  const remainder = bytes.subarray(member.dataStart + complete * length, end);
  if (remainder.length >= xptRecordLength || remainder.some((byte) => byte !== BLANK)) {
    return {
      ok: false,
      message: `The SAS transport file is cut off: after ${complete} complete observations of ${length} bytes, ${remainder.length} bytes of the next one follow and then nothing. ${again}`,
    };
  }
  let rows = complete;
  const lastRecord = end - xptRecordLength;
  while (
    rows > 0 &&
    member.dataStart + (rows - 1) * length > lastRecord &&
    isBlank(bytes, member.dataStart + (rows - 1) * length, length)
  )
    rows--;
  const couldBeRows = rows < complete && member.variables.every((variable) => !variable.isNumeric);
  return {
    ok: true,
    rows,
    notes: couldBeRows
      ? [
          diagnostic(
            "information",
            "trailing-blank-rows",
            `Up to ${complete - rows} blank rows at the end cannot be told from the padding of the last record and were left out.`,
          ),
        ]
      : [],
  };
}

function isBlank(bytes: Uint8Array, offset: number, length: number): boolean {
  return bytes.subarray(offset, offset + length).every((byte) => byte === BLANK);
}

function eachField(bytes: Uint8Array, member: XptMember, variable: XptVariable, rows: number): Uint8Array[] {
  return Array.from({ length: rows }, (_, row) => field(bytes, member, variable, row));
}

/** The bytes of one cell; of a text cell without the trailing blanks and NULs. */
function field(bytes: Uint8Array, member: XptMember, variable: XptVariable, row: number): Uint8Array {
  const start = member.dataStart + row * member.observationLength + variable.position;
  let end = start + variable.length;
  if (!variable.isNumeric) while (end > start && (bytes[end - 1] === BLANK || bytes[end - 1] === 0)) end--;
  return bytes.subarray(start, end);
}

function identity(variable: XptVariable) {
  return { name: variable.name, label: statedLabel(variable.label), displayFormat: variable.format };
}

function textColumn(
  bytes: Uint8Array,
  member: XptMember,
  variable: XptVariable,
  rows: number,
  isUtf8Text: boolean,
): RawColumn {
  const decode = fieldDecoder(isUtf8Text);
  return { ...identity(variable), kind: "text", values: eachField(bytes, member, variable, rows).map(decode) };
}

function numberColumn(bytes: Uint8Array, member: XptMember, variable: XptVariable, rows: number): RawColumn {
  const values = new Float64Array(rows);
  const missingCodes: (string | null)[] = [];
  for (let row = 0; row < rows; row++) {
    const cell = field(bytes, member, variable, row);
    const code = sasMissingCode(cell);
    missingCodes.push(code);
    values[row] = code === null ? parseIbmFloat(cell) : Number.NaN;
  }
  return sasNumberColumn(identity(variable), values, missingCodes);
}

function refuse(code: string, message: string): ReadResult {
  return { ok: false, problems: [{ row: null, column: null, code, message }], omitted: 0 };
}
