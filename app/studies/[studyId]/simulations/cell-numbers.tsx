"use client";
import { formatCount, formatFixed, formatMonteCarlo, MISSING } from "../../../../lib/reporting/format-number.ts";
import { differenceInStandardErrors } from "../../../../lib/simulation/simulated-against-analytic.ts";
import type { CellResult, SimulationResult } from "../../../../lib/simulation/simulation-document.ts";
import { ProvenanceNumber } from "../../../_components/provenance/provenance-number.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { type CellLine, cellLines } from "./cell-lines.ts";
import { runProvenance } from "./run-provenance.ts";
import type { Run } from "./run-view.tsx";

/** Operating characteristics of a cell, each beside its analytic value where the law allows one. */
export function CellNumbers({ cell, run }: { cell: CellResult; run: Run }) {
  const study = useStudy();
  const { result } = run;
  if (result === null) return null;
  const { primary, endpoints } = study.specification;
  const unit = endpoints.find(({ id }) => id === primary.endpointId)?.unit ?? "";
  return (
    <>
      <DataTable
        caption="Operating characteristics"
        rows={cellLines(cell, unit, result)}
        rowKey={(line) => line.key}
        columns={[
          {
            key: "title",
            title: "Quantity",
            render: (line) => (
              <>
                {line.title}
                {line.unit !== "" && <span style={{ color: "var(--ink-soft)" }}> {line.unit}</span>}
              </>
            ),
          },
          {
            key: "simulated",
            title: "Simulated",
            unit: "± MCSE",
            align: "right",
            render: (line) => <Simulated line={line} result={result} />,
          },
          {
            key: "analytic",
            title: "Analytic",
            align: "right",
            render: (line) => (line.analytic === null ? MISSING : formatFixed(line.analytic, line.decimals)),
          },
          {
            key: "apart",
            title: "Apart",
            unit: "MCSE",
            align: "right",
            render: (line) => {
              const apart = line.analytic === null ? null : differenceInStandardErrors(line.estimate, line.analytic);
              return apart === null ? MISSING : formatFixed(apart, 2);
            },
          },
          {
            key: "median",
            title: "Median",
            align: "right",
            render: (line) => (line.median === null ? MISSING : formatFixed(line.median, line.decimals)),
          },
          {
            key: "p90",
            title: "90 % at or below",
            align: "right",
            render: (line) => (line.p90 === null ? MISSING : formatFixed(line.p90, line.decimals)),
          },
        ]}
      />
      <p style={{ fontSize: "0.75rem", lineHeight: 1.5, color: "var(--ink-soft)", margin: "0.4rem 0 0" }}>
        {cell.analytic === null
          ? "No analytic value: a curved score makes the residuals non-normal."
          : `Analytic: ${cell.analytic.note}.`}{" "}
        {formatCount(cell.replicates)} replicates, {formatCount(cell.failed)} failed.
      </p>
    </>
  );
}

function Simulated({ line, result }: { line: CellLine; result: SimulationResult }) {
  const text = formatMonteCarlo(line.estimate, line.decimals);
  return (
    <ProvenanceNumber
      entry={{
        ...runProvenance(result),
        id: `cell.${line.key}`,
        title: line.title,
        value: `${formatFixed(line.estimate.value, line.decimals)} ${line.unit}`.trim(),
        uncertainty: `with its Monte Carlo standard error: ${text}`,
        method: line.method,
        ...(line.analytic === null
          ? {}
          : {
              inputs: [
                {
                  label: "Analytic value",
                  value: formatFixed(line.analytic, line.decimals),
                  source: "derived" as const,
                },
              ],
            }),
      }}
    >
      {text}
    </ProvenanceNumber>
  );
}
