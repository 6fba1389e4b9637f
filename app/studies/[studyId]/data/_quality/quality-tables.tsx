import type { QualityReport } from "../../../../../lib/data/quality-document.ts";
import {
  decimalsForScale,
  formatCount,
  formatFixed,
  formatPercent,
  MISSING,
} from "../../../../../lib/reporting/format-number.ts";
import { DataTable, type TableColumn } from "../../../../_components/table/data-table.tsx";

type EndpointRow = QualityReport["endpoints"][number];
type CovariateRow = QualityReport["covariates"][number];
type FlowRow = QualityReport["flow"][number];

const number = (value: number | null, scale: number | null) =>
  value === null ? MISSING : formatFixed(value, decimalsForScale(scale ?? value));

/** Counts that stand for the whole file. */
export function QualityCounts({ quality }: { quality: QualityReport }) {
  const rows: [string, string][] = [
    ["Rows in the file", formatCount(quality.sourceRows)],
    ["Rows used", formatCount(quality.rowsUsed)],
    ...quality.arms.map((arm): [string, string] => [`Patients, ${arm.label} (${arm.role})`, formatCount(arm.patients)]),
    ...(quality.studies.length > 1
      ? quality.studies.map((study): [string, string] => [
          `Patients, study ${study.study}`,
          formatCount(study.patients),
        ])
      : []),
    ...quality.events.map((event): [string, string] => [
      `Patients with event: ${event.kind}`,
      formatCount(event.patients),
    ]),
    ["Duplicate records", formatCount(quality.duplicates)],
    ["Records (a row may hold several) outside every visit window", formatCount(quality.unscheduled)],
  ];
  return (
    <DataTable
      caption="Counts of the data set"
      narrow
      captionHidden
      columns={[
        { key: "what", title: "What", render: ([what]) => what },
        { key: "count", title: "Count", align: "right", render: ([, count]) => count },
      ]}
      rows={rows}
      rowKey={([what]) => what}
    />
  );
}

const flowColumns: readonly TableColumn<FlowRow>[] = [
  { key: "step", title: "Step", render: (row) => row.step },
  { key: "patients", title: "Patients left", align: "right", render: (row) => formatCount(row.patients) },
  { key: "rows", title: "Rows left", align: "right", render: (row) => formatCount(row.rows) },
  { key: "excluded", title: "Excluded", align: "right", render: (row) => formatCount(row.excluded) },
  { key: "reason", title: "Why", render: (row) => row.reason },
];

export function FlowTable({ quality }: { quality: QualityReport }) {
  return (
    <DataTable
      caption="Flow from records to analysed patients"
      captionHidden
      columns={flowColumns}
      rows={quality.flow}
      rowKey={(row) => row.step}
    />
  );
}

const endpointColumns: readonly TableColumn<EndpointRow>[] = [
  { key: "label", title: "Endpoint", render: (row) => row.label },
  { key: "unit", title: "Unit", render: (row) => row.unit },
  { key: "mean", title: "Mean", align: "right", render: (row) => number(row.mean, row.standardDeviation) },
  {
    key: "sd",
    title: "SD",
    align: "right",
    render: (row) => number(row.standardDeviation, row.standardDeviation),
  },
  { key: "minimum", title: "Minimum", align: "right", render: (row) => number(row.minimum, row.standardDeviation) },
  { key: "maximum", title: "Maximum", align: "right", render: (row) => number(row.maximum, row.standardDeviation) },
  {
    key: "out",
    title: "Out of range",
    unit: "set missing",
    align: "right",
    render: (row) => formatCount(row.outOfRange),
  },
  { key: "outliers", title: "Outliers", align: "right", render: (row) => formatCount(row.outliers) },
  { key: "baseline", title: "Baseline missing", align: "right", render: (row) => formatCount(row.baselineMissing) },
];

export function EndpointRanges({ quality }: { quality: QualityReport }) {
  return (
    <DataTable
      caption="Ranges of the endpoints"
      captionHidden
      columns={endpointColumns}
      rows={quality.endpoints}
      rowKey={(row) => row.endpointId}
    />
  );
}

const covariateColumns: readonly TableColumn<CovariateRow>[] = [
  { key: "label", title: "Characteristic", render: (row) => row.label },
  { key: "summary", title: "Mean (SD) [range], or patients per level", render: summaryText },
  { key: "missing", title: "Missing", align: "right", render: (row) => formatCount(row.summary.missing) },
];

function summaryText({ summary }: CovariateRow): string {
  if (summary.type === "continuous") {
    const sd = summary.standardDeviation;
    const range = `[${number(summary.minimum, sd)}, ${number(summary.maximum, sd)}]`;
    return `${number(summary.mean, sd)} (${number(sd, sd)}) ${range} ${summary.unit}`.trim();
  }
  const known = summary.levels.reduce((total, level) => total + level.patients, 0);
  return summary.levels
    .map(
      (level) =>
        `${level.level}: ${formatCount(level.patients)} (${formatPercent(level.patients / Math.max(1, known), 0)})`,
    )
    .join(" · ");
}

export function CovariateSummary({ quality }: { quality: QualityReport }) {
  return (
    <DataTable
      caption="Baseline characteristics"
      captionHidden
      columns={covariateColumns}
      rows={quality.covariates}
      rowKey={(row) => row.covariateId}
      empty="The mapping names no covariates."
    />
  );
}
