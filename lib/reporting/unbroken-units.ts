/** The same text with the space between a number and its per cent sign unbreakable, so that no line begins with "%". */
export function unbrokenUnits(text: string): string {
  return text.replace(/(\d) %/g, "$1\u00a0%");
}
