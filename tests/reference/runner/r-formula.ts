import type { Covariate } from "../../../lib/analysis/covariate.ts";
import type { ModelTerm } from "../../../lib/analysis/model-design.ts";
import type { ReferenceColumns } from "./reference-file.ts";

/** A formula of the reference files: response ~ terms of +, * and :, with an optional "0 +" or "- 1". */
export interface ParsedFormula {
  readonly response: string;
  readonly terms: readonly ModelTerm[];
  readonly intercept: boolean;
  /** Variables in order of first appearance. */
  readonly variables: readonly string[];
}

/** Reads an R formula into terms in R's order: by order of interaction, then of appearance. */
export function parseFormula(text: string): ParsedFormula {
  const [left = "", right = ""] = text.replace(/\s/g, "").split("~");
  let intercept = true;
  const products: string[][] = [];
  for (const part of right.replaceAll("-1", "+0").split("+")) {
    if (part === "1" || part === "") continue;
    if (part === "0") intercept = false;
    else if (part.includes("*")) {
      const names = part.split("*");
      for (let mask = 1; mask < 1 << names.length; mask++) products.push(names.filter((_, i) => (mask >> i) & 1));
    } else products.push(part.split(":"));
  }
  const variables = [...new Set(right.replaceAll("-1", "").split(/[+*:]/))].filter((name) => !/^[01]?$/.test(name));
  const seen = new Map<string, string[]>();
  for (const product of products) {
    const ordered = variables.filter((name) => product.includes(name));
    const key = ordered.join(":");
    if (!seen.has(key)) seen.set(key, ordered);
  }
  const terms = [...seen.values()].sort((a, b) => a.length - b.length);
  return { response: left, terms, intercept, variables };
}

/** Columns of a reference data set as model variables; levels as listed, else in order of appearance sorted. */
export function modelVariables(
  names: readonly string[],
  columns: ReferenceColumns,
  factorLevels: Readonly<Record<string, string | readonly string[]>> = {},
): Covariate[] {
  return names.map((name): Covariate => {
    const column = columns[name];
    if (column === undefined) throw new Error(`the data set has no column ${name}`);
    const listed = factorLevels[name];
    const textual = column.some((value) => typeof value === "string");
    if (listed === undefined && !textual)
      return {
        kind: "numeric",
        name,
        values: Float64Array.from(column, (value) => (value === null ? NaN : Number(value))),
      };
    const present = [...new Set(column.filter((value) => value !== null).map(String))].sort();
    const levels = listed === undefined ? present : typeof listed === "string" ? [listed] : listed;
    return {
      kind: "categorical",
      name,
      levels,
      codes: Int32Array.from(column, (value) => levels.indexOf(String(value))),
    };
  });
}
