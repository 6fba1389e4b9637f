"use client";
import {
  decimalsForScale,
  formatCount,
  formatFixed,
  formatMonteCarlo,
  MISSING,
} from "../../../../lib/reporting/format-number.ts";
import { differenceInStandardErrors } from "../../../../lib/simulation/simulated-against-analytic.ts";
import type {
  CellResult,
  MonteCarloEstimate,
  SimulationResult,
} from "../../../../lib/simulation/simulation-document.ts";
import { ProvenanceNumber } from "../../../_components/provenance/provenance-number.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { runProvenance } from "./run-provenance.ts";
import type { Run } from "./run-view.tsx";

interface Line {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly estimate: MonteCarloEstimate;
  readonly decimals: number;
  readonly analytic: number | null;
  readonly median: number | null;
  readonly p90: number | null;
  readonly method: string;
}

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
        rows={linesOf(cell, unit, result)}
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

function linesOf(cell: CellResult, unit: string, result: SimulationResult): Line[] {
  const decimals = decimalsForScale(cell.rootMeanSquaredError.value);
  const paired = result.pairedDifferences.find(
    (row) => row.designId === cell.designId && row.scenarioId === cell.scenarioId,
  );
  const reference = result.spec.designs.find(({ id }) => id === paired?.referenceDesignId)?.name ?? "";
  const line = (
    key: string,
    title: string,
    lineUnit: string,
    estimate: MonteCarloEstimate,
    lineDecimals: number,
    method: string,
    more: Partial<Pick<Line, "analytic" | "median" | "p90">> = {},
  ): Line => ({
    key,
    title,
    unit: lineUnit,
    estimate,
    decimals: lineDecimals,
    method,
    analytic: null,
    median: null,
    p90: null,
    ...more,
  });
  return [
    line(
      "rejection",
      cell.isNull ? "Type I error" : "Power",
      "",
      cell.rejection,
      4,
      "Share of the analysed replicates that reject the null hypothesis at any look; standard error √(p(1 − p)/n), exact Clopper–Pearson limits where the count is 0 or all.",
      { analytic: cell.analytic?.rejection ?? null },
    ),
    ...(paired === undefined
      ? []
      : [
          line(
            "paired",
            `Difference to "${reference}"`,
            "paired",
            paired.rejectionDifference,
            4,
            "Difference of rejection between the two designs on the same simulated patients.",
          ),
        ]),
    line(
      "patients",
      "Expected N",
      "patients randomised",
      cell.expectedPatients,
      1,
      "Mean over the replicates of the patients randomised when the trial ended.",
      { analytic: cell.analytic?.expectedPatients ?? null, ...cell.patientsPercentiles },
    ),
    line(
      "months",
      "Duration",
      "months",
      cell.expectedMonths,
      1,
      "Mean over the replicates of the months from the first randomisation to the analysis that ended the trial.",
      { analytic: cell.analytic?.expectedMonths ?? null, ...cell.monthsPercentiles },
    ),
    line(
      "bias",
      "Bias of the estimate",
      unit,
      cell.bias,
      decimals,
      "Mean over the replicates of the naive estimate at the ending look minus the true effect.",
    ),
    line(
      "rmse",
      "Root mean squared error",
      unit,
      cell.rootMeanSquaredError,
      decimals,
      "Square root of the mean squared difference between the naive estimate and the true effect; its error by the delta method.",
    ),
    line(
      "coverage",
      "Coverage of the naive 95 % interval",
      "",
      cell.coverage,
      4,
      "Share of the replicates whose ordinary 95 % interval, at the look where the trial ended, holds the true effect.",
    ),
  ];
}

function Simulated({ line, result }: { line: Line; result: SimulationResult }) {
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
