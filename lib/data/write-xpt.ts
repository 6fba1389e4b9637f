import { DomainError } from "../errors/domain-error.ts";
import type { ExportColumn, ExportTable } from "./export-table.ts";
import { writeIbmFloat } from "./ibm-float.ts";
import { type XptVersion, xptRecordLength } from "./xpt-layout.ts";

const NAMESTR_LENGTH = 140;
const LONGEST_TEXT_V5 = 200;
const LONGEST_TEXT = 32767;
const BLANK = 0x20;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] as const;

interface Field {
  readonly column: ExportColumn;
  readonly length: number;
  readonly position: number;
  /** [rows] bytes of the cells of a text column; null for numbers. */
  readonly text: readonly Uint8Array[] | null;
}

/**
 * Writes a SAS transport file with one data set.
 *
 * Numbers are IBM floating point of 8 bytes, exact for every double from 5.4e-79 to 7.2e75 in size; missing is ".". Text is
 * UTF-8, padded with blanks to the longest cell.
 *
 * @param table - Names at most 8 characters, labels at most 40.
 * @param version - v5 is what regulators ask for.
 * @param createdAtUtc - ISO 8601 time for the headers.
 * @throws DomainError INVALID_INPUT when a name, label or text does not fit the version.
 *
 * Source: SAS Institute, TS-140, and "Record layout of a SAS version 8 or 9 data set in SAS transport format".
 */
export function writeXpt(table: ExportTable, version: XptVersion, createdAtUtc: string): Uint8Array<ArrayBuffer> {
  const fields = layOut(table, version);
  const width = fields.reduce((sum, { length }) => sum + length, 0);
  const headers = [...libraryHeaders(version, createdAtUtc), ...memberHeaders(table, version, createdAtUtc)];
  const described = padded(fields.length * NAMESTR_LENGTH);
  const before = (headers.length + 2) * xptRecordLength + described;
  const bytes = new Uint8Array(before + padded(table.rowCount * width)).fill(BLANK);
  headers.forEach((record, index) => {
    put(bytes, index * xptRecordLength, record);
  });
  const namestrs = headers.length * xptRecordLength;
  put(
    bytes,
    namestrs,
    headerRecord(version === "v5" ? "NAMESTR" : "NAMSTV8", `000000${digits(fields.length, 4)}${"0".repeat(20)}`),
  );
  fields.forEach((field, index) => {
    putNamestr(bytes, namestrs + xptRecordLength + index * NAMESTR_LENGTH, field, index + 1, version);
  });
  const observations = namestrs + xptRecordLength + described;
  put(
    bytes,
    observations,
    version === "v5"
      ? headerRecord("OBS", "0".repeat(30))
      : headerRecord("OBSV8", `${digits(table.rowCount, 15)}${"0".repeat(15)}`),
  );
  for (const field of fields) putCells(bytes, before, width, field, table.rowCount);
  return bytes;
}

function layOut(table: ExportTable, version: XptVersion): Field[] {
  const encoder = new TextEncoder();
  checkName(table.name, "table.name");
  let position = 0;
  return table.columns.map((column) => {
    checkName(column.name, `column ${column.name}`);
    const text = column.kind === "text" ? column.values.map((value) => encoder.encode(value)) : null;
    const length = text === null ? 8 : text.reduce((longest, cell) => Math.max(longest, cell.length), 1);
    if (length > (version === "v5" ? LONGEST_TEXT_V5 : LONGEST_TEXT)) {
      throw new DomainError("INVALID_INPUT", {
        argument: `column ${column.name}`,
        received: `a text of ${length} bytes`,
        requirement: "must have at most 200 bytes in a version 5 transport file",
        hint: "Choose version 8, CSV or Dataset-JSON.",
      });
    }
    const field = { column, length, position, text };
    position += length;
    return field;
  });
}

function checkName(name: string, argument: string): void {
  if (/^[A-Z_][A-Z0-9_]{0,7}$/.test(name)) return;
  throw new DomainError("INVALID_INPUT", {
    argument,
    received: name,
    requirement: "must be a SAS name of at most 8 capitals, digits and underscores",
  });
}

function libraryHeaders(version: XptVersion, createdAtUtc: string): string[] {
  const time = sasTime(createdAtUtc);
  return [
    headerRecord(version === "v5" ? "LIBRARY" : "LIBV8", "0".repeat(30)),
    `${"SAS     "}${"SAS     "}${"SASLIB  "}${"9.4     "}${"UTF-8   "}${" ".repeat(24)}${time}`,
    time,
  ];
}

function memberHeaders(table: ExportTable, version: XptVersion, createdAtUtc: string): string[] {
  const time = sasTime(createdAtUtc);
  const name = version === "v5" ? table.name.padEnd(8) : table.name.padEnd(32);
  const middle = version === "v5" ? " ".repeat(24) : "";
  return [
    headerRecord(version === "v5" ? "MEMBER" : "MEMBV8", `${"0".repeat(17)}1600000000140`),
    headerRecord(version === "v5" ? "DSCRPTR" : "DSCPTV8", "0".repeat(30)),
    `${"SAS     "}${name}${"SASDATA "}${"9.4     "}${"UTF-8   "}${middle}${time}`,
    `${time}${" ".repeat(16)}${asciiText(table.label, 40)}${" ".repeat(8)}`,
  ];
}

function headerRecord(kind: string, digitsAfter: string): string {
  return `HEADER RECORD*******${kind.padEnd(8)}HEADER RECORD!!!!!!!${digitsAfter}  `;
}

function putNamestr(bytes: Uint8Array, offset: number, field: Field, number: number, version: XptVersion): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, NAMESTR_LENGTH);
  bytes.fill(0, offset + 88, offset + NAMESTR_LENGTH);
  view.setInt16(0, field.text === null ? 1 : 2);
  view.setInt16(2, 0);
  view.setInt16(4, field.length);
  view.setInt16(6, number);
  put(bytes, offset + 8, field.column.name.padEnd(8));
  put(bytes, offset + 16, asciiText(field.column.label, 40));
  // No display format, no informat: blanks with widths of 0.
  for (const at of [64, 66, 68, 80, 82]) view.setInt16(at, 0);
  bytes.fill(0, offset + 70, offset + 72);
  view.setInt32(84, field.position);
  if (version === "v5") return;
  put(bytes, offset + 88, field.column.name.padEnd(32));
  view.setInt16(120, Math.min(40, field.column.label.length));
}

function putCells(bytes: Uint8Array, start: number, width: number, field: Field, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const at = start + row * width + field.position;
    if (field.text !== null) bytes.set(field.text[row]!, at);
    else if (field.column.kind === "number") writeIbmFloat(field.column.values[row]!, bytes, at);
  }
}

/** 01JAN26:09:30:00 */
function sasTime(iso: string): string {
  const time = new Date(iso);
  const two = (value: number) => digits(value, 2);
  return `${two(time.getUTCDate())}${MONTHS[time.getUTCMonth()]!}${two(time.getUTCFullYear() % 100)}:${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** Labels are read as single bytes by old programs: other characters become a question mark. */
function asciiText(text: string, width: number): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/[^\x20-\x7e]/g, "?")
    .slice(0, width)
    .padEnd(width);
}

function put(bytes: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
}

function padded(length: number): number {
  return Math.ceil(length / xptRecordLength) * xptRecordLength;
}
