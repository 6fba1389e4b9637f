import { DomainError } from "../errors/domain-error.ts";

/**
 * The one JSON text of a value: keys sorted by UTF-16 code unit, no white space, numbers in their shortest form.
 *
 * Two documents are equal if and only if their canonical texts are, so a text can be hashed and signed. What JSON cannot
 * carry without loss is refused, with the path of the place, rather than dropped: undefined, NaN, ±Infinity, functions,
 * symbols, big integers, lone surrogates, and objects that are not plain (dates, maps, typed arrays, class instances).
 * Negative zero is written 0.
 *
 * @param value - Plain JSON data: null, boolean, finite number, text, array, plain object.
 * @returns Canonical JSON text; hash its UTF-8 bytes.
 * @throws DomainError INVALID_INPUT naming the dotted path of the first inadmissible value.
 *
 * Source: RFC 8785 (JSON Canonicalization Scheme); number form by ECMAScript Number::toString.
 */
export function canonicalJson(value: unknown): string {
  return write(value, "");
}

function write(value: unknown, path: string): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isFinite(value)) throw inadmissible(path, String(value), "must be a finite number");
      return JSON.stringify(value);
    case "string":
      return writeText(value, path);
    case "object":
      if (Array.isArray(value)) return writeArray(value, path);
      return writeObject(value, path);
    default:
      throw inadmissible(path, typeof value, "must be JSON data");
  }
}

/** In a pattern with the flag u, paired surrogates are one character and do not match. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function writeText(text: string, path: string): string {
  if (LONE_SURROGATE.test(text)) throw inadmissible(path, "text with a lone surrogate", "must be well-formed Unicode");
  return JSON.stringify(text);
}

function writeArray(items: readonly unknown[], path: string): string {
  let text = "[";
  for (let i = 0; i < items.length; i++) text += (i === 0 ? "" : ",") + write(items[i], `${path}[${i}]`);
  return `${text}]`;
}

function writeObject(object: object, path: string): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw inadmissible(path, object.constructor?.name ?? "object", "must be a plain object or array", CONVERT_FIRST);
  }
  const entries = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const parts = entries.map(([key, item]) => {
    const place = path === "" ? key : `${path}.${key}`;
    return `${writeText(key, place)}:${write(item, place)}`;
  });
  return `{${parts.join(",")}}`;
}

const CONVERT_FIRST = "Convert it to arrays, texts and numbers first.";

function inadmissible(path: string, received: string, requirement: string, hint?: string): DomainError {
  const argument = path === "" ? "document" : path;
  return new DomainError(
    "INVALID_INPUT",
    hint === undefined ? { argument, received, requirement } : { argument, received, requirement, hint },
  );
}
