import type { FrozenModel } from "../../progression/model-document.ts";
import { gainFigure } from "../../reporting/figures/gain-figure.ts";
import { rmseFigure } from "../../reporting/figures/rmse-figure.ts";
import { subgroupFigure } from "../../reporting/figures/subgroup-figure.ts";
import {
  formatCount,
  formatFixed,
  formatInterval,
  formatPercent,
  formatPercentInterval,
  MISSING,
} from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { plainAdjustmentText } from "../headline.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";

const DECISIONS = { use: "use", "use-with-care": "use with care", "do-not-use": "do not use" } as const;

/** Prediction out of fold against ordinary adjustment: gain, errors, subgroups, studies left out. */
export function performanceBlocks(context: DossierContext): ReportBlock[] {
  return [...gainBlocks(context), ...errorBlocks(context), ...subgroupBlocks(context), ...studyBlocks(context)];
}

function gainBlocks(context: DossierContext): ReportBlock[] {
  const { record } = context;
  const { gain, verdicts } = record.model.evaluation;
  const claimed = gain.filter((row) => row.gainClaimed).map(context.place);
  const verdictOf = (at: { endpointId: string; visitId: string }) =>
    verdicts.find((row) => row.endpointId === at.endpointId && row.visitId === at.visitId);
  return [
    heading(2, "credibility-gain", "Gain over ordinary adjustment"),
    paragraph`${see("figure-gain")} and ${see("table-gain")} show what the twin buys over ANCOVA on baseline value and strata, out of fold, beside what ANCOVA on all covariates buys. ${claimed.length === 0 ? "No gain is shown at any endpoint and visit." : claimedText(claimed, gain.length)} ${plainAdjustmentText(context)} The verdict for the primary endpoint reads: ${context.verdict.sentence}`,
    {
      kind: "figure",
      id: "figure-gain",
      title: "Gain of the twin and of ANCOVA on all covariates over baseline ANCOVA",
      population: context.historyPopulation,
      chart: gainFigure(record.model),
      notes: [
        "Out of fold; 95 % bootstrap intervals over patients. Right of zero: smaller squared error than ANCOVA on baseline value and strata. Figures at the right: estimates.",
      ],
    },
    table({
      id: "table-gain",
      title: "Gain and partial correlation by endpoint and visit",
      population: context.historyPopulation,
      columns: columns(
        "Endpoint and visit",
        ">N",
        ">Gain of the twin|(95 % interval)",
        ">Gain, all covariates|(95 % interval)",
        ">Partial correlation|(95 % interval)",
        "Verdict",
      ),
      rows: gain.map((row) => [
        context.place(row),
        formatCount(row.patients),
        formatPercentInterval(row.gain),
        formatPercentInterval(row.allCovariateAncovaGain),
        formatInterval(row.partialCorrelation, 2),
        DECISIONS[verdictOf(row)?.decision ?? "do-not-use"],
      ]),
      notes: [
        "N: patients with outcome and baseline value, the same for every method. Partial correlation: signed, given baseline value and strata (P11). A gain is claimed only when both lower limits exceed 0.",
      ],
    }),
    paragraph`The reasons for each verdict are given in ${see("table-verdicts")}.`,
    table({
      id: "table-verdicts",
      title: "Verdicts and their reasons",
      population: context.historyPopulation,
      columns: columns("Endpoint and visit", "Verdict", "Reasons"),
      rows: verdicts.map((row) => [context.place(row), DECISIONS[row.decision], row.reasons.join(" ")]),
    }),
  ];
}

function claimedText(claimed: readonly string[], all: number): string {
  if (claimed.length === all) return "A gain is shown at every endpoint and visit.";
  return `A gain is shown for: ${claimed.join("; ")}. At all other endpoints and visits no gain is shown.`;
}

function errorBlocks(context: DossierContext): ReportBlock[] {
  const { record, primary } = context;
  return [
    heading(2, "credibility-error", "Prediction error against plain methods"),
    paragraph`${see("figure-rmse")} and ${see("table-rmse")} compare the root mean squared error (RMSE) of all methods. A method that carries the baseline forward or adds the mean change needs no covariates at all and marks what is easy.`,
    {
      kind: "figure",
      id: "figure-rmse",
      title: `Root mean squared error by method and visit, ${context.endpoint(primary.endpointId)}`,
      population: context.historyPopulation,
      chart: rmseFigure(record.model, primary.endpointId),
      notes: ["Out of fold, the same patients and folds for every method. Lower is better."],
    },
    table({
      id: "table-rmse",
      title: "Root mean squared error by method",
      population: context.historyPopulation,
      columns: columns(
        "Endpoint and visit",
        "Unit",
        ">Last value|carried forward",
        ">Mean|change",
        ">Baseline|ANCOVA",
        ">ANCOVA, all|covariates",
        ">Twin",
      ),
      rows: record.model.evaluation.gain.map((row) => {
        const decimals = context.decimals(row.endpointId) + 1;
        const { rmse } = row;
        return [
          context.place(row),
          context.unit(row.endpointId),
          ...[
            rmse.lastValueCarriedForward,
            rmse.meanChange,
            rmse.baselineAncova,
            rmse.allCovariateAncova,
            rmse.twin,
          ].map((value) => formatFixed(value, decimals)),
        ];
      }),
    }),
  ];
}

