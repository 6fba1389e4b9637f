import { expectedSizeFigure } from "../../reporting/figures/expected-size-figure.ts";
import { stoppingFigure } from "../../reporting/figures/stopping-figure.ts";
import { formatFixed, formatInput, formatMonteCarlo, MISSING } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { nullCells, plannedScenarioId, sequentialOrFirstDesign } from "../headline.ts";
import { columns, heading, paragraph, prose, see, table } from "../prose.ts";

/** Type I error, power, stopping, size, duration, bias, coverage. */
export function operatingBlocks(context: DossierContext): ReportBlock[] {
  return [
    ...typeOneBlocks(context),
    ...powerBlocks(context),
    ...stoppingBlocks(context),
    ...sizeBlocks(context),
    ...estimationBlocks(context),
    ...pairedBlocks(context),
  ];
}

const population = ({ record }: DossierContext) =>
  `${formatFixed(record.simulation.spec.replicates, 0)} replicates per cell`;
const scenarioOf = ({ record }: DossierContext, id: string) =>
  record.simulation.spec.scenarios.find((row) => row.id === id)?.name ?? id;
const designOf = ({ designs }: DossierContext, id: string) => designs.find((row) => row.id === id)?.name ?? id;

function typeOneBlocks(context: DossierContext): ReportBlock[] {
  const cells = nullCells(context);
  const title = heading(2, "simulation-type-one", "Type I error");
  const largest = cells[0];
  if (largest === undefined) return [title, paragraph`No scenario without effect was simulated.`];
  const nominal = context.designs.find((design) => design.id === largest.designId)?.oneSidedAlpha ?? 0;
  return [
    title,
    paragraph`The type I error of every design in every null scenario stands in ${see("table-type-one")}. The largest type I error is ${formatMonteCarlo(largest.rejection, 4)}, of "${designOf(context, largest.designId)}" in "${scenarioOf(context, largest.scenarioId)}", at a nominal one-sided level of ${formatInput(nominal)}; it is the maximum of ${String(cells.length)} cells and as such expected to lie above the level by chance.`,
    matrixTable(context, {
      id: "table-type-one",
      title: "Type I error in all null scenarios (maximum marked ▲)",
      cells,
      text: (cell) => `${formatMonteCarlo(cell.rejection, 4)}${cell === largest ? " ▲" : ""}`,
      note: "Rejection probability ± MCSE. ▲: largest type I error of all null cells.",
    }),
  ];
}

function powerBlocks(context: DossierContext): ReportBlock[] {
  const cells = context.record.simulation.cells.filter((cell) => !cell.isNull);
  const title = heading(2, "simulation-power", "Power");
  if (cells.length === 0) return [title, paragraph`No scenario with an effect was simulated.`];
  return [
    title,
    paragraph`The power of every design under every alternative stands in ${see("table-power")}.`,
    matrixTable(context, {
      id: "table-power",
      title: "Power under all alternatives",
      cells,
      text: (cell) => formatMonteCarlo(cell.rejection, 4),
      note: "Rejection probability ± MCSE.",
    }),
  ];
}

type Cell = ReturnType<typeof nullCells>[number];

/** Scenarios as rows, designs as columns. */
function matrixTable(
  context: DossierContext,
  parts: { id: string; title: string; cells: readonly Cell[]; text: (cell: Cell) => string; note: string },
): ReportBlock {
  const scenarioIds = context.record.simulation.spec.scenarios
    .map((row) => row.id)
    .filter((id) => parts.cells.some((cell) => cell.scenarioId === id));
  return table({
    id: parts.id,
    title: parts.title,
    population: population(context),
    columns: columns("Scenario", ...context.designs.map((design) => `>${design.name}`)),
    rows: scenarioIds.map((scenarioId) => [
      scenarioOf(context, scenarioId),
      ...context.designs.map((design) => {
        const cell = parts.cells.find((row) => row.designId === design.id && row.scenarioId === scenarioId);
        return cell === undefined ? MISSING : parts.text(cell);
      }),
    ]),
    notes: [parts.note],
    wide: context.designs.length > 5,
  });
}

