import type { SimulationResult } from "../../simulation/simulation-document.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { formatFixed, formatMonteCarlo } from "../format-number.ts";

/** Expected number of patients, designs × scenarios, ± Monte Carlo standard error. */
export function expectedSizeFigure(result: Pick<SimulationResult, "spec" | "cells">): ChartSpecification {
  const { designs, scenarios } = result.spec;
  const values = result.cells.map((cell) => cell.expectedPatients.value);
  return {
    kind: "heat-map",
    title: "Expected number of patients by design and scenario",
    description: "Mean over replicates ± Monte Carlo standard error; darker means more patients.",
    rows: scenarios.map((scenario) => scenario.name),
    columns: designs.map((design) => `${design.name} (max. ${formatFixed(design.experimental + design.control, 0)})`),
    cells: scenarios.map((scenario) =>
      designs.map((design) => {
        const cell = result.cells.find((entry) => entry.designId === design.id && entry.scenarioId === scenario.id);
        return cell === undefined
          ? null
          : { value: cell.expectedPatients.value, text: formatMonteCarlo(cell.expectedPatients, 1) };
      }),
    ),
    valueTitle: "expected patients",
    domain: { minimum: 0, maximum: values.length === 0 ? 1 : Math.max(...values) },
  };
}
