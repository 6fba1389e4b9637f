import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import type { z } from "zod";
import { UsageError } from "./command.ts";
import { fieldFaults, unknownFields } from "./field-faults.ts";

/** Files this run has read: none of them is ever written over. */
const filesRead = new Set<string>();

/** Bytes of a file, or a sentence that says which file and what to do. `-` is standard input. */
export function readBytes(path: string, option: string): Uint8Array {
  try {
    const bytes = new Uint8Array(readFileSync(path === "-" ? 0 : path));
    if (path !== "-") filesRead.add(realpathSync(path));
    return bytes;
  } catch (error) {
    throw new UsageError([`${option}: cannot read ${path} (${reason(error)}); give the path of an existing file`]);
  }
}

export function fileSize(path: string, option: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw new UsageError([`${option}: cannot read ${path} (${reason(error)}); give the path of an existing file`]);
  }
}

/** Longest JSON document read; a text beyond it cannot be held by the JSON parser. */
const MAXIMUM_JSON_BYTES = 512 * 1024 * 1024 - 1;

/**
 * A JSON document of a known kind; every field at fault is named.
 *
 * @param hint - What to do when the file is not JSON at all, beginning with "; ".
 */
export function readDocument<T extends z.ZodType>(path: string, schema: T, option: string, hint = ""): z.output<T> {
  return checkDocument(readJson(path, option, hint), schema, `${option} ${path}`);
}

export function readJson(path: string, option: string, hint = ""): unknown {
  if (path !== "-" && fileSize(path, option) > MAXIMUM_JSON_BYTES) {
    throw new UsageError([`${option}: ${path} is too large for a document (512 MiB at most); is it the right file?`]);
  }
  const text = new TextDecoder().decode(readBytes(path, option));
  if (text.trim() === "") throw new UsageError([`${option}: ${path} is empty; a JSON document is needed`]);
  try {
    return JSON.parse(text);
  } catch (error) {
    const fault = error instanceof Error ? error.message : "unreadable";
    throw new UsageError([`${option}: ${path} is not JSON (${fault})${hint}`]);
  }
}

/** The document, typed; else a UsageError with one line per field at fault. */
export function checkDocument<T extends z.ZodType>(value: unknown, schema: T, where: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    // A document of another kind differs in every field; its name says more than the differences.
    const kind = parsed.error.issues.find((issue) => issue.path.length === 1 && issue.path[0] === "format");
    const issues = kind === undefined ? parsed.error.issues : [kind];
    throw new UsageError(listedFaults(fieldFaults(value, issues), where));
  }
  const unknown = unknownFields(schema, value, parsed.data);
  if (unknown.length > 0) throw new UsageError(listedFaults(unknown, where));
  return parsed.data;
}

/** Faults listed one by one; what comes after is counted. */
const FAULT_LIMIT = 100;

function listedFaults(faults: readonly string[], where: string): string[] {
  const lines = faults.slice(0, FAULT_LIMIT).map((fault) => `${where}: ${fault}`);
  return faults.length > FAULT_LIMIT ? [...lines, `${where}: and ${faults.length - FAULT_LIMIT} more faults`] : lines;
}

/** A JSON document as it stands in a file: the same document gives the same bytes. */
export function documentText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Writes JSON whole or not at all (temporary file, then rename); without a path, to standard output. */
export function writeDocument(path: string | undefined, value: unknown): void {
  writeDocuments([{ path, value }]);
}

/** Writes several JSON documents: all of them, or none when one cannot be written. */
export function writeDocuments(
  documents: readonly { readonly path: string | undefined; readonly value: unknown }[],
): void {
  const isStream = (path: string | undefined): path is undefined | "-" => path === undefined || path === "-";
  writeAllWhole(
    documents.flatMap(({ path, value }) => (isStream(path) ? [] : [{ path, content: documentText(value) }])),
  );
  for (const { path, value } of documents) if (isStream(path)) process.stdout.write(documentText(value));
}

/** Writes files whole: each beside its target first, then all are renamed. What existed stays as it was on failure. */
export function writeAllWhole(
  files: readonly { readonly path: string; readonly content: string | Uint8Array }[],
): void {
  const temporaries: { temporary: string; target: string; path: string }[] = [];
  let current = "";
  try {
    for (const { path, content } of files) {
      current = path;
      const target = resolve(path);
      refuseTarget(target, temporaries);
      makeFolder(dirname(target));
      const temporary = `${target}.${process.pid}.partial`;
      temporaries.push({ temporary, target, path });
      writeFileSync(temporary, content);
    }
    for (const { temporary, target, path } of temporaries) {
      current = path;
      renameSync(temporary, target);
    }
  } catch (error) {
    for (const { temporary } of temporaries) rmSync(temporary, { force: true });
    throw new UsageError([`cannot write ${current} (${reason(error)}); choose another file or folder`]);
  }
}

/** One level at a time: the recursive form never returns where a folder cannot exist, such as in /proc. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

function refuseTarget(target: string, others: readonly { readonly target: string }[]): void {
  const found = statSync(target, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) throw fault("EISDIR");
  if (found !== undefined && filesRead.has(realpathSync(target))) throw fault("INPUT");
  if (others.some((other) => other.target === target)) throw fault("TWICE");
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOENT":
      return "no such file or folder";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EROFS":
      return "the file system is read-only";
    case "EISDIR":
      return "it is a folder";
    case "EEXIST":
    case "ENOTDIR":
      return "a part of the path is a file, not a folder";
    case "INPUT":
      return "it is an input of this command";
    case "TWICE":
      return "two results would go to it";
    case "ENOSPC":
      return "no space left on the device";
    default:
      return code || "unreadable";
  }
}
