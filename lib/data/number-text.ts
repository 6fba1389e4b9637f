export type DecimalMark = "." | ",";

const POINT_NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const COMMA_NUMBER = /^[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?$/;

/** Number written with the given decimal mark; null when the text is not one, or is too large to be held. */
export function parseNumber(text: string, mark: DecimalMark): number | null {
  const pattern = mark === "." ? POINT_NUMBER : COMMA_NUMBER;
  if (!pattern.test(text)) return null;
  const value = Number(mark === "." ? text : text.replace(",", "."));
  return Number.isFinite(value) ? value : null;
}

/** SAS missing codes: . and ._ and .A to .Z, in upper case. */
const SAS_CODE = /^\.[A-Z_]?$/i;

/** The missing code of a cell (upper case for SAS codes, "" for a blank, the word itself for NA and its like); null when it holds a value. */
export function missingCode(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  if (SAS_CODE.test(trimmed)) return trimmed.toUpperCase();
  return MISSING_WORDS.has(trimmed.toUpperCase()) ? trimmed : null;
}

/** Words that programs write into number columns where a value is missing. */
const MISSING_WORDS = new Set(["NA", "N/A", "#N/A", "NAN", "NULL"]);

/** Digits up to which every whole number is a double of its own. */
const EXACT_DIGITS = 15;

/**
 * Whether a whole number written like this is an identifier that a number would destroy: leading zeros ("006"), or more
 * digits than double precision can give back.
 */
export function looksLikeIdentifier(text: string): boolean {
  if (/^[+-]?0\d/.test(text)) return true;
  return /^[+-]?\d+$/.test(text) && text.length > EXACT_DIGITS && String(Number(text)) !== text;
}
