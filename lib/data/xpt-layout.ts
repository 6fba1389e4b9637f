/** Every record of a transport file has 80 bytes. */
export const xptRecordLength = 80;
/** Bytes of one variable description (136 on VAX/VMS). */
const NAMESTR_LENGTH = 140;

export type XptVersion = "v5" | "v8";

/** One variable of a member, as its NAMESTR record describes it. */
export interface XptVariable {
  readonly name: string;
  readonly label: string;
  /** With width and decimals, e.g. "DATE9."; empty when there is none. */
  readonly format: string;
  readonly isNumeric: boolean;
  /** Bytes of the field, and where it begins within an observation. */
  readonly length: number;
  readonly position: number;
}

/** One data set of a transport file: what its headers say and which bytes hold its observations. */
export interface XptMember {
  readonly version: XptVersion;
  readonly name: string;
  readonly label: string;
  readonly variables: readonly XptVariable[];
  /** Bytes of one observation. */
  readonly observationLength: number;
  readonly dataStart: number;
  /** Number of observations where the header states it (version 8 written by SAS); null otherwise. */
  readonly statedRows: number | null;
}

export type XptMemberResult =
  | { readonly ok: true; readonly member: XptMember }
  | { readonly ok: false; readonly code: string; readonly message: string };

const ADVICE = "Export or copy the file again (SAS: LIBNAME … XPORT or %LOC2XPT; R: haven::write_xpt).";

/** Header record that opens a part of the file, e.g. "LIBRARY " or "LIBV8   "; null when the record is none. */
export function xptHeaderKind(bytes: Uint8Array, offset: number): string | null {
  const text = ascii(bytes, offset, 48);
  const match = /^HEADER RECORD\*{7}(.{8})HEADER RECORD!{7}$/.exec(text);
  return match?.[1]?.trimEnd() ?? null;
}

/**
 * Reads the headers of the member that begins at `offset`.
 *
 * Source: SAS Institute, TS-140 "Record layout of a SAS version 5 or 6 data set in SAS transport (XPORT) format", and
 * "Record layout of a SAS version 8 or 9 data set in SAS transport format".
 */
export function readXptMember(bytes: Uint8Array, offset: number): XptMemberResult {
  const kind = xptHeaderKind(bytes, offset);
  const version: XptVersion = kind === "MEMBV8" ? "v8" : "v5";
  const names =
    version === "v8"
      ? { descriptor: "DSCPTV8", namestr: "NAMSTV8", observations: "OBSV8" }
      : { descriptor: "DSCRPTR", namestr: "NAMESTR", observations: "OBS" };
  const namestrLength = digits(bytes, offset + 74, 4) === 136 ? 136 : NAMESTR_LENGTH;
  const namestrHeader = offset + 4 * xptRecordLength;
  if (bytes.length < namestrHeader + xptRecordLength) return cut("inside the headers of a data set");
  if (xptHeaderKind(bytes, offset + xptRecordLength) !== names.descriptor)
    return broken(names.descriptor, offset + xptRecordLength);
  if (xptHeaderKind(bytes, namestrHeader) !== names.namestr) return broken(names.namestr, namestrHeader);
  const count = digits(bytes, namestrHeader + 53, 5);
  if (count === null || count === 0)
    return { ok: false, code: "xpt-no-variables", message: `The header states no number of variables. ${ADVICE}` };
  const first = namestrHeader + xptRecordLength;
  const afterNamestrs = padded(first + count * namestrLength);
  if (afterNamestrs > bytes.length) {
    const room = Math.floor((bytes.length - first) / namestrLength);
    return {
      ok: false,
      code: "xpt-variable-count",
      message: `The header announces ${count} variables, but the file has room for the descriptions of ${Math.max(0, room)} at most: the header is damaged or the file is cut off. ${ADVICE}`,
    };
  }
  const drafts: XptVariable[] = [];
  for (let index = 0; index < count; index++) drafts.push(namestr(bytes, first + index * namestrLength, version));
  const long = longLabels(bytes, afterNamestrs, drafts);
  if (!long.ok) return long;
  const { variables, next } = long;
  if (bytes.length < next + xptRecordLength) return cut("before the first observation");
  if (xptHeaderKind(bytes, next) !== names.observations) return broken(names.observations, next);
  const fault = variables.find(
    (variable) =>
      variable.length < 1 ||
      variable.position < 0 ||
      variable.name === "" ||
      (variable.isNumeric && variable.length > 8),
  );
  if (fault !== undefined)
    return {
      ok: false,
      code: "xpt-variable",
      message: `The description of variable "${fault.name}" is not possible (length ${fault.length}, position ${fault.position}): the header is damaged. ${ADVICE}`,
    };
  const described = offset + 2 * xptRecordLength;
  const stated = version === "v8" ? digits(bytes, next + 48, 15) : null;
  return {
    ok: true,
    member: {
      version,
      name: ascii(bytes, described + 8, version === "v8" ? 32 : 8).trim(),
      label: fieldText(bytes.subarray(described + xptRecordLength + 32, described + xptRecordLength + 72)),
      variables,
      observationLength: Math.max(...variables.map((variable) => variable.position + variable.length)),
      dataStart: next + xptRecordLength,
      statedRows: stated === 0 ? null : stated,
    },
  };
}

