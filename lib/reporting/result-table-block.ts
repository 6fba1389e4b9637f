import type { ResultTable } from "../analysis/analysis-report.ts";
import { typesetNumbers } from "./format-number.ts";
import { formatResultTable } from "./format-result-table.ts";
import type { ReportBlock } from "./report-document.ts";

/** Columns from which a table is set wide, unless it has so few rows that it can be turned. */
const WIDE_FROM = 11;
const TURNED_UP_TO = 4;

/**
 * A result table as a table of a report.
 *
 * @param id - Unique in the report.
 * @param of - What the table belongs to: two analyses have tables of the same title, and a list of tables must tell them apart.
 * @param population - Whom the numbers are about; empty when they are about nobody in particular.
 */
export function resultTableBlock(table: ResultTable, id: string, of: string, population: string): ReportBlock {
  const { columns, rows } = formatResultTable(table);
  return {
    kind: "table",
    id,
    title: `${of}: ${table.title}`,
    population,
    columns: columns.map(({ title, unit, align }) => ({ title, subtitle: unit, align })),
    rows,
    notes: table.note === "" ? [] : [typesetNumbers(table.note)],
    wide: columns.length >= WIDE_FROM && rows.length > TURNED_UP_TO,
  };
}
