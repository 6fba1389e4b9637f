/**
 * Literals of the R language. Every value that comes from data or from a user enters a program through these functions, so
 * that no text can become code.
 */

/** A number with all its digits; infinities and missing values as R writes them. */
export function rNumber(value: number): string {
  if (Number.isNaN(value)) return "NA_real_";
  if (value === Number.POSITIVE_INFINITY) return "Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return Object.is(value, -0) ? "0" : String(value);
}

/** A string in double quotes; control characters and everything that R would read as an escape are escaped. */
export function rString(text: string): string {
  const escaped = [...text].map((character) => {
    const code = character.codePointAt(0)!;
    if (character === "\\" || character === '"') return `\\${character}`;
    if (character === "\n") return "\\n";
    if (code < 32 || code === 127) return `\\x${code.toString(16).padStart(2, "0")}`;
    return character;
  });
  return `"${escaped.join("")}"`;
}

/** c(1, 2, 3) */
export function rNumbers(values: Iterable<number>): string {
  return `c(${Array.from(values, rNumber).join(", ")})`;
}

/** c("a", "b") */
export function rStrings(values: Iterable<string>): string {
  return `c(${Array.from(values, rString).join(", ")})`;
}

/** matrix(c(…), nrow = …, byrow = TRUE) from a row-major matrix. */
export function rMatrix(values: ArrayLike<number>, rows: number): string {
  return `matrix(${rNumbers(Array.from(values))}, nrow = ${rows}, byrow = TRUE)`;
}

/** Name of a variable as it stands in a formula: bare when R allows it, else in backquotes. */
export function rName(name: string): string {
  return isPlainRName(name) ? name : `\`${rString(name).slice(1, -1).replaceAll('\\"', '"').replaceAll("`", "\\`")}\``;
}

/** Whether R takes the name without backquotes. */
function isPlainRName(name: string): boolean {
  return /^[A-Za-z.][A-Za-z0-9._]*$/.test(name) && !R_RESERVED.has(name) && !/^\.[0-9]/.test(name);
}

/**
 * Plain names for columns, for packages that paste names into formulas without quoting them (nlme).
 *
 * @param frame - Name of the data frame in the program.
 * @param names - Names of its columns.
 * @returns The statement that renames those that R would have to quote, and what each column is called after it.
 */
export function rPlainNames(
  frame: string,
  names: readonly string[],
): { readonly lines: readonly string[]; readonly nameOf: (name: string) => string } {
  const odd = names.filter((name) => !isPlainRName(name));
  const taken = new Set(names);
  const plain = new Map(
    odd.map((name, index) => {
      let own = `column_${index + 1}`;
      while (taken.has(own)) own += "_";
      return [name, own];
    }),
  );
  return {
    lines:
      odd.length === 0
        ? []
        : [`names(${frame})[match(${rStrings(odd)}, names(${frame}))] <- ${rStrings(plain.values())} # names for nlme`],
    nameOf: (name) => plain.get(name) ?? name,
  };
}

const R_RESERVED = new Set(
  "if else repeat while function for next break TRUE FALSE NULL Inf NaN NA NA_integer_ NA_real_ NA_character_ in".split(
    " ",
  ),
);