function subgroupBlocks(context: DossierContext): ReportBlock[] {
  const { record, primary } = context;
  const rows = record.model.evaluation.subgroups.filter(
    (row) => row.endpointId === primary.endpointId && row.visitId === primary.visitId,
  );
  if (rows.length === 0) {
    return [
      heading(2, "credibility-subgroups", "Subgroups"),
      paragraph`No subgroup of the history has the ten patients that are the least for a figure.`,
    ];
  }
  const decimals = context.decimals(primary.endpointId) + 1;
  return [
    heading(2, "credibility-subgroups", "Subgroups"),
    paragraph`${see("figure-subgroups")} and ${see("table-subgroups")} give the gain, the mean error and the CRPS within subgroups of the history. They are for looking, not for claiming: they overlap and are not adjusted for their number.`,
    {
      kind: "figure",
      id: "figure-subgroups",
      title: `Gain in subgroups, ${context.primaryLabel}`,
      population: context.historyPopulation,
      chart: subgroupFigure(record.model, primary.endpointId, primary.visitId),
      notes: ["Out of fold; 95 % bootstrap intervals."],
    },
    table({
      id: "table-subgroups",
      title: `Gain, mean error and CRPS in subgroups, ${context.primaryLabel}`,
      population: context.historyPopulation,
      columns: columns(
        "Subgroup",
        ">N",
        ">Gain (95 % interval)",
        `>Mean error (95 % interval)|${context.primaryUnit}`,
        `>CRPS|${context.primaryUnit}`,
      ),
      rows: rows.map((row) => [
        row.subgroup,
        formatCount(row.patients),
        formatPercentInterval(row.gain),
        formatInterval(row.meanError, decimals),
        row.crps === undefined ? MISSING : formatFixed(row.crps, decimals),
      ]),
      notes: [
        "Out of fold. Mean error: observed minus predicted. CRPS: mean over the patients; smaller is better, and it grows with the spread of the outcome in the subgroup.",
      ],
    }),
    ...subgroupCalibration(context, rows),
  ];
}

/** Whether score and bands hold in every subgroup; models of formats 1 and 2 have no such figures. */
function subgroupCalibration(
  context: DossierContext,
  rows: readonly FrozenModel["evaluation"]["subgroups"][number][],
): ReportBlock[] {
  const levels = rows[0]?.coverage?.map(({ level }) => level) ?? [];
  if (levels.length === 0) return [];
  return [
    paragraph`${see("table-subgroup-calibration")} shows whether the score tells patients apart within subgroups, and whether its bands hold there.`,
    table({
      id: "table-subgroup-calibration",
      title: `Partial correlation, calibration and coverage in subgroups, ${context.primaryLabel}`,
      population: context.historyPopulation,
      columns: columns(
        "Subgroup",
        ">Partial correlation|(95 % interval)",
        ">Calibration slope|(95 % interval)",
        ...levels.map((level) => `>${formatPercent(level, 0)} band|covers, %`),
      ),
      rows: rows.map((row) => [
        row.subgroup,
        row.partialCorrelation === undefined ? MISSING : formatInterval(row.partialCorrelation, 2),
        row.slope === undefined ? MISSING : formatInterval(row.slope, 2),
        ...levels.map((level) => {
          const found = row.coverage?.find((band) => band.level === level);
          return found === undefined ? MISSING : formatPercentInterval(found.coverage).replace(/\s%/, "");
        }),
      ]),
      notes: [
        "Out of fold. Coverage with exact 95 % limits. Target of the slope: 1. The other visits are in results.json under model.evaluation.subgroups.",
      ],
    }),
  ];
}

function studyBlocks(context: DossierContext): ReportBlock[] {
  const rows = context.record.model.evaluation.leaveOneStudyOut;
  const title = heading(2, "credibility-studies", "One study left out");
  if (rows.length === 0) {
    return [
      title,
      paragraph`The history is one study, so that transport to another study cannot be shown from it. This is a limit of the evidence (${see("limitations")}).`,
    ];
  }
  return [
    title,
    paragraph`Each historical study was predicted once by a model trained on the others (${see("table-studies")}). Mean errors away from zero show drift between studies, which a randomised comparison does not suffer from but a prediction does.`,
    table({
      id: "table-studies",
      title: "Performance in each study when it is left out of training",
      population: context.historyPopulation,
      columns: columns(
        "Study left out",
        "Endpoint and visit",
        ">N",
        ">Gain (95 % interval)",
        ">Partial correlation (95 % interval)",
        ">Mean error (95 % interval)",
      ),
      rows: rows.map((row) => [
        row.study,
        context.place(row),
        formatCount(row.patients),
        formatPercentInterval(row.gain),
        row.partialCorrelation === undefined ? MISSING : formatInterval(row.partialCorrelation, 2),
        formatInterval(row.meanError, context.decimals(row.endpointId) + 1),
      ]),
      notes: ["Mean error: observed minus predicted, analysis scale."],
    }),
  ];
}
