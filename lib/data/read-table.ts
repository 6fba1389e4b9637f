import { defaultMaxBytes, describeTooLarge, formatBytes } from "./file-size.ts";
import type { ReadResult } from "./raw-table.ts";
import { type ReadCsvOptions, readCsv } from "./read-csv.ts";
import { readDatasetJson } from "./read-dataset-json.ts";
import { isXpt, readXpt } from "./read-xpt.ts";

/**
 * Decompresses zlib or gzip data. Throws when the data are damaged or would exceed `maxBytes`. Passed in, because
 * decompression belongs to the platform.
 */
export type Inflate = (compressed: Uint8Array, maxBytes: number) => Uint8Array;

export interface ReadTableOptions extends ReadCsvOptions {
  readonly inflate?: Inflate;
  /** Largest size accepted, before and after decompression; default `defaultMaxBytes`. */
  readonly maxBytes?: number;
  /** Data set to take from an XPT file with several. */
  readonly member?: string;
}

/**
 * Reads a file whatever its format: recognised by its content, then by its name.
 *
 * @param fileName - With its ending; names the table when the file itself has no name.
 * @returns The table, or all problems: unknown or damaged formats name what the file seems to be and what to do.
 */
export function readTable(bytes: Uint8Array, fileName: string, options: ReadTableOptions = {}): ReadResult {
  const limit = options.maxBytes ?? defaultMaxBytes;
  if (bytes.length > limit) return refuse("too-large", describeTooLarge(bytes.length, limit));
  if (bytes.length === 0)
    return refuse("empty-file", `The file ${fileName} is empty (0 bytes). Export or copy it again.`);
  const content = recognise(bytes);
  switch (content) {
    case "xpt":
      return readXpt(bytes, options.member === undefined ? {} : { member: options.member });
    case "compressed":
      return readCompressed(bytes, fileName, limit, options);
    case "json":
      return readDatasetJson(bytes);
    case "text":
      return readText(bytes, fileName, options);
    default:
      return refuse("wrong-format", `${fileName} ${content.description}`);
  }
}

type Content = "xpt" | "compressed" | "json" | "text" | { readonly description: string };

const CSV_ADVICE = "Save the sheet as CSV (UTF-8) and import that.";

/** Beginnings of files that people take for data sets, and what to do instead. */
const FOREIGN: readonly { readonly magic: readonly number[]; readonly description: string }[] = [
  { magic: [0x50, 0x4b, 0x03, 0x04], description: `is a zip archive or an Excel workbook. ${CSV_ADVICE}` },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], description: `is an old Excel workbook (.xls). ${CSV_ADVICE}` },
  {
    magic: [0x50, 0x41, 0x52, 0x31],
    description: "is a Parquet file, which is not read here. Export it as CSV or Dataset-JSON.",
  },
  { magic: [0x25, 0x50, 0x44, 0x46], description: "is a PDF document, not a data set." },
  {
    magic: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc2, 0xea],
    description:
      "is a SAS data set (.sas7bdat), which is not read here. Export it in SAS with LIBNAME … XPORT, or with %LOC2XPT.",
  },
  {
    magic: [...ascii("**COMPRESSED**")],
    description:
      "was made by PROC CPORT, whose format is not public. Export it in SAS with LIBNAME … XPORT, or with %LOC2XPT.",
  },
  {
    magic: [...ascii("LIB CONTROL")],
    description:
      "was made by PROC CPORT, whose format is not public. Export it in SAS with LIBNAME … XPORT, or with %LOC2XPT.",
  },
  { magic: [...ascii("$FL2")], description: "is an SPSS data file. Export it as CSV." },
  { magic: [...ascii("<stata_dta>")], description: "is a Stata data file. Export it as CSV." },
];

/** Bytes inspected to recognise text that is a web page or JSON. */
const HEAD_BYTES = 1024;

function recognise(bytes: Uint8Array): Content {
  if (isXpt(bytes)) return "xpt";
  const foreign = FOREIGN.find(({ magic }) => magic.every((byte, index) => bytes[index] === byte));
  if (foreign !== undefined) return foreign;
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  // zlib with the usual window and one of the four levels (RFC 1950).
  const isZlib = bytes[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(bytes[1] ?? 0);
  if (isGzip || isZlib) return "compressed";
  const head = new TextDecoder("windows-1252").decode(bytes.subarray(0, HEAD_BYTES)).replace(/^ï»¿/, "").trimStart();
  if (head.startsWith("{") || head.startsWith("[")) return "json";
  if (/^<(!doctype|html|head|body)\b/i.test(head)) {
    return {
      description:
        "is a web page (HTML), not a data set: probably an error page was saved under this name. Download the file again.",
    };
  }
  if (head.startsWith("<"))
    return { description: "is XML or HTML, not a data set. CSV, SAS transport (XPT) and Dataset-JSON are read." };
  return "text";
}

function readText(bytes: Uint8Array, fileName: string, options: ReadTableOptions): ReadResult {
  const ending = /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase();
  if (ending === "xpt" || ending === "xport") return readXpt(bytes);
  if (ending === "json" || ending === "ndjson" || ending === "dsjc") {
    return refuse(
      "not-dataset-json",
      `${fileName} does not begin like JSON. Export it as CDISC Dataset-JSON 1.1, or name it .csv if it is delimited text.`,
    );
  }
  return readCsv(bytes, tableName(fileName), options);
}

function readCompressed(bytes: Uint8Array, fileName: string, limit: number, options: ReadTableOptions): ReadResult {
  if (options.inflate === undefined)
    return refuse("compressed", `${fileName} is compressed. Decompress it and import the .json, .csv or .xpt file.`);
  let inflated: Uint8Array;
  try {
    inflated = options.inflate(bytes, limit);
  } catch {
    return refuse(
      "compressed-damaged",
      `${fileName} cannot be decompressed: it is damaged or cut off, or its content exceeds ${formatBytes(limit)}. Export or copy it again.`,
    );
  }
  const inner = recognise(inflated);
  if (inner === "compressed")
    return refuse("compressed", `${fileName} is compressed twice. Decompress it and import the result.`);
  return readTable(inflated, fileName.replace(/\.(gz|dsjc|zz|z)$/i, ""), { ...options, maxBytes: limit });
}

function tableName(fileName: string): string {
  const base = fileName.replace(/^.*[\\/]/, "").replace(/\.[^.]*$/, "");
  return base === "" ? "data" : base;
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function refuse(code: string, message: string): ReadResult {
  return { ok: false, problems: [{ row: null, column: null, code, message }], omitted: 0 };
}
