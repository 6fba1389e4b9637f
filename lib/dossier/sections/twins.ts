import { observedMinusTwinFigure } from "../../reporting/figures/observed-minus-twin-figure.ts";
import { scoreDistributionFigure } from "../../reporting/figures/score-distribution-figure.ts";
import { twinFanFigure } from "../../reporting/figures/twin-fan-figure.ts";
import { formatCount, formatInterval, formatPercent, MISSING } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";
import { subjectLabel } from "../subject-label.ts";

/** The cohort of enrolled patients: scores, support, observed minus twin. */
export function twinsSection(context: DossierContext): ReportBlock[] {
  const { record, study, primary } = context;
  const { outOfSupport, scores } = record.twins;
  const share = outOfSupport.patients / Math.max(1, outOfSupport.of);
  return [
    heading(1, "twins", SECTION_TITLES.twins),
    paragraph`For each of the ${formatCount(record.twins.patients)} enrolled patients the frozen model gave the course expected under control from baseline only. No value measured after time zero entered a twin or a score. Scores are listed in ${see("table-listing")}.`,
    heading(2, "twins-support", "Scores and support"),
    paragraph`${see("figure-scores")} shows the scores by arm; at randomisation the arms should resemble one another. A patient is out of support when the squared Mahalanobis distance of the baseline exceeds the 97.5 % quantile of the history or a feature lies outside the range seen in training: ${`${outOfSupport.patients} of ${outOfSupport.of}`} patients (${formatPercent(share)}).`,
    {
      kind: "figure",
      id: "figure-scores",
      title: "Distribution of the prognostic score by arm",
      population: context.enrolledPopulation,
      chart: scoreDistributionFigure(
        study.arms.map((arm) => ({
          name: arm.label,
          role: arm.role,
          scores: scores.filter((row) => row.arm === arm.id).map((row) => row.score),
        })),
        context.primaryUnit,
      ),
      notes: ["Share of each arm in common bins of the score."],
    },
    ...exampleBlocks(context),
    heading(2, "twins-observed", "Observed minus twin"),
    paragraph`${see("figure-observed-minus-twin")} and ${see("table-observed-minus-twin")} set observed values against twins by arm and visit. In the control arm an interval that excludes 0 would mean that the trial's controls do not follow the history. In the experimental arm the difference mixes effect, drift and who is still observed: it is descriptive and not an estimate of the treatment effect.`,
    {
      kind: "figure",
      id: "figure-observed-minus-twin",
      title: `Observed minus twin by arm and visit, ${context.endpoint(primary.endpointId)}`,
      population: context.enrolledPopulation,
      chart: observedMinusTwinFigure(record.twins.observedMinusTwin, study, primary.endpointId),
      notes: ["Means with 95 % t intervals over the patients observed at the visit."],
    },
    table({
      id: "table-observed-minus-twin",
      title: "Observed minus twin by endpoint, visit and arm",
      population: context.enrolledPopulation,
      columns: columns("Endpoint and visit", "Arm", ">N observed", ">Observed minus twin|(95 % interval)", "Unit"),
      rows: record.twins.observedMinusTwin.map((row) => [
        context.place(row),
        study.arms.find((arm) => arm.id === row.arm)?.label ?? row.arm,
        formatCount(row.patients),
        row.difference === null ? MISSING : formatInterval(row.difference, context.decimals(row.endpointId)),
        context.unit(row.endpointId),
      ]),
      notes: [`${MISSING}: fewer than two patients observed.`],
    }),
  ];
}

function exampleBlocks(context: DossierContext): ReportBlock[] {
  const { record, study, primary } = context;
  const endpointIndex = record.model.endpoints.findIndex((endpoint) => endpoint.id === primary.endpointId);
  const endpoint = record.model.endpoints[endpointIndex];
  const { examples, bandLevels } = record.twins;
  if (endpoint === undefined || examples.length === 0) return [];
  const figures = examples.map((twin, index): ReportBlock => {
    const arm = study.arms.find((candidate) => candidate.id === twin.arm);
    const label = subjectLabel(record, twin.patientId);
    return {
      kind: "figure",
      id: `figure-example-${index + 1}`,
      title: `Twin of ${label} (${arm?.label ?? twin.arm}), ${endpoint.label}`,
      population: `One enrolled patient, ${label}`,
      chart: twinFanFigure({
        twin,
        endpoint,
        endpointIndex,
        visits: record.model.visits,
        bandLevels,
        nearestCourses: [],
        experimental: arm?.role === "experimental",
        patientLabel: label,
      }),
      notes: [
        "Dashed: course expected under control, from baseline only, with 50, 80 and 95 % bands. Marks: observed values.",
      ],
    };
  });
  const references = examples.map((_, index) => see(`figure-example-${index + 1}`));
  return [
    heading(2, "twins-examples", "Examples"),
    references.length === 1
      ? paragraph`${references[0]!} shows a single patient: the one with the middle score of the arm.`
      : paragraph`${references[0]!} to ${references.at(-1)!} show single patients: in each arm the one with the middle score, so that neither the best nor the worst fit was picked.`,
    ...citedInBetween(references, figures),
  ];
}

/** Every figure needs its own citation; those between the first and the last get a sentence. */
function citedInBetween(references: ReturnType<typeof see>[], figures: readonly ReportBlock[]): ReportBlock[] {
  const between = references
    .slice(1, -1)
    .map((reference) => paragraph`The same for another arm is shown in ${reference}.`);
  return [...between, ...figures];
}
