"use client";
import { useMemo } from "react";
import { expectedSizeFigure } from "../../../../lib/reporting/figures/expected-size-figure.ts";
import { operatingCharacteristicsFigure } from "../../../../lib/reporting/figures/operating-characteristics-figure.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { ChoiceBar } from "../../../_components/form/choice-bar.tsx";
import { useUrlState, useUrlValue } from "../../../_lib/url-state.ts";
import type { Run } from "./run-view.tsx";

/** Designs × scenarios as a heat map that fills while the run works; a cell opens on click or Enter. */
export function CellGrid({ run }: { run: Run }) {
  const { write } = useUrlState();
  const [shown, setShown] = useUrlValue("show", "success");
  const figure = useMemo(() => {
    const source = { spec: run.spec, cells: run.result?.cells ?? [] };
    return shown === "size" ? expectedSizeFigure(source) : operatingCharacteristicsFigure(source);
  }, [run, shown]);

  function open(value: unknown) {
    if (!Array.isArray(value)) return;
    const design = run.spec.designs[Number(value[0])];
    const scenario = run.spec.scenarios[Number(value[1])];
    if (design === undefined || scenario === undefined) return;
    write({ run: run.id, design: design.id, scenario: scenario.id }, "push");
  }

  return (
    <>
      <ChoiceBar
        label="Show"
        value={shown}
        onChange={setShown}
        choices={[
          { value: "success", label: "Power and type I error" },
          { value: "size", label: "Expected N" },
        ]}
      />
      <Chart specification={figure} onPick={open} />
    </>
  );
}
