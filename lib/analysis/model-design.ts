import { invalidInput } from "../errors/domain-error.ts";
import type { Covariate } from "./covariate.ts";

/** A main effect (one variable) or the product of several, e.g. ["arm", "visit"]. */
export type ModelTerm = readonly string[];

/** One factor of the product that a column of the design is: a numeric variable, or the indicator of a level. */
export interface ColumnFactor {
  readonly variable: string;
  /** Index of the level in the variable's `levels`; null for a numeric variable. */
  readonly level: number | null;
}

/** A column of the design matrix; no factors means the intercept. */
export interface ModelDesignColumn {
  readonly name: string;
  readonly factors: readonly ColumnFactor[];
  /** Index into `terms`; −1 for the intercept. */
  readonly term: number;
  /** One value a row, shape [n]. */
  readonly values: Float64Array;
}

/** Design matrix of a linear predictor, column by column. */
export interface ModelDesign {
  readonly rowCount: number;
  readonly terms: readonly ModelTerm[];
  readonly columns: readonly ModelDesignColumn[];
  /** The variables by name, for reference grids. */
  readonly variables: ReadonlyMap<string, Covariate>;
}

export const INTERCEPT_NAME = "(intercept)";

/**
 * Design matrix of a linear predictor with treatment coding: the first level that occurs is the reference. A factor in a
 * product is coded by contrasts when the product without it is in the model too, else by all its levels, so that the
 * columns span what the terms name (the rule of R's `model.matrix`).
 *
 * Within a term the levels of its first variable vary fastest; terms keep the order given (put main effects first).
 *
 * @param variables - Complete columns of equal length; no missing value.
 * @param terms - Names of variables; each set of names at most once.
 * @param options - Whether there is an intercept (yes by default); the number of rows, needed only without variables.
 * @returns Columns, possibly linearly dependent; the fitting routine names and leaves out those.
 * @throws DomainError INVALID_INPUT for a term that names no variable, or twice the same.
 *
 * Source: Chambers & Hastie (1992), Statistical Models in S, §2.4 (coding by contrasts). METHODS.md eq. (A12).
 */
export function modelDesign(
  variables: readonly Covariate[],
  terms: readonly ModelTerm[],
  options: { readonly intercept?: boolean; readonly rowCount?: number } = {},
): ModelDesign {
  const { intercept = true } = options;
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const rowCount = variables.length === 0 ? (options.rowCount ?? 0) : columnLength(variables[0]!);
  const keys = new Set(terms.map(termKey));
  terms.forEach((term, t) => {
    term.forEach((name, v) => {
      if (!byName.has(name))
        throw invalidInput(`terms.${t}.${v}`, name, `must name one of the variables ${[...byName.keys()].join(", ")}`);
    });
    if (new Set(term).size !== term.length || term.length === 0)
      throw invalidInput(`terms.${t}`, term.join(" × "), "must name one variable or several different ones");
  });
  if (keys.size !== terms.length) throw invalidInput("terms", terms.length, "must not name the same term twice");

  const columns: ModelDesignColumn[] = [];
  if (intercept) {
    columns.push({ name: INTERCEPT_NAME, factors: [], term: -1, values: new Float64Array(rowCount).fill(1) });
  }
  terms.forEach((term, t) => {
    let products: (readonly ColumnFactor[])[] = [[]];
    for (const name of term) {
      const rest = term.filter((other) => other !== name);
      const marginal = rest.length === 0 ? intercept : keys.has(termKey(rest));
      const codings = codingOf(byName.get(name)!, marginal);
      products = codings.flatMap((factor) => products.map((product) => [...product, factor]));
    }
    for (const factors of products) {
      columns.push({
        name: factors.map((factor) => factorName(factor, byName)).join(" × "),
        factors,
        term: t,
        values: productValues(factors, byName, rowCount),
      });
    }
  });
  return { rowCount, terms, columns, variables: byName };
}

/** Levels of a categorical variable that occur in its rows, in the order of `levels`. */
export function occurringLevels(variable: Extract<Covariate, { kind: "categorical" }>): number[] {
  const seen = new Uint8Array(variable.levels.length);
  for (let i = 0; i < variable.codes.length; i++) seen[variable.codes[i]!] = 1;
  return variable.levels.map((_, level) => level).filter((level) => seen[level] === 1);
}

/** Rows at which every variable is known. */
export function completeRows(variables: readonly Covariate[], rowCount: number): number[] {
  const rows: number[] = [];
  for (let i = 0; i < rowCount; i++) {
    const complete = variables.every((variable) =>
      variable.kind === "numeric"
        ? Number.isFinite(variable.values[i]!)
        : variable.codes[i]! >= 0 && variable.codes[i]! < variable.levels.length,
    );
    if (complete) rows.push(i);
  }
  return rows;
}

/** A variable restricted to some rows, in their order. */
export function variableAtRows(variable: Covariate, rows: readonly number[]): Covariate {
  return variable.kind === "numeric"
    ? { ...variable, values: Float64Array.from(rows, (row) => variable.values[row]!) }
    : { ...variable, codes: Int32Array.from(rows, (row) => variable.codes[row]!) };
}

function codingOf(variable: Covariate, byContrasts: boolean): ColumnFactor[] {
  if (variable.kind === "numeric") return [{ variable: variable.name, level: null }];
  const present = occurringLevels(variable);
  return (byContrasts ? present.slice(1) : present).map((level) => ({ variable: variable.name, level }));
}

function factorName({ variable, level }: ColumnFactor, byName: ReadonlyMap<string, Covariate>): string {
  const column = byName.get(variable)!;
  return column.kind === "numeric" || level === null ? variable : `${variable} ${column.levels[level]}`;
}

function productValues(
  factors: readonly ColumnFactor[],
  byName: ReadonlyMap<string, Covariate>,
  rowCount: number,
): Float64Array {
  const values = new Float64Array(rowCount).fill(1);
  for (const { variable, level } of factors) {
    const column = byName.get(variable)!;
    for (let i = 0; i < rowCount; i++) {
      values[i]! *= column.kind === "numeric" ? column.values[i]! : column.codes[i] === level ? 1 : 0;
    }
  }
  return values;
}

function columnLength(variable: Covariate): number {
  return variable.kind === "numeric" ? variable.values.length : variable.codes.length;
}

const termKey = (term: readonly string[]) => JSON.stringify([...term].sort());
