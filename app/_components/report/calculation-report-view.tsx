import type { CalculationReport } from "../../../lib/calculation/calculation-report.ts";
import { Diagnostics } from "../feedback/diagnostics.tsx";
import { ProgramCodeView } from "./program-code-view.tsx";
import classes from "./report.module.css";
import { ResultTableView } from "./result-table-view.tsx";

/** A calculation: the answer, its caveats, its tables, and the programs that repeat it. */
export function CalculationReportView({ report }: { report: CalculationReport }) {
  return (
    <>
      <p className={classes.answer}>{report.answer}</p>
      <p className={classes.method}>
        {report.method}
        {report.conventionNote === "" ? "" : `. ${report.conventionNote}`}
      </p>
      <Diagnostics items={report.diagnostics} />
      {report.tables.map((table) => (
        <ResultTableView key={table.id} table={table} />
      ))}
      <ProgramCodeView code={report.code} about={report.method} />
    </>
  );
}
