"use client";
import { Progress } from "@mantine/core";
import {
  formatCount,
  formatFixed,
  formatMonteCarlo,
  formatPercent,
  MISSING,
} from "../../../../lib/reporting/format-number.ts";
import { differenceInStandardErrors } from "../../../../lib/simulation/simulated-against-analytic.ts";
import type { CellResult, Scenario, TrialDesign } from "../../../../lib/simulation/simulation-document.ts";
import { DataTable, type TableColumn } from "../../../_components/table/data-table.tsx";
import { useUrlState } from "../../../_lib/url-state.ts";
import type { Run } from "./run-view.tsx";
import classes from "./simulations.module.css";

interface CellLine {
  readonly design: TrialDesign;
  readonly scenario: Scenario;
  readonly cell: CellResult | undefined;
  readonly finished: number;
  readonly planned: number;
}

/** Every cell with its numbers and, while the run works, how far it is. */
export function CellTable({ run, working }: { run: Run; working: boolean }) {
  const { write } = useUrlState();
  const lines = run.spec.scenarios.flatMap((scenario) =>
    run.spec.designs.map((design): CellLine => {
      const at = (entry: { designId: string; scenarioId: string }) =>
        entry.designId === design.id && entry.scenarioId === scenario.id;
      const progress = run.progress.find(at);
      return {
        design,
        scenario,
        cell: run.result?.cells.find(at),
        finished: progress?.finishedReplicates ?? 0,
        planned: progress?.replicates ?? run.replicates,
      };
    }),
  );
  const columns: readonly TableColumn<CellLine>[] = [
    {
      key: "cell",
      title: "Scenario",
      render: ({ design, scenario, cell }) =>
        cell === undefined ? (
          scenario.name
        ) : (
          <button
            type="button"
            className={classes.open}
            aria-label={`Open ${design.name} in ${scenario.name}`}
            onClick={() => write({ run: run.id, design: design.id, scenario: scenario.id }, "push")}
          >
            {scenario.name}
          </button>
        ),
    },
    { key: "design", title: "Design", render: ({ design }) => design.name },
    {
      key: "kind",
      title: "Quantity",
      render: ({ scenario }) => (
        <span style={{ whiteSpace: "nowrap" }}>{scenario.effect === 0 ? "type I error" : "power"}</span>
      ),
    },
    value("rejection", "Rejection", "", (cell) => formatMonteCarlo(cell.rejection, cell.isNull ? 4 : 3)),
    value("analytic", "Analytic", "", (cell) =>
      cell.analytic === null ? MISSING : formatFixed(cell.analytic.rejection, cell.isNull ? 4 : 3),
    ),
    value("apart", "Apart", "MCSE", (cell) => {
      if (cell.analytic === null) return MISSING;
      const apart = differenceInStandardErrors(cell.rejection, cell.analytic.rejection);
      return apart === null ? MISSING : formatFixed(apart, 1);
    }),
    value("patients", "Expected N", "patients", (cell) => formatMonteCarlo(cell.expectedPatients, 1)),
    value("months", "Duration", "months", (cell) => formatMonteCarlo(cell.expectedMonths, 1)),
    value("failed", "Failed", "replicates", (cell) => formatCount(cell.failed)),
    {
      key: "progress",
      title: "Replicates",
      align: "right",
      width: "9rem",
      render: (line) => <Finished line={line} working={working} />,
    },
  ];
  return (
    <div style={{ marginTop: "1rem" }}>
      <DataTable
        caption="Every cell of the run; a scenario's name opens the cell"
        columns={columns}
        rows={lines}
        rowKey={(line) => `${line.scenario.id}:${line.design.id}`}
        maxHeight="30rem"
      />
    </div>
  );
}

function value(key: string, title: string, unit: string, render: (cell: CellResult) => string): TableColumn<CellLine> {
  return {
    key,
    title,
    unit,
    align: "right",
    render: ({ cell }) => (cell === undefined ? MISSING : render(cell)),
  };
}

function Finished({ line, working }: { line: CellLine; working: boolean }) {
  const share = line.planned === 0 ? 0 : line.finished / line.planned;
  if (!working || line.finished >= line.planned) return formatCount(line.finished);
  return (
    <>
      {formatCount(line.finished)} of {formatCount(line.planned)}
      <Progress
        value={share * 100}
        size="xs"
        aria-label={`${line.design.name} in ${line.scenario.name}: ${formatPercent(share, 0)}`}
        transitionDuration={150}
      />
    </>
  );
}
