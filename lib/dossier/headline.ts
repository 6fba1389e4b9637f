import { formatCount, formatMonteCarlo, formatQuantity } from "../reporting/format-number.ts";
import type { CellResult, TrialDesign } from "../simulation/simulation-document.ts";
import type { DossierContext } from "./dossier-context.ts";

/** "8 patients", "none", or "none (3 more)". */
export function saving(patients: number): string {
  if (patients > 0) return formatQuantity(patients, "patient");
  return patients === 0 ? "none" : `none (${formatCount(-patients)} more needed)`;
}

export function verdictText({ verdict }: DossierContext): string {
  return verdict.sentence;
}

/** The design with most looks, else the first. */
export function sequentialOrFirstDesign({ designs }: DossierContext): TrialDesign {
  return designs.reduce(
    (best, design) => (design.lookFractions.length > best.lookFractions.length ? design : best),
    designs[0]!,
  );
}

/** Null cells with the largest simulated rejection probability first. */
export function nullCells({ record }: DossierContext): CellResult[] {
  return record.simulation.cells.filter((cell) => cell.isNull).sort((a, b) => b.rejection.value - a.rejection.value);
}

export function typeOneErrorMaximum(context: DossierContext): string {
  const largest = nullCells(context)[0];
  return largest === undefined ? "not simulated" : formatMonteCarlo(largest.rejection, 4);
}

/** The scenario with the planned effect and no drift: the first alternative whose effect is that of the sizing. */
export function plannedScenarioId({ record }: DossierContext): string | null {
  const effect = record.sizing.spec.effect.value;
  const { scenarios } = record.simulation.spec;
  return (
    (scenarios.find((scenario) => scenario.effect === effect) ?? scenarios.find((scenario) => scenario.effect !== 0))
      ?.id ?? null
  );
}

/** Power of every design at the planned effect. */
export function headlineCells(context: DossierContext): { design: string; scenario: string; power: string }[] {
  const scenarioId = plannedScenarioId(context);
  const scenario = context.record.simulation.spec.scenarios.find((row) => row.id === scenarioId);
  if (scenarioId === null || scenario === undefined) return [];
  return context.designs.flatMap((design) => {
    const cell = context.cell(design.id, scenarioId);
    return cell === undefined
      ? []
      : [{ design: design.name, scenario: scenario.name.toLowerCase(), power: formatMonteCarlo(cell.rejection, 3) }];
  });
}
