import { invalidInput } from "../errors/domain-error.ts";

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
  if (name.includes("`") || /[\n\r\0\\]/.test(name))
    throw invalidInput("name", name, "must not contain backquotes, backslashes or line breaks");
  return /^[A-Za-z.][A-Za-z0-9._]*$/.test(name) && !R_RESERVED.has(name) && !/^\.[0-9]/.test(name)
    ? name
    : `\`${name}\``;
}

const R_RESERVED = new Set(
  "if else repeat while function for next break TRUE FALSE NULL Inf NaN NA NA_integer_ NA_real_ NA_character_ in".split(
    " ",
  ),
);
