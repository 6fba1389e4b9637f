import type { ResultTable } from "../../../lib/analysis/analysis-report.ts";
import { formatResultTable } from "../../../lib/reporting/format-result-table.ts";
import { DataTable } from "../table/data-table.tsx";
import classes from "./report.module.css";

/** A table of a statistical report. */
export function ResultTableView({ table }: { table: ResultTable }) {
  const formatted = formatResultTable(table);
  const rows = formatted.rows.map((cells, index) => ({ key: String(index), cells }));
  return (
    <div className={classes.table}>
      <DataTable
        caption={table.title}
        rows={rows}
        rowKey={(row) => row.key}
        narrow={formatted.columns.length <= 5}
        empty="No row."
        columns={formatted.columns.map((column, j) => ({
          key: String(j),
          title: column.title,
          unit: column.unit,
          align: column.align,
          render: (row: (typeof rows)[number]) => row.cells[j],
        }))}
      />
      {table.note !== "" && <p className={classes.note}>{table.note}</p>}
    </div>
  );
}
