import { formatCount, formatMonteCarlo, formatPercentInterval, formatQuantity } from "../reporting/format-number.ts";
import { analysisParts } from "../simulation/simulated-analysis.ts";
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
export function sequentialOrFirstDesign({ designs }: Pick<DossierContext, "designs">): TrialDesign {
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
  const largest = nullCells(context).find((cell) => cell.failed < cell.replicates);
  return largest === undefined ? "not known" : formatMonteCarlo(largest.rejection, 4);
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
      : [
          {
            design: design.name,
            scenario: scenario.name.toLowerCase(),
            power:
              cell.failed >= cell.replicates
                ? "not known: every replicate failed"
                : formatMonteCarlo(cell.rejection, 3),
          },
        ];
  });
}

/** Share of failed replicates above which a design is not proposed: its other rates are those of a selection. */
const TOLERATED_FAILURES = 0.01;

/** Monte Carlo standard errors by which a simulated rate may miss its target before a design is ruled out. */
const TOLERATED_MCSE = 3;

/**
 * The design that the selection rule of the simulation picks: among designs that keep the type I error in every null
 * scenario and the power at the planned effect (within Monte Carlo error), the one with the fewest expected patients,
 * then the shortest. Designs with the score are left out where no gain is shown, and designs of which more than one replicate in a
 * hundred failed in some scenario.
 *
 * @returns null when no simulated design qualifies.
 */
export function proposedDesign(context: DossierContext): TrialDesign | null {
  const planned = plannedScenarioId(context);
  if (planned === null) return null;
  const { spec } = context.record.sizing;
  const scoreAllowed = context.verdict.decision !== "do-not-use";
  const qualified = context.designs.flatMap((design) => {
    const cell = context.cell(design.id, planned);
    if (cell === undefined || (analysisParts(design.analysis).withScore && !scoreAllowed)) return [];
    const failures = context.record.simulation.cells
      .filter((row) => row.designId === design.id)
      .reduce((most, row) => Math.max(most, row.failed / row.replicates), 0);
    if (failures > TOLERATED_FAILURES) return [];
    const keepsError = nullCells(context)
      .filter((row) => row.designId === design.id)
      .every((row) => row.rejection.value <= design.oneSidedAlpha + TOLERATED_MCSE * row.rejection.mcse);
    const keepsPower = cell.rejection.value >= spec.power.value - TOLERATED_MCSE * cell.rejection.mcse;
    return keepsError && keepsPower ? [{ design, cell }] : [];
  });
  qualified.sort(
    (a, b) =>
      a.cell.expectedPatients.value - b.cell.expectedPatients.value ||
      a.cell.expectedMonths.value - b.cell.expectedMonths.value,
  );
  return qualified[0]?.design ?? null;
}

/** One sentence on what plain adjustment for all covariates buys, beside the twin. */
export function plainAdjustmentText({ gain }: DossierContext): string {
  const plain = formatPercentInterval(gain.allCovariateAncovaGain);
  const start = `ANCOVA on all covariates, which needs no model, gains ${plain} on the same patients`;
  return gain.gain.value > gain.allCovariateAncovaGain.value
    ? `${start}.`
    : `${start}: in the history the twin's advantage over it is one covariate instead of many, not precision.`;
}
