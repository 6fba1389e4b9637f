/**
 * Literals of the SAS language. Every value that comes from data or from a user enters a program through these functions,
 * so that no text can become code.
 */

/** A number; missing as a point. SAS has no infinity: write the program so that none is needed. */
export function sasNumber(value: number): string {
  return Number.isFinite(value) ? String(Object.is(value, -0) ? 0 : value) : ".";
}

/** A string in single quotes (no macro resolution inside); line breaks become blanks. */
export function sasString(text: string): string {
  return `'${text.replace(/[\r\n]+/g, " ").replaceAll("'", "''")}'`;
}

/** Name of a variable as a name literal where it is not a plain SAS name (needs `options validvarname=any;`). */
export function sasName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]{0,31}$/.test(name) ? name : `${sasString(name)}n`;
}
