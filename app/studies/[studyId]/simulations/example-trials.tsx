"use client";
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { exampleTrialFigure } from "../../../../lib/reporting/figures/example-trial-figure.ts";
import { decimalsForScale, formatCount, formatFixed, MISSING } from "../../../../lib/reporting/format-number.ts";
import type { CellResult, ExampleTrial } from "../../../../lib/simulation/simulation-document.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { ChoiceBar } from "../../../_components/form/choice-bar.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { useUrlState } from "../../../_lib/url-state.ts";
import classes from "./simulations.module.css";

const decisions: Readonly<Record<ExampleTrial["looks"][number]["decision"], string>> = {
  continue: "go on",
  "stop-efficacy": "stop: success",
  "stop-futility": "stop: futility",
  "final-success": "end: success",
  "final-failure": "end: no success",
};

/** Three simulated trials to step through, look by look; trial and look stand in the address. */
export function ExampleTrials({ cell }: { cell: CellResult }) {
  const { params, write } = useUrlState();
  const first = cell.examples[0];
  if (first === undefined)
    return <p style={{ margin: 0, fontSize: "0.875rem" }}>No trial of this cell has ended yet.</p>;
  const trial = cell.examples.find(({ replicate }) => String(replicate) === params.get("trial")) ?? first;
  const last = trial.looks.length;
  const asked = Number(params.get("look") ?? 1);
  const look = Number.isInteger(asked) ? Math.min(last, Math.max(1, asked)) : 1;
  return (
    <>
      <ChoiceBar
        label="Trial"
        value={String(trial.replicate)}
        onChange={(replicate) => write({ trial: replicate, look: null })}
        choices={cell.examples.map((example) => ({ value: String(example.replicate), label: example.title }))}
      />
      <div className={classes.steps}>
        <Button variant="default" disabled={look <= 1} onClick={() => write({ look: String(look - 1) })}>
          Previous look
        </Button>
        <output>
          Look {look} of {last}
        </output>
        <Button variant="default" disabled={look >= last} onClick={() => write({ look: String(look + 1) })}>
          Next look
        </Button>
      </div>
      <Trial trial={trial} look={look} cell={cell} />
    </>
  );
}

function Trial({ trial, look, cell }: { trial: ExampleTrial; look: number; cell: CellResult }) {
  const figure = useMemo(
    () =>
      exampleTrialFigure(
        trial,
        look,
        cell.looks.map(({ informationFraction }) => informationFraction),
      ),
    [trial, look, cell],
  );
  const decimals = decimalsForScale(trial.looks[0]?.standardError ?? 1);
  const bound = (value: number | null) => (value === null ? MISSING : formatFixed(value, 3));
  return (
    <div className={classes.example}>
      <Chart specification={figure} height={300} />
      <DataTable
        caption="What was known at each look"
        rows={trial.looks.slice(0, look)}
        rowKey={(row) => String(row.look)}
        rowState={(row) => (row.look === look ? "selected" : undefined)}
        columns={[
          { key: "look", title: "Look", align: "right", render: (row) => row.look },
          { key: "decision", title: "Decision", render: (row) => decisions[row.decision] },
          { key: "z", title: "z", align: "right", render: (row) => formatFixed(row.z, 3) },
          {
            key: "bounds",
            title: "Futility, efficacy",
            unit: "z",
            align: "right",
            render: (row) => `${bound(row.futilityBound)}, ${bound(row.efficacyBound)}`,
          },
          {
            key: "estimate",
            title: "Estimate ± SE",
            align: "right",
            render: (row) => `${formatFixed(row.estimate, decimals)} ± ${formatFixed(row.standardError, decimals)}`,
          },
          {
            key: "analysed",
            title: "Analysed",
            unit: "exp. : control",
            align: "right",
            render: (row) => `${formatCount(row.experimental)} : ${formatCount(row.control)}`,
          },
          { key: "enrolled", title: "Randomised", align: "right", render: (row) => formatCount(row.enrolled) },
          { key: "month", title: "Month", align: "right", render: (row) => formatFixed(row.month, 1) },
        ]}
      />
    </div>
  );
}
