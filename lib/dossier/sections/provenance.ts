import { missingnessFigure } from "../../reporting/figures/missingness-figure.ts";
import { formatCount, formatFixed, formatPercent, formatUtc, MISSING } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";
import { dictionaryBlocks } from "./provenance-dictionary.ts";
import { representativenessBlocks } from "./provenance-representativeness.ts";
import { unitBlocks } from "./provenance-units.ts";

type DataSet = DossierContext["history"];

/** Where the data come from, what was done to them, and that no patient stands on both sides. */
export function provenanceSection(context: DossierContext): ReportBlock[] {
  return [
    heading(1, "provenance", SECTION_TITLES.provenance),
    ...sourceBlocks(context),
    ...timingBlocks(context),
    ...flowBlocks(context),
    ...unitBlocks(context),
    ...dictionaryBlocks(context),
    ...missingnessBlocks(context),
    ...rangeBlocks(context),
    ...splitBlocks(context),
    ...representativenessBlocks(context),
  ];
}

function sourceBlocks({ study, record }: DossierContext): ReportBlock[] {
  const known = (count: number | null) => (count === null ? MISSING : formatCount(count));
  return [
    heading(2, "provenance-sources", "Sources considered"),
    paragraph`Every historical source that was considered stands in ${see("table-sources")}, whether it was used or not; ${see("table-source-reasons")} says why. The files that were read and the data sets made of them are identified by their SHA-256 in ${see("table-files")}.`,
    table({
      id: "table-sources",
      title: "Log of all sources considered",
      population: "",
      columns: columns("Source", "Type", "Sponsor or registry", "Years", "Region", ">Patients", ">Visits"),
      rows: study.sourceLog.map((source) => [
        source.name,
        source.type,
        source.sponsor,
        source.years,
        source.region,
        known(source.patients),
        known(source.visits),
      ]),
      notes: [`${MISSING}: not known.`],
    }),
    table({
      id: "table-source-reasons",
      title: "Licence, decision and reason for each source",
      population: "",
      columns: columns("Source", "Licence or agreement", "Decision", "Reason"),
      rows: study.sourceLog.map((source) => [source.name, source.licence, source.decision, source.reason]),
    }),
    table({
      id: "table-files",
      title: "Files and data sets, with their fingerprints (SHA-256)",
      population: "",
      columns: columns("Item", "Value"),
      rows: record.datasets.flatMap((dataset) => [
        [
          `${dataset.name}: file`,
          `${dataset.fileName}, ${formatCount(dataset.fileBytes)} bytes, version ${dataset.version}`,
        ],
        ["file", dataset.fileHash],
        ...(dataset.subjectsFile === undefined
          ? []
          : [
              [
                `${dataset.name}: patient-level file`,
                `${dataset.subjectsFile.fileName}, ${formatCount(dataset.subjectsFile.fileBytes)} bytes; joined by ${dataset.mapping.patient.column}`,
              ],
              ["patient-level file", dataset.subjectsFile.fileHash],
            ]),
        ["mapping", dataset.mappingHash],
        ["analysis data set", dataset.dataHash],
      ]),
      notes: [
        "File: the bytes as imported. Mapping: the document that says how columns were read. Analysis data set: canonical long form after mapping.",
      ],
    }),
  ];
}

function timingBlocks({ record }: DossierContext): ReportBlock[] {
  const { planFrozenAtUtc, outcomesFirstAccessedAtUtc } = record.timing;
  const order =
    planFrozenAtUtc === null || outcomesFirstAccessedAtUtc === null
      ? "One of the two instants is not recorded: the order cannot be shown."
      : planFrozenAtUtc <= outcomesFirstAccessedAtUtc
        ? "The plan was frozen before the outcomes of the enrolled patients were first accessed."
        : "The plan was frozen AFTER the outcomes of the enrolled patients were first accessed: the analysis is to be read as exploratory.";
  return [
    heading(2, "provenance-timing", "Order of plan and outcomes"),
    paragraph`${see("table-timing")} gives the instants by the server's clock. ${order}`,
    table({
      id: "table-timing",
      title: "Plan frozen and outcomes first accessed",
      population: "",
      columns: columns("Event", "Instant"),
      rows: [
        ...record.datasets.map((dataset) => [`Imported: ${dataset.name}`, formatUtc(dataset.importedAtUtc)]),
        ["Plan frozen", planFrozenAtUtc === null ? MISSING : formatUtc(planFrozenAtUtc)],
        [
          "Outcomes of enrolled patients first accessed",
          outcomesFirstAccessedAtUtc === null ? MISSING : formatUtc(outcomesFirstAccessedAtUtc),
        ],
      ],
      notes: [`${MISSING}: not recorded.`],
    }),
  ];
}

function flowBlocks({ record }: DossierContext): ReportBlock[] {
  return [
    heading(2, "provenance-flow", "From records to analysed patients"),
    paragraph`${see("table-flow")} follows the patients of each file step by step. Eligibility is an expression over the columns of the file and is the same document for the program and the reader (${see("table-eligibility")}).`,
    table({
      id: "table-flow",
      title: "Flow of patients",
      population: "",
      columns: columns("Data set", "Step", ">Patients", ">Records", ">Patients excluded", "Reason"),
      rows: record.datasets.flatMap((dataset) =>
        dataset.quality.flow.map((step, index) => [
          index === 0 ? dataset.name : "″",
          step.step,
          formatCount(step.patients),
          formatCount(step.rows),
          formatCount(step.excluded),
          step.reason,
        ]),
      ),
      notes: [`″: as above. ${MISSING}: nobody was excluded.`],
    }),
  ];
}

