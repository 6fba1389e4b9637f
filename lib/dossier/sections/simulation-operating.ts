import { expectedSizeFigure } from "../../reporting/figures/expected-size-figure.ts";
import { stoppingFigure } from "../../reporting/figures/stopping-figure.ts";
import { formatFixed, formatInput, formatMonteCarlo, MISSING } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { nullCells, plannedScenarioId, sequentialOrFirstDesign } from "../headline.ts";
import { columns, heading, paragraph, prose, see, table } from "../prose.ts";
import { designName, noneAnalysed, replicatesPopulation, resultMatrix, scenarioName } from "./simulation-matrix.ts";

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

function typeOneBlocks(context: DossierContext): ReportBlock[] {
  const cells = nullCells(context).filter((cell) => !noneAnalysed(cell));
  const title = heading(2, "simulation-type-one", "Type I error");
  const largest = cells[0];
  if (largest === undefined)
    return [
      title,
      nullCells(context).length === 0
        ? paragraph`No scenario without effect was simulated.`
        : paragraph`No replicate of a scenario without effect could be analysed, so that nothing is known of the type I error.`,
    ];
  const nominal = context.designs.find((design) => design.id === largest.designId)?.oneSidedAlpha ?? 0;
  const matrix = resultMatrix(context, {
    id: "table-type-one",
    title: "Type I error in all null scenarios (maximum marked ▲)",
    cells,
    designs: context.designs,
    text: (cell) => `${formatMonteCarlo(cell.rejection, 4)}${cell === largest ? " ▲" : ""}`,
    notes: ["Rejection probability ± MCSE. ▲: largest type I error of all null cells."],
  });
  return [
    title,
    paragraph`The type I error of every design in every null scenario stands in ${matrix.cited}. The largest type I error is ${formatMonteCarlo(largest.rejection, 4)}, of "${designName(context, largest.designId)}" in "${scenarioName(context, largest.scenarioId)}", at a nominal one-sided level of ${formatInput(nominal)}; it is the maximum of ${String(cells.length)} cells and as such expected to lie above the level by chance.`,
    ...matrix.tables,
  ];
}

function powerBlocks(context: DossierContext): ReportBlock[] {
  const cells = context.record.simulation.cells.filter((cell) => !cell.isNull);
  const title = heading(2, "simulation-power", "Power");
  if (cells.length === 0) return [title, paragraph`No scenario with an effect was simulated.`];
  const matrix = resultMatrix(context, {
    id: "table-power",
    title: "Power under all alternatives",
    cells,
    designs: context.designs,
    text: (cell) => formatMonteCarlo(cell.rejection, 4),
    notes: ["Rejection probability ± MCSE."],
  });
  return [
    title,
    paragraph`The power of every design under every alternative stands in ${matrix.cited}.`,
    ...matrix.tables,
  ];
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
      population: replicatesPopulation(context),
      columns: columns("Design", "Scenario", ">Look", ">Stops for efficacy", ">Stops for futility"),
      rows: sequential.flatMap((design) =>
        scenarioIds.flatMap((scenarioId) => {
          const row = context.cell(design.id, scenarioId);
          if (row === undefined || noneAnalysed(row))
            return [[design.name, scenarioName(context, scenarioId), MISSING, MISSING, MISSING]];
          return row.looks.map((look, index) => [
            index === 0 ? design.name : "″",
            index === 0 ? scenarioName(context, scenarioId) : "″",
            String(look.look),
            formatMonteCarlo(look.stopEfficacy, 3),
            look.futilityBound === null ? MISSING : formatMonteCarlo(look.stopFutility, 3),
          ]);
        }),
      ),
      notes: [
        `″: as above. ± MCSE; a count of none or all has no MCSE and stands with its exact 95 % limits. ${MISSING}: no futility bound at this look, or no replicate could be analysed.`,
      ],
    }),
    ...(cell === undefined
      ? []
      : [
          {
            kind: "figure" as const,
            id: "figure-stopping",
            title: `Stopping by look of "${shown.name}", ${scenarioName(context, cell.scenarioId).toLowerCase()}`,
            population: replicatesPopulation(context),
            chart: stoppingFigure(cell, shown.name),
            notes: ["Share of replicates; lines are ± 1.96 MCSE, often shorter than the mark."],
          },
        ]),
  ];
}

