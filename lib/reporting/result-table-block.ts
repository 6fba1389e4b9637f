import type { ResultTable } from "../analysis/analysis-report.ts";
import { formatResultTable } from "./format-result-table.ts";
import type { ReportBlock } from "./report-document.ts";

/** Columns from which a table is set wide. */
const WIDE_FROM = 11;

/**
 * A result table as a table of a report.
 *
 * @param id - Unique in the report.
 * @param population - Whom the numbers are about; empty when they are about nobody in particular.
 */
export function resultTableBlock(table: ResultTable, id: string, population: string): ReportBlock {
  const { columns, rows } = formatResultTable(table);
  return {
    kind: "table",
    id,
    title: table.title,
    population,
    columns: columns.map(({ title, unit, align }) => ({ title, subtitle: unit, align })),
    rows,
    notes: table.note === "" ? [] : [table.note],
    wide: columns.length >= WIDE_FROM,
  };
}