function missingnessBlocks(context: DossierContext): ReportBlock[] {
  const { record, study, history } = context;
  return [
    heading(2, "provenance-missing", "Missing values"),
    paragraph`${see("figure-missingness")} shows the share of missing values in the history; ${see("table-missingness")} gives the counts of both data sets with the reasons. Observed and missing values add up to the patients of the data set.`,
    {
      kind: "figure",
      id: "figure-missingness",
      title: "Missing values of the history by endpoint and visit",
      population: `Historical controls, ${history.name}; N = ${formatCount(history.patients)}`,
      chart: missingnessFigure(history.quality, study.visits),
      notes: [
        "Cells: share missing (count). Values after an intercurrent event that ends the variable are counted as missing here; they do not exist.",
      ],
    },
    table({
      id: "table-missingness",
      title: "Missing values by data set, endpoint and visit, with reasons",
      population: "All patients of each data set",
      columns: columns("Data set", "Endpoint", "Visit", ">N", ">Observed", ">Missing", "Reasons"),
      rows: record.datasets.flatMap((dataset) =>
        dataset.quality.missingness.map((row) => [
          DATA_SET_NAMES[dataset.role],
          context.endpoint(row.endpointId),
          context.visit(row.visitId),
          formatCount(row.patients),
          formatCount(row.observed),
          `${formatCount(row.patients - row.observed)} (${formatPercent((row.patients - row.observed) / Math.max(1, row.patients))})`,
          row.reasons
            .filter((reason) => reason.count > 0)
            .map((reason) => `${reason.reason.replaceAll("-", " ")} ${reason.count}`)
            .join(", "),
        ]),
      ),
      notes: [`Percentages of N. ${MISSING}: none missing.`],
    }),
  ];
}

export const DATA_SET_NAMES = { "historical-control": "history", enrolled: "enrolled" } as const;

function rangeBlocks({ record, decimals }: DossierContext): ReportBlock[] {
  const number = (value: number | null, digits: number) => (value === null ? MISSING : formatFixed(value, digits));
  return [
    heading(2, "provenance-ranges", "Ranges and outliers"),
    paragraph`Values outside the admissible range are set missing and counted; values further than five robust standard deviations from the median are counted and kept (${see("table-ranges")}). ${record.datasets.map(qualitySentence).join(" ")}`,
    table({
      id: "table-ranges",
      title: "Range checks and their outcome",
      population: "All observed values at baseline and planned visits, analysis scale",
      columns: columns("Data set", "Endpoint", ">Mean", ">SD", ">Minimum", ">Maximum", ">Out of range", ">Outliers"),
      rows: record.datasets.flatMap((dataset) =>
        dataset.quality.endpoints.map((row) => {
          const digits = decimals(row.endpointId);
          return [
            DATA_SET_NAMES[dataset.role],
            row.unit === "" ? row.label : `${row.label} (${row.unit})`,
            number(row.mean, digits),
            number(row.standardDeviation, digits + 1),
            number(row.minimum, digits),
            number(row.maximum, digits),
            formatCount(row.outOfRange),
            formatCount(row.outliers),
          ];
        }),
      ),
      notes: ["Outlier: |value − median| > 5 × 1.4826 × median absolute deviation."],
    }),
  ];
}

function qualitySentence(dataset: DataSet): string {
  const { duplicates, unscheduled, problems, diagnostics } = dataset.quality;
  const caveats = diagnostics.filter((entry) => entry.severity !== "information").map((entry) => entry.message);
  return `${dataset.name}: ${formatCount(duplicates)} duplicated records, ${formatCount(unscheduled)} records at unplanned times (not used), ${formatCount(problems.length)} faults reported by row and column.${caveats.length === 0 ? "" : ` ${caveats.join(" ")}`}`;
}

function splitBlocks(context: DossierContext): ReportBlock[] {
  const { record, history, enrolled } = context;
  const { scheme } = record.model.evaluation;
  const studies = history.quality.studies;
  return [
    heading(2, "provenance-split", "Training, tuning, calibration and test"),
    paragraph`The use of each patient is set out in ${see("table-split")}. Patients, not visits, are assigned to folds, so that no patient is in training and test at once. The prior weight and the width of the bands are chosen inside the training part of every fold. The enrolled patients had no part in training, tuning or evaluation: they are untouched. Patients with the same identifier in both data sets: ${formatCount(Math.max(history.sharedPatients, enrolled.sharedPatients))}.`,
    table({
      id: "table-split",
      title: "Use of the patients",
      population: "",
      columns: columns("Part", ">Patients", "Use"),
      rows: [
        ["History, final model", formatCount(record.model.parameters.patients), "trains the frozen model"],
        [
          `History, ${scheme.folds} folds by patient${scheme.repeats > 1 ? `, ${scheme.repeats} times` : ""} (seed ${scheme.seed})`,
          `${formatCount(Math.floor(history.patients / scheme.folds))} to ${formatCount(Math.ceil(history.patients / scheme.folds))} a fold`,
          "each fold is test once; the others train, tune (5 inner folds) and calibrate",
        ],
        ...studies.map((study) => [
          `of these, study ${study.study}`,
          formatCount(study.patients),
          studies.length > 1 ? "left out as a whole once" : "only study",
        ]),
        ["Enrolled trial", formatCount(enrolled.patients), "twins only; in no split of the history"],
        ["In both data sets", formatCount(Math.max(history.sharedPatients, enrolled.sharedPatients)), "must be 0"],
      ],
    }),
  ];
}
