"use client";
import { Button } from "@mantine/core";
import { useState } from "react";
import type { AnalysisReport } from "../../../../lib/analysis/analysis-report.ts";
import { survivalCurvesFigure } from "../../../../lib/reporting/figures/survival-figure.ts";
import { effectTable } from "../../../../lib/trial-analysis/effect-table.ts";
import { atRiskTable, type SurvivalCurves } from "../../../../lib/trial-analysis/survival-curves.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { Diagnostics } from "../../../_components/feedback/diagnostics.tsx";
import { ProgramCodeView } from "../../../_components/report/program-code-view.tsx";
import report_ from "../../../_components/report/report.module.css";
import { ResultTableView } from "../../../_components/report/result-table-view.tsx";

/** Effects first, then what stands behind them. */
export function AnalysisReportView({
  report,
  unit,
  curves,
  name,
  dataHref,
}: {
  report: AnalysisReport;
  unit: string;
  curves: SurvivalCurves | null;
  name: string;
  dataHref: string;
}) {
  const [open, setOpen] = useState(false);
  const caveats = [...report.diagnostics, ...report.effects.flatMap(({ result }) => result.diagnostics)];
  const distinct = caveats.filter(
    (item, index) => caveats.findIndex((other) => other.code === item.code && other.message === item.message) === index,
  );
  return (
    <>
      <p className={report_.method}>{report.method}</p>
      <ResultTableView table={effectTable(report, unit)} />
      <Diagnostics items={distinct} />
      {curves !== null && (
        <>
          <Chart specification={survivalCurvesFigure(curves, name)} />
          <ResultTableView table={atRiskTable(curves)} />
        </>
      )}
      <Button
        variant="default"
        size="compact-sm"
        mt="sm"
        aria-expanded={open}
        aria-label={`${open ? "Hide" : "Show"} tables and fit: ${name}`}
        onClick={() => setOpen(!open)}
      >
        {open ? "Hide tables and fit" : "Show tables and fit"}
      </Button>
      {open && (
        <>
          {report.tables.map((table) => (
            <ResultTableView key={table.id} table={table} />
          ))}
          {report.fitNotes.length > 0 && (
            <ul className={report_.fit} aria-label={`Fit of ${name}`}>
              {report.fitNotes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
        </>
      )}
      <ProgramCodeView code={report.code} about={name} data={{ fileName: "analysis-data.csv", href: dataHref }} />
    </>
  );
}
