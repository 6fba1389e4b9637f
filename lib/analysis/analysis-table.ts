import { csvText, spreadsheetSafe } from "../data/export-csv.ts";
import { rString, rStrings } from "../program-code/r-literal.ts";
import { sasName, sasString } from "../program-code/sas-literal.ts";
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

/** Columns of the tables and of the data sets that the programs make from them; a covariate of such a name is renamed. */
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
  "outcome",
  "exposure",
  "completed",
  "after_event",
  "weight",
  "x",
  "visit_number",
  "inverse_weight",
  "log_variance",
  "visit_order",
  "planned_visit",
  "actual_day",
  "actual_value",
]);

/** Name of a covariate's column in the table and in programs. */
export function covariateColumnName(name: string): string {
  // SAS does not tell capitals from small letters.
  return tableText(RESERVED.has(name.toLowerCase()) ? `covariate_${name}` : name);
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
            values: patientOfRow.map((patient) => textOrNull(covariate.levels[covariate.codes[patient]!])),
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
  const number = (name: string, at: (patient: number, visit: number) => number | undefined): AnalysisColumn => ({
    name,
    kind: "number",
    values: cells.map(({ patient, visit }) => finiteOrNull(at(patient, visit))),
  });
  const text = (name: string, at: (patient: number, visit: number) => string): AnalysisColumn => ({
    name,
    kind: "text",
    values: cells.map(({ patient, visit }) => tableText(at(patient, visit))),
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

/** The table as CSV, safe to open in a spreadsheet; numbers with all their digits, missing values empty. */
export function analysisTableCsv({ columns, rowCount }: AnalysisTable): string {
  const rows = Array.from({ length: rowCount }, (_, row) => columns.map(({ values }) => values[row] ?? null));
  return csvText(
    columns.map(({ name }) => name),
    rows,
  );
}

/**
 * A text as it stands in the table, which programs must compare with: a text that a spreadsheet would run as a formula has
 * an apostrophe in front.
 */
export function tableText(text: string): string {
  return spreadsheetSafe(text);
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

/**
 * SAS statements that read the table into a data set with the type of every column as it is here: PROC IMPORT would take
 * texts that hold digits for numbers.
 */
export function sasReadAnalysisTable(table: AnalysisTable, out: string): string[] {
  const texts = table.columns.filter(({ kind }) => kind === "text");
  return [
    "options validvarname=any;",
    `data ${out};`,
    `  infile ${sasString(ANALYSIS_FILE)} dsd truncover firstobs=2 lrecl=32767 termstr=crlf encoding='utf-8';`,
    `  length ${texts.map(({ name, values }) => `${sasName(name)} $ ${textWidth(values)}`).join(" ")};`,
    `  input ${table.columns.map(({ name }) => sasName(name)).join(" ")};`,
    "run;",
  ];
}

/** Bytes of the longest text in UTF-8, in steps of 8. */
function textWidth(values: readonly (string | number | null)[]): number {
  let longest = 1;
  for (const value of values) {
    let bytes = 0;
    for (const character of String(value ?? "")) {
      const code = character.codePointAt(0)!;
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    longest = Math.max(longest, bytes);
  }
  return 8 * Math.ceil(longest / 8);
}

const finiteOrNull = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);

const textOrNull = (value: string | undefined) => (value === undefined ? null : tableText(value));
