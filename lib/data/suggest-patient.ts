import { cellText, type RawColumn, type RawTable } from "./raw-table.ts";

/** Fewer values than this name groups, not patients. */
const FEWEST_PATIENTS = 5;

/**
 * Column that identifies the patient by what it holds, when no name says so: its values repeat, and together with a column of
 * numbers (the time) they name every record once. Of several, the one with most values.
 *
 * @param table - Records of patients over time.
 * @returns Name of the column and of the time column, or null.
 */
export function patientColumnByContent(table: RawTable): { readonly patient: string; readonly time: string } | null {
  const texts = new Map(table.columns.map((column) => [column.name, cellsOf(column, table.rowCount)]));
  let best: { patient: string; time: string; values: number } | null = null;
  for (const column of table.columns) {
    const own = texts.get(column.name)!;
    const values = new Set(own).size;
    if (own.includes("") || values < FEWEST_PATIENTS || 2 * values > table.rowCount) continue;
    if (column.kind === "number" && !column.values.every(Number.isInteger)) continue;
    const time = table.columns.find((other) => {
      if (other === column || other.kind !== "number") return false;
      const times = texts.get(other.name)!;
      const shared = new Set(times).size;
      if (times.includes("") || 2 * shared > table.rowCount || shared > values) return false;
      return new Set(own.map((id, row) => `${id}\u0000${times[row]!}`)).size === table.rowCount;
    });
    if (time !== undefined && (best === null || values > best.values)) {
      best = { patient: column.name, time: time.name, values };
    }
  }
  return best === null ? null : { patient: best.patient, time: best.time };
}

function cellsOf(column: RawColumn, rows: number): string[] {
  return Array.from({ length: rows }, (_, row) => cellText(column, row));
}
