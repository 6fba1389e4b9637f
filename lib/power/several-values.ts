import { z } from "zod";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { type FieldRange, rangeFault } from "./numeric-field.ts";

/** A numeric field that takes one value or several. */
const severalValuesSchema = z.union([z.number(), z.array(z.number()).min(1).max(200)]);

/**
 * A numeric field that takes one value or several, each within a range.
 *
 * @param range - Values that the field may take.
 * @param hint - What to do with another value.
 * @returns Schema that names every value at fault, so that all fields are refused at once.
 */
export function severalValues(range: FieldRange, hint?: string) {
  return severalValuesSchema.superRefine((given, context) => {
    for (const value of typeof given === "number" ? [given] : given) {
      const fault = rangeFault(range, value);
      if (fault === null) continue;
      context.addIssue({
        code: "custom",
        message: `${fault}; received ${value}.${hint === undefined ? "" : ` ${hint}`}`,
      });
    }
  });
}

export type SeveralValues = number | readonly number[];

/** How several values in more than one field combine: every value with every other, or first with first. */
export const combinationSchema = z.enum(["cross", "zip"]);
export type Combination = z.infer<typeof combinationSchema>;

const MOST_ROWS = 2000;

/**
 * Rows of single values from fields with one or several values.
 *
 * @param fields - Values by field name.
 * @param combination - "cross": all combinations, the last field varying fastest. "zip": the k-th row takes the k-th value
 *   of every field; fields with one value keep it.
 * @returns One record for each row; at least one.
 * @throws DomainError INVALID_INPUT for lists of different lengths to be zipped, and for more than 2,000 rows.
 */
export function combineValues(
  fields: Readonly<Record<string, SeveralValues>>,
  combination: Combination,
): Record<string, number>[] {
  const lists = Object.entries(fields).map(([name, values]) => ({
    name,
    values: typeof values === "number" ? [values] : [...values],
  }));
  return combination === "zip" ? zipRows(lists) : crossRows(lists);
}

interface FieldValues {
  readonly name: string;
  readonly values: readonly number[];
}

function zipRows(lists: readonly FieldValues[]): Record<string, number>[] {
  const rows = Math.max(1, ...lists.map(({ values }) => values.length));
  for (const { name, values } of lists) {
    if (values.length !== 1 && values.length !== rows)
      throw invalidInput(
        name,
        values,
        `must hold one value or ${rows} values, as many as the longest list`,
        'Give lists of the same length, or combine with "cross".',
      );
  }
  return Array.from({ length: rows }, (_, k) =>
    Object.fromEntries(lists.map(({ name, values }) => [name, values.length === 1 ? values[0]! : values[k]!])),
  );
}

function crossRows(lists: readonly FieldValues[]): Record<string, number>[] {
  const count = lists.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_ROWS)
    throw new DomainError("INVALID_INPUT", {
      argument: lists.reduce((longest, each) => (each.values.length > longest.values.length ? each : longest)).name,
      received: count,
      requirement: `must not make more than ${MOST_ROWS} rows of all combinations`,
      hint: 'Give fewer values, or combine with "zip".',
    });
  let rows: Record<string, number>[] = [{}];
  for (const { name, values } of lists)
    rows = rows.flatMap((row) => values.map((value): Record<string, number> => ({ ...row, [name]: value })));
  return rows;
}
