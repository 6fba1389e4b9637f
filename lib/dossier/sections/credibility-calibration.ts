import { calibrationFigure } from "../../reporting/figures/calibration-figure.ts";
import { coverageFigure } from "../../reporting/figures/coverage-figure.ts";
import { pitFigure } from "../../reporting/figures/pit-figure.ts";
import {
  formatCount,
  formatFixed,
  formatInterval,
  formatLimits,
  formatPercent,
  MISSING,
} from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, prose, see, table } from "../prose.ts";

/** Whether the twin's numbers mean what they say: calibration, distribution, coverage of the bands. */
export function calibrationBlocks(context: DossierContext): ReportBlock[] {
  const { record, primary, calibration } = context;
  const { evaluation } = record.model;
  return [
    heading(2, "credibility-calibration", "Calibration and uncertainty"),
    paragraph`Calibration of the mean is shown in ${calibration.groups.length === 0 ? "" : prose`${see("figure-calibration")} and, `}for every endpoint and visit${calibration.groups.length === 0 ? " " : ", "}in ${see("table-calibration")} (target: slope 1, intercept 0). At ${context.primaryLabel} the slope is ${formatInterval(calibration.slope, 3)} and the intercept ${formatInterval(calibration.intercept, 3)}.`,
    ...calibrationFigureBlocks(context),
    table({
      id: "table-calibration",
      title: "Calibration, probability integral transform (PIT) and CRPS",
      population: context.historyPopulation,
      columns: columns(
        "Endpoint and visit",
        ">N",
        ">Slope|(95 % interval)",
        ">Intercept|(95 % interval)",
        ">PIT|mean",
        ">PIT|KS distance",
        ">CRPS",
      ),
      rows: evaluation.calibration.map((row) => [
        context.place(row),
        formatCount(row.patients),
        formatInterval(row.slope, 2),
        formatInterval(row.intercept, context.decimals(row.endpointId)),
        formatFixed(row.pitMean, 3),
        row.pitKs === null ? MISSING : formatFixed(row.pitKs, 3),
        formatFixed(row.crps, context.decimals(row.endpointId) + 1),
      ]),
      notes: [
        "KS: Kolmogorov–Smirnov distance from the uniform distribution. CRPS in the unit of the endpoint. Intervals of slope and intercept: t with n − 2 degrees of freedom.",
      ],
    }),
    paragraph`The predictive distribution is judged by the probability integral transform (${calibration.pitHistogram.length === 0 ? "its mean only" : see("figure-pit")}) and by the coverage of the bands (${see("figure-coverage")}, ${see("table-coverage")}).`,
    ...pitFigureBlocks(context),
    {
      kind: "figure",
      id: "figure-coverage",
      title: `Coverage of the 50, 80 and 95 % bands, ${context.endpoint(primary.endpointId)}`,
      population: context.historyPopulation,
      chart: coverageFigure(record.model, primary.endpointId),
      notes: ["Out of fold; exact 95 % binomial intervals (Clopper–Pearson)."],
    },
    table({
      id: "table-coverage",
      title: "Coverage of the bands by endpoint and visit",
      population: context.historyPopulation,
      columns: columns(
        "Endpoint and visit",
        ">N",
        ...levels(context).map((level) => `>${formatPercent(level, 0)} band|covered (95 % interval)`),
      ),
      rows: evaluation.calibration.map((row) => [
        context.place(row),
        formatCount(row.patients),
        ...levels(context).map((level) => coverageText(context, row, level)),
      ]),
      notes: ["Share of out-of-fold outcomes inside the band, in percent."],
    }),
  ];
}

/** Nothing where groups of patients are not known. */
function calibrationFigureBlocks({ record, primary, calibration, ...context }: DossierContext): ReportBlock[] {
  if (calibration.groups.length === 0) return [];
  return [
    {
      kind: "figure",
      id: "figure-calibration",
      title: `Observed against predicted, ${context.primaryLabel}`,
      population: context.historyPopulation,
      chart: calibrationFigure(record.model, primary.endpointId, primary.visitId),
      notes: [
        "Marks: groups of equal size by predicted value, mean observed with 95 % interval. Dashed: observed = predicted.",
      ],
    },
  ];
}

/** Nothing where the histogram is not known. */
function pitFigureBlocks({ record, primary, calibration, ...context }: DossierContext): ReportBlock[] {
  if (calibration.pitHistogram.length === 0) return [];
  return [
    {
      kind: "figure",
      id: "figure-pit",
      title: `Probability integral transform, ${context.primaryLabel}`,
      population: context.historyPopulation,
      chart: pitFigure(record.model, primary.endpointId, primary.visitId),
      notes: [
        "Flat: the twin's distribution is right. Humps: bands too wide; horns: too narrow; slopes: biased. The rule is the count expected.",
      ],
    },
  ];
}

function levels({ record }: DossierContext): number[] {
  return [...new Set(record.model.evaluation.coverage.map((row) => row.level))].sort((a, b) => a - b);
}

function coverageText({ record }: DossierContext, at: { endpointId: string; visitId: string }, level: number): string {
  const row = record.model.evaluation.coverage.find(
    (cell) => cell.endpointId === at.endpointId && cell.visitId === at.visitId && cell.level === level,
  );
  if (row === undefined) return "";
  return `${formatPercent(row.coverage.value)} ${formatLimits({ lower: 100 * row.coverage.lower, upper: 100 * row.coverage.upper }, 1)}`;
}
