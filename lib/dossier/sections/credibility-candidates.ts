import type { CandidateEvaluation } from "../../progression/evaluation/candidate-document.ts";
import type { EvaluatedModel } from "../../progression/model-document.ts";
import { candidatesFigure } from "../../reporting/figures/candidates-figure.ts";
import {
  formatCount,
  formatFixed,
  formatInterval,
  formatPercent,
  formatPercentInterval,
  formatPValue,
  MISSING,
} from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";

/** Every member, the stack and the nulls on the same folds; trajectories; collinearity; what a run-in would buy. */
export function candidateBlocks(context: DossierContext): ReportBlock[] {
  const { model } = context.record;
  if (model.format === "understudy-model/1") return [];
  return [
    ...comparisonBlocks(context, model),
    ...trajectoryBlocks(context, model),
    ...collinearityBlocks(context, model),
    ...runInBlocks(context, model),
    ...driftBlocks(context, model),
  ];
}

function comparisonBlocks(context: DossierContext, { evaluation, predictor }: EvaluatedModel): ReportBlock[] {
  const { primary } = context;
  // One model against the nulls stands in the tables before; the places beyond the primary one matter for a choice of members.
  const places = evaluation.gain.filter(
    (row) => predictor.kind === "stack" || (row.endpointId === primary.endpointId && row.visitId === primary.visitId),
  );
  return [
    heading(2, "credibility-candidates", "All methods on the same folds"),
    paragraph`${see("figure-candidates")} and ${see("table-candidates")} compare every method that was trained, the one that makes the twins marked. The choice was made in the training specification, not by these figures; where an interval includes 0 the method is not shown to be better than ANCOVA on baseline value and strata.`,
    {
      kind: "figure",
      id: "figure-candidates",
      title: `Gain of every method over baseline ANCOVA, ${context.primaryLabel}`,
      population: context.historyPopulation,
      chart: candidatesFigure(evaluation.candidates, primary.endpointId, primary.visitId),
      notes: [
        "Out of fold; 95 % bootstrap intervals over patients, the same patients, folds and resamples throughout.",
      ],
    },
    table({
      id: "table-candidates",
      title: "Every method out of fold: gain, partial correlation, CRPS, coverage",
      population: context.historyPopulation,
      columns: columns(
        "Endpoint and visit",
        "Method",
        ">Gain|(95 % interval)",
        ">Partial correlation|(95 % interval)",
        ">CRPS",
        ">Coverage|50/80/95 %",
      ),
      rows: places.flatMap((place) =>
        evaluation.candidates.flatMap((candidate) => candidateRow(context, candidate, place)),
      ),
      notes: [
        "▶: makes the twins. Partial correlation, CRPS and coverage exist for methods with a score and a law. CRPS in the unit of the endpoint; smaller is better.",
      ],
    }),
  ];
}

function candidateRow(
  context: DossierContext,
  candidate: CandidateEvaluation,
  place: { readonly endpointId: string; readonly visitId: string },
): string[][] {
  const row = candidate.visits.find((one) => one.endpointId === place.endpointId && one.visitId === place.visitId);
  if (row === undefined) return [];
  const { law } = row;
  return [
    [
      context.place(place),
      candidate.chosen ? `▶ ${candidate.name}` : candidate.name,
      formatPercentInterval(row.gain),
      law === null ? MISSING : formatInterval(law.partialCorrelation, 2),
      law === null ? MISSING : formatFixed(law.crps, context.decimals(place.endpointId) + 1),
      law === null ? MISSING : law.coverage.map(({ coverage }) => formatPercent(coverage.value, 0)).join("/"),
    ],
  ];
}

