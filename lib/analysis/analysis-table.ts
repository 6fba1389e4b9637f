import { rString, rStrings } from "../program-code/r-literal.ts";
import type { Covariate } from "./covariate.ts";
import type { TrialData, TrialEndpoint } from "./trial-data.ts";

/** A column of the data set that the printed programs read. */
export interface AnalysisColumn {
  readonly name: string;
  /** How programs read it; text columns stay text even when they hold digits. */
  readonly kind: "text" | "number";
  /** One value a row; null when missing. */
  readonly values: readonly (string | number | null)[];
}

/** The data set that the printed programs read, as a file `analysis-data.csv`. */
export interface AnalysisTable {
  readonly columns: readonly AnalysisColumn[];
  readonly rowCount: number;
}

/** Name of the file that the printed programs read. */
export const ANALYSIS_FILE = "analysis-data.csv";

/** Columns that every long table has; a covariate of such a name is renamed. */
const RESERVED = new Set([
  "patient",
  "arm",
  "visit",
  "day",
  "baseline",
  "value",
  "score",
  "score_variance",
  "time",
  "event",
]);

/** Name of a covariate's column in the table and in programs. */
export function covariateColumnName(name: string): string {
  return RESERVED.has(name) ? `covariate_${name}` : name;
}

/** Columns of covariates, in the table's row order given by the patient of each row. */
export function covariateTableColumns(
  covariates: readonly Covariate[],
  patientOfRow: readonly number[],
): AnalysisColumn[] {
  return covariates.map(
    (covariate): AnalysisColumn =>
      covariate.kind === "numeric"
        ? {
            name: covariateColumnName(covariate.name),
            kind: "number",
            values: patientOfRow.map((patient) => finiteOrNull(covariate.values[patient]!)),
          }
        : {
            name: covariateColumnName(covariate.name),
            kind: "text",
            values: patientOfRow.map((patient) => covariate.levels[covariate.codes[patient]!] ?? null),
          },
  );
}

/**
 * One row a patient and visit, patients in the order of the trial and visits in planned order: patient, arm, visit, day,
 * covariates, baseline, value, score, score_variance.
 *
 * @param visitIndices - Visits to list; all when left out.
 */
export function longAnalysisTable(
  data: TrialData,
  endpoint: TrialEndpoint,
  covariates: readonly Covariate[],
  visitIndices: readonly number[] = data.visits.map((_, index) => index),
): AnalysisTable {
  const width = data.visits.length;
  const cells = data.patientIds.flatMap((_, patient) => visitIndices.map((visit) => ({ patient, visit })));
  const scores = data.visits.map(({ id }) =>
    data.scores.find((score) => score.endpointId === endpoint.id && score.visitId === id),
  );
  const number = (name: string, valueOf: (patient: number, visit: number) => number | undefined): AnalysisColumn => ({
    name,
    kind: "number",
    values: cells.map(({ patient, visit }) => finiteOrNull(valueOf(patient, visit))),
  });
  const text = (name: string, valueOf: (patient: number, visit: number) => string): AnalysisColumn => ({
    name,
    kind: "text",
    values: cells.map(({ patient, visit }) => valueOf(patient, visit)),
  });
  return {
    rowCount: cells.length,
    columns: [
      text("patient", (patient) => data.patientIds[patient]!),
      text("arm", (patient) => data.armNames[data.arm[patient]!]!),
      text("visit", (_, visit) => data.visits[visit]!.id),
      number("day", (patient, visit) => endpoint.days[patient * width + visit]),
      ...covariateTableColumns(
        covariates,
        cells.map(({ patient }) => patient),
      ),
      number("baseline", (patient) => endpoint.baseline[patient]),
      number("value", (patient, visit) => endpoint.values[patient * width + visit]),
      number("score", (patient, visit) => scores[visit]?.mean[patient]),
      number("score_variance", (patient, visit) => scores[visit]?.variance[patient]),
    ],
  };
}

/** The table as CSV (RFC 4180, line feeds); numbers with all their digits, missing values empty. */
export function analysisTableCsv(table: AnalysisTable): string {
  const lines = [table.columns.map(({ name }) => csvField(name)).join(",")];
  for (let row = 0; row < table.rowCount; row++)
    lines.push(table.columns.map(({ values }) => csvField(values[row] ?? null)).join(","));
  return `${lines.join("\n")}\n`;
}

/** R statement that reads the table into `data`, text columns as text. */
export function rReadAnalysisTable(table: AnalysisTable): string {
  const names = table.columns.map(({ name }) => name);
  const classes = table.columns.map(({ kind }) => (kind === "text" ? "character" : "numeric"));
  return [
    `data <- read.csv(${rString(ANALYSIS_FILE)}, check.names = FALSE, na.strings = "",`,
    `                 colClasses = setNames(${rStrings(classes)},`,
    `                                       ${rStrings(names)}))`,
  ].join("\n");
}

const finiteOrNull = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);

function csvField(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
