/**
 * A number as other programs print it, in the form that a number field takes: an ASCII minus, a decimal point, no
 * thousands separators, no exponent. Without it a field drops what it does not know, and "−3" would be read as 3, "2,5"
 * as 25 and "1e-3" as −13. A single comma before exactly three digits is left: it separates thousands, as in "1,528".
 *
 * @returns The same text where nothing is to be changed.
 */
export function plainNumber(text: string): string {
  const ascii = text.trim().replace(/^[\u2212\u2013\uFE63\uFF0D]/, "-");
  if (/^[+-]?\d{1,3}(,\d{3})+\.\d+$/.test(ascii)) return ascii.replaceAll(",", "");
  if (/^[+-]?\d+,(\d{1,2}|\d{4,})$/.test(ascii)) return ascii.replace(",", ".");
  const scientific = /^([+-]?)(\d+)(?:\.(\d+))?e([+-]?\d{1,2})$/i.exec(ascii);
  return scientific === null ? ascii : withoutExponent(scientific);
}

/** Moves the point among the digits as they stand, so that none is lost to rounding. */
function withoutExponent([, sign = "", whole = "", fraction = "", exponent = "0"]: RegExpExecArray): string {
  const place = whole.length + Number(exponent);
  const digits = "0".repeat(Math.max(0, 1 - place)) + whole + fraction;
  const point = Math.max(1, place);
  const padded = digits.padEnd(point, "0");
  const rest = padded.slice(point);
  return `${sign === "-" ? "-" : ""}${padded.slice(0, point)}${rest === "" ? "" : `.${rest}`}`;
}
