/** How a sign stands in the report that none of its fonts has: "[U+4E2D]". */
export function codePointText(character: string): string {
  return `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;
}
