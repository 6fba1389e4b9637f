import type { Covariate } from "../../../lib/analysis/covariate.ts";
import type { ModelTerm } from "../../../lib/analysis/model-design.ts";
import type { ReferenceColumns } from "./reference-file.ts";

/** A formula of the reference files: response ~ terms, with an optional "0 +" or "- 1". */
export interface ParsedFormula {
  readonly response: string;
  readonly terms: readonly ModelTerm[];
  readonly intercept: boolean;
  /** Variables in order of first appearance. */
  readonly variables: readonly string[];
}

/**
 * Reads an R formula of +, -, *, /, :, ^ and parentheses into terms in R's order: by order of interaction, then of appearance.
 * A call such as I(week^2) is one name.
 */
export function parseFormula(text: string): ParsedFormula {
  const [left = "", right = ""] = text.replace(/\s/g, "").split("~");
  const reader = new FormulaReader(right);
  const products = right === "" ? [] : reader.sum();
  reader.assertEnd();
  const variables = reader.names;
  const terms = products
    .map((product) => variables.filter((name) => product.has(name)))
    .sort((a, b) => a.length - b.length);
  return { response: left, terms, intercept: reader.intercept, variables };
}

/** A term of a formula: the variables whose product it is. */
type Product = ReadonlySet<string>;

/** Operators bind as in R: ^ before :, : before * and /, these before + and -. */
class FormulaReader {
  readonly names: string[] = [];
  intercept = true;
  private position = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  assertEnd(): void {
    if (this.position < this.text.length) throw this.notUnderstood();
  }

  sum(): Product[] {
    let found: Product[] = [];
    let sign = this.take("+-") ?? "+";
    for (;;) {
      const digit = this.take("01");
      if (digit !== undefined) this.intercept = (digit === "1") === (sign === "+");
      else {
        const own = this.crossing();
        found = sign === "+" ? distinct([...found, ...own]) : without(found, own);
      }
      const next = this.take("+-");
      if (next === undefined) return found;
      sign = next;
    }
  }

  private crossing(): Product[] {
    let found = this.interaction();
    for (;;) {
      const operator = this.take("*/");
      if (operator === undefined) return found;
      const right = this.interaction();
      const within = operator === "*" ? found : [new Set(found.flatMap((product) => [...product]))];
      found = distinct([...found, ...(operator === "*" ? right : []), ...products(within, right)]);
    }
  }

  private interaction(): Product[] {
    let found = this.power();
    while (this.take(":") !== undefined) found = products(found, this.power());
    return found;
  }

  private power(): Product[] {
    const base = this.operand();
    if (this.take("^") === undefined) return base;
    const degree = /^[1-9]/.exec(this.text.slice(this.position))?.[0];
    if (degree === undefined) throw this.notUnderstood();
    this.position++;
    let found = base;
    for (let factor = 1; factor < Number(degree); factor++) found = distinct([...found, ...products(found, base)]);
    return found;
  }

  private operand(): Product[] {
    if (this.take("(") !== undefined) {
      const inner = this.sum();
      if (this.take(")") === undefined) throw this.notUnderstood();
      return inner;
    }
    const name = /^[A-Za-z.][\w.]*/.exec(this.text.slice(this.position))?.[0];
    if (name === undefined) throw this.notUnderstood();
    this.position += name.length;
    const whole = this.text[this.position] === "(" ? name + this.call() : name;
    if (!this.names.includes(whole)) this.names.push(whole);
    return [new Set([whole])];
  }

  /** The parentheses of a call with all they hold. */
  private call(): string {
    const start = this.position;
    let depth = 0;
    do {
      const character = this.text[this.position++];
      if (character === undefined) throw this.notUnderstood();
      depth += character === "(" ? 1 : character === ")" ? -1 : 0;
    } while (depth > 0);
    return this.text.slice(start, this.position);
  }

  private take(characters: string): string | undefined {
    const next = this.text[this.position];
    if (next === undefined || !characters.includes(next)) return undefined;
    this.position++;
    return next;
  }

  private notUnderstood(): Error {
    return new Error(`the formula ${this.text} is not understood at character ${this.position + 1}`);
  }
}

/** Every term of the left times every term of the right. */
function products(left: readonly Product[], right: readonly Product[]): Product[] {
  return distinct(left.flatMap((a) => right.map((b) => new Set([...a, ...b]))));
}

function same(a: Product, b: Product): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}

function distinct(terms: readonly Product[]): Product[] {
  return terms.filter((term, i) => terms.findIndex((other) => same(term, other)) === i);
}

function without(terms: readonly Product[], removed: readonly Product[]): Product[] {
  return terms.filter((term) => !removed.some((other) => same(term, other)));
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
