import type { z } from "zod";
import { editDistance, nearestFirst, schemaFields } from "./schema-fields.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * One line per field of a document that does not follow its schema, each naming the field, what it must be and what it is.
 *
 * @param document - The parsed JSON that was refused.
 */
export function fieldFaults(document: unknown, issues: readonly Issue[]): string[] {
  return issues.map((issue) => {
    if (issue.code === "custom")
      return issue.path.length === 0 ? issue.message : `${pathText(issue.path)}: ${issue.message}`;
    const found = at(document, issue.path);
    const wanted = requirement(issue);
    if (issue.path.length === 0) return `the document ${wanted}; received ${shown(found)}`;
    if (found === undefined) return `${pathText(issue.path)} is missing; it ${wanted}`;
    return `${pathText(issue.path)} ${wanted}; received ${shown(found)}`;
  });
}

/**
 * Fields of the input that its schema does not know, so that a misspelt optional field is not ignored in silence.
 *
 * @param input - The document as it was given.
 * @param output - The document as its schema read it.
 * @returns One line a field, with the fields that the schema has there, the most similar name first.
 */
export function unknownFields(schema: z.ZodType, input: unknown, output: unknown): string[] {
  return unknownPaths(input, output, []).map(({ path, key, read }) => {
    const bySchema = schemaFields(schema, input, path);
    const known = nearestFirst(key, bySchema.length > 0 ? bySchema : read);
    const [nearest] = known;
    const close =
      nearest !== undefined && editDistance(key.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, key.length / 3);
    const meant = close ? `; did you mean ${nearest}? The` : "; the";
    return `${pathText([...path, key])} is not a field of this document${meant} fields here are ${known.join(", ")}`;
  });
}

interface UnknownPath {
  readonly path: Path;
  readonly key: string;
  /** Fields that were read beside it. */
  readonly read: readonly string[];
}

function unknownPaths(input: unknown, output: unknown, path: Path): UnknownPath[] {
  if (Array.isArray(input) && Array.isArray(output))
    return input.flatMap((item, index) => unknownPaths(item, output[index], [...path, index]));
  if (!isObject(input) || !isObject(output)) return [];
  return Object.keys(input).flatMap((key) => {
    if (Object.hasOwn(output, key)) return unknownPaths(input[key], output[key], [...path, key]);
    if (path.length === 0 && key === "$schema") return [];
    return [{ path, key, read: Object.keys(output) }];
  });
}

function requirement(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${NAMES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return issue.values.length === 1
        ? `must be ${literal(issue.values[0])}`
        : `must be one of ${issue.values.map(literal).join(", ")}`;
    case "too_small":
      return `must ${size(issue.origin, issue.inclusive === false ? "more than" : "at least", Number(issue.minimum))}`;
    case "too_big":
      return `must ${size(issue.origin, issue.inclusive === false ? "less than" : "at most", Number(issue.maximum))}`;
    case "invalid_format":
      return issue.format === "regex" && !issue.message.startsWith("Invalid")
        ? `must be ${issue.message}`
        : `must have the form ${("pattern" in issue && issue.pattern) || issue.format}`;
    case "invalid_union":
      return unionRequirement(issue);
    default:
      return `is not admissible: ${issue.message}`;
  }
}

function unionRequirement(issue: Extract<Issue, { code: "invalid_union" }>): string {
  if ("options" in issue && Array.isArray(issue.options))
    return `must be one of ${issue.options.map(literal).join(", ")}`;
  const forms = issue.errors.map((branch) =>
    branch
      .map((inner) => {
        const wanted = requirement(inner);
        return inner.path.length === 0 ? wanted.replace(/^must be /, "") : `${pathText(inner.path)} ${wanted}`;
      })
      .join(" and "),
  );
  return `must be one of these: ${forms.join(" | ")}`;
}

function size(origin: string, comparison: string, bound: number): string {
  if (origin === "string") return `have ${comparison} ${bound} characters`;
  if (origin === "array" || origin === "set") return `have ${comparison} ${bound} ${bound === 1 ? "entry" : "entries"}`;
  return `be ${comparison} ${bound}`;
}

const NAMES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

const LONGEST_SHOWN = 60;

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return "an object";
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function literal(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function at(document: unknown, path: Path): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** `visits[0].targetDay`. */
function pathText(path: Path): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`))
    .join("");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
