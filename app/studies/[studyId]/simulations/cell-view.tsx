"use client";
import { Button, NativeSelect } from "@mantine/core";
import { useMemo } from "react";
import { boundaryFigure } from "../../../../lib/reporting/figures/boundary-figure.ts";
import { stoppingFigure } from "../../../../lib/reporting/figures/stopping-figure.ts";
import { formatCount, formatMonteCarlo, formatQuantity } from "../../../../lib/reporting/format-number.ts";
import type { CellResult, Scenario, TrialDesign } from "../../../../lib/simulation/simulation-document.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { EmptyState } from "../../../_components/feedback/empty-state.tsx";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { Verdict } from "../../../_components/feedback/verdict.tsx";
import { useUrlState } from "../../../_lib/url-state.ts";
import { CellNumbers } from "./cell-numbers.tsx";
import { ExampleTrials } from "./example-trials.tsx";
import { LookTable } from "./look-table.tsx";
import type { Run } from "./run-view.tsx";
import { driftText, effectText } from "./scenario-words.ts";
import classes from "./simulations.module.css";

interface CellViewProps {
  readonly run: Run;
  readonly design: TrialDesign;
  readonly scenario: Scenario;
}

/** One design in one scenario: everything the run knows of it. */
export function CellView({ run, design, scenario }: CellViewProps) {
  const { write } = useUrlState();
  const cell = run.result?.cells.find((entry) => entry.designId === design.id && entry.scenarioId === scenario.id);
  return (
    <Section
      title={`${design.name} in "${scenario.name}"`}
      id="cell"
      side={
        <Button
          variant="default"
          onClick={() => write({ design: null, scenario: null, trial: null, look: null }, "push")}
        >
          All cells of the run
        </Button>
      }
      note={`Effect ${effectText(scenario)}; drift: ${driftText(scenario)}. ${formatCount(design.experimental)} : ${formatCount(design.control)} patients, experimental : control.`}
    >
      <div className={classes.head}>
        <NativeSelect
          label="Design"
          value={design.id}
          mb="sm"
          onChange={(event) => write({ design: event.currentTarget.value, trial: null, look: null })}
          data={run.spec.designs.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <NativeSelect
          label="Scenario"
          value={scenario.id}
          mb="sm"
          onChange={(event) => write({ scenario: event.currentTarget.value, trial: null, look: null })}
          data={run.spec.scenarios.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </div>
      {cell === undefined || run.result === null ? (
        <EmptyState title="Nothing of this cell yet">Its first replicates have not been finished.</EmptyState>
      ) : (
        <Known cell={cell} run={run} design={design} />
      )}
    </Section>
  );
}

function Known({ cell, run, design }: { cell: CellResult; run: Run; design: TrialDesign }) {
  const title = design.name;
  const figures = useMemo(
    () => ({ stopping: stoppingFigure(cell, title), boundary: boundaryFigure(title, cell.looks) }),
    [cell, title],
  );
  return (
    <>
      <Verdict tone="plain">
        {cell.isNull ? "Type I error" : "Power"} {formatMonteCarlo(cell.rejection, cell.isNull ? 4 : 3)} over{" "}
        {formatQuantity(cell.replicates - cell.failed, "analysed replicate")}
        {cell.rejection.limits === null ? "." : "; exact 95 % limits in parentheses."}
      </Verdict>
      <Failures cell={cell} />
      <CellNumbers cell={cell} run={run} />
      <Section title="Stopping" id="stopping">
        <div className={classes.figures}>
          <Chart specification={figures.stopping} height={320} />
          <Chart specification={figures.boundary} height={320} />
        </div>
        <LookTable cell={cell} />
      </Section>
      <Section
        title="Example trials"
        id="examples"
        note="Single simulated trials, one for each way in which a trial of this cell ended; step through their looks."
      >
        <ExampleTrials cell={cell} />
      </Section>
    </>
  );
}

function Failures({ cell }: { cell: CellResult }) {
  if (cell.failed === 0) return null;
  return (
    <Notice tone="warning" title={`${formatQuantity(cell.failed, "replicate")} could not be analysed`}>
      <ul style={{ margin: 0, paddingLeft: "1.1rem" }}>
        {cell.failureReasons.map(({ reason, count }) => (
          <li key={reason}>
            {reason}: {formatCount(count)}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
