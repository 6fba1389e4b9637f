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
    ...seedBlocks(context, model),
    ...trajectoryBlocks(context, model),
    ...collinearityBlocks(context, model),
    ...runInBlocks(context, model),
    ...driftBlocks(context, model),
  ];
}

function comparisonBlocks(context: DossierContext, { evaluation, predictor }: EvaluatedModel): ReportBlock[] {
  const { primary } = context;
  if (evaluation.candidates.length === 0) return [];
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
      course.correlationError === null
        ? MISSING
        : `${formatFixed(course.correlationError.rootMeanSquare, 3)} (${formatFixed(course.correlationError.expectedFromSampling, 3)})`,
    ]),
  );
  if (rows.length === 0) return [];
  return [
    heading(2, "credibility-trajectories", "Whole trajectories"),
    paragraph`A twin is a whole course. ${see("table-trajectories")} judges drawn courses of held-out patients by the energy score and by the correlations between visits and endpoints. ${see("table-told-apart")} asks whether they can be told from observed ones: by a classifier (area under its curve 0.5: it cannot) and by the maximum mean discrepancy (P31), with what two halves of the observed courses have between themselves beside it.`,
    table({
      id: "table-trajectories",
      title: "Drawn against observed trajectories, out of fold",
      population: context.historyPopulation,
      columns: columns(
        "Endpoint",
        "Method",
        ">Energy score, SD|(95 % interval)",
        ">Energy gain|(95 % interval)",
        ">Correlation error|(by sampling)",
      ),
      rows,
      notes: [
        "Energy gain: 1 − ratio of the energy score to that of baseline ANCOVA. Correlation error: root mean square difference of predicted and observed correlations; in parentheses what sampling alone would give.",
      ],
    }),
    table({
      id: "table-told-apart",
      title: "Whether drawn courses can be told from observed ones, out of fold",
      population: context.historyPopulation,
      columns: columns(
        "Endpoint",
        "Method",
        ">Classifier AUC|(95 % interval)",
        ">AUC by chance|95 % quantile",
        ">p",
        ">1000 MMD²|drawn",
        ">1000 MMD²|observed (95 %)",
      ),
      rows: evaluation.candidates.flatMap((candidate) =>
        candidate.trajectories.map((course) => [
          context.endpoint(course.endpointId),
          candidate.chosen ? `▶ ${candidate.name}` : candidate.name,
          ...classifierCells(course.twoSampleTest),
          ...discrepancyCells(course.meanDiscrepancy ?? null),
        ]),
      ),
      notes: [
        `p: labels exchanged within patients, 99 times. 1000 MMD²: a thousand times the squared maximum mean discrepancy of one half of the patients' observed courses and the other half's drawn ones, mean over random halves; beside it the same for observed against observed, with its 95 % quantile over the halves. A value beyond the quantile says that drawn courses differ from observed ones. ${MISSING}: not computed for this model.`,
      ],
    }),
  ];
}

type Course = CandidateEvaluation["trajectories"][number];

function classifierCells(test: Course["twoSampleTest"]): string[] {
  if (test === null) return [MISSING, MISSING, MISSING];
  return [
    test.interval === undefined ? formatFixed(test.auc, 2) : formatInterval(test.interval, 2),
    formatFixed(test.nullUpper, 2),
    formatPValue(test.pValue),
  ];
}

const thousandths = (value: number) => formatFixed(1000 * value, 2);

function discrepancyCells(found: NonNullable<Course["meanDiscrepancy"]> | null): string[] {
  if (found === null) return [MISSING, MISSING];
  return [thousandths(found.value), `${thousandths(found.floor)} (${thousandths(found.floorUpper)})`];
}

/** What another seed changes; nothing where no member draws at random. */
function seedBlocks(context: DossierContext, { evaluation }: EvaluatedModel): ReportBlock[] {
  const rows = evaluation.seedSpread ?? [];
  const [first] = rows;
  if (first === undefined) return [];
  const decimals = context.decimals(first.endpointId) + 1;
  return [
    heading(2, "credibility-seeds", "Spread over training seeds"),
    paragraph`Members with random training give another fit with another seed. ${see("table-training-seeds")} trains the whole predictor ${formatCount(first.gains.length)} times on the patients outside the first fold, with random numbers of its own each time, and judges each in that fold (P32). The spread is that of the training alone: patients are the same throughout.`,
    table({
      id: "table-training-seeds",
      title: `Gain over training seeds, ${context.place(first)}`,
      population: `Historical controls of the first fold; N = ${formatCount(first.patients)}`,
      columns: columns(
        "Method",
        ...first.gains.map((_, seed) => `>Gain|training ${formatCount(seed + 1)}`),
        ">SD of|the gain",
        `>SD of a prediction|${context.unit(first.endpointId)}`,
      ),
      rows: rows.map((row) => [
        row.name,
        ...row.gains.map((gain) => formatPercent(gain)),
        formatPercent(row.gainStandardDeviation, 2),
        formatFixed(row.predictionStandardDeviation, decimals),
      ]),
      notes: [
        "Gain over ANCOVA on baseline value and strata in this fold only; it differs from the gain over all folds. SD of a prediction: over trainings, root mean square over patients.",
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
