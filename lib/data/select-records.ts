import type { Arm } from "../trial/arm.ts";
import { isSameValue } from "./cell-value.ts";
import type { MappedColumns } from "./check-mapping.ts";
import { compareNames } from "./compare-names.ts";
import { type EligibilityRule, evaluateEligibility } from "./eligibility-rule.ts";
import type { ProblemList } from "./file-problem.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import type { QualityReport } from "./quality-document.ts";
import { cellText, findColumn, type RawColumn, type RawTable } from "./raw-table.ts";
import { counted, listed } from "./sentence.ts";

/** The records of one patient that take part, in the order of the file. */
export interface PatientRows {
  readonly id: string;
  readonly study: string;
  readonly arm: Arm;
  /** 0-based rows of the source. */
  readonly rows: readonly number[];
}

export interface SelectedRecords {
  readonly patients: readonly PatientRows[];
  readonly flow: QualityReport["flow"];
}

/**
 * Records that take part, step by step: row filter, eligibility, mapped parameters, mapped arms (METHODS.md (D7)).
 * Every step says how many patients and rows are left.
 */
export function selectRecords(
  table: RawTable,
  spec: MappingSpec,
  columns: MappedColumns,
  problems: ProblemList,
): SelectedRecords {
  const flow: QualityReport["flow"][number][] = [];
  let rows = Array.from({ length: table.rowCount }, (_, row) => row);
  const keys = rows.map((row) => JSON.stringify([studyOf(spec, columns, row), cellText(columns.patient, row)]));
  const keyOf = (row: number) => keys[row] ?? "";
  const record = (step: string, left: number[], reason: (rowsLost: number) => string) => {
    const patientsBefore = new Set(rows.map(keyOf)).size;
    const patients = new Set(left.map(keyOf)).size;
    flow.push({
      step,
      patients,
      rows: left.length,
      excluded: patientsBefore - patients,
      reason: reason(rows.length - left.length),
    });
    rows = left;
  };
  for (const row of rows) {
    if (cellText(columns.patient, row) === "")
      problems.add("no-patient", "The record has no patient identifier.", {
        row: row + 1,
        column: columns.patient.name,
      });
    if (columns.study !== null && cellText(columns.study, row) === "")
      problems.add("no-study", "The record has no study identifier.", { row: row + 1, column: columns.study.name });
  }
  record("Records in the file", rows, () => "");
  spec.rowFilter.forEach((filter, index) => {
    const column = columns.rowFilter[index];
    if (column === undefined) return;
    const kept = rows.filter((row) => filter.keep.some((value) => isSameValue(cellText(column, row), value)));
    record(
      `${filter.column} is ${filter.keep.map((value) => (value === "" ? "blank" : value)).join(" or ")}`,
      kept,
      (lost) => `${counted(lost, "row")} left out by the row filter`,
    );
  });
  if (columns.eligibility !== null) {
    const kept = eligibleRows(table, columns.eligibility, rows);
    record(`Eligible: ${spec.include}`, kept, (lost) => `${counted(lost, "row")} for which the expression is not true`);
  }
  if (columns.parameter !== null) {
    const column = columns.parameter;
    reportUnknownParameters(column, spec, rows, problems);
    const kept = rows.filter((row) => spec.endpoints.some((entry) => isSameValue(cellText(column, row), entry.source)));
    record("Records of the mapped endpoints", kept, (lost) => `${counted(lost, "row")} of other parameters`);
  }
  const patients = groupPatients(rows, spec, columns, keyOf, problems);
  record(
    "Patients of the mapped arms",
    patients.flatMap((patient) => patient.rows),
    (lost) => `${counted(lost, "row")} of other arms or without an arm`,
  );
  return { patients, flow };
}

/** Study of a row. */
export function studyOf(spec: MappingSpec, columns: MappedColumns, row: number): string {
  return spec.study.kind === "constant" || columns.study === null
    ? spec.study.kind === "constant"
      ? spec.study.value
      : ""
    : cellText(columns.study, row);
}

function eligibleRows(table: RawTable, rule: EligibilityRule, rows: readonly number[]): number[] {
  const columnOf = new Map<string, RawColumn | null>();
  const cellIn = (row: number) => (name: string) => {
    if (!columnOf.has(name)) columnOf.set(name, findColumn(table, name));
    const column = columnOf.get(name) ?? null;
    if (column === null) return null;
    if (column.kind === "number") return column.missingCodes[row] === null ? (column.values[row] ?? null) : null;
    const text = cellText(column, row);
    return text === "" ? null : text;
  };
  return rows.filter((row) => evaluateEligibility(rule, cellIn(row)) === true);
}

function reportUnknownParameters(
  column: RawColumn,
  spec: MappingSpec,
  rows: readonly number[],
  problems: ProblemList,
): void {
  // Where an earlier step left no record, that step is the fault.
  if (rows.length === 0) return;
  const found = new Set(rows.map((row) => cellText(column, row)));
  for (const { endpoint, source } of spec.endpoints) {
    if ([...found].some((code) => isSameValue(code, source))) continue;
    problems.add(
      "parameter-not-found",
      `No record has ${column.name} = "${source}", which the mapping names for ${endpoint.label}. Found: ${listed([...found], 20) || "no records"}.`,
      { column: column.name },
    );
  }
}

function groupPatients(
  rows: readonly number[],
  spec: MappingSpec,
  columns: MappedColumns,
  keyOf: (row: number) => string,
  problems: ProblemList,
): PatientRows[] {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const patients: PatientRows[] = [];
  for (const group of groups.values()) {
    const first = group[0] ?? 0;
    const id = cellText(columns.patient, first);
    const arm = armOf(id, group, spec, columns, problems);
    if (arm !== null) patients.push({ id, study: studyOf(spec, columns, first), arm, rows: group });
  }
  return patients.sort((first, second) => compareNames(first.study, second.study) || compareNames(first.id, second.id));
}

/** Arm of a patient; null when the mapping does not name it. Two different values are a problem. */
function armOf(
  id: string,
  rows: readonly number[],
  spec: MappingSpec,
  columns: MappedColumns,
  problems: ProblemList,
): Arm | null {
  if (spec.arm.kind === "pooled-control" || columns.arm === null)
    return spec.arm.kind === "pooled-control" ? spec.arm.arm : null;
  const { arm: column } = columns;
  const filled = rows.filter((row) => cellText(column, row) !== "");
  const first = filled[0];
  if (first === undefined) return null;
  const other = filled.find((row) => cellText(column, row) !== cellText(column, first));
  if (other !== undefined)
    problems.add(
      "arm-differs",
      `Patient ${id} has the arm "${cellText(column, first)}" in row ${first + 1} and "${cellText(column, other)}" in row ${other + 1}.`,
      { row: other + 1, column: column.name },
    );
  return spec.arm.arms.find((entry) => isSameValue(cellText(column, first), entry.value))?.arm ?? null;
}