function stoppingBlocks(context: DossierContext): ReportBlock[] {
  const planned = plannedScenarioId(context);
  const nullId = context.record.simulation.spec.scenarios.find((row) => row.effect === 0)?.id ?? null;
  const sequential = context.designs.filter((design) => design.lookFractions.length > 1);
  if (sequential.length === 0) return [];
  const scenarioIds = [nullId, planned].filter((id) => id !== null);
  const shown = sequentialOrFirstDesign(context);
  const cell = planned === null ? undefined : context.cell(shown.id, planned);
  return [
    heading(2, "simulation-stopping", "Stopping by look"),
    paragraph`${see("table-stopping")} gives the probability of stopping at each look, without effect and at the planned effect${cell === undefined ? "." : prose`; ${see("figure-stopping")} draws that of "${shown.name}".`} Power lost by futility is contained in the power above, because the simulated trials follow the rule although it is non-binding.`,
    table({
      id: "table-stopping",
      title: "Probability of stopping at each look",
      population: population(context),
      columns: columns("Design", "Scenario", ">Look", ">Stops for efficacy", ">Stops for futility"),
      rows: sequential.flatMap((design) =>
        scenarioIds.flatMap((scenarioId) => {
          const row = context.cell(design.id, scenarioId);
          return (row?.looks ?? []).map((look, index) => [
            index === 0 ? design.name : "″",
            index === 0 ? scenarioOf(context, scenarioId) : "″",
            String(look.look),
            formatMonteCarlo(look.stopEfficacy, 3),
            look.futilityBound === null ? MISSING : formatMonteCarlo(look.stopFutility, 3),
          ]);
        }),
      ),
      notes: [`″: as above. ${MISSING}: no futility bound at this look. ± MCSE.`],
    }),
    ...(cell === undefined
      ? []
      : [
          {
            kind: "figure" as const,
            id: "figure-stopping",
            title: `Stopping by look of "${shown.name}", ${scenarioOf(context, cell.scenarioId).toLowerCase()}`,
            population: population(context),
            chart: stoppingFigure(cell, shown.name),
            notes: ["Share of replicates; lines are ± 1.96 MCSE, often shorter than the mark."],
          },
        ]),
  ];
}

function sizeBlocks(context: DossierContext): ReportBlock[] {
  return [
    heading(2, "simulation-size", "Size and duration"),
    paragraph`${see("figure-expected-size")} and ${see("table-size")} give the expected number of patients randomised when the trial ends, and its duration from the start of accrual to the last analysis.`,
    {
      kind: "figure",
      id: "figure-expected-size",
      title: "Expected number of patients by scenario and design",
      population: population(context),
      chart: expectedSizeFigure(context.record.simulation),
      notes: ["Mean ± MCSE; max.: patients of the full design."],
    },
    table({
      id: "table-size",
      title: "Patients and duration: mean, median and 90th percentile",
      population: population(context),
      columns: columns(
        "Design",
        "Scenario",
        ">Patients|mean ± MCSE",
        ">Patients|median",
        ">Patients|90th perc.",
        ">Months|mean ± MCSE",
        ">Months|median",
        ">Months|90th perc.",
      ),
      rows: context.designs.flatMap((design) =>
        context.record.simulation.cells
          .filter((cell) => cell.designId === design.id)
          .map((cell, index) => [
            index === 0 ? design.name : "″",
            scenarioOf(context, cell.scenarioId),
            formatMonteCarlo(cell.expectedPatients, 1),
            formatFixed(cell.patientsPercentiles.median, 0),
            formatFixed(cell.patientsPercentiles.p90, 0),
            formatMonteCarlo(cell.expectedMonths, 1),
            formatFixed(cell.monthsPercentiles.median, 1),
            formatFixed(cell.monthsPercentiles.p90, 1),
          ]),
      ),
      notes: ["″: as above. ± 0: the same in every replicate."],
    }),
  ];
}

function estimationBlocks(context: DossierContext): ReportBlock[] {
  const decimals = context.decimals(context.primary.endpointId) + 2;
  return [
    heading(2, "simulation-estimation", "Bias, error and coverage of the final estimate"),
    paragraph`${see("table-estimation")} shows the naive estimate at the look where the trial ended. After early stopping it is not unbiased; the table shows by how much. Coverage is that of the naive 95 % interval.`,
    table({
      id: "table-estimation",
      title: "Bias, root mean squared error (RMSE) and coverage",
      population: population(context),
      columns: columns(
        "Design",
        "Scenario",
        `>Bias ± MCSE|${context.primaryUnit}`,
        `>RMSE ± MCSE|${context.primaryUnit}`,
        ">Coverage ± MCSE",
      ),
      rows: context.designs.flatMap((design) =>
        context.record.simulation.cells
          .filter((cell) => cell.designId === design.id)
          .map((cell, index) => [
            index === 0 ? design.name : "″",
            scenarioOf(context, cell.scenarioId),
            formatMonteCarlo(cell.bias, decimals),
            formatMonteCarlo(cell.rootMeanSquaredError, decimals),
            formatMonteCarlo(cell.coverage, 4),
          ]),
      ),
      notes: ["″: as above. Over all replicates that could be analysed (unconditional)."],
    }),
  ];
}

function pairedBlocks(context: DossierContext): ReportBlock[] {
  const rows = context.record.simulation.pairedDifferences;
  if (rows.length === 0) return [];
  return [
    heading(2, "simulation-paired", "Paired differences between designs"),
    paragraph`Every design of a scenario meets the same simulated patients. ${see("table-paired")} uses this: differences in the probability of success to the reference design with their paired MCSE.`,
    table({
      id: "table-paired",
      title: "Paired differences in the probability of success",
      population: population(context),
      columns: columns("Scenario", "Design", "Reference", ">Difference ± paired MCSE"),
      rows: rows.map((row) => [
        scenarioOf(context, row.scenarioId),
        designOf(context, row.designId),
        designOf(context, row.referenceDesignId),
        formatMonteCarlo(row.rejectionDifference, 4),
      ]),
      notes: ["Positive: the design succeeds more often than the reference."],
    }),
  ];
}