function namestr(bytes: Uint8Array, offset: number, version: XptVersion): XptVariable {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, NAMESTR_LENGTH - 4);
  const shortName = ascii(bytes, offset + 8, 8).trim();
  const longName = version === "v8" ? fieldText(bytes.subarray(offset + 88, offset + 120)) : "";
  return {
    name: longName === "" ? shortName : longName,
    label: fieldText(bytes.subarray(offset + 16, offset + 56)),
    format: formatText(ascii(bytes, offset + 56, 8).trim(), view.getInt16(64), view.getInt16(66)),
    isNumeric: view.getInt16(0) === 1,
    length: view.getInt16(4),
    position: view.getInt32(84),
  };
}

function formatText(name: string, width: number, decimals: number): string {
  if (name === "" && width === 0) return "";
  return `${name}${width > 0 ? width : ""}.${decimals > 0 ? decimals : ""}`;
}

type LongLabels =
  | { readonly ok: true; readonly variables: readonly XptVariable[]; readonly next: number }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Names, labels (and, in LABELV9, formats) too long for a NAMESTR record; `next` is the offset of what follows. */
function longLabels(bytes: Uint8Array, offset: number, drafts: readonly XptVariable[]): LongLabels {
  const kind = bytes.length < offset + xptRecordLength ? null : xptHeaderKind(bytes, offset);
  if (kind !== "LABELV8" && kind !== "LABELV9") return { ok: true, variables: drafts, next: offset };
  const lengthsPerEntry = kind === "LABELV9" ? 5 : 3;
  const entries = Number.parseInt(ascii(bytes, offset + 48, 30), 10);
  const variables = [...drafts];
  let position = offset + xptRecordLength;
  for (let entry = 0; entry < entries; entry++) {
    if (position + 2 * lengthsPerEntry > bytes.length) return cut("inside the long labels");
    const view = new DataView(bytes.buffer, bytes.byteOffset + position, 2 * lengthsPerEntry);
    const lengths = Array.from({ length: lengthsPerEntry - 1 }, (_, index) => view.getUint16(2 * (index + 1)));
    const texts: string[] = [];
    let start = position + 2 * lengthsPerEntry;
    for (const length of lengths) {
      texts.push(fieldText(bytes.subarray(start, start + length)));
      start += length;
    }
    if (start > bytes.length) return cut("inside the long labels");
    const index = view.getUint16(0) - 1;
    const draft = variables[index];
    if (draft === undefined)
      return {
        ok: false,
        code: "xpt-variable",
        message: `A long label refers to variable ${index + 1}, but there are ${drafts.length} variables: the header is damaged. ${ADVICE}`,
      };
    variables[index] = {
      ...draft,
      name: texts[0] || draft.name,
      label: texts[1] || draft.label,
      format: texts[2] || draft.format,
    };
    position = start;
  }
  return { ok: true, variables, next: padded(position) };
}

function padded(end: number): number {
  return Math.ceil(end / xptRecordLength) * xptRecordLength;
}

function ascii(bytes: Uint8Array, offset: number, length: number): string {
  return new TextDecoder("windows-1252").decode(bytes.subarray(offset, offset + length));
}

/** Text of a blank-padded field: UTF-8 when it is, else Windows-1252; trailing blanks and NULs removed. */
function fieldText(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end--;
  const field = bytes.subarray(0, end);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(field);
  } catch {
    return new TextDecoder("windows-1252").decode(field);
  }
}

function digits(bytes: Uint8Array, offset: number, length: number): number | null {
  const text = ascii(bytes, offset, length).trim();
  return /^\d+$/.test(text) ? Number(text) : null;
}

function cut(where: string): { readonly ok: false; readonly code: string; readonly message: string } {
  return { ok: false, code: "xpt-truncated", message: `The SAS transport file is cut off ${where}. ${ADVICE}` };
}

function broken(
  expected: string,
  offset: number,
): { readonly ok: false; readonly code: string; readonly message: string } {
  return {
    ok: false,
    code: "xpt-header",
    message: `The SAS transport file has no ${expected} header at byte ${offset}, where one must stand: it is damaged, or was copied as text instead of binary. ${ADVICE}`,
  };
}
