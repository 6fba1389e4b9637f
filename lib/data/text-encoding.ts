import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";

export type DecodedText =
  | { readonly ok: true; readonly text: string; readonly notes: readonly Diagnostic[] }
  | { readonly ok: false; readonly message: string };

/** A byte that no text in a one-byte encoding or UTF-8 contains. */
const NUL = 0;

/**
 * Bytes of a text file as text. A byte-order mark decides; without one the text is UTF-8 if it is valid UTF-8, else
 * Windows-1252 (which contains Latin-1), with a note that names the first line where this showed.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (startsWith(bytes, [0xff, 0xfe])) return decodeUtf16(bytes, "utf-16le");
  if (startsWith(bytes, [0xfe, 0xff])) return decodeUtf16(bytes, "utf-16be");
  const nul = bytes.indexOf(NUL);
  if (nul >= 0) {
    return {
      ok: false,
      message: `The file is not text: byte ${nul + 1} is NUL. Save the data as CSV text in UTF-8, or as XPT or Dataset-JSON, and import it again.`,
    };
  }
  try {
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), notes: [] };
  } catch {
    const line = lineOfFirstInvalidUtf8(bytes);
    return {
      ok: true,
      text: new TextDecoder("windows-1252").decode(bytes),
      notes: [
        diagnostic(
          "warning",
          "assumed-windows-1252",
          `The file is not valid UTF-8 (first seen on line ${line}); it was read as Windows-1252 (Latin-1). Check names with accents, or save the file as UTF-8.`,
        ),
      ],
    };
  }
}

/** Decodes fixed-width fields: UTF-8 when all of them are, else Windows-1252. */
export function fieldDecoder(allFieldsAreUtf8: boolean): (bytes: Uint8Array) => string {
  const decoder = new TextDecoder(allFieldsAreUtf8 ? "utf-8" : "windows-1252", { ignoreBOM: true });
  return (bytes) => decoder.decode(bytes);
}

/** Whether the bytes are valid UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  if (bytes.every((byte) => byte < 0x80)) return true;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}

function decodeUtf16(bytes: Uint8Array, encoding: "utf-16le" | "utf-16be"): DecodedText {
  try {
    return { ok: true, text: new TextDecoder(encoding, { fatal: true }).decode(bytes), notes: [] };
  } catch {
    return {
      ok: false,
      message: "The file begins like UTF-16 text but is not valid UTF-16. Save it as UTF-8 and import it again.",
    };
  }
}

function lineOfFirstInvalidUtf8(bytes: Uint8Array): number {
  const LINE_FEED = 10;
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (!isUtf8(bytes.subarray(start, end < 0 ? bytes.length : end))) return line;
    if (end < 0) return line;
    start = end + 1;
    line++;
  }
}
