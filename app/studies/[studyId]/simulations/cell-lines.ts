import { decimalsForScale } from "../../../../lib/reporting/format-number.ts";
import type {
  CellResult,
  MonteCarloEstimate,
  SimulationResult,
} from "../../../../lib/simulation/simulation-document.ts";

/** One quantity of a cell as the table prints it. */
export interface CellLine {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly estimate: MonteCarloEstimate;
  readonly decimals: number;
  readonly analytic: number | null;
  readonly median: number | null;
  readonly p90: number | null;
  readonly method: string;
}

/** Every operating characteristic of a cell that the run knows. */
export function cellLines(cell: CellResult, unit: string, result: SimulationResult): CellLine[] {
  const decimals = decimalsForScale(cell.rootMeanSquaredError.value);
  const paired = result.pairedDifferences.find(
    (row) => row.designId === cell.designId && row.scenarioId === cell.scenarioId,
  );
  const reference = result.spec.designs.find(({ id }) => id === paired?.referenceDesignId)?.name ?? "";
  const line = (
    key: string,
    title: string,
    lineUnit: string,
    estimate: MonteCarloEstimate,
    lineDecimals: number,
    method: string,
    more: Partial<Pick<CellLine, "analytic" | "median" | "p90">> = {},
  ): CellLine => ({
    key,
    title,
    unit: lineUnit,
    estimate,
    decimals: lineDecimals,
    method,
    analytic: null,
    median: null,
    p90: null,
    ...more,
  });
  return [
    line(
      "rejection",
      cell.isNull ? "Type I error" : "Power",
      "",
      cell.rejection,
      4,
      "Share of the analysed replicates that reject the null hypothesis at any look; standard error √(p(1 − p)/n), exact Clopper–Pearson limits where the count is 0 or all.",
      { analytic: cell.analytic?.rejection ?? null },
    ),
    ...(paired === undefined
      ? []
      : [
          line(
            "paired",
            `Difference to "${reference}"`,
            "paired",
            paired.rejectionDifference,
            4,
            "Difference of rejection between the two designs on the same simulated patients.",
          ),
        ]),
    line(
      "patients",
      "Expected N",
      "patients randomised",
      cell.expectedPatients,
      1,
      "Mean over the replicates of the patients randomised when the trial ended.",
      { analytic: cell.analytic?.expectedPatients ?? null, ...cell.patientsPercentiles },
    ),
    line(
      "months",
      "Duration",
      "months",
      cell.expectedMonths,
      1,
      "Mean over the replicates of the months from the first randomisation to the analysis that ended the trial.",
      { analytic: cell.analytic?.expectedMonths ?? null, ...cell.monthsPercentiles },
    ),
    line(
      "bias",
      "Bias of the estimate",
      unit,
      cell.bias,
      decimals,
      "Mean over the replicates of the naive estimate at the ending look minus the true effect.",
    ),
    line(
      "rmse",
      "Root mean squared error",
      unit,
      cell.rootMeanSquaredError,
      decimals,
      "Square root of the mean squared difference between the naive estimate and the true effect; its error by the delta method.",
    ),
    line(
      "coverage",
      "Coverage of the naive 95 % interval",
      "",
      cell.coverage,
      4,
      "Share of the replicates whose ordinary 95 % interval, at the look where the trial ended, holds the true effect.",
    ),
  ];
}
