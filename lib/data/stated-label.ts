/** What R's writers put where there is no label: the deparse of an empty value. */
const ARTEFACTS: ReadonlySet<string> = new Set(["character(0)", "NULL"]);

/**
 * The label that somebody gave a data set or a column.
 *
 * @param text - As it stands in the file.
 * @returns "" where a program wrote its word for "none".
 */
export function statedLabel(text: string): string {
  const label = text.trim();
  return ARTEFACTS.has(label) ? "" : label;
}