function sizeBlocks(context: DossierContext): ReportBlock[] {
  const { cells } = context.record.simulation;
  const patients = resultMatrix(context, {
    id: "table-patients",
    title: "Patients randomised when the trial ends: mean ± MCSE (median; 90th percentile)",
    cells,
    designs: context.designs,
    text: (cell) =>
      `${formatMonteCarlo(cell.expectedPatients, 1)}\n(${formatFixed(cell.patientsPercentiles.median, 0)}; ${formatFixed(cell.patientsPercentiles.p90, 0)})`,
    notes: ["± 0: the same in every replicate."],
  });
  const months = resultMatrix(context, {
    id: "table-months",
    title: "Duration in months: mean ± MCSE (median; 90th percentile)",
    cells,
    designs: context.designs,
    text: (cell) =>
      `${formatMonteCarlo(cell.expectedMonths, 1)}\n(${formatFixed(cell.monthsPercentiles.median, 1)}; ${formatFixed(cell.monthsPercentiles.p90, 1)})`,
    notes: ["From the start of accrual to the last analysis."],
  });
  return [
    heading(2, "simulation-size", "Size and duration"),
    paragraph`${see("figure-expected-size")} and ${patients.cited} give the number of patients randomised when the trial ends: mean, median and 90th percentile; ${months.cited} the duration in months.`,
    {
      kind: "figure",
      id: "figure-expected-size",
      title: "Expected number of patients by scenario and design",
      population: replicatesPopulation(context),
      chart: expectedSizeFigure(context.record.simulation),
      notes: ["Mean ± MCSE; max.: patients of the full design."],
    },
    ...patients.tables,
    ...months.tables,
  ];
}

function estimationBlocks(context: DossierContext): ReportBlock[] {
  const decimals = context.decimals(context.primary.endpointId) + 2;
  const { cells } = context.record.simulation;
  const parts = { cells, designs: context.designs };
  const bias = resultMatrix(context, {
    ...parts,
    id: "table-bias",
    title: `Bias of the final estimate (${context.primaryUnit})`,
    text: (cell) => formatMonteCarlo(cell.bias, decimals),
    notes: ["Mean of estimate minus true effect ± MCSE, over all replicates that could be analysed."],
  });
  const rmse = resultMatrix(context, {
    ...parts,
    id: "table-estimate-rmse",
    title: `Root mean squared error (RMSE) of the final estimate (${context.primaryUnit})`,
    text: (cell) => formatMonteCarlo(cell.rootMeanSquaredError, decimals),
    notes: ["± MCSE."],
  });
  const coverage = resultMatrix(context, {
    ...parts,
    id: "table-estimate-coverage",
    title: "Coverage of the naive 95 % interval",
    text: (cell) => formatMonteCarlo(cell.coverage, 4),
    notes: ["± MCSE."],
  });
  return [
    heading(2, "simulation-estimation", "Bias, error and coverage of the final estimate"),
    paragraph`The naive estimate is taken at the look where the trial ended. After early stopping it is not unbiased; ${bias.cited} shows by how much. ${rmse.cited} gives its root mean squared error and ${coverage.cited} the coverage of the naive 95 % interval.`,
    ...bias.tables,
    ...rmse.tables,
    ...coverage.tables,
  ];
}

function pairedBlocks(context: DossierContext): ReportBlock[] {
  const differences = context.record.simulation.pairedDifferences;
  const reference = context.designs.find((design) => design.id === differences[0]?.referenceDesignId);
  if (reference === undefined) return [];
  const matrix = resultMatrix(context, {
    id: "table-paired",
    title: `Paired differences in the probability of success against "${reference.name}"`,
    cells: context.record.simulation.cells,
    designs: context.designs.filter((design) => design.id !== reference.id),
    text: (cell) => {
      const row = differences.find((entry) => entry.designId === cell.designId && entry.scenarioId === cell.scenarioId);
      return row === undefined ? MISSING : formatMonteCarlo(row.rejectionDifference, 4);
    },
    notes: [`Difference ± paired MCSE; positive: succeeds more often than the reference. ${MISSING}: not computed.`],
  });
  return [
    heading(2, "simulation-paired", "Paired differences between designs"),
    paragraph`Every design of a scenario meets the same simulated patients. ${matrix.cited} uses this: differences in the probability of success to the reference design with their paired MCSE.`,
    ...matrix.tables,
  ];
}
