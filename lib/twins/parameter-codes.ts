/**
 * Parameter codes as CDISC takes them: at most 8 capitals and digits, the first a letter, all different.
 *
 * @param ids - Ids of endpoints.
 * @returns Codes in the same order, made from the ids; a number at the end tells equal beginnings apart.
 */
export function parameterCodes(ids: readonly string[]): string[] {
  const taken = new Set<string>();
  return ids.map((id) => {
    const letters = id.toUpperCase().replace(/[^A-Z0-9]/g, "");
    const stem = /^[A-Z]/.test(letters) ? letters : `P${letters}`;
    let code = stem.slice(0, 8);
    for (let n = 2; taken.has(code); n++) code = `${stem.slice(0, 8 - String(n).length)}${n}`;
    taken.add(code);
    return code;
  });
}
