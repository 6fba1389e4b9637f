import { readFileSync } from "node:fs";
import { z } from "zod";

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

/** A file of reference cases; throws with the path of every field at fault. */
export function readReferenceFile(path: string): ReferenceFile {
  return fileSchema.parse(JSON.parse(readFileSync(path, "utf8")));
}

/** Columns of the data set that a case names. */
export function dataOf(item: ReferenceCase, file: ReferenceFile, which = 0): ReferenceColumns {
  const name = Array.isArray(item.dataset) ? item.dataset[which] : item.dataset;
  const found = name === undefined || name === null ? undefined : file.datasets[name];
  if (found === undefined) throw new Error(`case ${item.id} names a data set that the file lacks: ${String(name)}`);
  return found.columns;
}
