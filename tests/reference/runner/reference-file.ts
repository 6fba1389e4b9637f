import { readFileSync } from "node:fs";
import { z } from "zod";
import { UnknownCaseError } from "./unknown-case-error.ts";

/** A value in a case: numbers, "Inf"/"-Inf", text, null for missing, lists and records of these. */
export type ReferenceValue =
  | number
  | string
  | boolean
  | null
  | readonly ReferenceValue[]
  | { readonly [key: string]: ReferenceValue };

const valueSchema: z.ZodType<ReferenceValue> = z.lazy(() =>
  z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(valueSchema), z.record(z.string(), valueSchema)]),
);

const columnSchema = z.array(z.union([z.number(), z.string(), z.boolean(), z.null()]));

const caseSchema = z.object({
  id: z.string(),
  dataset: z.union([z.string(), z.array(z.string())]).nullish(),
  /** Shape depends on the set; its evaluator checks it. */
  input: z.unknown().optional(),
  expected: z.unknown().optional(),
  /** Printed values of a published table stand here instead of `input` and `expected`. */
  values: z.unknown().optional(),
  tol: z.union([z.number(), z.string(), z.record(z.string(), z.unknown())]).nullish(),
});

const fileSchema = z.object({
  name: z.string(),
  meta: z.looseObject({}),
  datasets: z.record(z.string(), z.object({ columns: z.record(z.string(), columnSchema) })).default({}),
  cases: z.array(z.looseObject(caseSchema.shape)),
});

export type ReferenceCase = z.infer<typeof caseSchema>;
export type ReferenceColumns = Readonly<Record<string, readonly (number | string | boolean | null)[]>>;
export type ReferenceFile = z.infer<typeof fileSchema>;

/** A file that cannot be read as one of reference cases, with the reason in one sentence. */
export class ReferenceFileError extends Error {
  override readonly name = "ReferenceFileError";
}

/**
 * A file of reference cases.
 *
 * @throws ReferenceFileError when the file cannot be read, is not JSON, is not of the format or holds no case.
 */
export function readReferenceFile(path: string): ReferenceFile {
  const parsed = fileSchema.safeParse(jsonOf(path));
  if (!parsed.success)
    throw new ReferenceFileError(`not in the format of reference files: ${issueSentence(parsed.error)}`);
  if (parsed.data.cases.length === 0) throw new ReferenceFileError("holds no case, so nothing is shown by it");
  return parsed.data;
}

function jsonOf(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new ReferenceFileError(missing ? `there is no file ${path}` : `the file ${path} cannot be read`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, " ") : "";
    throw new ReferenceFileError(`not JSON: ${reason}`);
  }
}

const SHOWN_ISSUES = 3;

/** The fields at fault in one line: "formula: expected string, received undefined; and 2 more". */
export function issueSentence({ issues }: z.ZodError): string {
  const shown = issues.slice(0, SHOWN_ISSUES).map(({ path, message }) => {
    const text = message.replace(/^Invalid (input|option|discriminator value)[:.]? */i, "") || "of another kind";
    return path.length === 0 ? text : `${path.join(".")}: ${text}`;
  });
  const more = issues.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

/** Columns of the data set that a case names. */
export function dataOf(item: ReferenceCase, file: ReferenceFile, which = 0): ReferenceColumns {
  const name = Array.isArray(item.dataset) ? item.dataset[which] : item.dataset;
  const found = name === undefined || name === null ? undefined : file.datasets[name];
  if (name === undefined || name === null) throw new UnknownCaseError("the case names no data set");
  if (found === undefined) throw new UnknownCaseError(`the case names a data set that the file lacks: ${name}`);
  return found.columns;
}