function trajectoryBlocks(context: DossierContext, { evaluation }: EvaluatedModel): ReportBlock[] {
  const rows = evaluation.candidates.flatMap((candidate) =>
    candidate.trajectories.map((course) => [
      context.endpoint(course.endpointId),
      candidate.chosen ? `▶ ${candidate.name}` : candidate.name,
      formatInterval(course.energyScore, 3),
      formatPercentInterval(course.energyGain),
      course.twoSampleTest === null ? MISSING : formatFixed(course.twoSampleTest.auc, 2),
      course.twoSampleTest === null ? MISSING : formatPValue(course.twoSampleTest.pValue),
      course.correlationError === null
        ? MISSING
        : `${formatFixed(course.correlationError.rootMeanSquare, 3)} (${formatFixed(course.correlationError.expectedFromSampling, 3)})`,
    ]),
  );
  if (rows.length === 0) return [];
  return [
    heading(2, "credibility-trajectories", "Whole trajectories"),
    paragraph`A twin is a whole course. ${see("table-trajectories")} judges drawn courses of held-out patients: by the energy score, by a classifier that tries to tell drawn from observed courses (area under the curve 0.5: it cannot), and by the correlations between visits and endpoints.`,
    table({
      id: "table-trajectories",
      title: "Drawn against observed trajectories, out of fold",
      population: context.historyPopulation,
      columns: columns(
        "Endpoint",
        "Method",
        ">Energy score, SD|(95 % interval)",
        ">Energy gain|(95 % interval)",
        ">Classifier|AUC",
        ">p",
        ">Correlation error|(by sampling)",
      ),
      rows,
      notes: [
        "Energy gain: 1 − ratio of the energy score to that of baseline ANCOVA. p: labels exchanged within patients. Correlation error: root mean square difference of predicted and observed correlations; in parentheses what sampling alone would give.",
      ],
    }),
  ];
}

function collinearityBlocks(context: DossierContext, { evaluation }: EvaluatedModel): ReportBlock[] {
  const own = evaluation.collinearity.find(
    (row) => row.endpointId === context.primary.endpointId && row.visitId === context.primary.visitId,
  );
  if (own === undefined) return [];
  return [
    heading(2, "credibility-collinearity", "Beyond the covariates themselves"),
    paragraph`An ANCOVA that holds all covariates could do without a score that is a sum of them. ${own.sentence} ${see("table-collinearity")} gives every endpoint and visit.`,
    table({
      id: "table-collinearity",
      title: "The score against its own covariates",
      population: context.historyPopulation,
      columns: columns(
        "Endpoint and visit",
        ">Variance of the score|explained by covariates",
        ">Correlation beyond covariates|(95 % interval)",
      ),
      rows: evaluation.collinearity.map((row) => [
        context.place(row),
        formatPercent(row.scoreExplainedByCovariates),
        formatInterval(row.correlationBeyondCovariates, 2),
      ]),
    }),
  ];
}

function runInBlocks(context: DossierContext, { evaluation }: EvaluatedModel): ReportBlock[] {
  const rows = evaluation.runIn.filter(
    (row) => row.endpointId === context.primary.endpointId && row.visitId === context.primary.visitId,
  );
  if (rows.length === 0) return [];
  return [
    heading(2, "credibility-run-in", "What a run-in would buy"),
    paragraph`${see("table-run-in")} conditions on one or two visits as if they had come before randomisation. The figures are for weighing a run-in against more placebo patients; this report plans without one.`,
    table({
      id: "table-run-in",
      title: `Twins after a run-in, ${context.primaryLabel}`,
      population: context.historyPopulation,
      columns: columns(
        "Run-in visits",
        ">N",
        ">Gain|(95 % interval)",
        ">Partial correlation|(95 % interval)",
        ">R² with score|with the run-in",
        ">R² with score|without",
      ),
      rows: rows.map((row) => [
        `${formatCount(row.runInVisits)} (to ${context.visit(row.lastRunInVisitId)})`,
        formatCount(row.patients),
        formatPercentInterval(row.gain),
        formatInterval(row.partialCorrelation, 2),
        formatPercent(row.variance.rSquaredWithScore.value),
        formatPercent(row.withoutRunIn.rSquaredWithScore.value),
      ]),
      notes: [
        "Gain and partial correlation against ANCOVA on the last run-in value and strata; the same patients with and without.",
      ],
    }),
  ];
}

function driftBlocks(context: DossierContext, { evaluation }: EvaluatedModel): ReportBlock[] {
  if (evaluation.drift.length === 0) return [];
  return [
    heading(2, "credibility-drift", "Drift between studies"),
    paragraph`${see("table-drift")} summarises the errors in studies left out of training: their mean, and how much studies differ from one another.`,
    table({
      id: "table-drift",
      title: "Drift between historical studies",
      population: context.historyPopulation,
      columns: columns("Endpoint and visit", ">Studies", ">Mean error (95 % interval)", ">SD between studies", "Unit"),
      rows: evaluation.drift.map((row) => [
        context.place(row),
        formatCount(row.studies),
        formatInterval(row.meanError, context.decimals(row.endpointId) + 1),
        formatFixed(row.betweenStudies, context.decimals(row.endpointId) + 1),
        context.unit(row.endpointId),
      ]),
      notes: ["Random-effects mean (DerSimonian and Laird) with t limits; error: observed minus predicted."],
    }),
  ];
}
