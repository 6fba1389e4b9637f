import { cellText, type RawColumn, type RawTable } from "./raw-table.ts";

/** What a column looks like, for guessing what it means. */
export interface ColumnProfile {
  readonly column: RawColumn;
  readonly isNumber: boolean;
  /** Different texts that occur, in order of first use; no more than `levelLimit` are kept. */
  readonly levels: readonly string[];
  /** Every patient has at most one different value. */
  readonly isConstantWithinPatient: boolean;
  /** Share of records with a value, 0 to 1. */
  readonly filled: number;
}

/** Beyond this many different values a column is no classification. */
export const levelLimit = 60;

/** Profiles of all columns of a table; `patient` is the patient identifier, null when it is not known. */
export function profileColumns(table: RawTable, patient: RawColumn | null): ColumnProfile[] {
  const ids = Array.from({ length: table.rowCount }, (_, row) =>
    patient === null ? String(row) : cellText(patient, row),
  );
  return table.columns.map((column) => {
    const levels = new Set<string>();
    const firstOfPatient = new Map<string, string>();
    let isConstantWithinPatient = true;
    let filled = 0;
    for (let row = 0; row < table.rowCount; row++) {
      const text = cellText(column, row);
      if (text === "") continue;
      filled++;
      if (levels.size < levelLimit) levels.add(text);
      const id = ids[row] ?? "";
      const first = firstOfPatient.get(id);
      if (first === undefined) firstOfPatient.set(id, text);
      else if (first !== text) isConstantWithinPatient = false;
    }
    return {
      column,
      isNumber: column.kind === "number",
      levels: [...levels],
      isConstantWithinPatient,
      filled: table.rowCount === 0 ? 0 : filled / table.rowCount,
    };
  });
}

/** The first profile whose column has one of the names, in the order of the names; case does not matter. */
export function findProfile(
  profiles: readonly ColumnProfile[],
  names: readonly (string | RegExp)[],
): ColumnProfile | null {
  for (const name of names) {
    const found = profiles.find(({ column }) =>
      typeof name === "string" ? column.name.toUpperCase() === name : name.test(column.name),
    );
    if (found !== undefined) return found;
  }
  return null;
}
