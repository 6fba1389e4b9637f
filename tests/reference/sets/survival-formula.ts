import type { CoxColumn } from "../../../lib/analysis/survival/fit-cox.ts";
import type { ReferenceColumns } from "../runner/reference-file.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";

/** Columns of an R formula with a survival response, named as R names them. */
export interface FormulaDesign {
  /** Rows of the data without a missing value in any variable of the formula. */
  readonly rows: readonly number[];
  readonly columns: readonly CoxColumn[];
  readonly terms: readonly { readonly name: string; readonly columns: readonly number[] }[];
  /** Codes of strata(…) at the rows; null without. */
  readonly strata: Int32Array | null;
}

interface Factor {
  readonly suffix: string;
  /** The first level of a category, left out where contrasts code it. */
  readonly reference: boolean;
  readonly value: (row: number) => number;
}

/** Reads "Surv(time, status) ~ a + log(b) + factor(c) + a:d + strata(e)". */
export function formulaDesign(formula: string, data: ReferenceColumns): FormulaDesign {
  const [left = "", right = ""] = formula.replace(/\s/g, "").split("~");
  if (left !== "Surv(time,status)") throw new UnknownCaseError(`response ${left}`);
  const parts = splitOutside(right, "+").filter((part) => part !== "1" && part !== "");
  const strataNames: string[] = [];
  const products: string[][] = [];
  for (const part of parts) {
    const strata = /^strata\((.+)\)$/.exec(part);
    if (strata !== null) strataNames.push(...splitOutside(strata[1]!, ","));
    else if (splitOutside(part, "*").length > 1) {
      const names = splitOutside(part, "*");
      for (let mask = 1; mask < 1 << names.length; mask++) products.push(names.filter((_, i) => (mask >> i) & 1));
    } else products.push(splitOutside(part, ":"));
  }
  products.sort((a, b) => a.length - b.length);
  const distinct = products.filter((product, i) => products.findIndex((other) => same(other, product)) === i);
  const atoms = new Map<string, Factor[]>();
  const variables = new Set<string>(strataNames);
  for (const atom of distinct.flat()) {
    variables.add(variableOf(atom));
    atoms.set(atom, []);
  }
  const known = (name: string, row: number) => column(data, name)[row] !== null;
  const rows = column(data, "time")
    .map((_, row) => row)
    .filter((row) => [...variables].every((name) => known(name, row)));
  for (const atom of atoms.keys()) atoms.set(atom, factorsOf(atom, data, rows));
  const columns: CoxColumn[] = [];
  const terms = distinct.map((product) => {
    let combined: { name: string; value: (row: number) => number }[] = [{ name: "", value: () => 1 }];
    for (const atom of product) {
      // A category is coded by contrasts when the product without it is in the model, else by all its levels.
      const rest = product.filter((other) => other !== atom);
      const byContrasts = rest.length === 0 || distinct.some((other) => same(other, rest));
      const factors = atoms.get(atom)!;
      combined = (byContrasts ? factors.filter(({ reference }) => !reference) : factors).flatMap((factor) =>
        combined.map(({ name, value }) => ({
          name: name === "" ? atom + factor.suffix : `${name}:${atom}${factor.suffix}`,
          value: (row: number) => value(row) * factor.value(row),
        })),
      );
    }
    const first = columns.length;
    for (const { name, value } of combined) columns.push({ name, values: Float64Array.from(rows, value) });
    return { name: product.join(":"), columns: combined.map((_, i) => first + i) };
  });
  const strata =
    strataNames.length === 0
      ? null
      : Int32Array.from(
          rows,
          (
            (codes) => (row: number) =>
              codes[row]!
          )(strataCodes(data, strataNames).codes),
        );
  return { rows, columns, terms, strata };
}

/** One code a combination of the variables' values in sorted order; −1 where one is missing. */
export function strataCodes(data: ReferenceColumns, names: readonly string[]) {
  const keys = column(data, names[0]!).map((_, row) => {
    const values = names.map((name) => column(data, variableOf(name))[row]);
    return values.some((value) => value === null || value === undefined) ? null : values.map(String).join(", ");
  });
  const numeric = names.length === 1 && column(data, variableOf(names[0]!)).every((v) => typeof v !== "string");
  const levels = [...new Set(keys.filter((key) => key !== null))].sort(
    numeric ? (a, b) => Number(a) - Number(b) : undefined,
  );
  return { levels, codes: Int32Array.from(keys, (key) => (key === null ? -1 : levels.indexOf(key))) };
}

const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  log: Math.log,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
};

function factorsOf(atom: string, data: ReferenceColumns, rows: readonly number[]): Factor[] {
  const name = variableOf(atom);
  const values = column(data, name);
  const wrapped = /^([A-Za-z0-9.]+)\(/.exec(atom)?.[1];
  const power = /^I\([A-Za-z0-9._]+\^([0-9]+)\)$/.exec(atom)?.[1];
  if (power !== undefined)
    return [{ suffix: "", reference: false, value: (row) => Number(values[row]) ** Number(power) }];
  const textual = rows.some((row) => typeof values[row] === "string");
  if (textual || wrapped === "factor" || wrapped === "as.factor") {
    const levels = [...new Set(rows.map((row) => values[row]))].sort((a, b) =>
      typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : 1,
    );
    return levels.map((level, k) => ({
      suffix: String(level),
      reference: k === 0,
      value: (row) => (values[row] === level ? 1 : 0),
    }));
  }
  if (wrapped === undefined) return [{ suffix: "", reference: false, value: (row) => Number(values[row]) }];
  const transform = FUNCTIONS[wrapped];
  if (transform === undefined) throw new UnknownCaseError(`term ${atom}`);
  return [{ suffix: "", reference: false, value: (row) => transform(Number(values[row])) }];
}

/** The variable inside log(x), factor(x), I(x^2), or the name itself. */
function variableOf(atom: string): string {
  const inside = /^[A-Za-z0-9.]+\((.+)\)$/.exec(atom)?.[1] ?? atom;
  return inside.replace(/\^[0-9]+$/, "");
}

function column(data: ReferenceColumns, name: string) {
  const found = data[name];
  if (found === undefined) throw new UnknownCaseError(`the data set has no column ${name}`);
  return found;
}

function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")") depth--;
    else if (text[i] === separator && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((name) => b.includes(name));
