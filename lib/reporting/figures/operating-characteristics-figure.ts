import type { CellResult, SimulationResult } from "../../simulation/simulation-document.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { formatMonteCarlo } from "../format-number.ts";

/** Probability of success, designs × scenarios: power, or type I error where the effect is 0; ± Monte Carlo standard error. */
export function operatingCharacteristicsFigure(result: Pick<SimulationResult, "spec" | "cells">): ChartSpecification {
  const { designs, scenarios } = result.spec;
  const find = (designId: string, scenarioId: string): CellResult | undefined =>
    result.cells.find((cell) => cell.designId === designId && cell.scenarioId === scenarioId);
  return {
    kind: "heat-map",
    title: "Probability of success by design and scenario",
    description: "Power, or type I error where the scenario's effect is 0; value ± Monte Carlo standard error.",
    rows: scenarios.map((scenario) => (scenario.effect === 0 ? `${scenario.name} (null)` : scenario.name)),
    columns: designs.map((design) => design.name),
    cells: scenarios.map((scenario) =>
      designs.map((design) => {
        const cell = find(design.id, scenario.id);
        return cell === undefined ? null : { value: cell.rejection.value, text: formatMonteCarlo(cell.rejection, 3) };
      }),
    ),
    valueTitle: "probability of success",
    domain: { minimum: 0, maximum: 1 },
  };
}
