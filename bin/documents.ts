import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { z } from "zod";
import { UsageError } from "./command.ts";

/** Bytes of a file, or a sentence that says which file and what to do. `-` is standard input. */
export function readBytes(path: string, option: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path === "-" ? 0 : path));
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

/** A JSON document of a known kind; every field at fault is named. */
export function readDocument<T extends z.ZodType>(path: string, schema: T, option: string): z.output<T> {
  return checkDocument(readJson(path, option), schema, `${option} ${path}`);
}

export function readJson(path: string, option: string): unknown {
  const text = new TextDecoder().decode(readBytes(path, option));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError([`${option}: ${path} is not JSON (${error instanceof Error ? error.message : "unreadable"})`]);
  }
}

export function checkDocument<T extends z.ZodType>(value: unknown, schema: T, where: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    parsed.error.issues.map(
      (issue) => `${where}: ${issue.path.length === 0 ? "document" : issue.path.join(".")}: ${issue.message}`,
    ),
  );
}

/** Writes JSON whole or not at all (temporary file, then rename); without a path, to standard output. */
export function writeDocument(path: string | undefined, value: unknown): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (path === undefined || path === "-") process.stdout.write(text);
  else writeWhole(path, text);
}

export function writeWhole(path: string, content: string | Uint8Array): void {
  const target = resolve(path);
  try {
    mkdirSync(dirname(target), { recursive: true });
    const temporary = `${target}.${process.pid}.partial`;
    writeFileSync(temporary, content);
    renameSync(temporary, target);
  } catch (error) {
    throw new UsageError([`cannot write ${path} (${reason(error)}); choose a folder you may write to`]);
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT") return "no such file or folder";
  if (code === "EACCES") return "permission denied";
  if (code === "EISDIR") return "it is a folder";
  return code || "unreadable";
}
