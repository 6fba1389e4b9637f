import { invalidInput } from "../errors/domain-error.ts";
import type { Scenario, SimulationSpec, TrialDesign } from "./simulation-document.ts";

/** One design in one scenario. */
export interface SimulationCell {
  readonly index: number;
  readonly design: TrialDesign;
  readonly scenario: Scenario;
}

/** Number of cells: designs × scenarios. */
export function cellCount(spec: SimulationSpec): number {
  return spec.designs.length * spec.scenarios.length;
}

/**
 * The cell with an index; scenarios vary slowest, so the designs of one scenario lie next to each other.
 *
 * @param spec - Designs and scenarios.
 * @param cellIndex - Whole number in 0 … cellCount − 1: scenario index · designs + design index.
 * @throws DomainError INVALID_INPUT for any other index.
 */
export function cellAt(spec: SimulationSpec, cellIndex: number): SimulationCell {
  const scenario = spec.scenarios[Math.floor(cellIndex / spec.designs.length)];
  const design = spec.designs[cellIndex % spec.designs.length];
  if (scenario === undefined || design === undefined)
    throw invalidInput("cellIndex", cellIndex, `must be a whole number from 0 to ${cellCount(spec) - 1}`);
  return { index: cellIndex, design, scenario };
}

/**
 * Refuse designs or scenarios that cannot be told apart.
 *
 * @throws DomainError INVALID_INPUT naming the repeated identifier.
 */
export function assertDistinctIdentifiers(spec: SimulationSpec): void {
  for (const [argument, items] of [
    ["designs", spec.designs],
    ["scenarios", spec.scenarios],
  ] as const) {
    const seen = new Set<string>();
    for (const { id } of items) {
      if (seen.has(id))
        throw invalidInput(argument, id, "must have an identifier of its own each", "Rename one of them.");
      seen.add(id);
    }
  }
}
